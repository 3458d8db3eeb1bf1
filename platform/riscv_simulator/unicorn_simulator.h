#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_UNICORN_SIMULATOR_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_UNICORN_SIMULATOR_H

#include <invar/platform/host_core/instruction_set_simulator.h>
#include <unicorn/unicorn.h>

#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

#include "block_counts.h"
#include "code_hooks.h"
#include "control_registers.h"
#include "float_results.h"
#include "simulated_memory.h"

namespace invar::platform::riscv {

/// One hart in Unicorn 2.0.1, behind the functions of `invar_iss_functions`.
///
/// Unicorn translates basic blocks. A hook at the start of each counts it as a whole, asks for the
/// next budget and for interrupts, and stops the run: a stop from an access in the middle would
/// execute the beginning twice. Hooks before single instructions emulate what Unicorn gets wrong:
/// system instructions and traps (which it is never left to), atomics, some of floating point.
/// Nothing here throws from a callback.
class UnicornSimulator : private ControlRegisterSources {
 public:
  /// \throws std::runtime_error when Unicorn gives no hart.
  UnicornSimulator(const invar_iss_host& host, const std::uint32_t cycles[INVAR_OPERATION_COUNT]);
  UnicornSimulator(const UnicornSimulator&) = delete;
  UnicornSimulator& operator=(const UnicornSimulator&) = delete;

  void reset(std::uint64_t pc);
  invar_iss_stop run(std::uint64_t budget, invar_iss_event& event);
  void set_budget(std::uint64_t budget);
  void set_interrupt_line(bool level) { line_ = level; }
  bool is_interrupt_enabled() const { return control_->enables_external_interrupt(); }
  bool has_trap_handler() const { return control_->has_trap_handler(); }
  std::uint64_t return_pc() const { return control_->exception_pc(); }
  void enter_trap(std::uint64_t cause, std::uint64_t pc, std::uint64_t value);
  void forget_memory(std::uint64_t first, std::uint64_t last);
  void set_trace(bool on);
  std::uint64_t pc() const { return pc_; }
  std::uint64_t integer_register(unsigned number);
  const invar_iss_counts& counts() const { return counts_; }

 private:
  struct Callbacks;
  struct EngineCloser {
    void operator()(uc_engine* engine) const { uc_close(engine); }
  };

  struct Exception {
    std::uint64_t cause, pc;
    std::uint64_t value = 0;  ///< of a fetch; 0: the pc
  };
  /// What a load-reserved has read.
  struct Reservation {
    std::uint64_t address, value;
    unsigned bytes;
  };
  /// A data access that the host refused, and the registers before it.
  struct AccessFault {
    std::uint64_t address;
    std::uint64_t pc;
    bool located;  ///< `pc` is that of the instruction, not of its block
    bool store;
    std::array<std::uint64_t, 32> integer_registers, float_registers;
  };
  /// An instruction across a page, whose second half is no memory or may not be executed.
  struct HalfInstruction {
    std::uint64_t pc, missing;
  };
  struct Access {
    std::uint64_t address;
    bool store;
  };

  void open_engine();
  void add_hook(uc_hook& hook, int type, void* callback);
  std::uint64_t read(int id);
  void write(int id, std::uint64_t value);
  /// Forgets translations and counts of blocks.
  void refresh();
  /// Whether something waits that can be done between two runs of Unicorn alone.
  bool needs_upkeep() const;
  uc_err upkeep();
  /// The next run ends before `half`, the last instruction of a block.
  void execute_up_to(const HalfInstruction& half);
  /// Loads Unicorn's entries of memory protection.
  uc_err load_protection();
  /// Unicorn looks for permissions anew, and for a block that was translated while its page was
  /// being mapped: that one belongs to no page, and is remembered by its virtual address until
  /// then.
  void forget_permissions();
  std::uint32_t instruction_bits(std::uint64_t pc) const;

  // From Unicorn's hooks.
  void on_block(std::uint64_t pc, std::uint32_t bytes) noexcept;
  std::uint64_t on_load(std::uint64_t address, unsigned bytes) noexcept;
  void on_store(std::uint64_t address, unsigned bytes, std::uint32_t value) noexcept;
  bool on_unmapped_access(std::uint64_t address) noexcept;
  bool on_fetch_fault(std::uint64_t address, bool mapped) noexcept;
  void on_exception(std::uint32_t number) noexcept;
  bool on_invalid_instruction() noexcept;
  void on_instruction(std::uint64_t pc) noexcept;
  void on_questionable(std::uint64_t pc) noexcept;

