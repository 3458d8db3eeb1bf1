#ifndef INVAR_PLATFORM_COMMAND_LINE_SUBCOMMAND_H
#define INVAR_PLATFORM_COMMAND_LINE_SUBCOMMAND_H

#include <invar/platform/command_line/command_files.h>
#include <invar/platform/configuration/run_configuration.h>

#include <cstddef>
#include <optional>
#include <string>
#include <vector>

namespace invar::platform {

struct CommandLine;

/// Exit statuses of `invar`.
enum ExitStatus { k_exit_done = 0, k_exit_failed = 1, k_exit_bad_input = 2 };

/// Words of a command line that follow no flag.
struct Argument {
  std::string name;        ///< in --help and in messages
  std::string value_name;  ///< "FILE"
  std::string help;
  std::size_t least = 0, most = 1;        ///< how many there may be
  std::vector<std::string> allowed = {};  ///< empty: any
};

/// One command of `invar`: its name and arguments, what it makes of a configuration, what it does.
/// A new one is a class like this and a line in platform/commands/commands.h.
class Subcommand {
 public:
  virtual ~Subcommand() = default;

  /// Its name, and whether it runs the machine: then `run` is called inside sc_main, with signals
  /// and --timeout caught.
  virtual Command command() const = 0;
  /// For --help.
  virtual const char* help() const = 0;

  virtual std::optional<Argument> argument() const { return std::nullopt; }
  /// settings: --config and --set. flags: these, and the flags of its parameters.
  enum class Parameters { none, settings, flags };
  virtual Parameters parameters() const { return Parameters::flags; }

  /// Takes the words of `argument`, before files and flags are read.
  virtual void take(const std::vector<std::string>& /*words*/,
                    RunConfiguration& /*configuration*/) const {}
  /// Where the file with its network's layers is named, which holds parameters too; nullptr: it
  /// takes none.
  virtual std::string* network(RunConfiguration& /*configuration*/) const { return nullptr; }
  /// Fills in and checks what is its own, after files and flags have been read and before
  /// complete_parameters. \throws InputError
  virtual void complete(RunConfiguration& /*configuration*/) const {}
  /// \throws InputError for what it cannot do without
  virtual void require_inputs(const RunConfiguration& /*configuration*/) const {}
  /// What it reads and writes, besides --config.
  virtual std::vector<CommandFile> files(const RunConfiguration& /*configuration*/) const {
    return {};
  }

  /// How reports call what ran: optimiser, inverter, core.
  virtual std::string system(const RunConfiguration& configuration) const {
    return configuration.command.name;
  }
  /// What an exit code of the firmware means to it. \return nothing: the same as to the others;
  /// empty: all went well
  virtual std::optional<std::string> describe_exit(int /*code*/) const { return std::nullopt; }

  /// Does it. \return exit status \throws InputError, std::exception
  virtual int run(const CommandLine& line) const = 0;
};

/// ", riscv core" where it is not the native one.
std::string core_text(const RunConfiguration& configuration);

/// "rram", "digital, riscv core": of a command that inverts. \param before what stands before it
std::string inverter_and_core(const RunConfiguration& configuration,
                              const std::string& before = {});

}  // namespace invar::platform

#endif
