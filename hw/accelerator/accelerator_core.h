#ifndef INVAR_ACCELERATOR_ACCELERATOR_CORE_H
#define INVAR_ACCELERATOR_ACCELERATOR_CORE_H

#include <invar/accelerator/accelerator_parameters.h>
#include <invar/ledger/ledger.h>
#include <invar/ledger/metered_dma.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/command_queue.h>

#include <cstdint>
#include <memory>
#include <tlm>

namespace invar::accelerator {

/// Registers, interrupt and reset of the accelerator, independent of the width of its sockets.
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
  std::uint32_t read_register(std::uint64_t offset, bool debug);
  void write_register(std::uint64_t offset, std::uint32_t value, const sc_core::sc_time& delay);
  void write_control(std::uint32_t value, const sc_core::sc_time& delay);
  std::uint64_t ticks() const;
  void raise(std::uint32_t bits);
  void update_irq(const sc_core::sc_time& delay);
  void drive_irq();
  void watch_reset();
  void reset();

  AcceleratorParameters parameters_;
  simulation::WorkerPool workers_;
  sequencer::CommandQueue queue_;
  sc_core::sc_event irq_changed_;
  sc_core::sc_time reset_time_;
  trace::TraceSignal<bool> traced_irq_;

  bool enabled_ = false;
  std::uint32_t irq_status_ = 0;
  std::uint32_t irq_enable_ = 0;
  sequencer::RingSetup ring_;
  std::uint32_t tail_ = 0;
  std::uint32_t last_error_ = 0;
  std::uint32_t ticks_high_ = 0;
};

}  // namespace invar::accelerator

#endif
