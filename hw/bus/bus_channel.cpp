#include <invar/bus/bus_channel.h>

#include <algorithm>

namespace invar::bus {

using sc_core::sc_time;

BusChannel::BusChannel(Arbitration arbitration, std::size_t initiators)
    : arbitration_(arbitration), served_last_(initiators - 1), displaced_until_(initiators) {}

sc_time BusChannel::reserve(std::size_t initiator, const sc_time& now, const sc_time& earliest,
                            const sc_time& duration) {
  while (!calendar_.empty() && calendar_.front().end <= now) {
    served_last_ = calendar_.front().initiator;
    calendar_.pop_front();
  }
  sc_time start = std::max(earliest, displaced_until_[initiator]);
  if (calendar_.empty() || calendar_.back().end <= start) {
    calendar_.push_back({start, start + duration, initiator});
    return start;
  }

  std::size_t place = static_cast<std::size_t>(
      std::upper_bound(calendar_.begin(), calendar_.end(), start,
                       [](const sc_time& time, const Burst& burst) { return time < burst.end; }) -
      calendar_.begin());
  std::size_t served_last = place > 0 ? calendar_[place - 1].initiator : served_last_;
  for (; place < calendar_.size(); ++place) {
    const Burst& burst = calendar_[place];
    // Whoever asks while the channel is free gets it; arbitration is between those who ask at once.
    if (burst.begin > start ||
        (burst.begin == start && wins(initiator, burst.initiator, served_last))) {
      break;
    }
    start = burst.end;
    served_last = burst.initiator;
  }
  calendar_.insert(calendar_.begin() + static_cast<std::ptrdiff_t>(place),
                   {start, start + duration, initiator});
  push_back_from(place + 1, start + duration);
  return start;
}

bool BusChannel::wins(std::size_t newcomer, std::size_t other, std::size_t served_last) const {
  if (arbitration_ == Arbitration::fixed_priority) {
    return newcomer < other;
  }
  const std::size_t count = displaced_until_.size();
  const auto turns_to_wait = [&](std::size_t initiator) {
    return (initiator + count - served_last - 1) % count;
  };
  return turns_to_wait(newcomer) < turns_to_wait(other);
}

void BusChannel::push_back_from(std::size_t index, sc_time free_at) {
  for (; index < calendar_.size() && calendar_[index].begin < free_at; ++index) {
    Burst& burst = calendar_[index];
    burst.end += free_at - burst.begin;
    burst.begin = free_at;
    free_at = burst.end;
    sc_time& displaced_until = displaced_until_[burst.initiator];
    displaced_until = std::max(displaced_until, burst.end);
  }
}

}  // namespace invar::bus
