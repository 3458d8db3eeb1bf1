#include <invar/simulation/local_time_writes.h>

#include <utility>

namespace invar::simulation {

using sc_core::sc_time;

sc_time local_time(const sc_time& delay) {
  const sc_time now = sc_core::sc_time_stamp();
  const sc_time end = sc_core::sc_max_time();
  return delay < end - now ? now + delay : end;
}

LocalTimeWrites::LocalTimeWrites(const sc_core::sc_module_name& name, Effect effect)
    : sc_core::sc_module(name), effect_(std::move(effect)) {
  INVAR_HAS_PROCESS(LocalTimeWrites);
  SC_METHOD(run_due);
  sensitive << due_;
  dont_initialize();
}

void LocalTimeWrites::post(const sc_time& delay, std::uint64_t offset, std::uint32_t value) {
  const TimedWrite write{local_time(delay), offset, value};
  pending_.emplace(write.at, write);
  if (delay == sc_core::SC_ZERO_TIME) {
    run_due();
  } else {
    due_.notify(write.at - sc_core::sc_time_stamp());  // an earlier notification stays in force
  }
}

void LocalTimeWrites::run_due() {
  const sc_time now = sc_core::sc_time_stamp();
  while (!pending_.empty() && pending_.begin()->first <= now) {
    const TimedWrite write = pending_.begin()->second;
    pending_.erase(pending_.begin());
    effect_(write);
  }
  if (!pending_.empty()) {
    due_.notify(pending_.begin()->first - now);
  }
}

}  // namespace invar::simulation
