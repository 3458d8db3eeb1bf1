#include <invar/platform/workload/generated_factor.h>

#include <Eigen/Eigenvalues>
#include <boost/test/unit_test.hpp>
#include <cmath>

BOOST_AUTO_TEST_SUITE(generated_factor)

using namespace invar::platform;
using Eigen::MatrixXd;
using Eigen::VectorXd;

namespace {

VectorXd spectrum(const MatrixXd& matrix) {
  return Eigen::SelfAdjointEigenSolver<MatrixXd>(matrix, Eigen::EigenvaluesOnly)
      .eigenvalues()
      .reverse();
}

/// Slope of log eigenvalue over log index, of the larger half, as benchmarks/factor_spectra.py fits
/// real factors.
double exponent(const MatrixXd& matrix) {
  const VectorXd values = spectrum(matrix);
  const Eigen::Index count = values.size() / 2;
  double x = 0.0, y = 0.0, xx = 0.0, xy = 0.0;
  for (Eigen::Index i = 0; i < count; ++i) {
    const double at = std::log(i + 1.0), value = std::log(values[i]);
    x += at;
    y += value;
    xx += at * at;
    xy += at * value;
  }
  const double n = static_cast<double>(count);
  return -(n * xy - x * y) / (n * xx - x * x);
}

const FactorPlace k_input{0, 201, true, true};
const FactorPlace k_output{1, 150, false, false};

}  // namespace

BOOST_AUTO_TEST_CASE(the_rectified_mean_has_its_share) {
  for (const double share : {0.1, 0.45, 0.9}) {
    const double t = rectifier_shift(share);
    double mean = 0.0, square = 0.0;
    constexpr double k_step = 1e-3;
    for (double z = -10.0; z < 10.0; z += k_step) {
      const double weight = k_step * std::exp(-0.5 * z * z) / std::sqrt(2.0 * 3.14159265358979);
      const double value = std::max(z + t, 0.0);
      mean += weight * value;
      square += weight * value * value;
    }
    BOOST_TEST(mean * mean / square == share, boost::test_tools::tolerance(1e-4));
  }
}

BOOST_AUTO_TEST_CASE(inputs_behind_a_relu_look_like_those_of_trained_networks) {
  const GeneratedFactors generated({}, 1);
  const MatrixXd factor = generated.factor(k_input);
  BOOST_TEST((factor - factor.transpose()).norm() == 0.0);
  BOOST_TEST(factor.minCoeff() >= 0.0);
  BOOST_TEST(factor.diagonal().mean() == FeatureParameters{}.input_power,
             boost::test_tools::tolerance(1e-5));
  // The row of the bias holds the mean; the measured shares are .28 to .60, exponents 1.2 to 1.9.
  const int n = 200;
  BOOST_TEST(factor(n, n) == 1.0, boost::test_tools::tolerance(1e-5));
  const VectorXd mean = factor.col(n).head(n);
  const MatrixXd square = factor.topLeftCorner(n, n);
  BOOST_TEST(std::abs(mean.squaredNorm() / square.trace() - 0.45) < 0.05);
  const double found = exponent(square - mean * mean.transpose());
  BOOST_TEST(found > 1.2);
  BOOST_TEST(found < 1.6);
}

BOOST_AUTO_TEST_CASE(outputs_have_either_sign_and_a_flat_spectrum) {
  const MatrixXd factor = GeneratedFactors({}, 1).factor(k_output);
  BOOST_TEST(factor.minCoeff() < 0.0);
  BOOST_TEST(factor.diagonal().mean() == FeatureParameters{}.gradient_power,
             boost::test_tools::tolerance(1e-5));
  // Measured: .3 to .75 of 26 to 64 rows.
  BOOST_TEST(exponent(factor) > 0.3);
  BOOST_TEST(exponent(factor) < 0.8);
}

BOOST_AUTO_TEST_CASE(no_factor_of_many_rows_is_of_low_rank) {
  const GeneratedFactors generated({}, 1);
  for (const FactorPlace& place : {k_input, k_output}) {
    const VectorXd values = spectrum(generated.factor(place));
    BOOST_TEST((values.array() > 1e-4 * values[1]).count() > 64);
  }
}

BOOST_AUTO_TEST_CASE(numbers_are_a_function_of_seed_factor_and_place) {
  const GeneratedFactors generated({}, 1), other({}, 2);
  const Eigen::MatrixXf all = generated.samples(k_input, 24);
  BOOST_TEST((generated.samples(k_input, 8) - all.topRows(8)).norm() < 1e-5 * all.norm());
  BOOST_TEST((generated.samples(k_input, 24) == all));
  BOOST_TEST((other.samples(k_input, 24) - all).norm() > 0.1 * all.norm());
  FactorPlace next = k_input;
  next.number = 2;
  BOOST_TEST((generated.samples(next, 24) - all).norm() > 0.1 * all.norm());
}

BOOST_AUTO_TEST_CASE(damping_is_shared_by_the_ratio_of_mean_diagonals) {
  const GeneratedFactors generated({}, 1);
  const double a = generated.factor(k_input).diagonal().mean();
  const double gamma = generated.factor(k_output).diagonal().mean();
  BOOST_TEST(generated.damping_share(k_input) == std::sqrt(a / gamma),
             boost::test_tools::tolerance(1e-5));
  BOOST_TEST(generated.damping_share(k_output) * generated.damping_share(k_input) == 1.0,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
