#ifndef INVAR_LEDGER_LEDGER_H
#define INVAR_LEDGER_LEDGER_H

#include <invar/ledger/attojoules.h>
#include <invar/registers/phases.h>
#include <invar/simulation/systemc_compatibility.h>

#include <array>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace invar::state {
class Archive;
}

namespace invar::ledger {

using Phase = invar_phase;

/// Joules to whole attojoules, to nearest. \throws std::invalid_argument below 0 or above 1e18 J.
Attojoules to_attojoules(double energy_j);

/// The key of a phase in reports, e.g. "data_movement".
const char* phase_key(Phase phase);

/// Whether `value` (from a descriptor or a register) is a phase.
constexpr bool is_phase(std::uint32_t value) {
  return value < INVAR_PHASE_COUNT;
}

/// What one kind of event of one component has added up to.
struct EventTotal {
  std::string name;
  std::uint64_t count = 0;
  Attojoules energy_aj = 0;
};

/// What one component has reported, by phase and by event.
struct ComponentTotal {
  std::string name;
  std::array<Attojoules, INVAR_PHASE_COUNT> energy_aj{};
  std::array<sc_core::sc_time, INVAR_PHASE_COUNT> busy{};
  std::vector<EventTotal> events;
};

/// The stretch of time over which a charge spreads its energy. Matters to observers only; without
/// one, the moment of the call.
struct ChargeSpan {
  sc_core::sc_time start;
  sc_core::sc_time duration;
};

/// One of several equal parts of something that was done together. Parts add up exactly.
struct Share {
  std::uint32_t index = 0;  ///< from 0
  std::uint32_t of = 1;

  std::uint64_t part(std::uint64_t count) const {
    return count / of + (index < count % of ? 1 : 0);
  }
  Attojoules part(Attojoules energy) const { return energy.share(index, of); }
};

/// The one place where energy and time are added up.
///
/// Every module registers itself as a component and charges each event with its energy and the
/// phase it was done for. Sums are integers: components add up to the total, and phases too.
///
/// Exclusive phase time: modules open an activity when they start a job and close it when it ends.
/// At any instant the phase is that of the open activity with the highest precedence (inversion,
/// programming, verification, backward, forward, factors, update, data movement), and the host's
/// own phase while none is open. Phase seconds so add up to simulated time. An open activity of the
/// background is beside all of that: no time runs under it, and how long any was open is a sum of
/// its own (without what passes in the phase programming, where something waits).
///
/// All calls are made at the current simulation time, from SystemC processes or before
/// sc_start. One ledger serves any number of modules; it is no singleton.
class Ledger {
 public:
  using ComponentId = std::size_t;
  using EventId = std::size_t;

  /// Watches bookings as they are made; has no influence on them.
  struct Observer {
    std::function<void(ComponentId, Attojoules, const ChargeSpan&)> charged;
    std::function<void(Phase)> phase_changed;
  };

  Ledger();

  /// Registers a component (hierarchical name) or finds it again.
  ComponentId component(const std::string& name);
  /// Registers a kind of event of a component or finds it again.
  EventId event(ComponentId component, const std::string& name);

  /// Books `count` events that took `energy_aj` altogether.
  void charge(ComponentId component, EventId event, Phase phase, std::uint64_t count,
              Attojoules energy_aj);
  void charge(ComponentId component, EventId event, Phase phase, std::uint64_t count,
              Attojoules energy_aj, const ChargeSpan& span);
  /// What a part of the machine draws from now on whatever it does (leakage, bias), in place of
  /// what it drew before. Booked as time passes, as event "static_power", which counts nothing, of
  /// component `<name>.static_power`; observers are not told. Rounded to whole microwatts, so that
  /// sums are exact: one is an attojoule a picosecond. A part that never drew any has no entry.
  /// \param phase that the part is there for, whatever time passes under; none: the phase that it
  ///        passes under
  /// \throws std::invalid_argument below 0 or above 1e9 W
  void set_static_power(const std::string& name, double power_w,
                        std::optional<Phase> phase = std::nullopt);
  /// Of all parts, and of one component.
  double static_power_w() const;
  double static_power_w(ComponentId component) const;
  /// Books time during which a component worked. Busy times of components may overlap.
  void add_busy(ComponentId component, Phase phase, const sc_core::sc_time& duration);

  /// An open activity of a phase, from now to `end_activity`.
  void begin_activity(Phase phase);
  void end_activity(Phase phase);
  /// The phase of the host core, from now on.
  void set_host_phase(Phase phase);
  Phase host_phase() const { return host_phase_; }
  /// The phase that time runs under at this instant.
  Phase current_phase() const;

  Attojoules total_energy_aj() const;
  Attojoules phase_energy_aj(Phase phase) const;
  Attojoules component_energy_aj(ComponentId component) const;
  /// Exclusive time of a phase up to now.
  sc_core::sc_time phase_time(Phase phase) const;
  /// Simulated time, which all phases add up to. After a checkpoint was read: that of the
  /// checkpoint and what has passed since.
  sc_core::sc_time time() const { return sc_core::sc_time_stamp() + base_; }
  /// Time up to now with an activity of the background open that nothing waits for.
  sc_core::sc_time background_time() const;
  const std::vector<ComponentTotal>& components() const;

  /// All sums, for a checkpoint, while no activity is open. Reading forgets what was booked before.
  /// \throws std::logic_error when one is open
  void exchange(state::Archive& archive);

  using ObserverId = std::uint32_t;
  /// \return what `remove_observer` takes
  ObserverId add_observer(Observer observer);
  void remove_observer(ObserverId observer);

 private:
  /// What a component draws all the time.
  struct StaticPower {
    ComponentId component;
    EventId event;
    std::uint64_t microwatts;
    std::optional<Phase> phase;
  };

  void exchange_component(state::Archive& archive, std::size_t place);
  /// Brings all sums up to this instant: of queries too.
  void book_elapsed() const;
  void tell_phase();

  mutable std::vector<ComponentTotal> components_;
  mutable Attojoules total_energy_aj_ = 0;
  std::array<unsigned, INVAR_PHASE_COUNT> open_{};
  mutable std::array<sc_core::sc_time, INVAR_PHASE_COUNT> phase_time_{};
  mutable sc_core::sc_time background_time_;
  mutable sc_core::sc_time last_change_;
  std::vector<StaticPower> static_powers_;
  sc_core::sc_time base_;  ///< from the simulation's clock to `time`; differences wrap around
  Phase host_phase_ = INVAR_PHASE_HOST;
  std::vector<std::pair<ObserverId, Observer>> observers_;
  ObserverId observers_added_ = 0;
  Phase told_phase_ = INVAR_PHASE_HOST;
};

}  // namespace invar::ledger

#endif
