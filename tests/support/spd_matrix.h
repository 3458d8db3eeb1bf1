#ifndef INVAR_TESTS_SUPPORT_SPD_MATRIX_H
#define INVAR_TESTS_SUPPORT_SPD_MATRIX_H

#include <Eigen/Core>
#include <cmath>
#include <cstdint>

namespace invar::test {

/// Uniform in [-1, 1) from a linear congruential generator: the same matrix everywhere.
class SimpleRandom {
 public:
  explicit SimpleRandom(std::uint64_t seed) : state_(seed * 2 + 1) {}
  double next() {
    state_ = state_ * 6364136223846793005ull + 1442695040888963407ull;
    return static_cast<double>(state_ >> 11) * 0x1p-52 - 1.0;
  }

 private:
  std::uint64_t state_;
};

/// A covariance of correlated features plus `damping` times its mean diagonal: the shape of a
/// Kronecker factor. With `rectified` its samples are positive, as behind a ReLU.
inline Eigen::MatrixXd covariance_matrix(int n, double damping, std::uint64_t seed,
                                         bool rectified = false) {
  SimpleRandom random(seed);
  const int sources = std::max(2, n / 4);
  const int samples = 8 * n;
  Eigen::MatrixXd mixing(n, sources);
  for (double& value : mixing.reshaped()) {
    value = random.next();
  }
  Eigen::MatrixXd covariance = Eigen::MatrixXd::Zero(n, n);
  for (int sample = 0; sample < samples; ++sample) {
    Eigen::VectorXd source(sources);
    for (double& value : source) {
      value = random.next();
    }
    Eigen::VectorXd feature = mixing * source;
    for (double& value : feature) {
      value += 0.2 * random.next();
    }
    if (rectified) {
      feature = feature.cwiseMax(0.0);
    }
    covariance += feature * feature.transpose() / samples;
  }
  covariance.diagonal().array() += damping * covariance.trace() / n;
  return covariance;
}

}  // namespace invar::test

#endif
