#ifndef INVAR_TRACE_PICOSECONDS_H
#define INVAR_TRACE_PICOSECONDS_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstdint>

namespace invar::trace {

/// Whole picoseconds, whatever the kernel's resolution.
std::uint64_t picoseconds(const sc_core::sc_time& time);
/// The same of seconds, to nearest; the largest value for what is beyond about 200 days.
std::uint64_t picoseconds(double time_s);

}  // namespace invar::trace

#endif
