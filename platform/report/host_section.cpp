#include <fmt/chrono.h>
#include <fmt/format.h>
#include <invar/circuit/instruction_set.h>
#include <invar/platform/report/configuration_section.h>
#include <invar/platform/report/host_section.h>
#include <invar_commit.h>

#include <ctime>

namespace invar::platform {

Json host_section(const RunConfiguration& configuration, double wall_s) {
  Json section;
  section["commit"] = INVAR_COMMIT;
  section["kernel_level"] = circuit::to_string(circuit::best_instruction_set());
  section["kernel_level_definition"] =
      "instructions that the numerical kernels use; levels differ by rounding, which converters "
      "can "
      "turn into other codes";
  section["command_line"] = configuration.command_line;
  section["date"] = fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
  section["date_definition"] = "UTC, when the report was made";
  section["wall_s"] = wall_s;
  section["configuration"] = configuration_section(configuration, false);
  return section;
}

}  // namespace invar::platform
