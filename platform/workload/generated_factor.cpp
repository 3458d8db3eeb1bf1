#include <invar/device/keyed_random.h>
#include <invar/platform/workload/generated_factor.h>

#include <algorithm>
#include <cmath>

namespace invar::platform {
namespace {

using device::RandomStream;
using Eigen::Index;
using Eigen::MatrixXf;

/// Besides those of machines, which draw nothing of the kind.
constexpr auto k_sample_stream = static_cast<RandomStream>(101);
constexpr auto k_mixture_stream = static_cast<RandomStream>(102);

/// Columns of standard normal numbers: each is a function of its place.
MatrixXf normals(const device::KeyedRandom& random, RandomStream stream, std::uint64_t draw,
                 Index rows, Index columns) {
  MatrixXf matrix(rows, columns);
  Eigen::VectorXd column(rows);
  for (Index j = 0; j < columns; ++j) {
    random.normals(stream, static_cast<std::uint32_t>(j), draw, static_cast<int>(rows),
                   column.data());
    matrix.col(j) = column.cast<float>();
  }
  return matrix;
}

/// Mean and mean square of max(z + t, 0).
double mean_share(double t) {
  const double density = std::exp(-0.5 * t * t) / std::sqrt(2.0 * 3.14159265358979323846);
  const double above = 0.5 * std::erfc(-t / std::sqrt(2.0));
  const double mean = density + t * above;
  return mean * mean / ((1.0 + t * t) * above + t * density);
}

bool is_rectified(const invar_layer_shape& layer) {
  return (layer.flags & INVAR_LAYER_RELU) != 0;
}

}  // namespace

double rectifier_shift(double share) {
  double low = -6.0, high = 30.0;
  for (int i = 0; i < 60; ++i) {
    const double middle = 0.5 * (low + high);
    (mean_share(middle) < share ? low : high) = middle;
  }
  return 0.5 * (low + high);
}

std::vector<FactorPlace> factor_places(const NetworkShapes& network) {
  std::vector<FactorPlace> places;
  bool behind = false;
  for (const invar_layer_shape& layer : network.layers) {
    if (has_factors(layer)) {
      const auto number = static_cast<std::uint32_t>(places.size());
      const auto n = static_cast<int>(inputs_of(layer));
      places.push_back({number, n, behind, (layer.flags & INVAR_LAYER_BIAS) != 0});
      places.push_back({number + 1, static_cast<int>(layer.outputs), false, false});
    }
    behind = layer.kind == INVAR_LAYER_MAXPOOL ? behind : is_rectified(layer);
  }
  return places;
}

MatrixXf GeneratedFactors::samples(const FactorPlace& place, int count) const {
  const device::KeyedRandom random(seed_, place.number);
  const Index features = place.n - (place.has_bias ? 1 : 0);
  const Index components = std::min<Index>(features, k_components);
  const double exponent =
      place.is_input() ? parameters_.input_exponent : parameters_.gradient_exponent;
  Eigen::VectorXf weights(components);
  for (Index k = 0; k < components; ++k) {
    weights[k] = static_cast<float>(std::pow(static_cast<double>(k + 1), -0.5 * exponent));
  }
  weights /= weights.norm();
  const MatrixXf drawn = normals(random, k_sample_stream, place.draw, components, count);
  MatrixXf mixing = normals(random, k_mixture_stream, 0, components, features);
  mixing = weights.asDiagonal() * mixing;
  MatrixXf all(count, place.n);
  all.leftCols(features).noalias() = drawn.transpose() * mixing;
  if (place.is_rectified) {
    const auto shift = static_cast<float>(rectifier_shift(parameters_.mean_share));
    all.leftCols(features) = (all.leftCols(features).array() + shift).max(0.0f).matrix();
  }
  if (place.has_bias) {
    all.col(place.n - 1).setOnes();
  }
  return all;
}

Eigen::MatrixXd GeneratedFactors::factor(const FactorPlace& place) const {
  MatrixXf all = samples(place, k_samples);
  const double diagonal = mean_diagonal(place);
  const Index features = place.n - (place.has_bias ? 1 : 0);
  // The row of the bias is 1, whatever the others are.
  const double rest = place.n * diagonal - (place.has_bias ? 1.0 : 0.0);
  const double square = all.leftCols(features).squaredNorm() / k_samples;
  const double scale = std::sqrt(std::max(rest, 0.05 * place.n * diagonal) / square);
  all.leftCols(features) *= static_cast<float>(scale);
  MatrixXf product = MatrixXf::Zero(place.n, place.n);
  product.selfadjointView<Eigen::Lower>().rankUpdate(all.transpose(), 1.0f / k_samples);
  Eigen::MatrixXd factor = product.cast<double>();
  factor.triangularView<Eigen::StrictlyUpper>() = factor.transpose();
  return factor;
}

double GeneratedFactors::damping_share(const FactorPlace& place) const {
  const double pi = std::sqrt(parameters_.input_power / parameters_.gradient_power);
  return place.is_input() ? pi : 1.0 / pi;
}

}  // namespace invar::platform
