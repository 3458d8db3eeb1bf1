#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_CONTROL_REGISTERS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_CONTROL_REGISTERS_H

#include <cstdint>
#include <optional>

#include "memory_protection.h"

namespace invar::platform::riscv {

/// What of the control and status registers lies elsewhere.
class ControlRegisterSources {
 public:
  virtual ~ControlRegisterSources() = default;
  /// Instructions retired before this one.
  virtual std::uint64_t instructions() = 0;
  /// Periods of the clock, and nanoseconds, since the simulation began.
  virtual std::uint64_t clock_cycles() = 0;
  virtual std::uint64_t nanoseconds() = 0;
  /// The line of the machine external interrupt.
  virtual bool external_interrupt() = 0;
  /// The field FS of mstatus, 0 ... 3.
  virtual unsigned float_status() = 0;
  virtual void set_float_status(unsigned status) = 0;
  virtual std::uint64_t float_control() = 0;  ///< fcsr
  virtual void set_float_control(std::uint64_t value) = 0;
};

/// The control and status registers of a hart with machine and user mode (RISC-V Instruction Set
/// Manual, volume II, 20211203), and how traps change them.
class ControlRegisters {
 public:
  explicit ControlRegisters(ControlRegisterSources& sources) : sources_(sources) {}

  /// Whether a register belongs to the protection of memory.
  static bool is_protection(std::uint32_t number) { return number >= 0x3a0 && number <= 0x3bf; }
  /// Nothing where an access from this mode is an illegal instruction.
  std::optional<std::uint64_t> read(std::uint32_t number);
  /// \return false where it is an illegal instruction.
  bool write(std::uint32_t number, std::uint64_t value);

  /// \return where the handler begins
  std::uint64_t enter_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value);
  /// mret. \return where the program goes on
  std::uint64_t return_from_trap();

  bool is_user() const { return user_; }
  /// Whether data are accessed with the permissions of user mode.
  bool accesses_as_user() const;
  /// Whether a wfi is an illegal instruction.
  bool traps_wait() const;
  /// Whether an external interrupt ends a wfi.
  bool enables_external_interrupt() const;
  /// Whether it is taken.
  bool takes_external_interrupt() const;
  bool has_trap_handler() const { return trap_vector_ >> 2 != 0; }
  std::uint64_t exception_pc() const { return exception_pc_; }
  const MemoryProtection& protection() const { return protection_; }

 private:
  std::optional<std::uint64_t> read_counter(std::uint32_t index);
  std::optional<std::uint64_t> read_float(std::uint32_t number);
  bool write_float(std::uint32_t number, std::uint64_t value);
  std::optional<std::uint64_t> read_machine(std::uint32_t number);
  bool write_machine(std::uint32_t number, std::uint64_t value);
  void write_status(std::uint64_t value);

  ControlRegisterSources& sources_;
  MemoryProtection protection_;
  bool user_ = false;
  std::uint64_t status_ = 0x1800;  ///< MIE, MPIE, MPP, MPRV, TW
  std::uint64_t interrupt_enable_ = 0;
  std::uint64_t trap_vector_ = 0;
  std::uint64_t counter_enable_ = 0;
  std::uint64_t scratch_ = 0;
  std::uint64_t exception_pc_ = 0;
  std::uint64_t cause_ = 0;
  std::uint64_t trap_value_ = 0;
  std::uint64_t cycle_offset_ = 0;
  std::uint64_t instruction_offset_ = 0;
};

}  // namespace invar::platform::riscv

#endif
