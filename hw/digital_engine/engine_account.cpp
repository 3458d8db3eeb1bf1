#include <invar/digital_engine/engine_account.h>

namespace invar::digital_engine {

EngineAccount::EngineAccount(ledger::Ledger& ledger, const std::string& name,
                             const EngineParameters& parameters)
    : ledger_(ledger),
      parameters_(parameters),
      mac_array_(make(name + ".mac_array", "multiply_accumulate")),
      vector_unit_(make(name + ".vector_unit", "operation")),
      function_event_(ledger.event(vector_unit_.id, "function")),
      scratchpad_(make(name + ".scratchpad", "byte")) {}

EngineAccount::Component EngineAccount::make(const std::string& name, const std::string& event) {
  const ledger::Ledger::ComponentId id = ledger_.component(name);
  return {id, ledger_.event(id, event)};
}

void EngineAccount::charge(const Component& component, ledger::Phase phase, std::uint64_t count,
                           double energy_j, const ledger::ChargeSpan& span) {
  if (count != 0) {
    ledger_.charge(component.id, component.event, phase, count, ledger::to_attojoules(energy_j),
                   span);
  }
}

void EngineAccount::charge(const invar_engine_job& job, const JobCost& cost,
                           const sc_core::sc_time& start) {
  const auto phase = static_cast<ledger::Phase>(job.phase);
  const sc_core::sc_time time(static_cast<double>(cost.cycles) * parameters_.clock_period_s,
                              sc_core::SC_SEC);
  const auto book = [&](const Component& component, std::uint64_t count, double energy_j) {
    charge(component, phase, count, static_cast<double>(count) * energy_j, {start, time});
  };
  book(mac_array_, cost.multiply_accumulates, parameters_.mac_energy_j);
  book(vector_unit_, cost.vector_operations, parameters_.vector_energy_j);
  book({vector_unit_.id, function_event_}, cost.functions, parameters_.function_energy_j);
  book(scratchpad_, cost.scratchpad_bytes, parameters_.scratchpad_energy_per_byte_j);
  ledger_.add_busy(cost.multiply_accumulates != 0 ? mac_array_.id : vector_unit_.id, phase, time);
  const bool solves =
      job.opcode == INVAR_ENGINE_CHOLESKY_SOLVE || job.opcode == INVAR_ENGINE_CHOLESKY_INVERSE;
  if (solves || job.opcode == INVAR_ENGINE_CHOLESKY) {
    InversionCount& count = work_[job.m];
    count.matrices += solves ? 0 : 1;
    count.right_hand_sides += !solves                                     ? 0
                              : job.opcode == INVAR_ENGINE_CHOLESKY_SOLVE ? job.n
                                                                          : job.m;
    inversion_time_ += time;
  }
}

}  // namespace invar::digital_engine
