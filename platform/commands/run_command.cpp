#include <fmt/format.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/run_setup.h>
#include <unistd.h>

#include <cstring>

namespace invar::platform {
namespace {

/// What a program writes, as it comes: to standard output, or to standard error where a file of the
/// run is standard output.
class Console {
 public:
  explicit Console(bool is_standard_output_taken) : is_beside_(is_standard_output_taken) {}

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

int simulate_program(const CommandLine& line) {
  const RunConfiguration& configuration = line.configuration;
  const HostClock clock;
  ProgramSetup setup(configuration);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  Console console(line.is_standard_output_taken());
  soc.on_console = [&](char character) { console.put(character); };
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, 0.0, [&] { return console.is_lost(); });
  soc.accelerator.core().finish_numbers();
  console.flush();
  RunResult result;
  setup.collect(soc, result);
  return conclude(line, soc, ending, clock, traces, result, console.failure());
}

/// `invar run`.
class RunCommand : public Subcommand {
 public:
  Command command() const override { return Command::program; }
  const char* help() const override { return "run a program of your own on the RISC-V host core"; }
  std::optional<Argument> argument() const override {
    return Argument{"program", "FILE", "RISC-V image (ELF); the same as --firmware"};
  }
  void take(const std::vector<std::string>& words, RunConfiguration& configuration) const override {
    if (!words.empty()) {
      configuration.run.firmware = words.front();
    }
  }

  void complete(RunConfiguration& configuration) const override {
    configuration.run.core = HostCoreKind::riscv;
  }

  void require_inputs(const RunConfiguration& configuration) const override {
    require_given(configuration.run.firmware, "FILE", "the RISC-V image (ELF) to run");
  }

  std::vector<CommandFile> files(const RunConfiguration& configuration) const override {
    return machine_files(configuration);
  }

  std::string system(const RunConfiguration&) const override { return "program"; }

  /// What the codes mean is the program's own affair.
  std::optional<std::string> describe_exit(int code) const override {
    return code == 0 ? std::string() : fmt::format("the firmware ended with code {}", code);
  }

  int run(const CommandLine& line) const override { return simulate_program(line); }
};

}  // namespace

const Subcommand& run_command() {
  static const RunCommand command;
  return command;
}

}  // namespace invar::platform
