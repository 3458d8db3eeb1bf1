#include <invar/trace/time_window.h>

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

namespace invar::trace {
namespace {

struct Unit {
  const char* name;
  double seconds;
};
constexpr std::array<Unit, 5> k_units = {
    {{"ps", 1e-12}, {"ns", 1e-9}, {"us", 1e-6}, {"ms", 1e-3}, {"s", 1.0}}};

double parse_time(const std::string& text, const std::string& window) {
  char* rest = nullptr;
  const double value = std::strtod(text.c_str(), &rest);
  const std::string unit(rest);
  double scale = unit.empty() ? 1.0 : 0.0;
  for (const Unit& known : k_units) {
    if (unit == known.name) {
      scale = known.seconds;
    }
  }
  if (rest == text.c_str() || scale == 0.0 || !(value >= 0.0) || !std::isfinite(value)) {
    throw std::invalid_argument("time window '" + window + "': '" + text +
                                "' is no time; a number from 0 up with ps, ns, us, ms or s");
  }
  return value * scale;
}

}  // namespace

TimeWindow parse_time_window(const std::string& text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos || text.find(':', colon + 1) != std::string::npos) {
    throw std::invalid_argument("time window '" + text + "': must be T0:T1, e.g. 10us:2.5ms");
  }
  TimeWindow window;
  if (colon > 0) {
    window.begin_s = parse_time(text.substr(0, colon), text);
  }
  if (colon + 1 < text.size()) {
    window.end_s = parse_time(text.substr(colon + 1), text);
  }
  if (window.end_s <= window.begin_s) {
    throw std::invalid_argument("time window '" + text + "': T1 must be later than T0");
  }
  return window;
}

std::string format_time(double time_s) {
  const Unit* unit = &k_units.front();
  for (const Unit& candidate : k_units) {
    if (time_s >= candidate.seconds) {
      unit = &candidate;
    }
  }
  std::array<char, 48> text{};
  std::snprintf(text.data(), text.size(), "%.6g %s", time_s / unit->seconds, unit->name);
  return text.data();
}

}  // namespace invar::trace
