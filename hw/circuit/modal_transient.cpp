#include <invar/circuit/transient.h>

#include <Eigen/LU>
#include <cmath>
#include <complex>

namespace invar::circuit {
namespace {

/// Of the modes' shapes times their amplitudes, in units of the final states.
constexpr double k_largest_cancellation = 1e6;
constexpr double k_reconstruction_error = 1e-10;

/// D of M = S D S^-1 with real S: a block [rate frequency; -frequency rate] for each complex pair.
Eigen::MatrixXd blocks(const Eigen::VectorXcd& values) {
  Eigen::MatrixXd matrix = values.real().asDiagonal();
  for (Eigen::Index k = 0; k < values.size(); ++k) {
    if (values[k].imag() > 0.0) {
      matrix(k, k + 1) = values[k].imag();
      matrix(k + 1, k) = -values[k].imag();
    }
  }
  return matrix;
}

/// y = sum over modes of exp(-rate t) (a_k cos(frequency t) + b_k sin(frequency t)); a complex pair
/// takes two columns.
class ModalTransient final : public Transient {
 public:
  ModalTransient(const Eigen::VectorXcd& values, const Eigen::MatrixXd& shapes,
                 const Eigen::VectorXd& amplitudes)
      : values_(values), rate_(values.real()) {
    shape_ = derivative(shapes, amplitudes, 0);
    second_ = derivative(shapes, amplitudes, 2);
    envelope_ = envelope(shape_);
    fourth_envelope_ = envelope(derivative(shapes, amplitudes, 4));
  }

  Eigen::MatrixXd deviation(const Eigen::VectorXd& times) const override {
    return shape_ * motion(times);
  }

  using Transient::examine;
  std::vector<Knot> examine(const Eigen::VectorXd& times, Norm norm) const override {
    const Eigen::MatrixXd moving = motion(times);
    const Eigen::MatrixXd decay = (-rate_ * times.transpose()).array().exp();
    const Eigen::VectorXd value = norms(shape_ * moving, norm);
    const Eigen::VectorXd second = norms(second_ * moving, norm);
    const Eigen::VectorXd fourth = norms(fourth_envelope_ * decay, norm);
    std::vector<Knot> knots;
    for (Eigen::Index i = 0; i < times.size(); ++i) {
      knots.push_back({times[i], value[i], second[i], fourth[i]});
    }
    return knots;
  }

  /// Every mode's bound decays.
  double growth() const override { return 0.0; }

  double settled_by(double limit, Norm norm) const override {
    const auto above = [&](double time) {
      return norms(envelope_ * (-time * rate_).array().exp().matrix(), norm)[0] > limit;
    };
    if (!above(0.0)) {
      return 0.0;
    }
    double low = 0.0;
    double high = 1.0;
    while (above(high)) {
      low = high;
      high *= 2.0;
    }
    while (high - low > 1e-3 * high) {
      const double middle = 0.5 * (low + high);
      (above(middle) ? low : high) = middle;
    }
    return high;
  }

  const Eigen::MatrixXd& envelope() const { return envelope_; }

 private:
  bool starts_pair(Eigen::Index k) const { return values_[k].imag() > 0.0; }

  /// Columns a_k, b_k of a derivative of y, from real shapes (real and imaginary part for a pair).
  Eigen::MatrixXd derivative(const Eigen::MatrixXd& shapes, const Eigen::VectorXd& amplitudes,
                             int order) const {
    Eigen::MatrixXd columns(shapes.rows(), shapes.cols());
    for (Eigen::Index k = 0; k < shapes.cols(); ++k) {
      if (!starts_pair(k)) {
        columns.col(k) = std::pow(-rate_[k], order) * amplitudes[k] * shapes.col(k);
        continue;
      }
      // Coordinates c of a pair move as exp(-(rate + frequency J) t) c, J = [0 1; -1 0]: c_1 - i
      // c_2 as exp(-(rate + i frequency) t).
      std::complex<double> c(amplitudes[k], -amplitudes[k + 1]);
      for (int i = 0; i < order; ++i) {
        c *= -values_[k];
      }
      columns.col(k) = c.real() * shapes.col(k) - c.imag() * shapes.col(k + 1);
      columns.col(k + 1) = c.imag() * shapes.col(k) + c.real() * shapes.col(k + 1);
      ++k;
    }
    return columns;
  }

  Eigen::MatrixXd envelope(const Eigen::MatrixXd& columns) const {
    Eigen::MatrixXd bound = columns.cwiseAbs();
    for (Eigen::Index k = 0; k < columns.cols(); ++k) {
      if (starts_pair(k)) {
        bound.col(k) = (columns.col(k).cwiseAbs2() + columns.col(k + 1).cwiseAbs2()).cwiseSqrt();
        bound.col(k + 1).setZero();
        ++k;
      }
    }
    return bound;
  }

  Eigen::MatrixXd motion(const Eigen::VectorXd& times) const {
    Eigen::MatrixXd motion(rate_.size(), times.size());
    for (Eigen::Index i = 0; i < times.size(); ++i) {
      for (Eigen::Index k = 0; k < rate_.size(); ++k) {
        const double decay = std::exp(-rate_[k] * times[i]);
        if (!starts_pair(k)) {
          motion(k, i) = decay;
          continue;
        }
        const double phase = values_[k].imag() * times[i];
        motion(k, i) = decay * std::cos(phase);
        motion(k + 1, i) = decay * std::sin(phase);
        ++k;
      }
    }
    return motion;
  }

  Eigen::VectorXcd values_;
  Eigen::VectorXd rate_;
  Eigen::MatrixXd shape_;
  Eigen::MatrixXd second_;
  Eigen::MatrixXd envelope_;
  Eigen::MatrixXd fourth_envelope_;
};

}  // namespace

std::unique_ptr<const Transient> modal_transient(const Eigen::EigenSolver<Eigen::MatrixXd>& modes,
                                                 const Eigen::MatrixXd& m,
                                                 const Eigen::VectorXd& final_states,
                                                 Eigen::Index outputs) {
  const Eigen::MatrixXd shapes = modes.pseudoEigenvectors();
  const Eigen::PartialPivLU<Eigen::MatrixXd> factor(shapes);
  const Eigen::VectorXd amplitudes = factor.solve(-final_states);
  if (!amplitudes.allFinite()) {
    return nullptr;
  }
  // M = S D S^-1 as computed: what the modes superpose to is the motion of a matrix this near to M.
  const Eigen::MatrixXd moved = shapes * blocks(modes.eigenvalues());
  const Eigen::MatrixXd rebuilt_transposed =
      factor.transpose().solve(Eigen::MatrixXd(moved.transpose()));
  const double start = final_states.lpNorm<Eigen::Infinity>();
  const double start_error = (shapes * amplitudes + final_states).lpNorm<Eigen::Infinity>();
  if (!((rebuilt_transposed - m.transpose()).norm() <= k_reconstruction_error * m.norm()) ||
      !(start_error <= k_reconstruction_error * start)) {
    return nullptr;
  }
  auto transient =
      std::make_unique<ModalTransient>(modes.eigenvalues(), shapes.topRows(outputs), amplitudes);
  if (!(transient->envelope().rowwise().sum().maxCoeff() <= k_largest_cancellation * start)) {
    return nullptr;
  }
  return transient;
}

}  // namespace invar::circuit
