#ifndef INVAR_PLATFORM_REPORT_COMPARISON_H
#define INVAR_PLATFORM_REPORT_COMPARISON_H

#include <string>
#include <vector>

namespace invar::platform {

/// A table of the figures of several reports, each with its ratio to the first.
/// \throws InputError if a file is no report, is incomplete, or is of another workload, seed or
/// data than the first
std::string compare_reports(const std::vector<std::string>& paths);

}  // namespace invar::platform

#endif
