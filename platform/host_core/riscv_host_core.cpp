#include <fmt/format.h>
#include <invar/platform/host_core/riscv_host_core.h>
#include <invar/sw/boot/boot_block.h>

#include <algorithm>
#include <stdexcept>

namespace invar::platform {
namespace {

/// The same exception so many times in a row is a handler that does not mend its cause.
constexpr unsigned k_repeat_limit = 1000;
constexpr unsigned k_return_address = 1;  // x1, ra

const char* cause_text(std::uint64_t cause) {
  switch (cause) {
    case INVAR_ISS_FETCH_MISALIGNED:
      return "misaligned instruction address";
    case INVAR_ISS_FETCH_FAULT:
      return "instruction access fault";
    case INVAR_ISS_ILLEGAL_INSTRUCTION:
      return "illegal instruction";
    case INVAR_ISS_BREAKPOINT:
      return "breakpoint";
    case INVAR_ISS_LOAD_MISALIGNED:
      return "misaligned load";
    case INVAR_ISS_LOAD_FAULT:
      return "load access fault";
    case INVAR_ISS_STORE_MISALIGNED:
      return "misaligned store";
    case INVAR_ISS_STORE_FAULT:
      return "store access fault";
    case INVAR_ISS_ENVIRONMENT_CALL:
      return "environment call";
    case INVAR_ISS_USER_ENVIRONMENT_CALL:
      return "environment call from user mode";
    default:
      return "exception";
  }
}

bool has_address(std::uint64_t cause) {
  return cause == INVAR_ISS_LOAD_MISALIGNED || cause == INVAR_ISS_LOAD_FAULT ||
         cause == INVAR_ISS_STORE_MISALIGNED || cause == INVAR_ISS_STORE_FAULT;
}

}  // namespace

RiscvHostCore::RiscvHostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger,
                             const Image& image, const HostCoreParameters& parameters)
    : HostCore(name, ledger, parameters),
      image_(image),
      plugin_(image.simulator),
      iss_(plugin_.interface()) {
  const invar_iss_host callbacks = host();
  char message[256] = "";
  hart_ = std::unique_ptr<invar_iss, Destroy>(
      iss_.create(&callbacks, parameters_.cycles.data(), message, sizeof message),
      Destroy{iss_.destroy});
  if (!hart_) {
    throw std::runtime_error(image_.simulator + ": " + message);
  }
  INVAR_HAS_PROCESS(RiscvHostCore);
  SC_THREAD(run);
  set_stack_size(parameters_.stack_bytes);
}

invar_iss_host RiscvHostCore::host() {
  invar_iss_host host{};
  host.context = this;
  host.load = [](void* self, std::uint64_t address, unsigned bytes, std::uint32_t* value) {
    *value = 0;
    return static_cast<RiscvHostCore*>(self)->access(tlm::TLM_READ_COMMAND, address, value, bytes);
  };
  host.store = [](void* self, std::uint64_t address, unsigned bytes, std::uint32_t value) {
    return static_cast<RiscvHostCore*>(self)->access(tlm::TLM_WRITE_COMMAND, address, &value,
                                                     bytes);
  };
  host.find_memory = [](void* self, std::uint64_t address, invar_iss_memory* memory) {
    return static_cast<RiscvHostCore*>(self)->find_memory(address, *memory);
  };
  host.budget_spent = [](void* self) { return static_cast<RiscvHostCore*>(self)->budget_spent(); };
  host.trace = [](void* self, std::uint64_t pc, std::uint32_t instruction) {
    static_cast<RiscvHostCore*>(self)->write_down(pc, instruction);
  };
  host.clock = [](void* self, std::uint64_t* cycles, std::uint64_t* nanoseconds) {
    static_cast<RiscvHostCore*>(self)->clock(*cycles, *nanoseconds);
  };
  host.interrupt_line = [](void* self) {
    return static_cast<RiscvHostCore*>(self)->interrupt_line();
  };
  return host;
}

void RiscvHostCore::trace_instructions(InstructionTrace& trace) {
  trace_ = &trace;
  iss_.set_trace(hart_.get(), 1);
}

std::string RiscvHostCore::position() const {
  const std::uint64_t pc = iss_.pc(hart_.get());
  std::string function = image_.elf->describe(pc);
  if (function.empty()) {
    function = image_.elf->describe(pc - 1);  // asleep behind the last instruction of all
  }
  return fmt::format("{} (pc {:#x})", function.empty() ? "no function" : function, pc);
}

void RiscvHostCore::run() {
  begin();
  iss_.reset(hart_.get(), image_.elf->entry());
  look_at_line();
  bool going = true;
  while (going) {
    invar_iss_event event{};
    const invar_iss_stop stop = iss_.run(hart_.get(), budget(), &event);
    account();
    if (failure_) {
      std::rethrow_exception(std::exchange(failure_, nullptr));
    }
    going = handle(stop, event);
  }
}

bool RiscvHostCore::handle(invar_iss_stop stop, const invar_iss_event& event) {
  switch (stop) {
    case INVAR_ISS_STOP_BUDGET:
      look_at_line();
      return true;
    case INVAR_ISS_STOP_WAIT_FOR_INTERRUPT:
      wait_for_interrupt();
      return true;
    case INVAR_ISS_STOP_INTERRUPT:
      take_interrupt();
      return true;
    case INVAR_ISS_STOP_EXCEPTION:
      return take_exception(event);
    default:
      note_fault({event.message != nullptr ? event.message : "the simulator failed", event.pc,
                  image_.elf->describe(event.pc), std::nullopt, ""});
      finish(INVAR_EXIT_FAULT);
      return false;
  }
}

