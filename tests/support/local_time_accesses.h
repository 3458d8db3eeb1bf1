#ifndef INVAR_TESTS_SUPPORT_LOCAL_TIME_ACCESSES_H
#define INVAR_TESTS_SUPPORT_LOCAL_TIME_ACCESSES_H

#include <invar/simulation/systemc_compatibility.h>

#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <optional>
#include <random>
#include <utility>
#include <vector>

#include "support/register_host.h"

namespace invar::test {

/// Where a device with a ring keeps its registers; what it lacks is empty.
struct RingDevice {
  std::uint64_t control, status, irq_status, irq_enable;
  std::uint64_t base_low, base_high, size, tail;
  std::optional<std::uint64_t> completion_low, completion_high, ticks_low, ticks_high;
  std::uint64_t cycle_ps = 1000;
  bool busy_while_disabled = false;
};

/// Accesses of a random test: as many as the environment asks for, or few enough for every day.
inline int random_access_count() {
  const char* const asked = std::getenv("INVAR_RANDOM_ACCESSES");
  return asked != nullptr ? std::atoi(asked) : 20000;
}

/// What a device with a ring that cannot be used has to show: plain arithmetic over the list of
/// what was written when. Knows nothing of the simulation but the time.
class RingDeviceModel {
 public:
  explicit RingDeviceModel(const RingDevice& device) : device_(device) {}

  void write(std::uint64_t at_ps, std::uint64_t offset, std::uint32_t value) {
    pending_.insert({at_ps, {offset, value}});
  }
  bool is_taken(std::uint64_t at_ps) const { return pending_.count(at_ps) != 0; }
  /// The reset signal rises: what is on its way is lost. Until `until_ps` nothing gets through.
  void reset(std::uint64_t now_ps, std::uint64_t until_ps) {
    advance(now_ps);
    pending_.clear();
    now_ = State{};
    now_.reset_ps = now_ps;
    held_until_ps_ = until_ps;
  }
  /// Lets time pass.
  void advance(std::uint64_t now_ps) {
    while (!pending_.empty() && pending_.begin()->first <= now_ps) {
      const auto [at_ps, write] = *pending_.begin();
      pending_.erase(pending_.begin());
      if (at_ps > held_until_ps_) {
        apply(now_, at_ps, write);
        // The ring is never fit for use: whoever rings the doorbell gets a fault at once.
        if (now_.enabled && now_.tail != 0 && !now_.halted) {
          now_.halted = true;
          now_.irq_status |= 2;
        }
      }
    }
  }
  bool line() const { return (now_.irq_status & now_.irq_enable) != 0; }
  /// What a read gives at `at_ps`, when simulated time is `now_ps`.
  std::uint32_t read(std::uint64_t now_ps, std::uint64_t at_ps, std::uint64_t offset) {
    advance(now_ps);
    State state = now_;
    if (now_ps > held_until_ps_) {
      for (const auto& [written_ps, write] : pending_) {
        if (written_ps <= at_ps) {
          apply(state, written_ps, write);
        }
      }
    }
    const std::uint64_t ticks = (at_ps - state.reset_ps) / device_.cycle_ps;
    if (offset == device_.ticks_low) {
      pending_.insert({at_ps, {*device_.ticks_low, static_cast<std::uint32_t>(ticks >> 32)}});
      return static_cast<std::uint32_t>(ticks);
    }
    if (offset == device_.ticks_high) {
      return state.ticks_high;
    }
    if (offset == device_.status) {
      const bool waiting = state.tail != 0 && (state.enabled || device_.busy_while_disabled);
      return (waiting && !state.halted ? 1u : 0u) | (state.halted ? 2u : 0u);
    }
    if (offset == device_.control) {
      return state.enabled ? 1u : 0u;
    }
    if (offset == device_.irq_status) {
      return state.irq_status;
    }
    if (offset == device_.irq_enable) {
      return state.irq_enable;
    }
    return offset == device_.tail ? state.tail : state.plain[offset];
  }

 private:
  using Write = std::pair<std::uint64_t, std::uint32_t>;
  struct State {
    bool enabled = false, halted = false;
    std::uint32_t irq_status = 0, irq_enable = 0, tail = 0, ticks_high = 0;
    std::uint64_t reset_ps = 0;
    std::map<std::uint64_t, std::uint32_t> plain;
  };

  void apply(State& state, std::uint64_t at_ps, const Write& write) const {
    const auto [offset, value] = write;
    if (offset == device_.control && (value & 2) != 0) {
      state = State{};
      state.reset_ps = at_ps;
    } else if (offset == device_.control) {
      state.enabled = (value & 1) != 0;
    } else if (offset == device_.irq_status) {
      state.irq_status &= ~value;
    } else if (offset == device_.irq_enable) {
      state.irq_enable = value & 3;
    } else if (offset == device_.tail) {
      state.tail = value;
    } else if (offset == device_.ticks_low) {
      state.ticks_high = value;
    } else {
      state.plain[offset] = value;
    }
  }

