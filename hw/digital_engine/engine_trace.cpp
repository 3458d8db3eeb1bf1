// What a trace shows of the engine.
#include <invar/digital_engine/engine_core.h>
#include <invar/digital_engine/engine_jobs.h>

#include <string>

namespace invar::digital_engine {

void EngineCore::trace(trace::ActivitySink& sink) {
  activity_.attach(sink, name(), "digital engine");
}

void EngineCore::trace_job(const invar_engine_job& job, const JobCost& cost,
                           const sc_core::sc_time& start, const sc_core::sc_time& duration) const {
  if (!activity_.is_attached() || duration == sc_core::SC_ZERO_TIME) {
    return;
  }
  // Jobs that are traced have been checked: the opcode is known.
  activity_.span(find_job_kind(job.opcode)->name, start, duration,
                 {{"m", job.m},
                  {"n", job.n},
                  {"k", job.k},
                  {"phase", ledger::phase_key(static_cast<ledger::Phase>(job.phase))},
                  {"energy_j", account_.energy_j(cost)}});
}

void EngineCore::trace(trace::SignalSink& sink) {
  const std::string prefix = name();
  traced_state_.attach(
      sink, prefix + ".state",
      trace::SignalFormat::state({"idle", "fetch", "transfer", "compute"}).feature());
  traced_irq_.attach(sink, prefix + ".irq", trace::SignalFormat::wire(1).feature());
  traced_opcode_.attach(sink, prefix + ".opcode", trace::SignalFormat::wire(8));
  traced_waiting_.attach(sink, prefix + ".jobs_waiting", trace::SignalFormat::wire(16).feature());
  traced_irq_.set(false);
  traced_opcode_.set(0);
  traced_waiting_.set(0);
}

}  // namespace invar::digital_engine