void RiscvHostCore::wait_for_interrupt() {
  // Time moves before the line is read: one that was just acknowledged has fallen by then.
  synchronise();
  if (iss_.is_interrupt_enabled(hart_.get()) != 0) {
    wait_for_line();
  } else {
    // Nothing can wake it: let the simulation find out that nothing is left to do.
    sleep(never_);
  }
  show_line();
}

void RiscvHostCore::take_interrupt() {
  // The line as the simulator knows it may be of the past: an acknowledge lowers it only when
  // simulated time has come to it.
  look_at_line();
  if (irq.read()) {
    note_interrupt();
    last_trap_ = {};
    last_trap_.cause = "interrupt that nobody handles";
    last_trap_.pc = iss_.pc(hart_.get());
    iss_.enter_trap(hart_.get(), INVAR_ISS_EXTERNAL_INTERRUPT, iss_.pc(hart_.get()), 0);
  }
}

bool RiscvHostCore::take_exception(const invar_iss_event& event) {
  // A handler that goes on behind the instruction leaves another pc to return to.
  const std::uint64_t return_pc = iss_.return_pc(hart_.get());
  const bool again = event.cause == last_exception_.cause && event.pc == last_exception_.pc &&
                     event.value == last_exception_.value && return_pc == event.pc;
  repeats_ = again ? repeats_ + 1 : 0;
  last_exception_ = event;
  const bool handled = iss_.has_trap_handler(hart_.get()) != 0;
  if (!handled || repeats_ >= k_repeat_limit) {
    // A handler that gives up takes itself away and stops at a breakpoint.
    const bool gives_up =
        !handled && event.cause == INVAR_ISS_BREAKPOINT && return_pc == last_trap_.pc;
    note_fault(gives_up ? last_trap_ : describe(event));
    finish(INVAR_EXIT_FAULT);
    return false;
  }
  last_trap_ = describe(event);
  iss_.enter_trap(hart_.get(), event.cause, event.pc, event.value);
  if (budget() == 0) {
    // Of a loop of traps none comes to the end of a budget.
    look_at_line();
  }
  return true;
}

FirmwareFault RiscvHostCore::describe(const invar_iss_event& event) const {
  FirmwareFault fault;
  fault.cause = cause_text(event.cause);
  fault.pc = event.pc;
  fault.function = image_.elf->describe(event.pc);
  if (has_address(event.cause)) {
    fault.address = event.value;
  }
  if (fault.function.empty()) {
    const std::uint64_t caller = iss_.integer_register(hart_.get(), k_return_address);
    fault.caller = image_.elf->describe(caller);
  }
  return fault;
}

void RiscvHostCore::account() {
  const invar_iss_counts& counts = *iss_.counts(hart_.get());
  for (std::size_t i = 0; i < INVAR_OPERATION_COUNT; ++i) {
    // An access counts its whole block; after a fault the rest of the block is taken back. Time is
    // not: what comes next is free until it has been made up for.
    if (counts.by_class[i] > accounted_[i]) {
      spend(i, counts.by_class[i] - accounted_[i]);
      accounted_[i] = counts.by_class[i];
    }
  }
}

void RiscvHostCore::show_line() {
  iss_.set_interrupt_line(hart_.get(), irq.read() ? 1 : 0);
}

void RiscvHostCore::look_at_line() {
  synchronise();
  show_line();
}

std::uint64_t RiscvHostCore::budget() const {
  return (lookahead().value() + period_.value() - 1) / period_.value();
}

int RiscvHostCore::find_memory(std::uint64_t address, invar_iss_memory& memory) {
  try {
    const DirectRegion* region = direct_region(address);
    if (region == nullptr) {
      return 0;
    }
    memory = {region->first, region->last, region->data};
    return 1;
  } catch (...) {
    failure_ = std::current_exception();
    return 0;
  }
}

void RiscvHostCore::write_down(std::uint64_t pc, std::uint32_t instruction) {
  if (failure_) {
    return;
  }
  try {
    account();
    trace_->instruction(local_time(), pc, instruction, *image_.elf);
  } catch (...) {
    failure_ = std::current_exception();
  }
}

std::uint64_t RiscvHostCore::budget_spent() {
  if (failure_) {
    return 0;
  }
  try {
    account();
    look_at_line();
    return std::max<std::uint64_t>(1, budget());
  } catch (...) {
    failure_ = std::current_exception();
    return 0;
  }
}

void RiscvHostCore::clock(std::uint64_t& cycles, std::uint64_t& nanoseconds) {
  account();
  const sc_core::sc_time now = local_time();
  cycles = now.value() / period_.value();
  nanoseconds = now.value() / sc_core::sc_time(1, sc_core::SC_NS).value();
}

int RiscvHostCore::interrupt_line() {
  if (failure_) {
    return 0;
  }
  try {
    account();
    look_at_line();
    iss_.set_budget(hart_.get(), budget());
    return irq.read() ? 1 : 0;
  } catch (...) {
    failure_ = std::current_exception();
    return 0;
  }
}

int RiscvHostCore::access(tlm::tlm_command command, std::uint64_t address, std::uint32_t* value,
                          unsigned bytes) {
  if (failure_) {
    return 1;
  }
  try {
    account();
    const int error = transport(command, address, value, bytes);
    show_line();
    iss_.set_budget(hart_.get(), budget());
    return error;
  } catch (...) {
    failure_ = std::current_exception();
    return 1;
  }
}

void RiscvHostCore::memory_invalidated(std::uint64_t first, std::uint64_t last) {
  iss_.forget_memory(hart_.get(), first, last);
}

}  // namespace invar::platform
