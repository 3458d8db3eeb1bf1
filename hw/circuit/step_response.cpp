#include <invar/circuit/loop_states.h>
#include <invar/circuit/step_response.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <string>

namespace invar::circuit {
namespace {

/// Of a settling time.
constexpr double k_resolution = 1e-6;
/// Times that are computed together.
constexpr Eigen::Index k_block = 256;

void require_fraction(double value, const char* name) {
  if (!(value > 0.0) || !std::isfinite(value)) {
    throw std::invalid_argument(std::string("circuit: ") + name + " must be finite and above 0");
  }
}

/// The last time between two knots at which the deviation exceeds `limit`; at `b` it does not.
std::optional<double> last_above(const Transient& transient, Norm norm, const Transient::Knot& a,
                                 const Transient::Knot& b, double limit) {
  if (transient.deviation_between(a, b) <= limit) {
    return std::nullopt;
  }
  if (b.time - a.time <= k_resolution * b.time) {
    return a.deviation > limit ? std::optional<double>(b.time) : std::nullopt;
  }
  const Transient::Knot middle = transient.examine(0.5 * (a.time + b.time), norm);
  const std::optional<double> late = last_above(transient, norm, middle, b, limit);
  if (late || middle.deviation > limit) {
    return late;
  }
  return last_above(transient, norm, a, middle, limit);
}

}  // namespace

Eigen::VectorXd norms(const Eigen::MatrixXd& columns, Norm norm) {
  if (norm == Norm::euclidean) {
    return columns.colwise().norm();
  }
  return columns.cwiseAbs().colwise().maxCoeff();
}

double Transient::interpolation_error(const Knot& a, const Knot& b) const {
  // h^2 / 8 times the largest second derivative, which is bounded in the same way.
  const double h = b.time - a.time;
  const double lever = h * h / 8.0;
  return lever * (std::max(a.second_derivative, b.second_derivative) +
                  lever * a.fourth_bound * std::exp(growth() * h));
}

double Transient::deviation_between(const Knot& a, const Knot& b) const {
  return std::max(a.deviation, b.deviation) + interpolation_error(a, b);
}

StepResponse::StepResponse(const InvCircuit& circuit, double gain_bandwidth_hz,
                           double inverter_bandwidth_ratio, const Eigen::VectorXd& current_a)
    : rad_per_s_(k_two_pi * gain_bandwidth_hz) {
  require_bandwidths(gain_bandwidth_hz, inverter_bandwidth_ratio);
  const LoopStates loop(circuit, inverter_bandwidth_ratio);
  const Eigen::VectorXd final_states = loop.final_states(current_a);
  final_v_ = final_states.head(loop.rows());
  const Eigen::MatrixXd m = loop.matrix();
  const Eigen::EigenSolver<Eigen::MatrixXd> modes(m);
  if (modes.info() != Eigen::Success) {
    throw std::runtime_error("circuit: the poles of the loop did not converge");
  }
  poles_rad_s_ = s_plane_poles(modes.eigenvalues(), gain_bandwidth_hz);
  if (!(poles_rad_s_[0].real() < 0.0)) {
    throw std::domain_error("circuit: the loop is unstable");
  }
  transient_ = modal_transient(modes, m, final_states, loop.rows());
  if (transient_ == nullptr) {
    transient_ = exponential_transient(m, final_states, loop.rows());
  }
}

Eigen::VectorXd StepResponse::output_v(double time_s) const {
  return outputs_v({time_s});
}

Eigen::MatrixXd StepResponse::outputs_v(const std::vector<double>& times_s) const {
  const Eigen::Index count = static_cast<Eigen::Index>(times_s.size());
  Eigen::VectorXd times(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    if (!(times_s[i] >= 0.0) || !std::isfinite(times_s[i])) {
      throw std::invalid_argument(
          "circuit: times of a step response must be finite and not negative");
    }
    times[i] = rad_per_s_ * times_s[i];
  }
  Eigen::MatrixXd output(final_v_.size(), count);
  for (Eigen::Index first = 0; first < count; first += k_block) {
    const Eigen::Index size = std::min(k_block, count - first);
    output.middleCols(first, size) =
        transient_->deviation(times.segment(first, size)).colwise() + final_v_;
  }
  for (Eigen::Index i = 0; i < count; ++i) {
    if (times[i] == 0.0) {
      output.col(i).setZero();
    }
  }
  return output;
}

double StepResponse::settled_at(double tolerance, Norm norm) const {
  const double limit = tolerance * norms(final_v_, norm)[0];
  if (!(limit > 0.0)) {
    return 0.0;
  }
  // A little less, so that rounding does not put the last knot above the limit.
  const double end = transient_->settled_by(limit * (1.0 - 1e-6), norm);
  if (end == 0.0) {
    return 0.0;
  }
  return last_above(*transient_, norm, transient_->examine(0.0, norm),
                    transient_->examine(end, norm), limit)
      .value_or(0.0);
}

double StepResponse::settling_time_s(double tolerance, Norm norm) const {
  require_fraction(tolerance, "settling tolerance");
  return settled_at(tolerance, norm) / rad_per_s_;
}

std::vector<double> StepResponse::sample_times_s(double accuracy) const {
  require_fraction(accuracy, "accuracy of samples");
  std::vector<Transient::Knot> knots = {transient_->examine(0.0, Norm::largest)};
  const double end = settled_at(0.1 * accuracy, Norm::largest);
  if (end > 0.0) {
    knots.push_back(transient_->examine(end, Norm::largest));
  }
  // Halves every interval that may be too long, until none is.
  const double limit = accuracy * norms(final_v_, Norm::largest)[0];
  for (;;) {
    std::vector<double> middles;
    for (std::size_t i = 0; i + 1 < knots.size(); ++i) {
      if (transient_->interpolation_error(knots[i], knots[i + 1]) > limit) {
        middles.push_back(0.5 * (knots[i].time + knots[i + 1].time));
      }
    }
    if (middles.empty()) {
      break;
    }
    const std::vector<Transient::Knot> added =
        transient_->examine(Eigen::Map<const Eigen::VectorXd>(
                                middles.data(), static_cast<Eigen::Index>(middles.size())),
                            Norm::largest);
    const std::size_t before = knots.size();
    knots.insert(knots.end(), added.begin(), added.end());
    std::inplace_merge(
        knots.begin(), knots.begin() + static_cast<std::ptrdiff_t>(before), knots.end(),
        [](const Transient::Knot& a, const Transient::Knot& b) { return a.time < b.time; });
  }
  std::vector<double> times_s;
  for (const Transient::Knot& knot : knots) {
    times_s.push_back(knot.time / rad_per_s_);
  }
  return times_s;
}

}  // namespace invar::circuit
