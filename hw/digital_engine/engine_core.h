#ifndef INVAR_DIGITAL_ENGINE_ENGINE_CORE_H
#define INVAR_DIGITAL_ENGINE_ENGINE_CORE_H

#include <invar/digital_engine/engine_account.h>
#include <invar/digital_engine/engine_numerics.h>
#include <invar/digital_engine/engine_parameters.h>
#include <invar/ledger/metered_dma.h>
#include <invar/registers/digital_engine_registers.h>
#include <invar/simulation/numerics_runner.h>
#include <invar/simulation/ring_device.h>
#include <invar/trace/activity_sink.h>
#include <invar/trace/signal_sink.h>

#include <cstdint>
#include <tlm>
#include <vector>

namespace invar::digital_engine {

/// What the engine is doing, as it appears in a trace.
enum class EngineState : std::uint32_t { idle, fetch, transfer, compute };

/// Where the jobs are.
struct JobRing {
  std::uint64_t base = 0;
  std::uint32_t size = 0;
  /// Which rule of the register map it breaks; INVAR_ENGINE_OK: none.
  invar_engine_status fault() const;
};

/// Registers, interrupt, reset and job ring of the digital engine, independent of the width of its
/// sockets.
///
/// Jobs run strictly in order. They are fetched in groups of up to 16; compute jobs of one phase
/// that follow each other in a group are booked as one stretch of time, so that HEAD moves in
/// steps of such runs. A reset drops the run under way, which stays charged; a DMA transfer ends
/// first.
class EngineCore : public simulation::RingDevice {
 public:
  /// \throws std::invalid_argument for parameters out of range
  EngineCore(const sc_core::sc_module_name& name, const EngineParameters& parameters,
             ledger::MeteredDma& dma, ledger::Ledger& ledger);

  /// state, jobs waiting, opcode, interrupt
  void trace(trace::SignalSink& sink);
  /// A span a job.
  void trace(trace::ActivitySink& sink);

  /// The scratchpad through its second port. Without numbers nothing is moved, and operands may be
  /// larger than the scratchpad.
  void access_scratchpad(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int debug_scratchpad(tlm::tlm_generic_payload& payload);

  const EngineParameters& parameters() const { return parameters_; }
  const EngineAccount& account() const { return account_; }
  EngineAccount& account() { return account_; }

 private:
  tlm::tlm_response_status move(tlm::tlm_generic_payload& payload);
  static simulation::RingRegisters register_map();
  void describe_registers();
  JobRing ring() const;

  std::uint32_t head() const override { return head_; }
  bool halted() const override { return halted_; }
  bool working() const override { return working_; }
  void ring_doorbell() override;
  void drop_work() override;
  void show_irq(bool level) override { traced_irq_.set(level); }

  void run();
  bool fetch();
  void run_jobs();
  invar_engine_status check(const invar_engine_job& job) const;
  /// The bytes of a LOAD, STORE or GATHER_U8, without numbers: a STORE leaves zeros.
  /// \return whether the bus took them
  bool stream(const invar_engine_job& job);
  invar_engine_status transfer(const invar_engine_job& job);
  std::size_t compute(std::size_t first);
  /// Reports a run of jobs that takes longer than simulated time lasts, before it begins.
  void require_time(const invar_engine_job& job, std::uint64_t cycles) const;
  void finish_jobs(std::size_t count);
  void halt(invar_engine_status status, std::uint32_t tag);
  void trace_job(const invar_engine_job& job, const JobCost& cost, const sc_core::sc_time& start,
                 const sc_core::sc_time& duration) const;

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

  bool halted_ = false;
  bool working_ = false;
  std::uint32_t head_ = 0;
  std::uint64_t generation_ = 0;  ///< counts resets: what was under way before one is dropped
  sc_core::sc_event doorbell_;
  sc_core::sc_event reset_;

  trace::ActivityTrack activity_;
  trace::TraceSignal<EngineState> traced_state_;
  trace::TraceSignal<std::uint32_t> traced_opcode_;
  trace::TraceSignal<std::uint32_t> traced_waiting_;
  trace::TraceSignal<bool> traced_irq_;
};

}  // namespace invar::digital_engine

#endif
