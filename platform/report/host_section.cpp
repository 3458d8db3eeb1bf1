#include <fmt/chrono.h>
#include <fmt/format.h>
#include <invar/circuit/instruction_set.h>
#include <invar/platform/report/configuration_section.h>
#include <invar/platform/report/host_section.h>
#include <invar_commit.h>

#include <ctime>

namespace invar::platform {

std::string built_from_commit() {
  return INVAR_COMMIT;
}

std::string kernel_level() {
  return circuit::to_string(circuit::best_instruction_set());
}

const Section<HostFacts>& host_section() {
  static const auto section =
      Section<HostFacts>()
          .figure({"commit", "", "", "of the sources that invar was built from"},
                  [](const HostFacts&) { return built_from_commit(); })
          .figure({"kernel_level"}, [](const HostFacts&) { return kernel_level(); })
          .define("kernel_level_definition", {"kernel_level"},
                  "instructions that the numerical kernels use; levels differ by rounding, which "
                  "converters can turn into other codes")
          .figure({"command_line", "", "", "as it was typed"},
                  [](const HostFacts& host) { return host.configuration.command_line; })
          .figure({"date"},
                  [](const HostFacts&) {
                    return fmt::format("{:%Y-%m-%dT%H:%M:%SZ}", fmt::gmtime(std::time(nullptr)));
                  })
          .define("date_definition", {"date"}, "UTC, when the report was made")
          .figure({"wall_s", "s", "", "time that the run took on the host"},
                  [](const HostFacts& host) { return host.wall_s; })
          .object({"configuration", "", "", "parameters without effect on results: threads, paths"},
                  values_section(), [](const HostFacts& host) {
                    return configuration_values(host.configuration, false);
                  });
  return section;
}

}  // namespace invar::platform
