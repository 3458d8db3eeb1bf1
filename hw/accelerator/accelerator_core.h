#ifndef INVAR_ACCELERATOR_ACCELERATOR_CORE_H
#define INVAR_ACCELERATOR_ACCELERATOR_CORE_H

#include <invar/accelerator/accelerator_parameters.h>
#include <invar/ledger/ledger.h>
#include <invar/ledger/metered_dma.h>
#include <invar/sequencer/command_queue.h>
#include <invar/simulation/ring_device.h>

#include <cstdint>
#include <memory>
#include <tlm>

namespace invar::accelerator {

/// Registers, interrupt and reset of the accelerator, independent of the width of its sockets.
///
/// What was written to registers, and TICKS, are as of an initiator's local time (RingDevice); what
/// only the accelerator knows (HEAD, COMPLETED, interrupts raised, errors) is as of simulated time.
class AcceleratorCore : public simulation::RingDevice {
 public:
  /// \throws std::invalid_argument for parameters out of range
  AcceleratorCore(const sc_core::sc_module_name& name, const AcceleratorParameters& parameters,
                  ledger::MeteredDma& dma, ledger::Ledger& ledger);

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
  static simulation::RingRegisters register_map();
  void describe_registers();
  std::uint64_t ticks(const simulation::RegisterQuery& read) const;
  void note_completion(std::uint32_t status);
  void note_fault(invar_ring_fault fault);

  std::uint32_t head() const override { return queue_.head(); }
  bool halted() const override { return queue_.halted(); }
  bool working() const override { return queue_.busy(); }
  void ring_doorbell() override;
  void drop_work() override { queue_.reset(); }
  void show_irq(bool level) override { traced_irq_.set(level); }

  AcceleratorParameters parameters_;
  simulation::WorkerPool workers_;
  sequencer::CommandQueue queue_;
  trace::TraceSignal<bool> traced_irq_;
};

}  // namespace invar::accelerator

#endif
