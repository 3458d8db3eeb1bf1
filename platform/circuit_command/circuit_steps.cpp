#include <fmt/format.h>
#include <invar/circuit/step_response.h>
#include <invar/platform/circuit_command/circuit_steps.h>

#include <cmath>
#include <iterator>
#include <utility>

namespace invar::platform {
namespace {

/// Error of linear interpolation between samples relative to the largest end value. Users may rely
/// on 1e-3; the rest leaves room for the circuit that they compare with.
constexpr double k_sample_accuracy = 5e-5;

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
    result.solutions[static_cast<std::size_t>(column)].settling_time_s =
        step.settling_time_s(parameters.settling_tolerance);
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
