// How a run ended: access faults of the host, exceptions and fetches from nowhere.
#include <algorithm>

#include "unicorn_simulator.h"

namespace invar::platform::riscv {

namespace {

constexpr const char* k_no_memory = "instruction fetch from no memory";

}  // namespace

void UnicornSimulator::record_fault(std::uint64_t address, bool store) {
  fault_ = std::make_unique<AccessFault>();
  fault_->address = address;
  fault_->store = store;
  for (int i = 0; i < 32; ++i) {
    const auto number = static_cast<std::size_t>(i);
    fault_->integer_registers[number] = read(UC_RISCV_REG_X0 + i);
    fault_->float_registers[number] = read(UC_RISCV_REG_F0 + i);
  }
  locate_fault(*fault_);
}

void UnicornSimulator::locate_fault(AccessFault& fault) const {
  fault.pc = block_pc_;
  fault.located = false;
  // Earlier accesses to the same address in this block have been others.
  const unsigned known = std::min<unsigned>(access_count_, accesses_.size());
  auto skip = std::count_if(accesses_.begin(), accesses_.begin() + known, [&](const Access& a) {
    return a.address == fault.address && a.store == fault.store;
  });
  std::uint64_t available = 0;
  const unsigned char* const code = memory_.find(block_pc_, available);
  const std::uint64_t end = std::min(available, block_extent(block_bytes_));
  for (std::uint64_t offset = 0; offset < end;) {
    const std::uint32_t bits = instruction_at(code + offset, available - offset);
    const auto operand = memory_operand(bits);
    if (operand && (fault.store ? operand->stores : operand->loads)) {
      // A misaligned access comes in aligned parts.
      const std::uint64_t first =
          fault.integer_registers[operand->base] + static_cast<std::uint64_t>(operand->offset);
      const std::uint64_t misaligned = first & (operand->bytes - 1);
      const std::uint64_t span = misaligned != 0 ? 2 * operand->bytes : operand->bytes;
      if (fault.address - (first - misaligned) < span) {
        fault.pc = block_pc_ + offset;
        fault.located = true;
        if (skip-- == 0) {
          return;
        }
      }
    }
    offset += instruction_bytes(bits);
  }
}

void UnicornSimulator::cut_block(std::uint64_t pc) {
  if (block_ == nullptr || pc < block_pc_) {
    return;
  }
  std::uint64_t available = 0;
  const unsigned char* const code = memory_.find(block_pc_, available);
  if (code == nullptr || pc - block_pc_ > available) {
    return;
  }
  const BlockCounts executed = cache_.count(code, pc - block_pc_);
  subtract(counts_, *block_);
  add(counts_, executed);
  budget_ += static_cast<std::int64_t>(block_->cycles) - executed.cycles;
  floats_ = replay(floats_, code, pc - block_pc_);
  block_ = nullptr;
}

std::optional<invar_iss_stop> UnicornSimulator::conclude(uc_err error, invar_iss_event& event) {
  const std::optional<HalfInstruction> half = half_instruction_;
  if (half) {
    uc_ctl_set_exits(engine_.get(), &half_instruction_->pc, 0);
    half_instruction_.reset();
  }
  // A fault comes first: whatever else ended the block came after it.
  if (fault_) {
    return report_fault(event);
  }
  if (exception_) {
    return report_exception(event);
  }
  if (stop_) {
    return stop_;
  }
  if (fetch_fault_) {
    return report_fetch_fault(event);
  }
  if (error != UC_ERR_OK) {
    pc_ = read(UC_RISCV_REG_PC);
    return fail(error, event);
  }
  if (needs_upkeep()) {
    return std::nullopt;
  }
  pc_ = read(UC_RISCV_REG_PC);
  if (half && pc_ == half->pc) {
    event = {INVAR_ISS_FETCH_FAULT, pc_, half->missing, k_no_memory};
    return INVAR_ISS_STOP_EXCEPTION;
  }
  return INVAR_ISS_STOP_WAIT_FOR_INTERRUPT;
}

invar_iss_stop UnicornSimulator::fail(uc_err error, invar_iss_event& event) {
  event.pc = pc_;
  event.message = uc_strerror(error);
  return INVAR_ISS_STOP_ERROR;
}

invar_iss_stop UnicornSimulator::report_fault(invar_iss_event& event) {
  event.cause = fault_->store ? INVAR_ISS_STORE_FAULT : INVAR_ISS_LOAD_FAULT;
  event.value = fault_->address;
  event.message = "access fault";
  if (fault_->located) {
    // An atomic memory operation fails as a store, even when it fails to load.
    const auto operand = memory_operand(instruction_bits(fault_->pc));
    if (operand && operand->stores) {
      event.cause = INVAR_ISS_STORE_FAULT;
    }
    for (int i = 0; i < 32; ++i) {
      const auto number = static_cast<std::size_t>(i);
      write(UC_RISCV_REG_X0 + i, fault_->integer_registers[number]);
      write(UC_RISCV_REG_F0 + i, fault_->float_registers[number]);
    }
    cut_block(fault_->pc);
  }
  pc_ = event.pc = fault_->pc;
  fault_.reset();
  return INVAR_ISS_STOP_EXCEPTION;
}

invar_iss_stop UnicornSimulator::report_exception(invar_iss_event& event) {
  event.cause = exception_->cause;
  pc_ = event.pc = exception_->pc;
  event.message = "exception";
  const std::uint32_t bits = instruction_bits(event.pc);
  switch (event.cause) {
    case INVAR_ISS_ILLEGAL_INSTRUCTION:
      event.value = bits;
      event.message = "illegal instruction";
      break;
    case INVAR_ISS_BREAKPOINT:
      event.value = event.pc;
      event.message = "breakpoint";
      break;
    case INVAR_ISS_FETCH_MISALIGNED:
    case INVAR_ISS_FETCH_FAULT:
      // Before any of its block: the last one is complete.
      finish_block();
      event.value = exception_->value != 0 ? exception_->value : event.pc;
      event.message = "instruction fetch";
      break;
    case INVAR_ISS_LOAD_MISALIGNED:
    case INVAR_ISS_LOAD_FAULT:
    case INVAR_ISS_STORE_MISALIGNED:
    case INVAR_ISS_STORE_FAULT:
      // Precise: the registers are those before the instruction.
      if (const auto operand = memory_operand(bits)) {
        event.value = integer_register(operand->base) + static_cast<std::uint64_t>(operand->offset);
      }
      event.message = "access fault";
      break;
    case INVAR_ISS_ENVIRONMENT_CALL:
      event.message = "environment call";
      break;
    default:
      break;
  }
  cut_block(event.pc);
  return INVAR_ISS_STOP_EXCEPTION;
}

std::optional<invar_iss_stop> UnicornSimulator::report_fetch_fault(invar_iss_event& event) {
  const std::uint64_t missing = *fetch_fault_;
  pc_ = read(UC_RISCV_REG_PC);
  if (missing > pc_ && missing - pc_ > 2 && missing - pc_ <= SimulatedMemory::k_page_bytes) {
    // The last instruction of the block begins in memory and ends in none, and nothing of the block
    // has been executed: execute what comes before it.
    execute_up_to({missing - 2, missing});
    return std::nullopt;
  }
  event = {INVAR_ISS_FETCH_FAULT, pc_, missing, k_no_memory};
  return INVAR_ISS_STOP_EXCEPTION;
}

}  // namespace invar::platform::riscv
