// Instructions that are executed here and not by Unicorn: system instructions and atomics.
#include <algorithm>

#include "instruction_fields.h"
#include "unicorn_simulator.h"

namespace invar::platform::riscv {

namespace {

constexpr std::uint32_t k_machine_return = 0x30200073;

// Two lowest bits of funct3 of an access to a control register.
enum : std::uint32_t { k_csr_write = 1, k_csr_set = 2 };
constexpr std::uint32_t k_csr_immediate = 4;  // funct3

std::uint64_t sign_extended(std::uint64_t value, unsigned bytes) {
  return bytes == 4 ? static_cast<std::uint64_t>(static_cast<std::int32_t>(value)) : value;
}

/// What an atomic memory operation leaves in memory; operands sign-extended.
std::uint64_t combine(std::uint32_t function, std::uint64_t memory, std::uint64_t operand) {
  const auto signed_memory = static_cast<std::int64_t>(memory);
  const auto signed_operand = static_cast<std::int64_t>(operand);
  switch (function) {
    case k_atomic_add:
      return memory + operand;
    case k_atomic_xor:
      return memory ^ operand;
    case k_atomic_or:
      return memory | operand;
    case k_atomic_and:
      return memory & operand;
    case k_atomic_minimum:
      return signed_memory < signed_operand ? memory : operand;
    case k_atomic_maximum:
      return signed_memory > signed_operand ? memory : operand;
    // Sign extension keeps the order of unsigned words.
    case k_atomic_minimum_unsigned:
      return std::min(memory, operand);
    case k_atomic_maximum_unsigned:
      return std::max(memory, operand);
    default:  // swap
      return operand;
  }
}

bool is_atomic(std::uint32_t bits) {
  switch (field(bits, 31, 27)) {
    case k_load_reserved:
      return rs2(bits) == 0;
    case k_atomic_add:
    case k_atomic_swap:
    case k_store_conditional:
    case k_atomic_xor:
    case k_atomic_or:
    case k_atomic_and:
    case k_atomic_minimum:
    case k_atomic_maximum:
    case k_atomic_minimum_unsigned:
    case k_atomic_maximum_unsigned:
      return true;
    default:
      return false;
  }
}

}  // namespace

void UnicornSimulator::inspect(std::uint64_t pc) {
  if (fault_) {
    uc_emu_stop(engine_.get());  // what is left of the block does not count
    return;
  }
  const std::uint32_t bits = instruction_bits(pc);
  if (instruction_bytes(bits) == 2 && is_reserved_compressed(bits)) {
    raise(INVAR_ISS_ILLEGAL_INSTRUCTION, pc);
  } else if (instruction_bytes(bits) == 4 && opcode(bits) == k_system) {
    execute_system(pc, bits);
  } else if (instruction_bytes(bits) == 4 && opcode(bits) == k_atomic) {
    execute_atomic(pc, bits);
  } else {
    inspect_float(pc, bits);
  }
}

void UnicornSimulator::raise(std::uint64_t cause, std::uint64_t pc, std::uint64_t value) {
  exception_ = Exception{cause, pc, value};
  uc_emu_stop(engine_.get());
}

void UnicornSimulator::retire(std::uint64_t pc, std::uint32_t bits, std::uint64_t next) {
  const unsigned bytes = instruction_bytes(bits);
  std::uint64_t available = 0;
  const unsigned char* const code = memory_.find(pc, available);
  const BlockCounts counts = cache_.count(code, std::min<std::uint64_t>(bytes, available));
  add(counts_, counts);
  budget_ -= counts.cycles;
  const FloatOperands operands = float_operands(bits);
  floats_.write(operands.writes_wide, operands.writes_single);
  if (needs_upkeep()) {
    pc_ = next;
    uc_emu_stop(engine_.get());
  } else {
    // Leaves the block and goes on there.
    write(UC_RISCV_REG_PC, next);
  }
}

void UnicornSimulator::execute_system(std::uint64_t pc, std::uint32_t bits) {
  if (!is_questionable(bits)) {
    return;  // ecall, ebreak
  }
  if (is_wait_for_interrupt(bits)) {
    if (control_->traps_wait()) {
      raise(INVAR_ISS_ILLEGAL_INSTRUCTION, pc);
    }
    return;
  }
  cut_block(pc);
  if (bits == k_machine_return && !control_->is_user()) {
    const std::uint64_t next = control_->return_from_trap();
    write_status(float_status());
    retire(pc, bits, next);
  } else {
    access_control_register(pc, bits);
  }
}

void UnicornSimulator::access_control_register(std::uint64_t pc, std::uint32_t bits) {
  const std::uint32_t number = field(bits, 31, 20);
  const std::uint32_t operation = funct3(bits) & 3;
  const bool immediate = (funct3(bits) & k_csr_immediate) != 0;
  const bool writes = operation == k_csr_write || rs1(bits) != 0;
  const std::uint64_t operand = immediate ? rs1(bits) : integer_register(rs1(bits));
  const auto before = operation != 0 ? control_->read(number) : std::nullopt;
  if (!before) {
    raise(INVAR_ISS_ILLEGAL_INSTRUCTION, pc);
    return;
  }
  const std::uint64_t after = operation == k_csr_write ? operand
                              : operation == k_csr_set ? *before | operand
                                                       : *before & ~operand;
  if (writes && !control_->write(number, after)) {
    raise(INVAR_ISS_ILLEGAL_INSTRUCTION, pc);
    return;
  }
  if (rd(bits) != 0) {
    write(UC_RISCV_REG_X0 + static_cast<int>(rd(bits)), *before);
  }
  protection_changed_ = writes && ControlRegisters::is_protection(number);
  retire(pc, bits, pc + 4);
}

void UnicornSimulator::execute_atomic(std::uint64_t pc, std::uint32_t bits) {
  const auto operand = memory_operand(bits);
  if ((funct3(bits) != 2 && funct3(bits) != 3) || !is_atomic(bits)) {
    return;  // an illegal instruction for Unicorn too
  }
  const std::uint64_t address = integer_register(operand->base);
  const std::uint32_t function = field(bits, 31, 27);
  cut_block(pc);
  if ((address & (operand->bytes - 1)) != 0) {
    raise(operand->stores ? INVAR_ISS_STORE_MISALIGNED : INVAR_ISS_LOAD_MISALIGNED, pc);
    return;
  }
  const bool user = control_->accesses_as_user();
  const MemoryProtection& protection = control_->protection();
  std::uint64_t memory = 0;
  bool good = (!operand->loads || protection.allows(address, MemoryProtection::k_read, user)) &&
              (!operand->stores || protection.allows(address, MemoryProtection::k_write, user));
  std::uint64_t result = 0;
  const std::uint64_t source = sign_extended(integer_register(rs2(bits)), operand->bytes);
  if (good && function == k_store_conditional) {
    const bool reserved = holds_reservation(address, operand->bytes);
    reservation_.reset();
    result = reserved ? 0 : 1;
    good = !reserved || store(address, operand->bytes, source);
  } else if (good) {
    good = load(address, operand->bytes, memory);
    result = sign_extended(memory, operand->bytes);
    if (function == k_load_reserved) {
      reservation_ = Reservation{address, memory, operand->bytes};
    } else {
      good = good && store(address, operand->bytes, combine(function, result, source));
    }
  }
  if (!good) {
    raise(operand->stores ? INVAR_ISS_STORE_FAULT : INVAR_ISS_LOAD_FAULT, pc);
    return;
  }
  if (rd(bits) != 0) {
    write(UC_RISCV_REG_X0 + static_cast<int>(rd(bits)), result);
  }
  retire(pc, bits, pc + 4);
}

bool UnicornSimulator::holds_reservation(std::uint64_t address, unsigned bytes) {
  if (!reservation_ || reservation_->address != address || reservation_->bytes != bytes) {
    return false;
  }
  // A device may have written to it.
  const unsigned char* const data = data_pointer(address);
  return data == nullptr || std::memcmp(data, &reservation_->value, bytes) == 0;
}

unsigned char* UnicornSimulator::data_pointer(std::uint64_t address) {
  std::uint64_t available = 0;
  if (memory_.find(address, available) == nullptr) {
    memory_.map_memory(address);
  }
  return const_cast<unsigned char*>(memory_.find(address, available));
}

bool UnicornSimulator::load(std::uint64_t address, unsigned bytes, std::uint64_t& value) {
  value = 0;
  if (const unsigned char* const data = data_pointer(address)) {
    std::memcpy(&value, data, bytes);
    return true;
  }
  for (unsigned offset = 0; offset < bytes; offset += 4) {
    std::uint32_t part = 0;
    if (host_.load(host_.context, address + offset, 4, &part) != 0) {
      return false;
    }
    value |= std::uint64_t{part} << (8 * offset);
  }
  return true;
}

bool UnicornSimulator::store(std::uint64_t address, unsigned bytes, std::uint64_t value) {
  if (unsigned char* const data = data_pointer(address)) {
    std::memcpy(data, &value, bytes);
    return true;
  }
  for (unsigned offset = 0; offset < bytes; offset += 4) {
    if (host_.store(host_.context, address + offset, 4,
                    static_cast<std::uint32_t>(value >> (8 * offset))) != 0) {
      return false;
    }
  }
  return true;
}

// ---- what of the control registers lies elsewhere ----

std::uint64_t UnicornSimulator::clock_cycles() {
  std::uint64_t cycles = 0, nanoseconds = 0;
  host_.clock(host_.context, &cycles, &nanoseconds);
  return cycles;
}

std::uint64_t UnicornSimulator::nanoseconds() {
  std::uint64_t cycles = 0, nanoseconds = 0;
  host_.clock(host_.context, &cycles, &nanoseconds);
  return nanoseconds;
}

bool UnicornSimulator::external_interrupt() {
  return host_.interrupt_line(host_.context) != 0;
}

unsigned UnicornSimulator::float_status() {
  return static_cast<unsigned>(read(UC_RISCV_REG_MSTATUS) >> 13 & 3);
}

std::uint64_t UnicornSimulator::float_control() {
  return read(UC_RISCV_REG_FCSR);
}

void UnicornSimulator::set_float_control(std::uint64_t value) {
  write(UC_RISCV_REG_FCSR, value);
}

void UnicornSimulator::write_status(unsigned float_status) {
  // Unicorn stays in machine mode: what user mode may execute is checked block by block, and data
  // are accessed as if by the previous privilege.
  constexpr std::uint64_t modify_privilege = 1u << 17, machine_before = 3u << 11;
  write(UC_RISCV_REG_MSTATUS,
        std::uint64_t{float_status} << 13 |
            (control_->accesses_as_user() ? modify_privilege : machine_before));
}

uc_err UnicornSimulator::load_protection() {
  // Unicorn has no names for these registers: a few instructions write them. Entries 2 i and 2 i +
  // 1 are bottom and top of a range; what is locked stays as it is.
  constexpr std::uint64_t scratch = 0x7ffffffffffff000;
  constexpr std::uint32_t wait = 0x10500073;
  const auto csr_write = [](std::uint32_t number, std::uint32_t source) {
    return number << 20 | source << 15 | k_csr_write << 12 | k_system;
  };
  std::array<std::uint64_t, 32> values{}, kept{};
  std::array<std::uint32_t, 32> code{};
  std::size_t length = 0;
  for (std::uint32_t entry = 0; entry < MemoryProtection::k_usable; ++entry) {
    constexpr std::uint64_t top_of_range = 8, locked = 0x80;
    const auto region = control_->protection().region(entry);
    const std::uint32_t bottom = 2 * entry, top = bottom + 1;
    if (region) {
      values[1 + bottom] = region->first >> 2;
      values[1 + top] = (region->last >> 2) + 1;
      const std::uint64_t configuration =
          region->permissions | top_of_range | (region->locked ? locked : 0);
      values[17 + top / 8] |= configuration << (8 * (top % 8));
    }
    code[length++] = csr_write(0x3b0 + bottom, 1 + bottom);
    code[length++] = csr_write(0x3b0 + top, 1 + top);
  }
  code[length++] = csr_write(0x3a0, 17);
  code[length++] = csr_write(0x3a2, 18);
  code[length++] = wait;
  std::memcpy(scratch_.data(), code.data(), sizeof code);
  for (int i = 1; i < 32; ++i) {
    kept[static_cast<std::size_t>(i)] = read(UC_RISCV_REG_X0 + i);
    write(UC_RISCV_REG_X0 + i, values[static_cast<std::size_t>(i)]);
  }
  uc_err error = uc_mem_map_ptr(engine_.get(), scratch, SimulatedMemory::k_page_bytes, UC_PROT_ALL,
                                scratch_.data());
  if (error == UC_ERR_OK) {
    loading_ = true;
    error = uc_emu_start(engine_.get(), scratch, 0, 0, 0);
    loading_ = false;
    uc_mem_unmap(engine_.get(), scratch, SimulatedMemory::k_page_bytes);
  }
  for (int i = 1; i < 32; ++i) {
    write(UC_RISCV_REG_X0 + i, kept[static_cast<std::size_t>(i)]);
  }
  forget_permissions();
  return error;
}

void UnicornSimulator::forget_permissions() {
  const std::uint64_t status = read(UC_RISCV_REG_MSTATUS);
  constexpr std::uint64_t make_executable_readable = 1u << 19;
  write(UC_RISCV_REG_MSTATUS, status ^ make_executable_readable);
  write(UC_RISCV_REG_MSTATUS, status);
}

}  // namespace invar::platform::riscv
