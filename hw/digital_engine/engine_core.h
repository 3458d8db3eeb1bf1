#ifndef INVAR_DIGITAL_ENGINE_ENGINE_CORE_H
#define INVAR_DIGITAL_ENGINE_ENGINE_CORE_H

#include <invar/digital_engine/engine_account.h>
#include <invar/digital_engine/engine_numerics.h>
#include <invar/digital_engine/engine_parameters.h>
#include <invar/digital_engine/register_file.h>
#include <invar/ledger/metered_dma.h>
#include <invar/registers/digital_engine_registers.h>
#include <invar/simulation/local_time_writes.h>
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
///
/// A write to a register takes effect at its initiator's local time, never before, and writes of
/// several initiators in the order of those times. A read tells what was written up to the
/// initiator's local time; what only the engine knows (HEAD, interrupts raised, errors) is as of
/// simulated time. The reset signal drops writes that have not taken effect.
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
  bool busy() const { return (status(registers_) & INVAR_ENGINE_STATUS_BUSY) != 0; }

 private:
  std::uint32_t read_register(std::uint64_t offset, const sc_core::sc_time& delay) const;
  std::uint32_t status(const RegisterFile& registers) const;
  void take_effect(const simulation::TimedWrite& write);

  void run();
  bool fetch();
  void run_jobs();
  invar_engine_status check(const invar_engine_job& job) const;
  /// The bytes of a LOAD, STORE or GATHER_U8, without numbers. \return whether the bus took them
  bool stream(const invar_engine_job& job);
  invar_engine_status transfer(const invar_engine_job& job);
  std::size_t compute(std::size_t first);
  /// Reports a run of jobs that takes longer than simulated time lasts, before it begins.
  void require_time(const invar_engine_job& job, std::uint64_t cycles) const;
  void finish_jobs(std::size_t count);
  void halt(invar_engine_status status, std::uint32_t tag);
  void trace_job(const invar_engine_job& job, const JobCost& cost, const sc_core::sc_time& start,
                 const sc_core::sc_time& duration) const;

  void raise(std::uint32_t bits);
  void update_irq();
  void drive_irq();
  void watch_reset();
  /// What the engine does about a reset of its registers.
  void drop_jobs();

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

  simulation::LocalTimeWrites writes_;
  RegisterFile registers_;  ///< in force at simulated time
  sc_core::sc_time register_latency_;
  bool halted_ = false;
  bool working_ = false;
  std::uint32_t head_ = 0;
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
