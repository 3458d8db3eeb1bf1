#ifndef INVAR_SIMULATION_LOCAL_TIME_WRITES_H
#define INVAR_SIMULATION_LOCAL_TIME_WRITES_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstdint>
#include <functional>
#include <map>

namespace invar::simulation {

/// `delay` from now, or the end of simulated time where that comes first.
sc_core::sc_time local_time(const sc_core::sc_time& delay);

/// A write to a register, at the time that its initiator had reached.
struct TimedWrite {
  sc_core::sc_time at;
  std::uint64_t offset = 0;
  std::uint32_t value = 0;
};

/// Writes to registers by initiators that may run ahead of simulated time.
///
/// Each takes effect when simulated time has reached its initiator's own, whatever order the
/// initiators came in; writes of one instant, in the order in which they were made. A read ahead of
/// time gets what will then have been written (`preview`); what the device itself will have done by
/// then nobody knows yet.
///
/// \code
/// LocalTimeWrites writes{"writes", [this](const TimedWrite& write) { take_effect(write); }};
/// writes.post(delay, offset, value);                  // in b_transport
/// return writes.preview(delay, registers_).control;   // in b_transport, of a read
/// \endcode
class LocalTimeWrites : public sc_core::sc_module {
 public:
  using Effect = std::function<void(const TimedWrite&)>;

  /// \param effect called at the time of each write, from an SC_METHOD or from within `post`
  LocalTimeWrites(const sc_core::sc_module_name& name, Effect effect);

  /// A write after `delay` from now; without a delay, within the call.
  void post(const sc_core::sc_time& delay, std::uint64_t offset, std::uint32_t value);
  /// Forgets what has not taken effect.
  void drop() { pending_.clear(); }

  /// `registers` as they will be after `delay`.
  /// \tparam Registers plain data with `void write(const TimedWrite&)`
  template <typename Registers>
  Registers preview(const sc_core::sc_time& delay, Registers registers) const {
    if (!pending_.empty()) {
      const auto behind = pending_.upper_bound(local_time(delay));
      for (auto entry = pending_.begin(); entry != behind; ++entry) {
        registers.write(entry->second);
      }
    }
    return registers;
  }

 private:
  void run_due();

  Effect effect_;
  std::multimap<sc_core::sc_time, TimedWrite> pending_;
  sc_core::sc_event due_;
};

}  // namespace invar::simulation

#endif
