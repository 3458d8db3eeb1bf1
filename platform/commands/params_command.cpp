#include <invar/parameters/alternatives.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/configuration/toml_file.h>

#include <algorithm>

namespace invar::platform {
namespace {

/// Those whose parameters can be printed.
std::vector<const Subcommand*> commands_with_parameters() {
  std::vector<const Subcommand*> commands = all_commands();
  commands.erase(std::remove_if(commands.begin(), commands.end(),
                                [](const Subcommand* one) {
                                  return one->parameters() != Subcommand::Parameters::flags;
                                }),
                 commands.end());
  return commands;
}

std::vector<std::string> names_of(const std::vector<const Subcommand*>& commands) {
  std::vector<std::string> names;
  for (const Subcommand* one : commands) {
    names.emplace_back(one->command().name);
  }
  return names;
}

const Subcommand& command_named(const std::string& name) {
  const std::vector<const Subcommand*> commands = commands_with_parameters();
  return **std::find_if(commands.begin(), commands.end(),
                        [&](const Subcommand* one) { return one->command().name == name; });
}

/// `invar params`.
class ParamsCommand : public Subcommand {
 public:
  Command command() const override { return {"params", false}; }
  const char* help() const override {
    return "every parameter in force, with unit, range and source, as a TOML file";
  }
  std::optional<Argument> argument() const override {
    const std::vector<std::string> names = names_of(commands_with_parameters());
    return Argument{"command", "COMMAND", parameters::alternatives(names) + " [default train]",
                    0,         1,         names};
  }
  Parameters parameters() const override { return Parameters::settings; }

  /// From here on the configuration is that of the command named.
  void take(const std::vector<std::string>& words, RunConfiguration& configuration) const override {
    configuration.command = words.empty() ? Command::train : command_named(words.front()).command();
  }
  void complete(RunConfiguration& configuration) const override {
    command_named(configuration.command.name).complete(configuration);
  }

  int run(const CommandLine& line) const override {
    write_standard_output(write_toml(line.configuration));
    return k_exit_done;
  }
};

}  // namespace

const Subcommand& params_command() {
  static const ParamsCommand command;
  return command;
}

}  // namespace invar::platform
