#ifndef INVAR_PLATFORM_REPORT_CONFIGURATION_SECTION_H
#define INVAR_PLATFORM_REPORT_CONFIGURATION_SECTION_H

#include <invar/platform/report/report.h>

#include <string>
#include <vector>

namespace invar::platform {

/// Values of the command's parameters by group; with `affects_results` false, those that belong to
/// the host.
Json configuration_section(const RunConfiguration& configuration, bool affects_results);

/// Unit and source of every parameter, and whether the user chose it.
Json parameter_notes(const RunConfiguration& configuration);

/// Of a configuration_section, the version and the contents of the files that the run read.
/// \param contents their hashes
std::string configuration_hash(const Json& in_force, const std::vector<std::string>& contents);

}  // namespace invar::platform

#endif
