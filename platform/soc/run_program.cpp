#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/run.h>
#include <invar/platform/soc/run_setup.h>

#include <cstdio>

namespace invar::platform {

int run_program(const RunConfiguration& configuration) {
  const HostClock clock;
  ProgramSetup setup(configuration);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  soc.on_console = [](char character) {
    std::fputc(character, stdout);
    if (character == '\n') {
      std::fflush(stdout);
    }
  };
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, 0.0);
  soc.accelerator.core().finish_numbers();
  const bool shown = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  RunResult result;
  setup.collect(soc, result);
  return conclude(configuration, soc, ending, clock, traces, result,
                  shown ? "" : "the console could not be written to standard output");
}

}  // namespace invar::platform
