#ifndef INVAR_PLATFORM_REPORT_COMPONENT_KIND_H
#define INVAR_PLATFORM_REPORT_COMPONENT_KIND_H

#include <string>
#include <vector>

namespace invar::platform {

/// Kinds of components in the order of reports: "cells", "amplifiers", "adc", "host_core", ...
const std::vector<std::string>& component_kinds();

/// The kind of a component of the ledger, by the last parts of its hierarchical name, so that an
/// accelerator or an engine in somebody else's system has them too; "other" for what is none of
/// ours.
std::string kind_of_component(const std::string& name);

}  // namespace invar::platform

#endif
