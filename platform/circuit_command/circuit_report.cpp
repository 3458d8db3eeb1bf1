#include <fmt/format.h>
#include <invar/platform/circuit_command/circuit_report.h>
#include <invar/platform/report/configuration_section.h>
#include <invar/platform/report/host_section.h>
#include <invar/platform/report/report_file.h>
#include <invar/platform/report/section.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <optional>

namespace invar::platform {
namespace {

/// What a circuit's report is made from.
struct CircuitFacts {
  const RunConfiguration& configuration;
  const CircuitProblem& problem;
  const CircuitResult& result;
  double wall_s;

  bool inverts() const { return configuration.circuit.operation == CircuitOperation::inv; }
};

/// Nothing where it is not finite. No reader needs a zero with a sign.
std::optional<double> number(const std::optional<double>& value) {
  return value && std::isfinite(*value) ? std::optional(*value + 0.0) : std::nullopt;
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

struct Pole {
  std::optional<double> real_rad_s, imaginary_rad_s;
};

std::vector<Pole> poles_of(const CircuitDynamics& dynamics) {
  std::vector<Pole> poles;
  for (const std::complex<double>& pole : dynamics.poles) {
    poles.push_back({number(pole.real()), number(pole.imag())});
  }
  if (dynamics.poles.empty()) {
    poles.push_back({dynamics.largest_real_part_rad_s, std::nullopt});
  }
  return poles;
}

const Section<Pole>& pole_section() {
  static const auto section = Section<Pole>()
                                  .figure({"real_rad_s", "rad/s", "", "above 0: grows"},
                                          [](const Pole& pole) { return pole.real_rad_s; })
                                  .figure({"imaginary_rad_s", "rad/s", "", "null: not computed"},
                                          [](const Pole& pole) { return pole.imaginary_rad_s; });
  return section;
}

const char* verdict_of(const CircuitDynamics& dynamics) {
  return dynamics.stable ? "stable" : "unstable";
}

const Section<CircuitDynamics>& dynamics_section() {
  using Dynamics = CircuitDynamics;
  static const auto section =
      Section<Dynamics>()
          .figure({"stable", "", "", "whether the loop is"},
                  [](const Dynamics& d) { return d.stable; })
          .figure({"stability", "", "", "stable or unstable"}, verdict_of)
          .figure({"states", "", "", "of the loop: op-amps and inverters"},
                  [](const Dynamics& d) { return d.states; })
          .figure({"slowest_time_constant_s", "s", "", "null: unstable"},
                  [](const Dynamics& d) { return number(d.slowest_time_constant_s); })
          .list({"poles", "", "", "of the linear loop, the slowest first"}, pole_section(),
                poles_of)
          .figure({"poles_are_all", "", "", "false: the real part of the slowest one alone"},
                  [](const Dynamics& d) { return !d.poles.empty(); });
  return section;
}

std::optional<double> worst(const CircuitFacts& facts,
                            std::optional<double> CircuitSolution::*field) {
  return number(largest(facts.result, field));
}

const Section<CircuitFacts>& inversion_section() {
  using Facts = CircuitFacts;
  static const auto section =
      Section<Facts>()
          .figure({"settling_tolerance", "", "", "circuit.settling_tolerance"},
                  [](const Facts& f) { return f.configuration.circuit.settling_tolerance; })
          .figure({"settling_time_s", "s", "", "of the slowest right-hand side"},
                  [](const Facts& f) { return worst(f, &CircuitSolution::settling_time_s); })
          .figure({"condition_estimate", "", "", "of what the outputs see"},
                  [](const Facts& f) { return number(f.result.condition_estimate); })
          .figure({"rounding_error", "", "", "largest"},
                  [](const Facts& f) { return worst(f, &CircuitSolution::rounding_error); })
          .figure({"saturated", "", "", "whether an output is at its supply"},
                  [](const Facts& f) { return saturated_outputs(f.result) != 0; })
          .figure({"array_power_w", "W", "", "largest"},
                  [](const Facts& f) { return worst(f, &CircuitSolution::array_power_w); });
  return section;
}

/// A right-hand side, and of which operation.
struct Solved {
  CircuitOperation operation;
  const CircuitSolution& solution;
};

std::vector<Solved> solved_of(const CircuitFacts& facts) {
  std::vector<Solved> solved;
  for (const CircuitSolution& solution : facts.result.solutions) {
    solved.push_back({facts.configuration.circuit.operation, solution});
  }
  return solved;
}

const CircuitSolution* solution_if(const Solved& solved, CircuitOperation operation) {
  return solved.operation == operation ? &solved.solution : nullptr;
}

const Section<CircuitSolution>& inv_solution_section() {
  using Solution = CircuitSolution;
  static const auto section =
      Section<Solution>()
          .figure({"largest_output_v", "V", "", "magnitude"},
                  [](const Solution& s) { return number(s.largest_output); })
          .figure({"saturated_outputs", "", "", "at their supply"},
                  [](const Solution& s) { return s.saturated_outputs; })
          .figure({"settling_time_s", "s", "", "of all outputs together"},
                  [](const Solution& s) { return number(s.settling_time_s); })
          .figure({"rounding_error", "", "", "of this right-hand side"},
                  [](const Solution& s) { return number(s.rounding_error); })
          .figure({"array_power_w", "W", "", "of this right-hand side"},
                  [](const Solution& s) { return number(s.array_power_w); });
  return section;
}

const Section<Solved>& solved_section() {
  static const auto section =
      Section<Solved>()
          .members("inv", inv_solution_section(),
                   [](const Solved& s) { return solution_if(s, CircuitOperation::inv); })
          .members("mvm",
                   Section<CircuitSolution>().figure(
                       {"largest_output_a", "A", "", "magnitude"},
                       [](const CircuitSolution& s) { return number(s.largest_output); }),
                   [](const Solved& s) { return solution_if(s, CircuitOperation::mvm); });
  return section;
}

Section<CircuitFacts> definitions_section() {
  const auto text = [](const char* words) {
    return [words](const CircuitFacts&) { return words; };
  };
  Section<CircuitFacts> section;
  return section
      .figure({"poles", "", "", "of poles"},
              text("of the linear loop: small signals, no saturation"))
      .figure({"settling_time_s", "", "", "of settling_time_s"},
              text("last time at which the outputs, starting from 0 V, are further from their ends "
                   "than the tolerance times the ends, both in the 2-norm; the worst right-hand "
                   "side; null where outputs saturate, cells are not linear, or the loop is very "
                   "large"))
      .figure({"condition_estimate", "", "", "of condition_estimate"},
              text("1-norm, of the matrix that the outputs see, finite gain included"))
      .figure(
          {"rounding_error", "", "", "of rounding_error"},
          text("effect of a few units in the last place on every entry of that matrix, relative "
               "to the outputs"))
      .figure({"array_power_w", "", "", "of array_power_w"},
              text("turned into heat by cells and wires; null with far currents, saturation, or "
                   "cells that are not linear"));
}

Section<CircuitFacts> heading() {
  using Facts = CircuitFacts;
  Section<Facts> section;
  return section
      .figure({"schema", "", "", "a changed meaning gets a new one, a new figure does not"},
              [](const Facts&) { return k_circuit_schema; })
      .figure({"version", "", "", "of invar"}, [](const Facts&) { return INVAR_VERSION; })
      .figure({"complete", "", "", "whether there are outputs"},
              [](const Facts& f) { return f.result.reason.empty(); })
      .figure({"reason", "", "", "why there are none; empty if there are"},
              [](const Facts& f) { return f.result.reason; })
      .figure({"operation", "", "", "inv or mvm"},
              [](const Facts& f) { return f.inverts() ? "inv" : "mvm"; })
      .figure({"rows", "", "", "of the array"},
              [](const Facts& f) { return f.problem.plus_s.rows(); })
      .figure({"columns", "", "", "of the array"},
              [](const Facts& f) { return f.problem.plus_s.cols(); })
      .figure({"right_hand_sides", "", "", "columns of the input"},
              [](const Facts& f) { return f.problem.input.cols(); })
      .object({"data", "", "", "what the circuit is made from"},
              Section<Facts>().figure({"hash", "", "", "of the contents of all files read"},
                                      [](const Facts& f) { return f.problem.content_hash; }),
              itself)
      .figure({"configuration_hash", "", "", "of the version, the configuration and the data"},
              [](const Facts& f) {
                return configuration_hash(f.configuration, {f.problem.content_hash});
              })
      .figure({"instruction_set", "", "", "that the kernels used"}, [](const Facts& f) {
        return std::string(circuit::to_string(f.problem.instruction_set));
      });
}

const Section<CircuitFacts>& circuit_report() {
  using Facts = CircuitFacts;
  static const auto section =
      Section<Facts>()
          .members("", heading(), itself)
          .members("inv", dynamics_section(), [](const Facts& f) { return f.result.dynamics; })
          .members("inv", inversion_section(),
                   [](const Facts& f) { return f.inverts() ? &f : nullptr; })
          .list({"solutions", "", "", "one for each right-hand side"}, solved_section(), solved_of)
          .object({"definitions", "", "", "of figures above"}, definitions_section(), itself)
          .members("", configuration_section(),
                   [](const Facts& f) -> const RunConfiguration& { return f.configuration; })
          .object({"host", "", "", "what differs between two runs of one configuration"},
                  host_section(), [](const Facts& f) {
                    return HostFacts{f.configuration, f.wall_s};
                  });
  return section;
}

}  // namespace

const FigureNode& circuit_report_figures() {
  static const FigureNode node = merged(circuit_report().describe({""}));
  return node;
}

void write_circuit_report(const RunConfiguration& configuration, const CircuitProblem& problem,
                          const CircuitResult& result, double wall_s) {
  write_report(configuration.run.report,
               circuit_report().write(CircuitFacts{configuration, problem, result, wall_s}));
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
