#include <fmt/format.h>
#include <invar/parameters/nearest_name.h>
#include <invar/platform/command_line/command_files.h>
#include <invar/platform/command_line/command_line.h>
#include <invar/platform/command_line/other_system.h>
#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/configuration/preset.h>
#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/dataset/input_error.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <deque>
#include <optional>
#include <set>
#include <utility>

namespace invar::platform {
namespace {

/// What the flags of one subcommand said, before the table reads it.
struct GivenFlag {
  const Parameter* parameter = nullptr;
  CLI::Option* option = nullptr;
  std::string text;
  bool on = false;
};

struct RunFlags {
  std::string config;
  std::vector<std::string> settings;  ///< --set KEY=VALUE
  std::deque<GivenFlag> flags;        ///< a deque: CLI11 keeps pointers into it
};

/// "what it is [unit; allowed values; default]"
std::string help_of(const Parameter& parameter, const RunConfiguration& defaults) {
  const ParameterValue value = parameter.get(defaults);
  if (parameter.flag_argument.empty() || value == ParameterValue(std::string())) {
    return parameter.description;
  }
  const auto* name = std::get_if<std::string>(&value);
  return fmt::format("{} [{}{}{}; default {}]", parameter.description, parameter.unit,
                     parameter.unit.empty() ? "" : "; ", parameter.allowed,
                     name != nullptr ? *name : parameters::to_text(value));
}

void add_parameter_flag(CLI::App& app, const Parameter& parameter, const RunConfiguration& defaults,
                        RunFlags& given) {
  GivenFlag& flag = given.flags.emplace_back();
  flag.parameter = &parameter;
  const std::string help = help_of(parameter, defaults);
  if (parameter.flag_argument.empty()) {
    flag.option = app.add_flag(parameter.flag, flag.on, help);
  } else {
    flag.option = app.add_option(parameter.flag, flag.text, help)
                      ->type_name(parameter.flag_argument)
                      ->take_last();
  }
}

void add_parameter_flags(CLI::App& app, Command command, RunFlags& given) {
  RunConfiguration defaults;
  defaults.command = command;
  for (const Parameter& parameter : parameter_table().parameters()) {
    if (!parameter.flag.empty() && parameter.is_for(command)) {
      add_parameter_flag(app, parameter, defaults, given);
    }
  }
}

/// --config and --set, and between them the flags of all parameters of a command, or that of the
/// preset.
void add_run_flags(CLI::App& app, const Subcommand& subcommand, RunFlags& given) {
  const bool has_flags = subcommand.parameters() == Subcommand::Parameters::flags;
  app.add_option("--config", given.config,
                 has_flags ? "TOML file with what the flags hold; flags win" : "TOML file")
      ->type_name("FILE");
  if (has_flags) {
    add_parameter_flags(app, subcommand.command(), given);
  } else {
    add_parameter_flag(app, *parameter_table().find("run.preset"), RunConfiguration{}, given);
  }
  app.add_option("--set", given.settings,
                 has_flags ? "any parameter that `invar params` lists, for example --set adc.bits=6"
                           : "a parameter")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);
}

void apply_settings(const std::vector<std::string>& settings, RunConfiguration& configuration) {
  const ParameterTable& table = parameter_table();
  for (const std::string& setting : settings) {
    const std::size_t equals = setting.find('=');
    if (equals == std::string::npos) {
      throw InputError("--set " + setting + ": must be KEY=VALUE");
    }
    const std::string key = setting.substr(0, equals);
    const Parameter* parameter = table.find(key);
    if (parameter == nullptr) {
      throw InputError("--set " + setting + ": " + table.unknown(key));
    }
    table.assign(configuration, *parameter, parameter->parse(setting.substr(equals + 1)));
    configuration.typed.insert(key);
  }
}

/// Code that is loaded or run because a file says so: reading a file should not do that unnoticed.
class CodeNotes {
 public:
  /// \param run before any file has been read
  explicit CodeNotes(const RunParameters& run)
      : firmware_{run.firmware, {}}, simulator_{run.simulator, {}} {}

