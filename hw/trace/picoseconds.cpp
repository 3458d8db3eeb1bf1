#include <invar/trace/picoseconds.h>

#include <cmath>
#include <limits>

namespace invar::trace {

std::uint64_t picoseconds(const sc_core::sc_time& time) {
  const double unit_ps = sc_core::sc_get_time_resolution().to_seconds() * 1e12;
  if (unit_ps >= 0.999) {
    return time.value() * static_cast<std::uint64_t>(std::llround(unit_ps));
  }
  return time.value() / static_cast<std::uint64_t>(std::llround(1.0 / unit_ps));
}

std::uint64_t picoseconds(double time_s) {
  const double time_ps = std::nearbyint(time_s * 1e12);
  return time_ps >= 1.8e19 ? std::numeric_limits<std::uint64_t>::max()
                           : static_cast<std::uint64_t>(time_ps);
}

}  // namespace invar::trace
