#ifndef INVAR_PLATFORM_REPORT_CONFIGURATION_SECTION_H
#define INVAR_PLATFORM_REPORT_CONFIGURATION_SECTION_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/report/section.h>

#include <string>
#include <vector>

namespace invar::platform {

/// Values of the command's parameters by group; with `affects_results` false, those that belong to
/// the host.
Json configuration_values(const RunConfiguration& configuration, bool affects_results);

/// Such values: groups, and in them values by name.
const Section<Json>& values_section();

/// "configuration", "parameters": values, unit and source of every parameter, and whether the user
/// chose it.
const Section<RunConfiguration>& configuration_section();

/// "command", and what two runs must share to be compared, besides data and seed.
const Section<RunConfiguration>& task_section();

/// Of the configuration, the version and the contents of the files that the run read.
/// \param contents their hashes
std::string configuration_hash(const RunConfiguration& configuration,
                               const std::vector<std::string>& contents);

}  // namespace invar::platform

#endif