  /// After a file has been read.
  void look(const std::string& file, const RunParameters& run) {
    look(file, "firmware", run.firmware, firmware_);
    look(file, "simulator", run.simulator, simulator_);
  }
  /// A line for each that is still in force. \param run as all flags have left it
  std::vector<std::string> lines(const RunParameters& run) const {
    std::vector<std::string> lines;
    if (run.core == HostCoreKind::riscv) {
      for (const auto& [named, in_force] :
           {std::pair(firmware_, run.firmware), std::pair(simulator_, run.simulator)}) {
        if (!named.line.empty() && !in_force.empty() && named.path == in_force) {
          lines.push_back(named.line);
        }
      }
    }
    return lines;
  }

 private:
  struct Named {
    std::string path, line;
  };
  static void look(const std::string& file, const char* what, const std::string& path,
                   Named& named) {
    if (path != named.path) {
      named = {path, fmt::format("{} has this code loaded: run.{} = {}", file, what, path)};
    }
  }

  Named firmware_, simulator_;
};

void apply_flags(const RunFlags& given, RunConfiguration& configuration) {
  for (const GivenFlag& flag : given.flags) {
    if (flag.option->count() == 0) {
      continue;
    }
    const Parameter& parameter = *flag.parameter;
    const ParameterValue value =
        parameter.flag_argument.empty() ? ParameterValue(flag.on) : parameter.parse(flag.text);
    try {
      parameter_table().assign(configuration, parameter, value);
      configuration.typed.insert(parameter.key);
    } catch (const InputError& error) {
      // The user wrote the flag, not the key.
      throw InputError(parameter.flag + std::string(error.what()).substr(parameter.key.size()));
    }
  }
}

/// A file for a command that takes a network may hold that too.
void read_config(const std::string& file, std::string* network, RunConfiguration& configuration) {
  if (network == nullptr || !has_toml_key(file, "layer")) {
    read_toml_file(file, configuration);
    return;
  }
  if (!network->empty()) {
    throw InputError(file + ": has layers, and so has " + *network + ": must be one network");
  }
  *network = file;
  read_toml_file(file, configuration, {"layer"});
}

/// \return the code that the files name
CodeNotes apply(const RunFlags& given, const Subcommand& subcommand,
                RunConfiguration& configuration) {
  apply_flags(given, configuration);  // which name the network
  CodeNotes code(configuration.run);
  std::string* const network = subcommand.network(configuration);
  if (network != nullptr && !network->empty()) {
    // The network's file holds parameters too; everything else wins over them.
    read_toml_file(*network, configuration, {"layer"});
    code.look(*network, configuration.run);
  }
  if (!given.config.empty()) {
    read_config(given.config, network, configuration);
    code.look(given.config, configuration.run);
  }
  apply_settings(given.settings, configuration);
  apply_flags(given, configuration);
  return code;
}

/// The preset that flags, --set or files name, before all of them.
void apply_named_preset(const RunFlags& given, const Subcommand& subcommand,
                        RunConfiguration& configuration) {
  RunConfiguration asked = configuration;
  apply(given, subcommand, asked);
  if (!asked.run.preset.empty()) {
    apply_preset(asked.run.preset, configuration);
  }
}

/// CLI11's message with the nearest flag when one is unknown.
std::string describe(const CLI::ParseError& error, const CLI::App& app) {
  std::string message = error.what();
  message = message.substr(0, message.find('\n'));
  const CLI::App* command = &app;
  for (const CLI::App* used : app.get_subcommands()) {
    command = used;
  }
  const bool no_command = command == &app;
  if (dynamic_cast<const CLI::ExtrasError*>(&error) == nullptr && !no_command) {
    return message;
  }
  const std::vector<std::string> extras = command->remaining(true);
  if (extras.empty()) {
    return message;
  }
  std::vector<std::string> names;
  for (const CLI::Option* option : command->get_options()) {
    names.push_back(option->get_name());
  }
  if (no_command) {
    for (const CLI::App* known : app.get_subcommands(nullptr)) {
      names.push_back(known->get_name());
    }
  }
  const std::string nearest = parameters::nearest_name(extras.front(), names);
  return (no_command ? "unknown command " : "unknown argument ") + extras.front() +
         (nearest.empty() ? "" : "; did you mean " + nearest + "?");
}

/// A subcommand as CLI11 sees it, and what it was given.
struct Declared {
  const Subcommand* subcommand = nullptr;
  CLI::App* app = nullptr;
  std::string word;                ///< where there may be one at most
  std::vector<std::string> words;  ///< where there may be more
  RunFlags flags;
};

void add_argument(const Argument& argument, Declared& declared) {
  CLI::Option* option = nullptr;
  if (argument.most == 1) {
    option = declared.app->add_option(argument.name, declared.word, argument.help);
  } else {
    option = declared.app->add_option(argument.name, declared.words, argument.help)
                 ->expected(static_cast<int>(argument.least), static_cast<int>(argument.most));
  }
  if (!argument.allowed.empty()) {
    option->check(CLI::IsMember(argument.allowed));
  }
  option->type_name(argument.value_name)->required(argument.least != 0);
}

void declare(CLI::App& app, const Subcommand& subcommand, Declared& declared) {
  declared.subcommand = &subcommand;
  declared.app = app.add_subcommand(subcommand.command().name, subcommand.help());
  if (const std::optional<Argument> argument = subcommand.argument()) {
    add_argument(*argument, declared);
  }
  if (subcommand.parameters() != Subcommand::Parameters::none) {
    add_run_flags(*declared.app, subcommand, declared.flags);
  }
}

/// The chosen command with all that it was given, checked.
CommandLine complete(const Declared& chosen) {
  const Subcommand& subcommand = *chosen.subcommand;
  CommandLine line;
  line.subcommand = &subcommand;
  line.words = chosen.words;
  if (!chosen.word.empty()) {
    line.words.push_back(chosen.word);
  }
  RunConfiguration& configuration = line.configuration;
  configuration.command = subcommand.command();
  subcommand.take(line.words, configuration);
  if (subcommand.parameters() == Subcommand::Parameters::none) {
    return line;
  }
  apply_named_preset(chosen.flags, subcommand, configuration);
  std::set<std::string> of_preset = std::exchange(configuration.given, {});
  const CodeNotes code = apply(chosen.flags, subcommand, configuration);
  configuration.chosen = configuration.given;
  configuration.given.merge(of_preset);
  subcommand.complete(configuration);
  complete_parameters(configuration);
  if (take_size_of_another(configuration)) {
    complete_parameters(configuration);
  }
  if (subcommand.parameters() == Subcommand::Parameters::settings) {
    return line;
  }
  line.notes = code.lines(configuration.run);
  subcommand.require_inputs(configuration);
  line.files = joined({common_files(chosen.flags.config), subcommand.files(configuration)});
  require_distinct(line.files);
  require_outputs(line.files);
  return line;
}

}  // namespace

CommandLine parse_command_line(const std::vector<const Subcommand*>& commands, int argc,
                               const char* const* argv) {
  CLI::App app{"A system model of an accelerator that inverts matrices in analog RRAM arrays."};
  app.name("invar");
  app.require_subcommand(1);
  app.set_version_flag("--version", "invar " INVAR_VERSION);
  app.footer("Exit status: 0 done; 1 the run failed; 2 bad usage or bad input.");
  std::deque<Declared> declared;
  for (const Subcommand* subcommand : commands) {
    declare(app, *subcommand, declared.emplace_back());
  }

  CommandLine result;
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    result.text = app.help();  // of the subcommand if one was named
    return result;
  } catch (const CLI::CallForVersion& version) {
    result.text = std::string(version.what()) + "\n";
    return result;
  } catch (const CLI::ParseError& error) {
    throw InputError(describe(error, app) + " (see invar --help)");
  }
  const auto chosen = std::find_if(declared.begin(), declared.end(),
                                   [](const Declared& one) { return one.app->parsed(); });
  return complete(*chosen);
}

}  // namespace invar::platform
