#ifndef INVAR_BUS_BUS_CHANNEL_H
#define INVAR_BUS_BUS_CHANNEL_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstddef>
#include <deque>
#include <vector>

namespace invar::bus {

/// Who goes first when several initiators ask at once.
enum class Arbitration {
  round_robin,    ///< in turn, starting behind the one served last
  fixed_priority  ///< the lower port number
};

/// One path through a bus that carries a burst at a time.
///
/// Initiators run ahead of simulated time and tell their bursts in any order, so the channel keeps
/// a calendar: a burst takes the first place from its arrival on where nothing else is under way.
/// A burst that is under way is never interrupted. Where one that was entered earlier loses the
/// arbitration to a newcomer, it and all behind it move back; its initiator, who has been told the
/// earlier time already, pays the difference with its next burst. Occupancy is therefore
/// exact, and a stream of bursts is delayed by what others took of it.
class BusChannel {
 public:
  BusChannel(Arbitration arbitration, std::size_t initiators);

  /// Enters a burst. \param now simulated time: nobody asks for anything before it any more.
  /// \param earliest arrival, at or after `now` \return when the burst starts
  sc_core::sc_time reserve(std::size_t initiator, const sc_core::sc_time& now,
                           const sc_core::sc_time& earliest, const sc_core::sc_time& duration);

 private:
  struct Burst {
    sc_core::sc_time begin;
    sc_core::sc_time end;
    std::size_t initiator;
  };

  bool wins(std::size_t newcomer, std::size_t other, std::size_t served_last) const;
  void push_back_from(std::size_t index, sc_core::sc_time free_at);

  Arbitration arbitration_;
  std::size_t served_last_;
  std::deque<Burst> calendar_;  // sorted by time, without overlaps
  std::vector<sc_core::sc_time> displaced_until_;
};

}  // namespace invar::bus

#endif
