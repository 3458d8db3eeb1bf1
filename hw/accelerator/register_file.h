#ifndef INVAR_ACCELERATOR_REGISTER_FILE_H
#define INVAR_ACCELERATOR_REGISTER_FILE_H

#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/command_queue.h>
#include <invar/simulation/local_time_writes.h>

#include <cstdint>

namespace invar::accelerator {

/// What is written to the accelerator's registers, as it stands at one instant.
struct RegisterFile {
  /// Behind the window: latches its value as TICKS_HI. Reading TICKS_LO writes it.
  static constexpr std::uint64_t k_latch_ticks = INVAR_ACCELERATOR_WINDOW_BYTES;

  bool enabled = false;
  std::uint32_t irq_status = 0;
  std::uint32_t irq_enable = 0;
  sequencer::RingSetup ring;
  std::uint32_t tail = 0;
  std::uint32_t last_error = 0;
  std::uint32_t ticks_high = 0;
  sc_core::sc_time reset_time;
  std::uint64_t resets = 0;

  /// A write takes effect here; what the accelerator does about it is up to AcceleratorCore.
  void write(const simulation::TimedWrite& write);
  /// Back to reset values, and TICKS counts from `at` on.
  void reset(const sc_core::sc_time& at);
};

}  // namespace invar::accelerator

#endif
