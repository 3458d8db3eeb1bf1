#ifndef INVAR_PLATFORM_WORKLOAD_GENERATED_FACTOR_H
#define INVAR_PLATFORM_WORKLOAD_GENERATED_FACTOR_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/workload/factor_place.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::platform {

/// Features and gradients of a network that nobody trained, made so that its Kronecker factors look
/// like those of networks that were: `FeatureParameters` says how, docs/workload.md what was
/// measured. Nothing is claimed of training with them.
///
/// A feature is sum_k k^(-q/2) g_k Q_kj over at most k_components standard normal g, with a normal
/// Q of its factor's own, brought to unit mean square; behind a ReLU max(that + t, 0), with the t
/// that gives the mean its share. A factor is the mean of the outer products of k_samples of them.
/// Random numbers are a function of seed, factor and place, in any order of calls.
class GeneratedFactors {
 public:
  static constexpr int k_samples = 1024;     ///< of a factor (assumption)
  static constexpr int k_components = 1024;  ///< at most (assumption)
  static constexpr int k_batch = 128;        ///< of them, those that gradients are the mean of

  GeneratedFactors(const FeatureParameters& parameters, std::uint64_t seed)
      : parameters_(parameters), seed_(seed) {}

  /// Without damping; its mean diagonal is `mean_diagonal`.
  Eigen::MatrixXd factor(const FactorPlace& place) const;
  /// Of its features or gradients the first `count` samples, count x n.
  Eigen::MatrixXf samples(const FactorPlace& place, int count) const;
  double mean_diagonal(const FactorPlace& place) const {
    return place.is_input() ? parameters_.input_power : parameters_.gradient_power;
  }
  /// pi of factored Tikhonov damping: the root of the ratio of mean diagonals, for the input
  /// factor; its inverse for the other one.
  double damping_share(const FactorPlace& place) const;

 private:
  FeatureParameters parameters_;
  std::uint64_t seed_;
};

/// t for which the mean of max(z + t, 0), z standard normal, has this share of the mean square.
/// \param share above 0 and below 1
double rectifier_shift(double share);

}  // namespace invar::platform

#endif
