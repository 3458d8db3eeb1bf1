#include <fmt/format.h>
#include <invar/parameters/nearest_name.h>
#include <invar/platform/command_line/command_files.h>
#include <invar/platform/command_line/command_line.h>
#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/dataset/input_error.h>

#include <CLI/CLI.hpp>
#include <deque>
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

void add_run_flags(CLI::App& app, Command command, RunFlags& given) {
  RunConfiguration defaults;
  defaults.command = command;
  app.add_option("--config", given.config, "TOML file with what the flags hold; flags win")
      ->type_name("FILE");
  for (const Parameter& parameter : parameter_table().parameters()) {
    if (parameter.flag.empty() || !parameter.is_for(command)) {
      continue;
    }
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
  app.add_option("--set", given.settings,
                 "any parameter that `invar params` lists, for example --set adc.bits=6")
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

/// The network's file that the command line names; empty: none.
std::string network_file(const RunFlags& given, const RunConfiguration& configuration) {
  for (const GivenFlag& flag : given.flags) {
    if (flag.parameter->key == "train.network" && flag.option->count() != 0) {
      return flag.text;
    }
  }
  return configuration.workload.network;
}

/// A file for `train` may hold the network too.
void read_config(const std::string& file, RunConfiguration& configuration) {
  if (configuration.command == Command::train && has_toml_key(file, "layer")) {
    configuration.train.network = file;
    read_toml_file(file, configuration, {"layer"});
  } else {
    read_toml_file(file, configuration);
  }
}

/// \return the code that the files name
CodeNotes apply(const RunFlags& given, RunConfiguration& configuration) {
  CodeNotes code(configuration.run);
  const std::string network = network_file(given, configuration);
  if (!network.empty()) {
    // The network's file holds parameters too; everything else wins over them.
    read_toml_file(network, configuration, {"layer"});
    code.look(network, configuration.run);
  }
  if (!given.config.empty()) {
    read_config(given.config, configuration);
    code.look(given.config, configuration.run);
  }
  apply_settings(given.settings, configuration);
  for (const GivenFlag& flag : given.flags) {
    if (flag.option->count() == 0) {
      continue;
    }
    const Parameter& parameter = *flag.parameter;
    const ParameterValue value =
        parameter.flag_argument.empty() ? ParameterValue(flag.on) : parameter.parse(flag.text);
    try {
      parameter_table().assign(configuration, parameter, value);
    } catch (const InputError& error) {
      // The user wrote the flag, not the key.
      throw InputError(parameter.flag + std::string(error.what()).substr(parameter.key.size()));
    }
  }
  return code;
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

}  // namespace

CommandLine parse_command_line(int argc, const char* const* argv) {
  CLI::App app{"A system model of an accelerator that inverts matrices in analog RRAM arrays."};
  app.name("invar");
  app.require_subcommand(1);
  app.set_version_flag("--version", "invar " INVAR_VERSION);
  app.footer("Exit status: 0 done; 1 the run failed; 2 bad usage or bad input.");

  RunFlags train_flags;
  CLI::App* train = app.add_subcommand("train", "train a network on images");
  add_run_flags(*train, Command::train, train_flags);

  RunFlags solve_flags;
  CLI::App* solve = app.add_subcommand("solve", "solve A X = B, A symmetric positive definite");
  add_run_flags(*solve, Command::solve, solve_flags);

  RunFlags circuit_flags;
  CLI::App* circuit = app.add_subcommand(
      "circuit", "operating points, poles and step response of one analog INV or MVM circuit");
  add_run_flags(*circuit, Command::circuit, circuit_flags);

  CommandLine result;
  RunFlags workload_flags;
  CLI::App* workload =
      app.add_subcommand("workload", "one K-FAC step of a large network, at timing fidelity");
  workload
      ->add_option("network", result.configuration.workload.network,
                   "TOML file with the network's layers and parameters")
      ->type_name("FILE")
      ->required();
  add_run_flags(*workload, Command::workload, workload_flags);

  RunFlags program_flags;
  std::string program;
  CLI::App* run = app.add_subcommand("run", "run a program of your own on the RISC-V host core");
  run->add_option("program", program, "RISC-V image (ELF); the same as --firmware")
      ->type_name("FILE");
  add_run_flags(*run, Command::program, program_flags);

  CLI::App* compare = app.add_subcommand(
      "compare", "ratios between reports of one workload, relative to the first");
  compare->add_option("reports", result.reports, "report.json files, two or more")
      ->type_name("FILE...")
      ->required()
      ->expected(2, 64);

  RunFlags params_flags;
  std::string params_command = "train";
  CLI::App* params = app.add_subcommand(
      "params", "every parameter in force, with unit, range and source, as a TOML file");
  params
      ->add_option("command", params_command,
                   "train, solve, circuit, workload or run [default train]")
      ->check(CLI::IsMember({"train", "solve", "circuit", "workload", "run"}))
      ->type_name("COMMAND");
  params->add_option("--config", params_flags.config, "TOML file")->type_name("FILE");
  params->add_option("--set", params_flags.settings, "a parameter")
      ->type_name("KEY=VALUE")
      ->take_all()
      ->expected(1)
      ->allow_extra_args(false);

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

  RunConfiguration& configuration = result.configuration;
  if (compare->parsed()) {
    result.action = CommandLine::Action::compare;
    return result;
  }
  if (params->parsed()) {
    result.action = CommandLine::Action::params;
    configuration.command = params_command == "solve"      ? Command::solve
                            : params_command == "circuit"  ? Command::circuit
                            : params_command == "workload" ? Command::workload
                            : params_command == "run"      ? Command::program
                                                           : Command::train;
    apply(params_flags, configuration);
    complete_parameters(configuration);
    return result;
  }
  const RunFlags* flags = &train_flags;
  result.action = CommandLine::Action::train;
  configuration.command = Command::train;
  if (solve->parsed()) {
    flags = &solve_flags;
    result.action = CommandLine::Action::solve;
    configuration.command = Command::solve;
  } else if (circuit->parsed()) {
    flags = &circuit_flags;
    result.action = CommandLine::Action::circuit;
    configuration.command = Command::circuit;
  } else if (workload->parsed()) {
    flags = &workload_flags;
    result.action = CommandLine::Action::workload;
    configuration.command = Command::workload;
  } else if (run->parsed()) {
    flags = &program_flags;
    result.action = CommandLine::Action::program;
    configuration.command = Command::program;
    configuration.run.firmware = program;
  }
  const CodeNotes code = apply(*flags, configuration);
  complete_parameters(configuration);
  result.notes = code.lines(configuration.run);
  require_inputs(configuration);
  const std::vector<CommandFile> files = command_files(flags->config, configuration);
  require_distinct(files);
  require_outputs(files);
  return result;
}

}  // namespace invar::platform
