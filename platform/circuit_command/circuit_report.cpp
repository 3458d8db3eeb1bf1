#include <fmt/format.h>
#include <invar/platform/circuit_command/circuit_report.h>
#include <invar/platform/report/configuration_section.h>
#include <invar/platform/report/host_section.h>
#include <invar/platform/report/sections.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

namespace invar::platform {
namespace {

Json number(const std::optional<double>& value) {
  // No reader needs a zero with a sign.
  return value && std::isfinite(*value) ? Json(*value + 0.0) : Json();
}

/// The largest over all right-hand sides, if there is one for each.
std::optional<double> largest(const CircuitResult& result,
                              std::optional<double> CircuitSolution::*field) {
  std::optional<double> worst;
  for (const CircuitSolution& solution : result.solutions) {
    if (!(solution.*field)) {
      return std::nullopt;
    }
    worst = std::max(worst.value_or(0.0), *(solution.*field));
  }
  return worst;
}

int saturated_outputs(const CircuitResult& result) {
  int count = 0;
  for (const CircuitSolution& solution : result.solutions) {
    count += solution.saturated_outputs;
  }
  return count;
}

void add_dynamics(Json& report, const CircuitDynamics& dynamics) {
  report["stable"] = dynamics.stable;
  report["stability"] = dynamics.stable ? "stable" : "unstable";
  report["states"] = dynamics.states;
  report["slowest_time_constant_s"] = number(dynamics.slowest_time_constant_s);
  Json poles = Json::array();
  for (const std::complex<double>& pole : dynamics.poles) {
    poles.push_back(
        {{"real_rad_s", number(pole.real())}, {"imaginary_rad_s", number(pole.imag())}});
  }
  if (dynamics.poles.empty()) {
    poles.push_back(
        {{"real_rad_s", dynamics.largest_real_part_rad_s}, {"imaginary_rad_s", Json()}});
  }
  report["poles"] = poles;
  report["poles_are_all"] = !dynamics.poles.empty();
}

Json solutions_of(CircuitOperation operation, const CircuitResult& result) {
  const bool inverts = operation == CircuitOperation::inv;
  Json solutions = Json::array();
  for (const CircuitSolution& solution : result.solutions) {
    Json entry;
    entry[inverts ? "largest_output_v" : "largest_output_a"] = number(solution.largest_output);
    if (inverts) {
      entry["saturated_outputs"] = solution.saturated_outputs;
      entry["settling_time_s"] = number(solution.settling_time_s);
      entry["rounding_error"] = number(solution.rounding_error);
      entry["array_power_w"] = number(solution.array_power_w);
    }
    solutions.push_back(entry);
  }
  return solutions;
}

}  // namespace

Json make_circuit_report(const RunConfiguration& configuration, const CircuitProblem& problem,
                         const CircuitResult& result, double wall_s) {
  const CircuitParameters& parameters = configuration.circuit;
  const bool inverts = parameters.operation == CircuitOperation::inv;
  const Json in_force = configuration_section(configuration, true);
  Json report;
  report["schema"] = k_circuit_schema;
  report["version"] = INVAR_VERSION;
  report["complete"] = result.reason.empty();
  report["reason"] = result.reason;
  report["operation"] = inverts ? "inv" : "mvm";
  report["rows"] = problem.plus_s.rows();
  report["columns"] = problem.plus_s.cols();
  report["right_hand_sides"] = problem.input.cols();
  report["data"] = {{"hash", problem.content_hash}};
  report["configuration_hash"] = configuration_hash(in_force, {problem.content_hash});
  report["instruction_set"] = circuit::to_string(problem.instruction_set);
  if (result.dynamics) {
    add_dynamics(report, *result.dynamics);
  }
  if (inverts) {
    report["settling_tolerance"] = parameters.settling_tolerance;
    report["settling_time_s"] = number(largest(result, &CircuitSolution::settling_time_s));
    report["condition_estimate"] = number(result.condition_estimate);
    report["rounding_error"] = number(largest(result, &CircuitSolution::rounding_error));
    report["saturated"] = saturated_outputs(result) != 0;
    report["array_power_w"] = number(largest(result, &CircuitSolution::array_power_w));
  }
  report["solutions"] = solutions_of(parameters.operation, result);
  report["definitions"] = {
      {"poles", "of the linear loop: small signals, no saturation"},
      {"settling_time_s",
       "last time at which the outputs, starting from 0 V, are further from their ends than the "
       "tolerance times the ends, both in the 2-norm; the worst right-hand side; null where "
       "outputs "
       "saturate, cells are not linear, or the loop is very large"},
      {"condition_estimate", "1-norm, of the matrix that the outputs see, finite gain included"},
      {"rounding_error",
       "effect of a few units in the last place on every entry of that matrix, relative to the "
       "outputs"},
      {"array_power_w",
       "turned into heat by cells and wires; null with far currents, saturation, or cells that are "
       "not linear"}};
  report["configuration"] = in_force;
  report["parameters"] = parameter_notes(configuration);
  report["host"] = host_section(configuration, wall_s);
  return report;
}

std::string summarise_circuit(const RunConfiguration& configuration, const CircuitProblem& problem,
                              const CircuitResult& result) {
  const bool inverts = configuration.circuit.operation == CircuitOperation::inv;
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "circuit           {}, {} x {}, {} right-hand side{}\n",
                 inverts ? "inv" : "mvm", problem.plus_s.rows(), problem.plus_s.cols(),
                 problem.input.cols(), problem.input.cols() == 1 ? "" : "s");
  if (result.dynamics) {
    fmt::format_to(out, "loop              {}, slowest time constant {}\n",
                   result.dynamics->stable ? "stable" : "unstable",
                   with_prefix(result.dynamics->slowest_time_constant_s, "s"));
  }
  if (const std::optional<double> time = largest(result, &CircuitSolution::settling_time_s)) {
    fmt::format_to(out, "settles           in {} to {:g}\n", with_prefix(*time, "s"),
                   configuration.circuit.settling_tolerance);
  }
  if (result.condition_estimate) {
    fmt::format_to(out, "condition         about {:.3g}\n", *result.condition_estimate);
  }
  if (const int count = saturated_outputs(result)) {
    fmt::format_to(out, "saturated         {} outputs\n", count);
  }
  return text;
}

}  // namespace invar::platform
