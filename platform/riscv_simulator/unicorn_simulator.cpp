#include "unicorn_simulator.h"

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::platform::riscv {

namespace {

/// Unicorn reports an environment call as that of user mode.
constexpr std::uint32_t k_user_environment_call = 8;

}  // namespace

/// Unicorn's C callbacks.
struct UnicornSimulator::Callbacks {
  static UnicornSimulator& self(void* data) { return *static_cast<UnicornSimulator*>(data); }

  static void block(uc_engine*, std::uint64_t pc, std::uint32_t bytes, void* data) noexcept {
    self(data).on_block(pc, bytes);
  }
  static void instruction(uc_engine*, std::uint64_t pc, std::uint32_t, void* data) noexcept {
    self(data).on_instruction(pc);
  }
  static void questionable(uc_engine*, std::uint64_t pc, std::uint32_t, void* data) noexcept {
    self(data).on_questionable(pc);
  }
  static void exception(uc_engine*, std::uint32_t number, void* data) noexcept {
    self(data).on_exception(number);
  }
  static bool invalid_instruction(uc_engine*, void* data) noexcept {
    return self(data).on_invalid_instruction();
  }
  static bool unmapped_access(uc_engine*, uc_mem_type, std::uint64_t address, int, std::int64_t,
                              void* data) noexcept {
    return self(data).on_unmapped_access(address);
  }
  static bool unmapped_fetch(uc_engine*, uc_mem_type, std::uint64_t address, int, std::int64_t,
                             void* data) noexcept {
    return self(data).on_fetch_fault(address, false);
  }
  static bool protected_fetch(uc_engine*, uc_mem_type, std::uint64_t address, int, std::int64_t,
                              void* data) noexcept {
    return self(data).on_fetch_fault(address, true);
  }
  static std::uint64_t load(uc_engine*, std::uint64_t offset, unsigned bytes, void* data) noexcept {
    const auto& page = *static_cast<SimulatedMemory::IoPage*>(data);
    return self(page.context).on_load(page.first + offset, bytes);
  }
  static void store(uc_engine*, std::uint64_t offset, unsigned bytes, std::uint64_t value,
                    void* data) noexcept {
    const auto& page = *static_cast<SimulatedMemory::IoPage*>(data);
    self(page.context).on_store(page.first + offset, bytes, static_cast<std::uint32_t>(value));
  }
};

UnicornSimulator::UnicornSimulator(const invar_iss_host& host,
                                   const std::uint32_t cycles[INVAR_OPERATION_COUNT])
    : host_(host),
      memory_(host_, {Callbacks::load, Callbacks::store, this}),
      cache_(cycles),
      code_hooks_(memory_, Callbacks::questionable, this) {
  open_engine();
}

void UnicornSimulator::open_engine() {
  uc_engine* engine = nullptr;
  const uc_err error = uc_open(UC_ARCH_RISCV, UC_MODE_RISCV64, &engine);
  if (error != UC_ERR_OK) {
    throw std::runtime_error(std::string("Unicorn: ") + uc_strerror(error));
  }
  engine_.reset(engine);
  uc_hook hook = 0;  // they live as long as the engine
  add_hook(hook, UC_HOOK_BLOCK, reinterpret_cast<void*>(Callbacks::block));
  add_hook(hook, UC_HOOK_INTR, reinterpret_cast<void*>(Callbacks::exception));
  add_hook(hook, UC_HOOK_INSN_INVALID, reinterpret_cast<void*>(Callbacks::invalid_instruction));
  add_hook(hook, UC_HOOK_MEM_READ_UNMAPPED | UC_HOOK_MEM_WRITE_UNMAPPED,
           reinterpret_cast<void*>(Callbacks::unmapped_access));
  add_hook(hook, UC_HOOK_MEM_FETCH_UNMAPPED, reinterpret_cast<void*>(Callbacks::unmapped_fetch));
  add_hook(hook, UC_HOOK_MEM_FETCH_PROT, reinterpret_cast<void*>(Callbacks::protected_fetch));
  if (trace_hook_ != 0) {
    add_hook(trace_hook_, UC_HOOK_CODE, reinterpret_cast<void*>(Callbacks::instruction));
  }
  // No address ends a run.
  uc_ctl_exits_enable(engine);
  code_hooks_.attach(engine);
  control_.emplace(static_cast<ControlRegisterSources&>(*this));
  write_status(0);  // floating point off
  memory_.attach(engine);
}

void UnicornSimulator::add_hook(uc_hook& hook, int type, void* callback) {
  const uc_err error = uc_hook_add(engine_.get(), &hook, type, callback, this, 1, 0);
  if (error != UC_ERR_OK) {
    throw std::runtime_error(std::string("Unicorn: ") + uc_strerror(error));
  }
}

std::uint64_t UnicornSimulator::read(int id) {
  std::uint64_t value = 0;
  uc_reg_read(engine_.get(), id, &value);
  return value;
}

void UnicornSimulator::write(int id, std::uint64_t value) {
  uc_reg_write(engine_.get(), id, &value);
}

void UnicornSimulator::reset(std::uint64_t pc) {
  // Unicorn has no reset, and a locked region of physical memory protection outlives all else.
  if (has_run_) {
    engine_.reset();
    open_engine();
    cache_.clear();
    floats_ = {};
    reservation_.reset();
    unhooked_.clear();
    protection_changed_ = false;
    forbidden_half_.reset();
    block_ = nullptr;
    has_run_ = false;
  }
  pc_ = pc;
}

void UnicornSimulator::set_budget(std::uint64_t budget) {
  budget_ = static_cast<std::int64_t>(std::min<std::uint64_t>(budget, INT64_MAX));
}

void UnicornSimulator::enter_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value) {
  pc_ = control_->enter_trap(cause, pc, value);
  write_status(float_status());
}

