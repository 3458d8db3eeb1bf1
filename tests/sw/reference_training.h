#ifndef INVAR_TESTS_SW_REFERENCE_TRAINING_H
#define INVAR_TESTS_SW_REFERENCE_TRAINING_H

#include <invar/sw/boot/boot_block.h>

#include <Eigen/Dense>
#include <cstdint>
#include <vector>

namespace invar::tests {

/// The same training in double precision, written from the definitions: a convolution is a sum over
/// a window, a gradient runs back through every use of a value. No im2col, no engine, no groups.
class ReferenceTraining {
 public:
  using Labels = std::vector<std::uint32_t>;

  ReferenceTraining(const invar_train_parameters& parameters,
                    const std::vector<invar_layer_shape>& layers, std::vector<std::uint8_t> images,
                    const std::vector<float>& weights);

  /// Mean loss of a batch at the present weights.
  double loss(const Labels& images, const Labels& labels);
  /// One step of each optimiser. `targets`: the sampled labels, for a factor update.
  void step_sgd(const Labels& images, const Labels& labels);
  void step_adam(const Labels& images, const Labels& labels);
  void step_kfac(const Labels& images, const Labels& labels, const Labels* targets, bool refresh);

  /// Layer after layer, as the firmware lays them out.
  std::vector<double> weights() const;
  /// Mean gradient in the same layout.
  std::vector<double> gradient(const Labels& images, const Labels& labels);
  void set_weights(const std::vector<double>& weights);
  /// Probabilities of the last batch, images x classes.
  const Eigen::MatrixXd& probabilities() const { return probabilities_; }

 private:
  using Matrices = std::vector<Eigen::MatrixXd>;
  struct Layer {
    invar_layer_shape shape;
    int out_height, out_width;
    int product = -1;        // its number among those with weights
    Eigen::MatrixXd output;  // a row an image: row, column, channel
    Eigen::MatrixXi winner;  // element of the input that each output of a pool is
    Eigen::MatrixXd rows;    // what a product saw: a row an image and position
    int positions() const { return out_height * out_width; }
  };

  void forward(const Labels& images);
  void multiply(Layer& layer, const Eigen::MatrixXd& input) const;
  static void pool(Layer& layer, const Eigen::MatrixXd& input);
  /// Gradients at the outputs of the products, before ReLU: a row an image and position.
  Matrices output_gradients(const Labels& labels) const;
  void send_back(const Layer& layer, const Eigen::MatrixXd& gradient, Eigen::MatrixXd& input) const;
  Matrices mean_gradient(const Labels& labels) const;
  void refresh();
  /// About A^-1 as the digital engine has it: of all of A, or of its diagonal blocks and of what a
  /// deflation keeps beside them.
  Eigen::MatrixXd inverse(const Eigen::MatrixXd& a, Eigen::MatrixXd& subspace) const;

  invar_train_parameters p_;
  std::vector<std::uint8_t> data_;
  std::vector<Layer> layers_;
  Eigen::MatrixXd images_;
  Matrices w_, velocity_, second_;
  Eigen::MatrixXd probabilities_;
  Matrices factors_, inverses_;  // A, Gamma of each product
  Matrices subspaces_;           // of their deflation, orthonormal
  int factor_updates_ = 0, steps_ = 0;
};

}  // namespace invar::tests

#endif