  RingDevice device_;
  State now_;
  std::multimap<std::uint64_t, Write> pending_;
  std::uint64_t held_until_ps_ = 0;
};

/// Two initiators that access a device at random, each up to 20 us ahead of simulated time, while
/// its reset rises now and then. All that a read gives, and the interrupt line at every instant
/// that anybody looks, is what RingDeviceModel says.
///
/// Accesses fall on even picoseconds, each on its own, and simulated time stops at odd ones, so
/// that nothing meets in an instant.
class LocalTimeAccesses : public sc_core::sc_module {
 public:
  LocalTimeAccesses(const sc_core::sc_module_name& name, RegisterHost& host,
                    const RingDevice& device, const sc_core::sc_signal<bool>& irq,
                    sc_core::sc_signal<bool>& rst, int accesses)
      : sc_core::sc_module(name),
        host_(host),
        device_(device),
        model_(device),
        irq_(irq),
        rst_(rst),
        accesses_(accesses) {
    INVAR_HAS_PROCESS(LocalTimeAccesses);
    SC_THREAD(first);
    SC_THREAD(second);
    SC_THREAD(reset_now_and_then);
  }

  int done() const { return done_; }
  int wrong_reads() const { return wrong_reads_; }
  int wrong_lines() const { return wrong_lines_; }
  int raised() const { return raised_; }

 private:
  static sc_core::sc_time ps(std::uint64_t value) { return sc_core::sc_time::from_value(value); }
  std::uint64_t now() const { return sc_core::sc_time_stamp().value(); }

  void first() { access_at_random(1); }
  void second() { access_at_random(2); }

  void access_at_random(unsigned seed) {
    std::mt19937_64 random(seed);
    const auto below = [&](std::uint64_t bound) { return random() % bound; };
    // Just before the low half of the ticks runs over.
    wait(ps(4294960000000ull + 4 * below(1000) + 1));
    while (done_ < accesses_) {
      check_line();
      for (std::uint64_t burst = 1 + below(4); burst > 0; --burst, ++done_) {
        const std::uint64_t ahead = below(8) == 0 ? 10 : below(20'000'000);
        access(ahead | 1, below(2) == 0, random());
      }
      wait(ps(4 * (1 + below(below(16) == 0 ? 1'000'000 : 2000))));
    }
  }

  /// \param ahead_ps odd: local times are even
  void access(std::uint64_t ahead_ps, bool write, std::uint64_t random) {
    std::vector<std::uint64_t> offsets = {device_.control,  device_.irq_status, device_.irq_enable,
                                          device_.base_low, device_.base_high,  device_.size,
                                          device_.tail};
    for (const auto& more : {device_.completion_low, device_.completion_high}) {
      if (more) {
        offsets.push_back(*more);
      }
    }
    if (!write) {
      offsets.push_back(device_.status);
      if (device_.ticks_low) {
        offsets.push_back(*device_.ticks_low);
        offsets.push_back(*device_.ticks_high);
      }
    }
    const std::uint64_t offset = offsets[random % offsets.size()];
    std::uint32_t value = static_cast<std::uint32_t>(random >> 32);
    if (offset == device_.control) {
      value = value % 16 == 0 ? 2 : value % 2;
    } else if (offset == device_.size) {
      constexpr std::uint32_t k_bad_sizes[] = {0, 1, 3, 4097, 0x80000000u};
      value = k_bad_sizes[value % 5];
    } else if (offset == device_.tail) {
      value %= 4;
    }
    while (model_.is_taken(now() + ahead_ps)) {
      ahead_ps += 2;
    }
    sc_core::sc_time delay = ps(ahead_ps);
    const std::uint64_t at_ps = now() + ahead_ps;
    if (write) {
      model_.write(at_ps, offset, value);
      host_.access(tlm::TLM_WRITE_COMMAND, offset, &value, 4, delay);
    } else {
      const std::uint32_t expected = model_.read(now(), at_ps, offset);
      host_.access(tlm::TLM_READ_COMMAND, offset, &value, 4, delay);
      if (value != expected && wrong_reads_++ < 5) {
        BOOST_ERROR("offset " << offset << " reads " << value << ", not " << expected);
      }
    }
  }

  void check_line() {
    model_.advance(now());
    raised_ += model_.line() ? 1 : 0;
    wrong_lines_ += model_.line() != irq_.read() ? 1 : 0;
  }

  void reset_now_and_then() {
    std::mt19937_64 random(3);
    wait(ps(4294960000003ull));
    while (done_ < accesses_) {
      wait(ps(4 * (1 + random() % 25'000'000)));
      const std::uint64_t width_ps = 4 * (1 + random() % 10'000);
      rst_.write(true);
      model_.reset(now(), now() + width_ps);
      wait(ps(width_ps));
      rst_.write(false);
    }
    sc_core::sc_stop();
  }

  RegisterHost& host_;
  RingDevice device_;
  RingDeviceModel model_;
  const sc_core::sc_signal<bool>& irq_;
  sc_core::sc_signal<bool>& rst_;
  int accesses_;
  int done_ = 0, wrong_reads_ = 0, wrong_lines_ = 0, raised_ = 0;
};

}  // namespace invar::test

#endif
