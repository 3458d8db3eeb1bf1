#include <invar/platform/command_line/command_files.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/run.h>
#include <invar/platform/soc/run_setup.h>
#include <unistd.h>

#include <cstring>

namespace invar::platform {
namespace {

/// What a program writes, as it comes: to standard output, or to standard error where a file of the
/// run is standard output.
class Console {
 public:
  explicit Console(const RunConfiguration& configuration)
      : is_beside_(is_standard_output_taken(configuration)) {}

  void put(char character) {
    line_ += character;
    if (character == '\n' || line_.size() >= k_longest) {
      flush();
    }
  }
  void flush() {
    if (error_ == 0) {
      error_ = write_all(is_beside_ ? STDERR_FILENO : STDOUT_FILENO, line_);
    }
    line_.clear();
  }
  bool is_lost() const { return error_ != 0; }
  /// Empty while all could be written.
  std::string failure() const {
    return is_lost() ? std::string("the console could not be written to standard ") +
                           (is_beside_ ? "error: " : "output: ") + std::strerror(error_)
                     : std::string();
  }

 private:
  static constexpr std::size_t k_longest = 4096;

  bool is_beside_;
  std::string line_;
  int error_ = 0;
};

}  // namespace

int run_program(const RunConfiguration& configuration) {
  const HostClock clock;
  ProgramSetup setup(configuration);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  Console console(configuration);
  soc.on_console = [&](char character) { console.put(character); };
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, 0.0, [&] { return console.is_lost(); });
  soc.accelerator.core().finish_numbers();
  console.flush();
  RunResult result;
  setup.collect(soc, result);
  return conclude(configuration, soc, ending, clock, traces, result, console.failure());
}

}  // namespace invar::platform
