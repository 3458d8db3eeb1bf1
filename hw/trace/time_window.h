#ifndef INVAR_TRACE_TIME_WINDOW_H
#define INVAR_TRACE_TIME_WINDOW_H

#include <limits>
#include <string>

namespace invar::trace {

/// A stretch of simulated time, in seconds, both ends included.
struct TimeWindow {
  double begin_s = 0.0;
  double end_s = std::numeric_limits<double>::infinity();
};

/// Reads "T0:T1": numbers with a unit of ps, ns, us, ms or s (seconds without one); an empty end
/// is open. \throws std::invalid_argument naming what is wrong
TimeWindow parse_time_window(const std::string& text);

/// A time as people read it, e.g. "12.5 us".
std::string format_time(double time_s);

}  // namespace invar::trace

#endif