void UnicornSimulator::forget_memory(std::uint64_t first, std::uint64_t last) {
  if (!running_) {
    refresh();
    memory_.forget(first, last);
  } else if (cache_.first() <= last && first <= cache_.last()) {
    // The code that is being executed may lie there: once its block is over.
    forgotten_.emplace_back(first, last);
    refresh_ = true;
  } else {
    memory_.forget(first, last);
  }
}

void UnicornSimulator::set_trace(bool on) {
  if (on == (trace_hook_ != 0)) {
    return;
  }
  if (on) {
    add_hook(trace_hook_, UC_HOOK_CODE, reinterpret_cast<void*>(Callbacks::instruction));
  } else {
    uc_hook_del(engine_.get(), trace_hook_);
    trace_hook_ = 0;
  }
  refresh_ = true;
}

std::uint64_t UnicornSimulator::integer_register(unsigned number) {
  return number < 32 ? read(UC_RISCV_REG_X0 + static_cast<int>(number)) : 0;
}

void UnicornSimulator::refresh() {
  if (cache_.first() <= cache_.last()) {
    memory_.drop_translations(cache_.first(), cache_.last());
  }
  forget_permissions();
  finish_block();
  cache_.clear();
  refresh_ = false;
}

bool UnicornSimulator::needs_upkeep() const {
  return refresh_ || protection_changed_ || forbidden_half_ || !unhooked_.empty() ||
         memory_.io_pages() >= SimulatedMemory::k_io_pages_limit;
}

uc_err UnicornSimulator::upkeep() {
  uc_err error = UC_ERR_OK;
  if (refresh_) {
    refresh();
    for (const auto& [first, last] : std::exchange(forgotten_, {})) {
      memory_.forget(first, last);
    }
  }
  if (memory_.io_pages() >= SimulatedMemory::k_io_pages_limit) {
    memory_.forget_io();
  }
  if (!unhooked_.empty()) {
    error = code_hooks_.add(std::exchange(unhooked_, {}));
    forget_permissions();
  }
  if (protection_changed_ && error == UC_ERR_OK) {
    error = load_protection();
    protection_changed_ = false;
  }
  if (forbidden_half_) {
    memory_.drop_translations(pc_, forbidden_half_->missing);
    execute_up_to(*std::exchange(forbidden_half_, std::nullopt));
  }
  return error;
}

void UnicornSimulator::execute_up_to(const HalfInstruction& half) {
  half_instruction_ = half;
  uc_ctl_set_exits(engine_.get(), &half_instruction_->pc, 1);
}

std::uint32_t UnicornSimulator::instruction_bits(std::uint64_t pc) const {
  std::uint64_t available = 0;
  const unsigned char* const code = memory_.find(pc, available);
  return code == nullptr ? 0 : instruction_at(code, available);
}

invar_iss_stop UnicornSimulator::run(std::uint64_t budget, invar_iss_event& event) {
  event = {};
  event.message = "";
  set_budget(std::max<std::uint64_t>(budget, 1));
  has_run_ = true;
  for (;;) {
    if (const uc_err error = upkeep(); error != UC_ERR_OK) {
      return fail(error, event);
    }
    stop_.reset();
    exception_.reset();
    fault_.reset();
    fetch_fault_.reset();
    finish_block();
    running_ = true;
    const uc_err error = uc_emu_start(engine_.get(), pc_, 0, 0, 0);
    running_ = false;
    if (const auto stop = conclude(error, event)) {
      return *stop;
    }
  }
}

// ---- from Unicorn's hooks ----

void UnicornSimulator::stop(invar_iss_stop reason) {
  stop_ = reason;
  uc_emu_stop(engine_.get());
}

