#ifndef INVAR_TESTS_SW_REFERENCE_TRAINING_H
#define INVAR_TESTS_SW_REFERENCE_TRAINING_H

#include <invar/sw/boot/boot_block.h>

#include <Eigen/Dense>
#include <array>
#include <cstdint>
#include <vector>

namespace invar::tests {

/// The same training in double precision, written from the definitions: a convolution is a sum over
/// a window, a gradient runs back through the one winner of each pool. No im2col, no engine.
class ReferenceTraining {
 public:
  using Labels = std::vector<std::uint32_t>;

  ReferenceTraining(const invar_train_parameters& parameters, std::vector<std::uint8_t> images,
                    const std::vector<float>& weights);

  /// Mean loss of a batch at the present weights.
  double loss(const Labels& images, const Labels& labels);
  /// One step of each optimiser. `targets`: the sampled labels, for a factor update.
  void step_sgd(const Labels& images, const Labels& labels);
  void step_adam(const Labels& images, const Labels& labels);
  void step_kfac(const Labels& images, const Labels& labels, const Labels* targets, bool refresh);

  /// Convolution, then dense, as the firmware lays them out.
  std::vector<double> weights() const;
  /// Mean gradient in the same layout.
  std::vector<double> gradient(const Labels& images, const Labels& labels);
  void set_weights(const std::vector<double>& weights);
  /// Probabilities of the last batch, images x classes.
  const Eigen::MatrixXd& probabilities() const { return probabilities_; }

 private:
  using Matrices = std::array<Eigen::MatrixXd, 2>;

  void forward(const Labels& images);
  /// Gradients at the outputs: one row an image and position (conv) or an image (dense).
  Matrices output_gradients(const Labels& labels) const;
  Matrices mean_gradient(const Labels& labels) const;
  void refresh();

  invar_train_parameters p_;
  std::vector<std::uint8_t> data_;
  int out_h_, out_w_, pool_h_, pool_w_;
  Matrices w_, velocity_, second_;
  Matrices activations_;       // rows as output_gradients
  Eigen::MatrixXd convolved_;  // after ReLU
  Eigen::MatrixXi winner_;     // row of `convolved_` for each image and feature
  Eigen::MatrixXd probabilities_;
  std::array<Eigen::MatrixXd, 4> factors_, inverses_;  // A, Gamma of conv, then dense
  int factor_updates_ = 0, steps_ = 0;
};

}  // namespace invar::tests

#endif
