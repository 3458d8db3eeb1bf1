#include <fmt/format.h>
#include <invar/circuit/step_response.h>
#include <invar/platform/circuit_command/circuit_steps.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <utility>
#include <vector>

namespace invar::platform {
namespace {

/// Error of linear interpolation between samples relative to the largest end value. Users may rely
/// on 1e-3; the rest leaves room for the circuit that they compare with.
constexpr double k_sample_accuracy = 5e-5;

/// Beside the samples of the step response, which end where interpolation has no more use for them.
constexpr int k_even_samples = 1024;
/// Of a settling time.
constexpr double k_resolution = 1e-6;

/// The last time at which |v - v_end| > tolerance |v_end|, in the 2-norm.
double settling_of_all_s(const circuit::StepResponse& step, double tolerance) {
  const Eigen::VectorXd& end = step.final_v();
  const double limit = tolerance * end.norm();
  const auto is_outside = [&](const auto& output) { return (output - end).norm() > limit; };
  // By then all outputs together deviate less.
  const double bound = step.settling_time_s(tolerance / std::sqrt(static_cast<double>(end.size())));
  std::vector<double> times = step.sample_times_s(k_sample_accuracy);
  for (int i = 1; i <= k_even_samples; ++i) {
    times.push_back(bound * i / k_even_samples);
  }
  std::sort(times.begin(), times.end());
  times.erase(std::upper_bound(times.begin(), times.end(), bound), times.end());
  const Eigen::MatrixXd outputs = step.outputs_v(times);
  std::size_t last = times.size();
  while (last > 0 && !is_outside(outputs.col(static_cast<Eigen::Index>(last - 1)))) {
    --last;
  }
  if (last == 0) {
    return 0.0;
  }
  double outside = times[last - 1];
  double inside = last < times.size() ? times[last] : bound;
  while (inside - outside > k_resolution * inside) {
    const double middle = 0.5 * (outside + inside);
    (is_outside(step.output_v(middle)) ? outside : inside) = middle;
  }
  return outside;
}

}  // namespace

void add_step_responses(const CircuitParameters& parameters, const CircuitProblem& problem,
                        const circuit::InvCircuit& circuit, bool with_settling,
                        CircuitResult& result) {
  const bool sampled = !parameters.transient.empty();
  const double effort = std::pow(result.dynamics->states, 3.0) * problem.input.cols();
  const bool soft =
      parameters.saturation_v != 0.0 && parameters.saturation_law == circuit::SaturationLaw::tanh;
  if (soft || (!sampled && (!with_settling || effort > k_largest_settling_effort))) {
    return;
  }
  for (Eigen::Index column = 0; column < problem.input.cols(); ++column) {
    const circuit::StepResponse step(circuit, parameters.gain_bandwidth_hz,
                                     parameters.inverter_bandwidth_ratio,
                                     problem.input.col(column));
    const bool clamps = parameters.saturation_v != 0.0;
    if (sampled || clamps) {
      CircuitTransient transient;
      transient.time_s = step.sample_times_s(k_sample_accuracy);
      transient.output_v = step.outputs_v(transient.time_s);
      const double largest = transient.output_v.cwiseAbs().maxCoeff();
      if (clamps && largest > parameters.saturation_v) {
        if (sampled) {
          result.reason = fmt::format(
              "circuit: an output reaches its supply on the way ({:.4g} V of {:g} V): the step "
              "response is modelled for outputs that do not",
              largest, parameters.saturation_v);
          return;
        }
        continue;
      }
      if (sampled) {
        result.transient = std::move(transient);
      }
    }
    CircuitSolution& solution = result.solutions[static_cast<std::size_t>(column)];
    solution.settling_time_s = settling_of_all_s(step, parameters.settling_tolerance);
    solution.output_settling_time_s = step.settling_time_s(parameters.settling_tolerance);
  }
}

std::string transient_table(const CircuitTransient& transient) {
  std::string text = "t_s";
  auto out = std::back_inserter(text);
  for (Eigen::Index k = 0; k < transient.output_v.rows(); ++k) {
    fmt::format_to(out, ",v{}", k);
  }
  for (std::size_t sample = 0; sample < transient.time_s.size(); ++sample) {
    fmt::format_to(out, "\n{}", transient.time_s[sample]);
    for (Eigen::Index k = 0; k < transient.output_v.rows(); ++k) {
      fmt::format_to(out, ",{}", transient.output_v(k, static_cast<Eigen::Index>(sample)));
    }
  }
  return text + "\n";
}

}  // namespace invar::platform