  // Instructions that are executed here.
  void inspect(std::uint64_t pc);
  void execute_system(std::uint64_t pc, std::uint32_t bits);
  void access_control_register(std::uint64_t pc, std::uint32_t bits);
  void execute_atomic(std::uint64_t pc, std::uint32_t bits);
  /// Executes the instruction or leaves it to Unicorn.
  void inspect_float(std::uint64_t pc, std::uint32_t bits);
  void emulate_float(std::uint64_t pc, std::uint32_t bits, const FloatResult& result);
  std::uint64_t float_operand(unsigned number, bool wide, const FloatRegisters& floats);
  bool has_valid_rounding(std::uint32_t bits);
  void box(std::uint32_t registers);
  /// Makes the registers what the block at `block_pc_` expects of them.
  void settle_floats(const FloatUse& use);
  /// Calls back for the block's readers of singles.
  void hook_single_readers();
  FloatRegisters floats_at(std::uint64_t pc) const;
  /// The instruction at `pc` has been executed, and `next` comes behind it.
  void retire(std::uint64_t pc, std::uint32_t bits, std::uint64_t next);
  void raise(std::uint64_t cause, std::uint64_t pc, std::uint64_t value = 0);
  /// Unicorn's mstatus: floating point as it is, and the permissions of data accesses.
  void write_status(unsigned float_status);

  // ControlRegisterSources
  std::uint64_t instructions() override { return counts_.instructions; }
  std::uint64_t clock_cycles() override;
  std::uint64_t nanoseconds() override;
  bool external_interrupt() override;
  unsigned float_status() override;
  void set_float_status(unsigned status) override { write_status(status); }
  std::uint64_t float_control() override;
  void set_float_control(std::uint64_t value) override;

  // Data accesses of emulated instructions. \return false where it is an access fault
  bool load(std::uint64_t address, unsigned bytes, std::uint64_t& value);
  bool store(std::uint64_t address, unsigned bytes, std::uint64_t value);
  unsigned char* data_pointer(std::uint64_t address);
  bool holds_reservation(std::uint64_t address, unsigned bytes);

  void stop(invar_iss_stop reason);
  /// Whether the block may be entered in user mode; stops the run otherwise.
  bool check_user_fetch(std::uint64_t pc, std::uint32_t bytes);
  void record_fault(std::uint64_t address, bool store);
  void locate_fault(AccessFault& fault) const;
  /// The block under way ends before `pc`: what counts, and what its registers hold.
  void cut_block(std::uint64_t pc);
  /// It has been executed to its end.
  void finish_block() {
    if (block_ != nullptr) {
      floats_.write(block_->floats.writes_wide, block_->floats.writes_single);
      block_ = nullptr;
    }
  }

  /// Why the run ended, after Unicorn has returned; nothing when it goes on.
  std::optional<invar_iss_stop> conclude(uc_err error, invar_iss_event& event);
  invar_iss_stop fail(uc_err error, invar_iss_event& event);
  invar_iss_stop report_fault(invar_iss_event& event);
  invar_iss_stop report_exception(invar_iss_event& event);
  std::optional<invar_iss_stop> report_fetch_fault(invar_iss_event& event);

  const invar_iss_host host_;
  SimulatedMemory memory_;
  BlockCountCache cache_;
  CodeHooks code_hooks_;
  std::optional<ControlRegisters> control_;
  invar_iss_counts counts_{};
  std::unique_ptr<uc_engine, EngineCloser> engine_;
  bool has_run_ = false;
  bool running_ = false;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> forgotten_;  ///< after the block under way
  bool line_ = false;
  uc_hook trace_hook_ = 0;

  /// Of the block being entered, or where the next run begins.
  std::uint64_t pc_ = 0;
  std::int64_t budget_ = 0;
  bool refresh_ = false;                 ///< asked for between two blocks
  std::vector<std::uint64_t> unhooked_;  ///< instructions to be called back for
  bool protection_changed_ = false;
  std::optional<HalfInstruction> forbidden_half_;  ///< to be executed up to
  bool loading_ = false;                           ///< Unicorn executes what lies in `scratch_`
  alignas(SimulatedMemory::k_page_bytes)
      std::array<unsigned char, SimulatedMemory::k_page_bytes> scratch_{};
  FloatRegisters floats_;  ///< at the start of the block under way
  std::optional<Reservation> reservation_;

  // The block under way.
  std::uint64_t block_pc_ = 0;
  std::uint32_t block_bytes_ = 0;
  const BlockCounts* block_ = nullptr;
  std::array<Access, 8> accesses_{};  ///< the I/O accesses in it so far, the latest of them
  unsigned access_count_ = 0;

  // What has happened in this run.
  std::optional<invar_iss_stop> stop_;
  std::optional<Exception> exception_;
  std::unique_ptr<AccessFault> fault_;
  std::optional<std::uint64_t> fetch_fault_;
  std::optional<HalfInstruction> half_instruction_;  ///< this run ends before it
};

}  // namespace invar::platform::riscv

#endif
