#ifndef INVAR_PLATFORM_REPORT_HOST_SECTION_H
#define INVAR_PLATFORM_REPORT_HOST_SECTION_H

#include <invar/platform/report/report.h>

namespace invar::platform {

/// What made a report, where and when: build, processor, command line, date, paths. Nothing in it
/// is hashed or compared.
/// \param wall_s host seconds that the run took
Json host_section(const RunConfiguration& configuration, double wall_s);

}  // namespace invar::platform

#endif
