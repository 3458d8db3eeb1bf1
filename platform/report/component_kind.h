#ifndef INVAR_PLATFORM_REPORT_COMPONENT_KIND_H
#define INVAR_PLATFORM_REPORT_COMPONENT_KIND_H

#include <invar/ledger/ledger.h>

#include <array>
#include <string>
#include <vector>

namespace invar::platform {

/// The kind of a component of the ledger, by the last parts of its hierarchical name, so that an
/// accelerator or an engine in somebody else's system has them too; "other" for what is none of
/// ours.
std::string kind_of_component(const std::string& name);

/// All components of one kind.
struct KindTotal {
  std::string name;
  std::array<ledger::Attojoules, INVAR_PHASE_COUNT> energy_aj{};
};

/// Those that took any energy, in the order of reports: "cells", "amplifiers", ..., "other".
std::vector<KindTotal> kinds_of(const ledger::Ledger& ledger);

}  // namespace invar::platform

#endif
