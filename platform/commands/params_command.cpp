#include <invar/configuration/parameter_page.h>
#include <invar/parameters/alternatives.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/parameter_table.h>
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

constexpr const char* k_page = "page";
constexpr const char* k_page_introduction =
    "# Parameters\n\n"
    "Every parameter of a run with its default, printed by `invar params page` from the\n"
    "descriptions that its check, configuration files, flags and reports come from.\n"
    "`invar params COMMAND` prints those that a command reads as a TOML file, with the values in\n"
    "force.\n";

std::string parameter_page() {
  return k_page_introduction +
         configuration::write_parameter_page(parameter_table().description(), RunConfiguration{});
}

/// `invar params`.
class ParamsCommand : public Subcommand {
 public:
  Command command() const override { return {"params", false}; }
  const char* help() const override {
    return "every parameter in force, with unit, range and source, as a TOML file";
  }
  std::optional<Argument> argument() const override {
    std::vector<std::string> names = names_of(commands_with_parameters());
    const std::string text = parameters::alternatives(names) +
                             " [default train]; page: those of all commands as Markdown tables";
    names.emplace_back(k_page);
    return Argument{"command", "COMMAND", text, 0, 1, names};
  }
  Parameters parameters() const override { return Parameters::settings; }

  /// From here on the configuration is that of the command named.
  void take(const std::vector<std::string>& words, RunConfiguration& configuration) const override {
    configuration.command = words.empty() || words.front() == k_page
                                ? Command::train
                                : command_named(words.front()).command();
  }
  void complete(RunConfiguration& configuration) const override {
    command_named(configuration.command.name).complete(configuration);
  }

  int run(const CommandLine& line) const override {
    const bool wants_page = !line.words.empty() && line.words.front() == k_page;
    write_standard_output(wants_page ? parameter_page() : write_toml(line.configuration));
    return k_exit_done;
  }
};

}  // namespace

const Subcommand& params_command() {
  static const ParamsCommand command;
  return command;
}

}  // namespace invar::platform
