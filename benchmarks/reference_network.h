#ifndef INVAR_BENCHMARKS_REFERENCE_NETWORK_H
#define INVAR_BENCHMARKS_REFERENCE_NETWORK_H

#include <invar/platform/dataset/dataset.h>
#include <invar/sw/boot/boot_block.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::benchmarks {

/// Column-major throughout: a column is a row of patches or a position of a map, so that channels,
/// which all inner loops run over, are contiguous.
using Matrix = Eigen::MatrixXf;

/// The layers of a table, as `invar train` trains them, and softmax. Biases are the last column of
/// the weights, and every input that has one ends with a row of ones.
class ReferenceNetwork {
 public:
  /// \param capacity largest number of images at once
  ReferenceNetwork(const std::vector<invar_layer_shape>& layers, int capacity, std::uint64_t seed);

  /// outputs x inputs of each layer with weights, in order.
  std::vector<Matrix> weights;

  /// Class probabilities (classes x count) of the chosen images.
  void forward(const platform::ImageSet& images, const std::uint32_t* chosen, int count);
  const Matrix& probabilities() const { return probabilities_; }
  /// Mean cross entropy of the images of the last forward pass.
  double loss(const std::vector<int>& labels) const;

  /// Gradients at the outputs of all layers for given labels, one image each: not averaged.
  void backward(const std::vector<int>& labels);

  // What layers with weights saw and got, for weight gradients and factors; of `count` images.
  auto inputs(std::size_t product) const {
    const Layer& layer = layers_[products_[product]];
    return layer.patches.leftCols(count_ * layer.positions);
  }
  auto gradients(std::size_t product) const {
    const Layer& layer = layers_[products_[product]];
    return layer.gradient.leftCols(count_ * layer.positions);
  }
  int count() const { return count_; }

 private:
  struct Layer {
    invar_layer_shape shape;
    int out_width, positions;  ///< of one image
    std::size_t product;       ///< number among those with weights
    Matrix patches;            ///< inputs x (capacity positions)
    Matrix output, gradient;   ///< channels x (capacity positions)
    Eigen::Array<std::int32_t, Eigen::Dynamic, Eigen::Dynamic> winners;
  };

  void multiply(Layer& layer, const float* maps);
  void pool(Layer& layer, const float* maps);
  void send_back(const Layer& layer, float* maps) const;

  std::vector<Layer> layers_;
  std::vector<std::size_t> products_;
  int count_ = 0;
  int pixels_;
  Matrix images_;
  Matrix patch_gradients_;
  Matrix probabilities_;
};

}  // namespace invar::benchmarks

#endif
