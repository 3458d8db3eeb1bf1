#include <invar/platform/command_line/subcommand.h>
#include <invar/platform/configuration/parameter_table.h>

#include <variant>

namespace invar::platform {

std::string core_text(const RunConfiguration& configuration) {
  return configuration.run.core == HostCoreKind::riscv ? ", riscv core" : "";
}

std::string inverter_and_core(const RunConfiguration& configuration, const std::string& before) {
  const ParameterValue inverter = parameter_table().find("run.inverter")->get(configuration);
  return before + std::get<std::string>(inverter) + core_text(configuration);
}

}  // namespace invar::platform
