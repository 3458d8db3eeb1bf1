#include <invar/circuit/transient.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

namespace invar::circuit {
namespace {

double infinity_norm(const Eigen::MatrixXd& matrix) {
  return matrix.cwiseAbs().rowwise().sum().maxCoeff();
}

/// exp(-M t) from exp(-M step) and its repeated squares, and a Taylor series for the rest of a
/// step.
class ExponentialTransient final : public Transient {
 public:
  ExponentialTransient(const Eigen::MatrixXd& m, const Eigen::VectorXd& final_states,
                       Eigen::Index outputs)
      : m_(m), start_(-final_states), outputs_(outputs), step_(k_step / infinity_norm(m)) {
    const Eigen::Index n = m.rows();
    // Logarithmic norm of -M: |exp(-M t)| <= exp(growth t).
    const Eigen::VectorXd diagonal = m.diagonal();
    growth_ =
        std::max(0.0, (m.cwiseAbs().rowwise().sum() - diagonal.cwiseAbs() - diagonal).maxCoeff());
    powers_.push_back(series(Eigen::MatrixXd::Identity(n, n), Eigen::VectorXd::Constant(n, step_)));
    while (infinity_norm(powers_.back()) > k_gone && powers_.size() < k_most_powers) {
      powers_.push_back(powers_.back() * powers_.back());
    }
  }

  Eigen::MatrixXd deviation(const Eigen::VectorXd& times) const override {
    return states(times).topRows(outputs_);
  }

  using Transient::examine;
  std::vector<Knot> examine(const Eigen::VectorXd& times, Norm norm) const override {
    const Eigen::MatrixXd value = states(times);
    const Eigen::MatrixXd second = m_ * (m_ * value);
    const Eigen::MatrixXd fourth = m_ * (m_ * second);
    const Eigen::VectorXd deviations = norms(value.topRows(outputs_), norm);
    const Eigen::VectorXd second_derivatives = norms(second.topRows(outputs_), norm);
    const double over_largest = over_largest_norm(norm);
    std::vector<Knot> knots;
    for (Eigen::Index i = 0; i < times.size(); ++i) {
      knots.push_back({times[i], deviations[i], second_derivatives[i],
                       over_largest * fourth.col(i).lpNorm<Eigen::Infinity>()});
    }
    return knots;
  }

  double growth() const override { return growth_; }

  double settled_by(double limit, Norm norm) const override {
    // Any later time is some of these long steps and a rest, which grows by `rest` at most.
    double rest =
        over_largest_norm(norm) * std::exp(growth_ * step_) * start_.lpNorm<Eigen::Infinity>();
    double time = step_;
    for (const Eigen::MatrixXd& power : powers_) {
      const double gain = infinity_norm(power);
      if (gain < 1.0 && gain * rest <= limit) {
        break;
      }
      rest *= std::max(1.0, gain);
      time *= 2.0;
    }
    return time;
  }

 private:
  static constexpr double k_step = 0.5;  ///< |M| step
  static constexpr int k_terms = 16;     ///< 0.5^17 / 17! = 2e-20
  static constexpr double k_gone = 1e-40;
  static constexpr std::size_t k_most_powers = 62;

  /// What a norm of the outputs is at most over their largest magnitude.
  double over_largest_norm(Norm norm) const {
    return norm == Norm::largest ? 1.0 : std::sqrt(static_cast<double>(outputs_));
  }

  /// exp(-M duration_i) on each column.
  Eigen::MatrixXd series(const Eigen::MatrixXd& columns, const Eigen::VectorXd& duration) const {
    Eigen::MatrixXd term = columns;
    Eigen::MatrixXd sum = columns;
    for (int k = 1; k <= k_terms; ++k) {
      term = (m_ * term).eval() * (-duration / k).asDiagonal();
      sum += term;
    }
    return sum;
  }

  Eigen::MatrixXd states(const Eigen::VectorXd& times) const {
    Eigen::MatrixXd columns = start_.replicate(1, times.size());
    Eigen::VectorXd rest(times.size());
    std::vector<std::uint64_t> steps(static_cast<std::size_t>(times.size()), 0);
    for (Eigen::Index i = 0; i < times.size(); ++i) {
      const double count = std::floor(times[i] / step_);
      if (count < std::ldexp(1.0, static_cast<int>(powers_.size()))) {
        steps[i] = static_cast<std::uint64_t>(count);
        rest[i] = std::max(0.0, times[i] - count * step_);
      } else {
        columns.col(i).setZero();
        rest[i] = 0.0;
      }
    }
    for (std::size_t power = 0; power < powers_.size(); ++power) {
      std::vector<Eigen::Index> chosen;
      for (Eigen::Index i = 0; i < times.size(); ++i) {
        if ((steps[i] >> power & 1u) != 0) {
          chosen.push_back(i);
        }
      }
      if (!chosen.empty()) {
        const Eigen::MatrixXd before = columns(Eigen::all, chosen);
        columns(Eigen::all, chosen) = powers_[power] * before;
      }
    }
    return series(columns, rest);
  }

  Eigen::MatrixXd m_;
  Eigen::VectorXd start_;
  Eigen::Index outputs_;
  double step_;
  double growth_;
  std::vector<Eigen::MatrixXd> powers_;
};

}  // namespace

std::unique_ptr<const Transient> exponential_transient(const Eigen::MatrixXd& m,
                                                       const Eigen::VectorXd& final_states,
                                                       Eigen::Index outputs) {
  return std::make_unique<ExponentialTransient>(m, final_states, outputs);
}

}  // namespace invar::circuit
