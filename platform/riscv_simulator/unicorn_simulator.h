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
#include "simulated_memory.h"

namespace invar::platform::riscv {

/// One hart in Unicorn 2.0.1, behind the functions of `invar_iss_functions`.
///
/// Unicorn translates basic blocks. A hook at the start of each counts it as a whole, asks for the
/// next budget and for interrupts, and is the only place where a run is stopped: a stop within a
/// block would execute its beginning twice. Nothing here throws from a callback.
class UnicornSimulator {
 public:
  /// \throws std::runtime_error when Unicorn gives no hart.
  UnicornSimulator(const invar_iss_host& host, const std::uint32_t cycles[INVAR_OPERATION_COUNT]);
  UnicornSimulator(const UnicornSimulator&) = delete;
  UnicornSimulator& operator=(const UnicornSimulator&) = delete;

  void reset(std::uint64_t pc);
  invar_iss_stop run(std::uint64_t budget, invar_iss_event& event);
  void set_budget(std::uint64_t budget);
  void set_interrupt_line(bool level) { line_ = level; }
  bool is_interrupt_enabled();
  bool has_trap_handler();
  std::uint64_t return_pc();
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
  };
  /// A data access that the host refused, and the registers before it.
  struct AccessFault {
    std::uint64_t address;
    std::uint64_t pc;
    bool located;  ///< `pc` is that of the instruction, not of its block
    bool store;
    std::array<std::uint64_t, 32> integer_registers, float_registers;
  };
  /// An instruction at the end of memory, whose second half is missing.
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

  void stop(invar_iss_stop reason);
  bool takes_interrupt();
  void record_fault(std::uint64_t address, bool store);
  void locate_fault(AccessFault& fault) const;
  /// Counts of the current block up to `pc` alone.
  void cut_block(std::uint64_t pc);

  /// Why the run ended, after Unicorn has returned; nothing when it goes on.
  std::optional<invar_iss_stop> conclude(uc_err error, invar_iss_event& event);
  invar_iss_stop report_fault(invar_iss_event& event);
  invar_iss_stop report_exception(invar_iss_event& event);
  std::optional<invar_iss_stop> report_fetch_fault(invar_iss_event& event);

  const invar_iss_host host_;
  SimulatedMemory memory_;
  BlockCountCache cache_;
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
  bool refresh_ = false;  ///< asked for between two blocks

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