void UnicornSimulator::on_block(std::uint64_t pc, std::uint32_t bytes) noexcept {
  if (loading_) {
    return;
  }
  pc_ = pc;
  if (!fault_) {
    finish_block();
  }
  if (fault_ || needs_upkeep()) {
    uc_emu_stop(engine_.get());
    return;
  }
  if (budget_ <= 0) {
    const std::uint64_t budget = host_.budget_spent(host_.context);
    if (budget == 0) {
      stop(INVAR_ISS_STOP_BUDGET);
      return;
    }
    set_budget(budget);
  }
  if (line_ && control_->takes_external_interrupt()) {
    stop(INVAR_ISS_STOP_INTERRUPT);
    return;
  }
  if (control_->is_user() && !check_user_fetch(pc, bytes)) {
    return;
  }
  const BlockCounts* block = cache_.find(pc, bytes);
  if (block == nullptr) {
    std::uint64_t available = 0;
    const unsigned char* const code = memory_.find(pc, available);
    std::vector<std::uint64_t> questionable;
    block = &cache_.insert(pc, bytes, code, available, questionable);
    for (const std::uint64_t offset : questionable) {
      if (!code_hooks_.covers(pc + offset)) {
        unhooked_.push_back(pc + offset);
      }
    }
  }
  block_pc_ = pc;
  block_bytes_ = bytes;
  if (block->floats.any()) {
    settle_floats(block->floats);
  }
  if (!unhooked_.empty()) {
    uc_emu_stop(engine_.get());
    return;
  }
  block_ = block;
  access_count_ = 0;
  add(counts_, *block);
  budget_ -= block->cycles;
  refresh_ |= block->has_instruction_fence;
}

bool UnicornSimulator::check_user_fetch(std::uint64_t pc, std::uint32_t bytes) {
  constexpr std::uint64_t in_page = SimulatedMemory::k_page_bytes - 1;
  const MemoryProtection& protection = control_->protection();
  if (!protection.allows(pc, MemoryProtection::k_execute, true)) {
    raise(INVAR_ISS_FETCH_FAULT, pc, pc);
    return false;
  }
  // A block ends in its page, or with an instruction across the end.
  const std::uint64_t next_page = (pc | in_page) + 1;
  const bool crosses = static_cast<std::int16_t>(bytes) > 0 && pc + bytes > next_page;
  if (crosses && !protection.allows(next_page, MemoryProtection::k_execute, true)) {
    if (pc == next_page - 2) {
      raise(INVAR_ISS_FETCH_FAULT, pc, next_page);
    } else {
      forbidden_half_ = HalfInstruction{next_page - 2, next_page};
      uc_emu_stop(engine_.get());
    }
    return false;
  }
  return true;
}

void UnicornSimulator::on_instruction(std::uint64_t pc) noexcept {
  if (loading_) {
    return;
  }
  if (host_.trace != nullptr && !fault_) {
    host_.trace(host_.context, pc, instruction_bits(pc));
  }
  inspect(pc);
}

void UnicornSimulator::on_questionable(std::uint64_t pc) noexcept {
  // The trace is called back for all instructions.
  if (trace_hook_ == 0) {
    inspect(pc);
  }
}

std::uint64_t UnicornSimulator::on_load(std::uint64_t address, unsigned bytes) noexcept {
  std::uint32_t value = 0;
  if (fault_) {
    return 0;
  }
  if (host_.load(host_.context, address, bytes, &value) != 0) {
    record_fault(address, false);
    return 0;
  }
  accesses_[access_count_++ % accesses_.size()] = {address, false};
  return value;
}

void UnicornSimulator::on_store(std::uint64_t address, unsigned bytes,
                                std::uint32_t value) noexcept {
  if (fault_) {
    return;
  }
  if (host_.store(host_.context, address, bytes, value) != 0) {
    record_fault(address, true);
    return;
  }
  accesses_[access_count_++ % accesses_.size()] = {address, true};
}

bool UnicornSimulator::on_unmapped_access(std::uint64_t address) noexcept {
  return memory_.map_memory(address) || memory_.map_io(address);
}

bool UnicornSimulator::on_fetch_fault(std::uint64_t address, bool mapped) noexcept {
  if (!mapped && memory_.map_memory(address)) {
    return true;
  }
  fetch_fault_ = address;
  return false;
}

void UnicornSimulator::on_exception(std::uint32_t number) noexcept {
  // Unicorn leaves the pc 4 bytes behind the instruction, of whatever length.
  const std::uint64_t pc = read(UC_RISCV_REG_PC) - 4;
  exception_ = Exception{number, pc};
  if (number == k_user_environment_call && !control_->is_user()) {
    exception_->cause = INVAR_ISS_ENVIRONMENT_CALL;
  }
  uc_emu_stop(engine_.get());
}

bool UnicornSimulator::on_invalid_instruction() noexcept {
  // An ebreak ends the run here, with the pc on it.
  exception_ = Exception{INVAR_ISS_BREAKPOINT, read(UC_RISCV_REG_PC)};
  return true;
}

}  // namespace invar::platform::riscv
