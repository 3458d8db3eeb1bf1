#include <fmt/format.h>
#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/loop_states.h>
#include <invar/circuit/nonlinear_inv.h>
#include <invar/circuit/wired_loop.h>
#include <invar/circuit/wired_mvm.h>
#include <invar/platform/circuit_command/circuit_result.h>
#include <invar/platform/circuit_command/circuit_steps.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <cmath>

namespace invar::platform {
namespace {

/// A soft output this close to the supply counts as saturated.
constexpr double k_soft_limit = 0.99;
constexpr double k_nonlinear_tolerance = 1e-12;

circuit::LoopLayout layout_of(const CircuitParameters& parameters, const CircuitProblem& problem) {
  circuit::LoopLayout layout;
  layout.arrays.emplace_back();
  layout.arrays.back().conductance_s = problem.plus_s;
  if (problem.has_minus()) {
    layout.arrays.emplace_back();
    layout.arrays.back().conductance_s = problem.minus_s;
    layout.arrays.back().inverted = true;
  }
  layout.wires = problem.wires;
  layout.injection = parameters.injection;
  return layout;
}

circuit::WiredLoop::Options options_of(const CircuitProblem& problem) {
  circuit::WiredLoop::Options options;
  options.instruction_set = problem.instruction_set;
  if (problem.amplifiers.size() != 0) {
    options.gain = problem.amplifiers.gain.maxCoeff();
  }
  return options;
}

CircuitDynamics dynamics_of(const CircuitParameters& parameters, const CircuitProblem& problem,
                            const circuit::InvCircuit& circuit, bool with_poles) {
  const circuit::LoopDynamics loop = circuit::analyse_loop(circuit, parameters.gain_bandwidth_hz,
                                                           parameters.inverter_bandwidth_ratio);
  CircuitDynamics dynamics;
  dynamics.stable = loop.stable;
  dynamics.states = circuit.size() * (problem.has_minus() ? 2 : 1);
  dynamics.slowest_time_constant_s = loop.slowest_time_constant_s;
  dynamics.largest_real_part_rad_s =
      -circuit::k_two_pi * parameters.gain_bandwidth_hz * loop.minimum_real_eigenvalue;
  if (with_poles && dynamics.states <= k_reported_poles) {
    const Eigen::VectorXcd poles = circuit::loop_poles(circuit, parameters.gain_bandwidth_hz,
                                                       parameters.inverter_bandwidth_ratio);
    dynamics.poles.assign(poles.begin(), poles.end());
  }
  return dynamics;
}

Eigen::MatrixXd operating_points(const CircuitParameters& parameters, const CircuitProblem& problem,
                                 const circuit::InvCircuit& circuit) {
  if (parameters.saturation_v == 0.0) {
    return circuit.operating_point(problem.input);
  }
  Eigen::MatrixXd output(problem.input.rows(), problem.input.cols());
  for (Eigen::Index column = 0; column < output.cols(); ++column) {
    output.col(column) = circuit.saturated_operating_point(
        problem.input.col(column), parameters.saturation_v, parameters.saturation_law);
  }
  return output;
}

/// Heat in cells and wires at each operating point; empty where the network does not give it: the
/// op-amps must be linear, which ties what they sense to their outputs.
std::vector<circuit::NetworkPower> power_of(const CircuitParameters& parameters,
                                            const CircuitProblem& problem,
                                            const Eigen::MatrixXd& output) {
  if (parameters.injection != circuit::Injection::near || parameters.saturation_v != 0.0) {
    return {};
  }
  // A network of its own: its equation is another one and rounds differently, and a report must not
  // change the outputs.
  circuit::WiredLoop::Options options = options_of(problem);
  options.power = true;
  return circuit::WiredLoop(layout_of(parameters, problem), options)
      .power(problem.amplifiers, output, problem.input);
}

int count_saturated(const CircuitParameters& parameters, const Eigen::VectorXd& output) {
  if (parameters.saturation_v == 0.0) {
    return 0;
  }
  const double limit =
      parameters.saturation_v *
      (parameters.saturation_law == circuit::SaturationLaw::hard ? 1.0 : k_soft_limit);
  return static_cast<int>((output.array().abs() >= limit).count());
}

CircuitSolution describe(const CircuitParameters& parameters, const circuit::InvCircuit& circuit,
                         const Eigen::VectorXd& output) {
  CircuitSolution solution;
  solution.largest_output = output.cwiseAbs().maxCoeff();
  solution.saturated_outputs = count_saturated(parameters, output);
  if (parameters.saturation_v == 0.0) {
    solution.rounding_error = circuit.rounding_error(output);
  }
  return solution;
}

/// Sets the reason if an unstable loop may not be used. \return whether it may
bool accept_loop(const CircuitParameters& parameters, CircuitResult& result) {
  const CircuitDynamics& dynamics = *result.dynamics;
  if (dynamics.stable || (parameters.allow_unstable && parameters.transient.empty())) {
    return true;
  }
  result.reason = fmt::format(
      "circuit: the loop is unstable: a mode grows at {:.4g} rad/s, and the outputs rail; {}",
      dynamics.largest_real_part_rad_s,
      parameters.transient.empty() ? "--allow-unstable gives its DC solution"
                                   : "it has no step response");
  return false;
}

void solve_linear_cells(const CircuitParameters& parameters, const CircuitProblem& problem,
                        bool for_report, const circuit::InvCircuit& circuit,
                        CircuitResult& result) {
  result.dynamics = dynamics_of(parameters, problem, circuit, for_report);
  if (!accept_loop(parameters, result)) {
    return;
  }
  result.output = operating_points(parameters, problem, circuit);
  const std::vector<circuit::NetworkPower> power =
      for_report ? power_of(parameters, problem, result.output)
                 : std::vector<circuit::NetworkPower>();
  for (Eigen::Index column = 0; column < result.output.cols(); ++column) {
    result.solutions.push_back(describe(parameters, circuit, result.output.col(column)));
    if (!power.empty()) {
      result.solutions.back().array_power_w = power[static_cast<std::size_t>(column)].total_w();
    }
  }
  if (result.dynamics->stable) {
    add_step_responses(parameters, problem, circuit, for_report, result);
  }
}

/// The loop around each operating point has poles of its own: the slowest are reported.
void solve_nonlinear_cells(const CircuitParameters& parameters, const CircuitProblem& problem,
                           bool for_report, CircuitResult& result) {
  const circuit::InstructionSet set = problem.instruction_set;
  const circuit::LoopLayout layout = layout_of(parameters, problem);
  const circuit::CellLaw law{parameters.nonlinearity_per_v};
  const Eigen::MatrixXd output = circuit::nonlinear_operating_point(
      layout, problem.amplifiers, law, problem.input, k_nonlinear_tolerance, set);
  for (Eigen::Index column = 0; column < output.cols(); ++column) {
    const circuit::WiredLoop loop(
        circuit::linearised_layout(layout, problem.amplifiers, law, problem.input.col(column),
                                   k_nonlinear_tolerance, set),
        options_of(problem));
    const circuit::InvCircuit around(loop.network(), problem.amplifiers, set);
    const CircuitDynamics dynamics = dynamics_of(parameters, problem, around, for_report);
    if (!result.dynamics ||
        dynamics.largest_real_part_rad_s > result.dynamics->largest_real_part_rad_s) {
      result.dynamics = dynamics;
    }
    result.condition_estimate =
        std::max(result.condition_estimate.value_or(0.0), 1.0 / around.reciprocal_condition());
    result.solutions.push_back(describe(parameters, around, output.col(column)));
  }
  if (accept_loop(parameters, result)) {
    result.output = output;
  }
}

}  // namespace

CircuitResult solve_inv(const CircuitParameters& parameters, const CircuitProblem& problem,
                        bool for_report) {
  const circuit::InstructionSet set = problem.instruction_set;
  const circuit::WiredLoop loop(layout_of(parameters, problem), options_of(problem));
  // A finite gain closes a loop around any matrix: one that has no inverse would go unnoticed.
  const circuit::DenseFactor ideal(loop.network().loop_s, set,
                                   "circuit: the conductance matrix is singular");
  CircuitResult result;
  if (parameters.nonlinearity_per_v == 0.0) {
    const circuit::InvCircuit circuit(loop.network(), problem.amplifiers, set);
    result.condition_estimate = 1.0 / circuit.reciprocal_condition();
    solve_linear_cells(parameters, problem, for_report, circuit, result);
  } else {
    solve_nonlinear_cells(parameters, problem, for_report, result);
  }
  return result;
}

CircuitResult solve_mvm(const CircuitParameters&, const CircuitProblem& problem) {
  const circuit::InstructionSet set = problem.instruction_set;
  CircuitResult result;
  result.output =
      circuit::WiredMvm(problem.plus_s, problem.wires, set).operating_point(problem.input);
  if (problem.has_minus()) {
    result.output -=
        circuit::WiredMvm(problem.minus_s, problem.wires, set).operating_point(problem.input);
  }
  for (Eigen::Index column = 0; column < result.output.cols(); ++column) {
    CircuitSolution solution;
    solution.largest_output = result.output.col(column).cwiseAbs().maxCoeff();
    result.solutions.push_back(solution);
  }
  return result;
}

}  // namespace invar::platform
