#ifndef INVAR_BENCHMARKS_REFERENCE_NETWORK_H
#define INVAR_BENCHMARKS_REFERENCE_NETWORK_H

#include <invar/platform/dataset/dataset.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::benchmarks {

/// Column-major throughout: a column is an image or a position of one, so that channels, which
/// all inner loops run over, are contiguous.
using Matrix = Eigen::MatrixXf;

struct NetworkShape {
  int height = 28;
  int width = 28;
  int kernel = 5;
  int stride = 2;
  int channels = 8;
  int classes = 26;

  int out_height() const { return (height - kernel) / stride + 1; }
  int out_width() const { return (width - kernel) / stride + 1; }
  int positions() const { return out_height() * out_width(); }
  int pool_height() const { return out_height() / 2; }
  int pool_width() const { return out_width() / 2; }
  int pooled() const { return pool_height() * pool_width(); }
  int features() const { return pooled() * channels; }
  int patch() const { return kernel * kernel; }
};

/// Convolution, ReLU, 2 x 2 max-pool, fully connected, softmax. Biases are the last column of the
/// weights, and every input has a last row of ones.
class ReferenceNetwork {
 public:
  /// \param capacity largest number of images at once
  ReferenceNetwork(const NetworkShape& shape, int capacity, std::uint64_t seed);

  const NetworkShape& shape() const { return shape_; }
  /// channels x (patch + 1), classes x (features + 1); features by row, column, channel.
  Matrix conv_weights;
  Matrix dense_weights;

  /// Class probabilities (classes x count) of the chosen images.
  void forward(const platform::ImageSet& images, const std::uint32_t* chosen, int count);
  const Matrix& probabilities() const { return probabilities_; }
  /// Mean cross entropy of the images of the last forward pass.
  double loss(const std::vector<int>& labels) const;

  /// Gradients at the outputs of both layers for given labels, one image each: not averaged.
  void backward(const std::vector<int>& labels);

  // What the layers saw and got, for weight gradients and factors; `count` images.
  auto conv_inputs() const { return patches_.leftCols(count_ * shape_.positions()); }
  auto dense_inputs() const { return features_.leftCols(count_); }
  auto conv_gradients() const { return conv_gradients_.leftCols(count_ * shape_.positions()); }
  const Matrix& dense_gradients() const { return dense_gradients_; }

 private:
  void cut_patches(const platform::ImageSet& images, const std::uint32_t* chosen);
  void pool();
  void unpool(const Matrix& feature_gradients);

  NetworkShape shape_;
  int count_ = 0;
  Matrix patches_;         ///< (patch + 1) x (capacity positions)
  Matrix convolved_;       ///< channels x (capacity positions)
  Matrix conv_gradients_;  ///< the same
  Matrix features_;        ///< (features + 1) x capacity
  /// Which of the four positions won, for each feature.
  Eigen::Array<std::int32_t, Eigen::Dynamic, Eigen::Dynamic> winners_;
  Matrix probabilities_;
  Matrix dense_gradients_;
  Matrix feature_gradients_;
};

}  // namespace invar::benchmarks

#endif
