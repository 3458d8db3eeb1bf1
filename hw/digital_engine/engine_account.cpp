#include <invar/digital_engine/engine_account.h>
#include <invar/simulation/time_exchange.h>
#include <invar/state/archive.h>

namespace invar::digital_engine {

EngineAccount::EngineAccount(ledger::Ledger& ledger, const std::string& name,
                             const EngineParameters& parameters)
    : ledger_(ledger),
      parameters_(parameters),
      mac_array_(make(name + ".mac_array", "multiply_accumulate")),
      vector_unit_(make(name + ".vector_unit", "operation")),
      function_event_(ledger.event(vector_unit_.id, "function")),
      scratchpad_(make(name + ".scratchpad", "byte")) {
  ledger_.set_static_power(name, parameters.static_power_w);
  mac_events_.fill(mac_array_.event);
  const InversionFormats formats = parameters.inversion_formats();
  for (const Precision precision : {formats.factorization, formats.product}) {
    if (precision != Precision::fp32) {
      mac_events_.at(static_cast<std::size_t>(precision)) =
          ledger_.event(mac_array_.id, std::string("multiply_accumulate_") + name_of(precision));
    }
  }
}

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

sc_core::sc_time EngineAccount::time_of(std::uint64_t cycles) const {
  return sc_core::sc_time(static_cast<double>(cycles) * parameters_.clock_period_s,
                          sc_core::SC_SEC);
}

void EngineAccount::charge(const invar_engine_job& job, const JobCost& cost,
                           const sc_core::sc_time& start) {
  const auto phase = static_cast<ledger::Phase>(job.phase);
  const sc_core::sc_time time = time_of(cost);
  const auto book = [&](const Component& component, std::uint64_t count, double energy_j) {
    charge(component, phase, count, static_cast<double>(count) * energy_j, {start, time});
  };
  book({mac_array_.id, mac_events_.at(static_cast<std::size_t>(cost.precision))},
       cost.multiply_accumulates, parameters_.mac_energy_of(cost.precision));
  book(vector_unit_, cost.vector_operations, parameters_.vector_energy_j);
  book({vector_unit_.id, function_event_}, cost.functions, parameters_.function_energy_j);
  book(scratchpad_, cost.scratchpad_bytes, parameters_.scratchpad_byte_j());
}

sc_core::sc_time EngineAccount::charge_access(std::uint64_t bytes, ledger::Phase phase) {
  const auto rate = static_cast<std::uint64_t>(parameters_.scratchpad_bytes_per_cycle);
  const sc_core::sc_time time = time_of((bytes + rate - 1) / rate);
  charge(scratchpad_, phase, bytes, static_cast<double>(bytes) * parameters_.scratchpad_byte_j(),
         {sc_core::sc_time_stamp(), time});
  ledger_.add_busy(scratchpad_.id, phase, time);
  return time;
}

double EngineAccount::energy_j(const JobCost& cost) const {
  return static_cast<double>(cost.multiply_accumulates) *
             parameters_.mac_energy_of(cost.precision) +
         static_cast<double>(cost.vector_operations) * parameters_.vector_energy_j +
         static_cast<double>(cost.functions) * parameters_.function_energy_j +
         static_cast<double>(cost.scratchpad_bytes) * parameters_.scratchpad_byte_j();
}

const EngineAccount::Component& EngineAccount::busy_component(const JobCost& cost) const {
  if (cost.multiply_accumulates != 0) {
    return mac_array_;
  }
  return cost.vector_operations + cost.functions != 0 ? vector_unit_ : scratchpad_;
}

void EngineAccount::finish(const invar_engine_job& job, const JobCost& cost,
                           const sc_core::sc_time& duration, bool succeeded) {
  ledger_.add_busy(busy_component(cost).id, static_cast<ledger::Phase>(job.phase), duration);
  const bool factorizes = job.opcode == INVAR_ENGINE_CHOLESKY || job.opcode == INVAR_ENGINE_LU;
  const bool solves =
      job.opcode == INVAR_ENGINE_CHOLESKY_SOLVE || job.opcode == INVAR_ENGINE_LU_SOLVE;
  const bool inverts = job.opcode == INVAR_ENGINE_CHOLESKY_INVERSE;
  if (!factorizes && !inverts && !solves) {
    return;
  }
  inversion_time_ += duration;
  if (succeeded) {
    InversionCount& count = work_[job.m];
    if (factorizes) {
      ++count.matrices;
    } else {
      count.right_hand_sides += inverts ? job.m : job.n;
    }
  }
}

void EngineAccount::exchange(state::Archive& archive) {
  archive.part("digital engine");
  simulation::exchange(archive, inversion_time_);
  archive.map(work_);
}

}  // namespace invar::digital_engine
