#ifndef INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_RESULT_H
#define INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_RESULT_H

#include <invar/platform/circuit_command/circuit_problem.h>

#include <Eigen/Core>
#include <complex>
#include <optional>
#include <string>
#include <vector>

namespace invar::platform {

/// Loops of more states report the real part of their slowest pole alone.
constexpr int k_reported_poles = 256;

/// Poles and what follows from them, of the linear loop: small signals, no saturation.
struct CircuitDynamics {
  bool stable = false;
  int states = 0;
  double largest_real_part_rad_s = 0.0;  ///< of the slowest pole; above 0: unstable
  /// rad/s, slowest first, for a report; none beyond k_reported_poles states.
  std::vector<std::complex<double>> poles;
  double slowest_time_constant_s = 0.0;  ///< infinite when unstable
};

/// One right-hand side.
struct CircuitSolution {
  double largest_output = 0.0;  ///< V or A
  int saturated_outputs = 0;
  std::optional<double> rounding_error;  ///< estimate, relative
  /// Of all outputs together, see `circuit::StepResponse`.
  std::optional<double> settling_time_s;
  std::optional<double> array_power_w;  ///< turned into heat by cells and wires
};

/// The step response of the outputs from 0 V.
struct CircuitTransient {
  std::vector<double> time_s;
  Eigen::MatrixXd output_v;  ///< n x samples
};

/// What `invar circuit` found.
struct CircuitResult {
  std::string reason;      ///< why there is no output; empty if there is
  Eigen::MatrixXd output;  ///< V(O), n x k, or column currents, columns x k
  std::vector<CircuitSolution> solutions;
  std::optional<CircuitDynamics> dynamics;   ///< inv
  std::optional<double> condition_estimate;  ///< inv: 1-norm, of the closed loop
  std::optional<CircuitTransient> transient;
};

/// Solves an INV circuit.
/// \param for_report whether poles, settling times and power are wanted
/// \throws InputError for a combination that means nothing, std::domain_error for a singular
/// network, std::runtime_error if a method does not converge
CircuitResult solve_inv(const CircuitParameters& parameters, const CircuitProblem& problem,
                        bool for_report);

/// Solves an MVM circuit, in the same way.
CircuitResult solve_mvm(const CircuitParameters& parameters, const CircuitProblem& problem);

}  // namespace invar::platform

#endif
