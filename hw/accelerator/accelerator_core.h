#ifndef INVAR_ACCELERATOR_ACCELERATOR_CORE_H
#define INVAR_ACCELERATOR_ACCELERATOR_CORE_H

#include <invar/accelerator/accelerator_parameters.h>
#include <invar/accelerator/register_file.h>
#include <invar/ledger/ledger.h>
#include <invar/ledger/metered_dma.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/command_queue.h>
#include <invar/simulation/local_time_writes.h>

#include <cstdint>
#include <memory>
#include <tlm>

namespace invar::accelerator {

/// Registers, interrupt and reset of the accelerator, independent of the width of its sockets.
///
/// A write takes effect at its initiator's local time, never before, and writes of several
/// initiators in the order of those times. A read tells what was written up to the initiator's
/// local time and TICKS at that time; what only the accelerator knows (HEAD, COMPLETED, interrupts
/// raised, errors) is as of simulated time, so a decoupled initiator sees it at most its quantum
/// late. The reset signal drops writes that have not taken effect.
class AcceleratorCore : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  /// \throws std::invalid_argument for parameters out of range
  AcceleratorCore(const sc_core::sc_module_name& name, const AcceleratorParameters& parameters,
                  ledger::MeteredDma& dma, ledger::Ledger& ledger);

  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int debug_access(tlm::tlm_generic_payload& payload);

  /// Interrupt, queue and tiles.
  void trace(trace::SignalSink& sink, const tile::TraceDetail& detail);
  void trace(trace::ActivitySink& sink) { queue_.trace(sink); }

  /// Ends the numbers on worker threads, so that the state of tiles may be read after a simulation
  /// that was cut off. The simulation cannot go on afterwards.
  void finish_numbers() { workers_.stop(); }
  /// Before anything that jobs work on goes.
  ~AcceleratorCore() override { finish_numbers(); }

  const AcceleratorParameters& parameters() const { return parameters_; }
  sequencer::CommandQueue& queue() { return queue_; }
  const sequencer::CommandQueue& queue() const { return queue_; }

 private:
  /// What is written up to `delay` from now.
  RegisterFile registers_after(const sc_core::sc_time& delay) const;
  std::uint32_t read_register(std::uint64_t offset, const sc_core::sc_time& delay) const;
  std::uint32_t status(const RegisterFile& registers) const;
  std::uint64_t ticks(const RegisterFile& registers, const sc_core::sc_time& delay) const;
  void take_effect(const simulation::TimedWrite& write);
  void ring_doorbell();
  void raise(std::uint32_t bits);
  void update_irq();
  void drive_irq();
  void watch_reset();
  void reset();

  AcceleratorParameters parameters_;
  simulation::WorkerPool workers_;
  sequencer::CommandQueue queue_;
  simulation::LocalTimeWrites writes_;
  RegisterFile registers_;  ///< in force at simulated time
  sc_core::sc_time register_latency_;
  sc_core::sc_event irq_changed_;
  trace::TraceSignal<bool> traced_irq_;
};

}  // namespace invar::accelerator

#endif
