#include <invar/platform/circuit_command/circuit_command.h>
#include <invar/platform/circuit_command/circuit_problem.h>
#include <invar/platform/circuit_command/circuit_report.h>
#include <invar/platform/circuit_command/circuit_result.h>
#include <invar/platform/circuit_command/circuit_steps.h>
#include <invar/platform/command_line/command_line.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/dataset/input_error.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <stdexcept>
#include <string>

namespace invar::platform {
namespace {

bool has_default(const RunConfiguration& configuration, const char* key) {
  const Parameter& parameter = *parameter_table().find(key);
  return parameter.get(configuration) == parameter.get(RunConfiguration());
}

/// What the user set and the circuit does not have.
void note_what_has_no_effect(const RunConfiguration& configuration) {
  const auto note = [&](const char* key, const char* where) {
    if (!has_default(configuration, key)) {
      std::fprintf(stderr, "invar: %s has no effect %s\n",
                   parameter_table().find(key)->flag.c_str(), where);
    }
  };
  if (configuration.circuit.operation == CircuitOperation::mvm) {
    for (const char* key :
         {"circuit.injection", "circuit.gain", "circuit.gains", "circuit.offset",
          "circuit.inverter_offset", "circuit.saturation_v", "circuit.gain_bandwidth_hz",
          "circuit.gain_bandwidths", "circuit.inverter_bandwidth_ratio"}) {
      note(key, "on mvm, which has no op-amps");
    }
  } else if (configuration.circuit.conductance_negative.empty()) {
    for (const char* key : {"circuit.inverter_offset", "circuit.inverter_bandwidth_ratio"}) {
      note(key, "without --conductance-negative");
    }
  }
}

void require_combination(const CircuitParameters& parameters) {
  const bool inverts = parameters.operation == CircuitOperation::inv;
  if (parameters.saturation_law == circuit::SaturationLaw::tanh && parameters.saturation_v == 0.0 &&
      inverts) {
    throw InputError("--saturation-law tanh: needs --saturation V");
  }
  if (!parameters.transient.empty() && inverts &&
      parameters.saturation_law == circuit::SaturationLaw::tanh) {
    throw InputError(
        "--transient: is modelled for outputs that do not saturate softly; must be without tanh");
  }
  if (!parameters.transient.empty() && !inverts) {
    throw InputError("--transient: mvm has no op-amps that settle; must be inv");
  }
  if (parameters.nonlinearity_per_v != 0.0) {
    if (!inverts) {
      throw InputError("--nonlinearity: is modelled for inv; must be 0 for mvm");
    }
    if (parameters.saturation_v != 0.0 || !parameters.transient.empty()) {
      throw InputError(
          "--nonlinearity: is modelled without --saturation and --transient; must be 0 with them");
    }
  }
}

CircuitResult solve(const RunConfiguration& configuration, const CircuitProblem& problem) {
  const CircuitParameters& parameters = configuration.circuit;
  try {
    return parameters.operation == CircuitOperation::inv
               ? solve_inv(parameters, problem, !configuration.run.report.empty())
               : solve_mvm(parameters, problem);
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  } catch (const std::domain_error& error) {
    CircuitResult failed;
    failed.reason = error.what();
    return failed;
  } catch (const std::runtime_error& error) {
    if (dynamic_cast<const InputError*>(&error) != nullptr) {
      throw;
    }
    CircuitResult failed;
    failed.reason = error.what();
    return failed;
  }
}

/// Reads the network, writes its outputs, the step response and the report. A circuit without a
/// usable operating point gets its report too, but no outputs.
int run_circuit(const CommandLine& line) {
  const RunConfiguration& configuration = line.configuration;
  const auto start = std::chrono::steady_clock::now();
  const CircuitParameters& parameters = configuration.circuit;
  require_combination(parameters);
  const CircuitProblem problem = load_circuit_problem(parameters);
  if (!parameters.transient.empty() && problem.input.cols() != 1) {
    throw InputError(parameters.input + ": " + std::to_string(problem.input.cols()) +
                     " columns: must be one for --transient");
  }
  note_what_has_no_effect(configuration);
  CircuitResult result = solve(configuration, problem);
  if (result.reason.empty()) {
    try {
      write_matrix_market(parameters.out, result.output);
      if (result.transient) {
        write_file_atomically(parameters.transient, transient_table(*result.transient));
      }
    } catch (const std::runtime_error& error) {
      result.reason = error.what();
    }
  }
  if (!configuration.run.report.empty()) {
    const double wall_s =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    write_circuit_report(configuration, problem, result, wall_s);
  }
  std::string unseen;
  if (!configuration.run.quiet && !line.is_standard_output_taken()) {
    unseen = try_standard_output(summarise_circuit(configuration, problem, result));
  }
  for (const std::string& failed : {result.reason, unseen}) {
    if (!failed.empty()) {
      std::fprintf(stderr, "invar: %s\n", failed.c_str());
    }
  }
  if (!result.reason.empty() || !unseen.empty()) {
    return k_exit_failed;
  }
  if (result.dynamics && !result.dynamics->stable) {
    std::fputs("invar: the loop is unstable: its DC solution is written, but the outputs rail\n",
               stderr);
  }
  return k_exit_done;
}

/// `invar circuit`.
class CircuitCommand : public Subcommand {
 public:
  Command command() const override { return Command::circuit; }
  const char* help() const override {
    return "operating points, poles and step response of one analog INV or MVM circuit";
  }

  void require_inputs(const RunConfiguration& configuration) const override {
    const CircuitParameters& circuit = configuration.circuit;
    require_given(configuration.is_given("circuit.operation") ? "given" : "", "--operation",
                  "inv or mvm");
    require_given(circuit.conductance, "--conductance",
                  "a Matrix Market file with the conductances of the array");
    require_given(circuit.input, "--input",
                  "a Matrix Market file with the input currents (inv) or row voltages (mvm)");
    require_given(circuit.out, "--out", "the Matrix Market file to write the outputs to");
  }

  std::vector<CommandFile> files(const RunConfiguration& configuration) const override {
    const CircuitParameters& circuit = configuration.circuit;
    return {{"--report", configuration.run.report, true},
            {"--conductance", circuit.conductance},
            {"--conductance-negative", circuit.conductance_negative},
            {"--input", circuit.input},
            {"--gains", circuit.gains},
            {"--offset", circuit.offset},
            {"--inverter-offset", circuit.inverter_offset},
            {"--gain-bandwidths", circuit.gain_bandwidths},
            {"--out", circuit.out, true},
            {"--transient", circuit.transient, true}};
  }

  int run(const CommandLine& line) const override { return run_circuit(line); }
};

}  // namespace

const Subcommand& circuit_command() {
  static const CircuitCommand command;
  return command;
}

}  // namespace invar::platform
