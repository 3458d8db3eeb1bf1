#ifndef INVAR_DIGITAL_ENGINE_ENGINE_CORE_H
#define INVAR_DIGITAL_ENGINE_ENGINE_CORE_H

#include <invar/digital_engine/engine_account.h>
#include <invar/digital_engine/engine_numerics.h>
#include <invar/digital_engine/engine_parameters.h>
#include <invar/ledger/metered_dma.h>
#include <invar/registers/digital_engine_registers.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/trace/activity_sink.h>
#include <invar/trace/signal_sink.h>

#include <cstdint>
#include <tlm>
#include <vector>

namespace invar::digital_engine {

/// What the engine is doing, as it appears in a trace.
enum class EngineState : std::uint32_t { idle, fetch, transfer, compute };

/// Registers, interrupt, reset and job ring of the digital engine, independent of the width of its
/// sockets.
///
/// Jobs run strictly in order. They are fetched in groups of up to 16; compute jobs of one phase
/// that follow each other in a group are booked as one stretch of time, so that HEAD moves in
/// steps of such runs. A reset drops the run under way, which stays charged; a DMA transfer ends
/// first.
class EngineCore : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  /// \throws std::invalid_argument for parameters out of range
  EngineCore(const sc_core::sc_module_name& name, const EngineParameters& parameters,
             ledger::MeteredDma& dma, ledger::Ledger& ledger);

  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int debug_access(tlm::tlm_generic_payload& payload);
  /// state, jobs waiting, opcode, interrupt
  void trace(trace::SignalSink& sink);
  /// A span a job.
  void trace(trace::ActivitySink& sink);

  const EngineParameters& parameters() const { return parameters_; }
  const EngineAccount& account() const { return account_; }
  bool busy() const { return working_ || (head_ != tail_ && !halted_); }

 private:
  struct Ring {
    std::uint64_t base = 0;
    std::uint32_t size = 0;
    bool valid() const;
  };

  std::uint32_t read_register(std::uint64_t offset) const;
  void write_register(std::uint64_t offset, std::uint32_t value, const sc_core::sc_time& delay);
  void write_control(std::uint32_t value, const sc_core::sc_time& delay);

  void run();
  bool fetch();
  void run_jobs();
  invar_engine_status check(const invar_engine_job& job) const;
  /// The bytes of a LOAD, STORE or GATHER_U8, without numbers. \return whether the bus took them
  bool stream(const invar_engine_job& job);
  invar_engine_status transfer(const invar_engine_job& job);
  std::size_t compute(std::size_t first);
  void finish_jobs(std::size_t count);
  void halt(invar_engine_status status, std::uint32_t tag);
  void trace_job(const invar_engine_job& job, const JobCost& cost, const sc_core::sc_time& start,
                 const sc_core::sc_time& duration) const;

  void raise(std::uint32_t bits);
  void update_irq(const sc_core::sc_time& delay);
  void drive_irq();
  void watch_reset();
  void reset();

  EngineParameters parameters_;
  ledger::MeteredDma& dma_;
  ledger::Ledger& ledger_;
  EngineAccount account_;
  EngineNumerics numerics_;
  simulation::NumericsRunner runner_;
  // Members, so that a simulation may end while the thread is suspended and free them.
  std::vector<invar_engine_job> jobs_;
  std::vector<JobCost> costs_;
  std::vector<std::uint8_t> gathered_;

  bool enabled_ = false;
  bool halted_ = false;
  bool working_ = false;
  std::uint32_t irq_status_ = 0;
  std::uint32_t irq_enable_ = 0;
  Ring ring_;
  std::uint32_t tail_ = 0;
  std::uint32_t head_ = 0;
  std::uint32_t error_status_ = 0;
  std::uint32_t error_tag_ = 0;
  std::uint64_t generation_ = 0;  ///< counts resets: what was under way before one is dropped
  sc_core::sc_event doorbell_;
  sc_core::sc_event reset_;
  sc_core::sc_event irq_changed_;

  trace::ActivityTrack activity_;
  trace::TraceSignal<EngineState> traced_state_;
  trace::TraceSignal<std::uint32_t> traced_opcode_;
  trace::TraceSignal<std::uint32_t> traced_waiting_;
  trace::TraceSignal<bool> traced_irq_;
};

}  // namespace invar::digital_engine

#endif
