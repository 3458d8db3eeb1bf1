#ifndef INVAR_PLATFORM_REPORT_OPTIMIZER_DEVIATION_H
#define INVAR_PLATFORM_REPORT_OPTIMIZER_DEVIATION_H

#include <invar/platform/report/report_file.h>

#include <string>

namespace invar::platform {

/// "not as configured: ..." where a training's optimiser was not; empty where it was, or where the
/// report does not tell.
std::string optimizer_deviation(const Json& report);

}  // namespace invar::platform

#endif
