#ifndef INVAR_ACCELERATOR_ACCELERATOR_CORE_H
#define INVAR_ACCELERATOR_ACCELERATOR_CORE_H

#include <invar/accelerator/accelerator_parameters.h>
#include <invar/ledger/ledger.h>
#include <invar/ledger/metered_dma.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/data_ports.h>
#include <invar/simulation/ring_device.h>
#include <invar/trace/activity_sink.h>
#include <invar/trace/signal_sink.h>

#include <cstdint>
#include <memory>
#include <tlm>

namespace invar::sequencer {
class CommandQueue;
}
namespace invar::simulation {
class WorkerPool;
}
namespace invar::tile {
struct TraceDetail;
}

namespace invar::accelerator {

/// Registers, interrupt and reset of the accelerator, independent of the width of its sockets.
///
/// What was written to registers, and TICKS, are as of an initiator's local time (RingDevice); what
/// only the accelerator knows (HEAD, COMPLETED, interrupts raised, errors) is as of simulated time.
///
/// What is behind the registers stays out of this header: whoever instantiates an accelerator
/// compiles no linear algebra, and no matrix changes its layout between his flags and ours.
class AcceleratorCore : public simulation::RingDevice {
 public:
  /// \throws std::invalid_argument for parameters out of range
  AcceleratorCore(const sc_core::sc_module_name& name, const AcceleratorParameters& parameters,
                  const sequencer::DataPorts& ports, ledger::Ledger& ledger);

  /// Interrupt, queue and tiles.
  void trace(trace::SignalSink& sink, const tile::TraceDetail& detail);
  void trace(trace::ActivitySink& sink);

  /// Ends the numbers on worker threads, so that the state of tiles may be read after a simulation
  /// that was cut off. The simulation cannot go on afterwards.
  void finish_numbers();
  ~AcceleratorCore() override;

  const AcceleratorParameters& parameters() const { return parameters_; }
  /// What runs the commands (<invar/sequencer/command_queue.h>).
  sequencer::CommandQueue& queue() { return *queue_; }
  const sequencer::CommandQueue& queue() const { return *queue_; }

 private:
  static simulation::RingRegisters register_map();
  void describe_registers();
  std::uint64_t ticks(const simulation::RegisterQuery& read) const;
  void note_completion(std::uint32_t status);
  void note_fault(invar_ring_fault fault);

  std::uint32_t head() const override;
  bool halted() const override;
  bool working() const override;
  void ring_doorbell() override;
  void drop_work() override;
  void show_irq(bool level) override { traced_irq_.set(level); }

  AcceleratorParameters parameters_;
  std::unique_ptr<simulation::WorkerPool> workers_;
  std::unique_ptr<sequencer::CommandQueue> queue_;
  trace::TraceSignal<bool> traced_irq_;
};

}  // namespace invar::accelerator

#endif
