#ifndef INVAR_DIGITAL_ENGINE_ENGINE_ACCOUNT_H
#define INVAR_DIGITAL_ENGINE_ENGINE_ACCOUNT_H

#include <invar/digital_engine/engine_cost.h>
#include <invar/ledger/ledger.h>

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace invar::state {
class Archive;
}

namespace invar::digital_engine {

/// Books what jobs cost: components `.mac_array` (event "multiply_accumulate", in a format
/// like FP16 "multiply_accumulate_fp16"), `.vector_unit`
/// ("operation", "function"), `.scratchpad` ("byte") and `.static_power`, and counts the inversion
/// work.
class EngineAccount {
 public:
  /// Matrices of one size that were factorised, and right-hand sides solved with their factors.
  struct InversionCount {
    std::uint64_t matrices = 0;
    std::uint64_t right_hand_sides = 0;
  };

  EngineAccount(ledger::Ledger& ledger, const std::string& name,
                const EngineParameters& parameters);

  /// Charges the energy of a job that starts at `start` and runs for `cost.cycles`.
  void charge(const invar_engine_job& job, const JobCost& cost, const sc_core::sc_time& start);
  /// Books the time that a job took: less than its cycles when a reset cut it short. Only a job
  /// that succeeded counts as inversion work.
  void finish(const invar_engine_job& job, const JobCost& cost, const sc_core::sc_time& duration,
              bool succeeded);

  /// Books an access through the scratchpad's second port. \return how long it takes
  sc_core::sc_time charge_access(std::uint64_t bytes, ledger::Phase phase);

  /// Energy of a job besides its DMA.
  double energy_j(const JobCost& cost) const;

  sc_core::sc_time time_of(const JobCost& cost) const { return time_of(cost.cycles); }
  sc_core::sc_time time_of(std::uint64_t cycles) const;

  /// Time of jobs that factorise, solve or invert.
  const sc_core::sc_time& inversion_time() const { return inversion_time_; }
  /// By matrix size.
  const std::map<std::uint32_t, InversionCount>& work() const { return work_; }
  /// Both, for a checkpoint.
  void exchange(state::Archive& archive);

 private:
  struct Component {
    ledger::Ledger::ComponentId id;
    ledger::Ledger::EventId event;
  };
  const Component& busy_component(const JobCost& cost) const;
  Component make(const std::string& name, const std::string& event);
  void charge(const Component& component, ledger::Phase phase, std::uint64_t count, double energy_j,
              const ledger::ChargeSpan& span);

  ledger::Ledger& ledger_;
  EngineParameters parameters_;
  Component mac_array_;
  std::array<ledger::Ledger::EventId, 5> mac_events_{};  ///< by precision
  Component vector_unit_;
  ledger::Ledger::EventId function_event_;
  Component scratchpad_;
  sc_core::sc_time inversion_time_;
  std::map<std::uint32_t, InversionCount> work_;
};

}  // namespace invar::digital_engine

#endif
