#ifndef INVAR_PLATFORM_REPORT_HOST_SECTION_H
#define INVAR_PLATFORM_REPORT_HOST_SECTION_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/report/section.h>

#include <string>

namespace invar::platform {

/// What a report tells of the host.
struct HostFacts {
  const RunConfiguration& configuration;
  double wall_s;  ///< host seconds that the run took
};

/// The commit of the sources that invar was built from.
std::string built_from_commit();
/// The instructions that the numerical kernels use here.
std::string kernel_level();

/// What made a report, where and when: build, processor, command line, date, paths. Nothing in it
/// is hashed or compared.
const Section<HostFacts>& host_section();

}  // namespace invar::platform

#endif
