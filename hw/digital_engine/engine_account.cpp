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
                           double energy_j) {
  if (count != 0) {
    ledger_.charge(component.id, component.event, phase, count, ledger::to_attojoules(energy_j));
  }
}

void EngineAccount::charge(const invar_engine_job& job, const JobCost& cost) {
  const auto phase = static_cast<ledger::Phase>(job.phase);
  charge(mac_array_, phase, cost.multiply_accumulates,
         static_cast<double>(cost.multiply_accumulates) * parameters_.mac_energy_j);
  charge(vector_unit_, phase, cost.vector_operations,
         static_cast<double>(cost.vector_operations) * parameters_.vector_energy_j);
  charge({vector_unit_.id, function_event_}, phase, cost.functions,
         static_cast<double>(cost.functions) * parameters_.function_energy_j);
  charge(scratchpad_, phase, cost.scratchpad_bytes,
         static_cast<double>(cost.scratchpad_bytes) * parameters_.scratchpad_energy_per_byte_j);
  const sc_core::sc_time time(static_cast<double>(cost.cycles) * parameters_.clock_period_s,
                              sc_core::SC_SEC);
  ledger_.add_busy(cost.multiply_accumulates != 0 ? mac_array_.id : vector_unit_.id, phase, time);
  switch (job.opcode) {
    case INVAR_ENGINE_CHOLESKY:
      ++work_[job.m].matrices;
      break;
    case INVAR_ENGINE_CHOLESKY_SOLVE:
      work_[job.m].right_hand_sides += job.n;
      break;
    case INVAR_ENGINE_CHOLESKY_INVERSE:
      work_[job.m].right_hand_sides += job.m;
      break;
    default:
      break;
  }
}

void EngineAccount::add_time(ledger::Phase phase, const sc_core::sc_time& duration) {
  time_[phase] += duration;
}

}  // namespace invar::digital_engine
