#include "reference_network.h"

#include <algorithm>
#include <cmath>

#include "reference_random.h"

namespace invar::benchmarks {
namespace {

/// Uniform within sqrt(6 / inputs) (He et al. 2015), biases zero; drawn output by output.
void initialise(Matrix& weights, RandomStream random) {
  const Eigen::Index inputs = weights.cols() - 1;
  const float limit = std::sqrt(6.0f / static_cast<float>(inputs));
  for (Eigen::Index output = 0; output < weights.rows(); ++output) {
    for (Eigen::Index input = 0; input < inputs; ++input) {
      weights(output, input) = limit * (2.0f * random.uniform() - 1.0f);
    }
    weights(output, inputs) = 0.0f;
  }
}

}  // namespace

ReferenceNetwork::ReferenceNetwork(const NetworkShape& shape, int capacity, std::uint64_t seed)
    : conv_weights(shape.channels, shape.patch() + 1),
      dense_weights(shape.classes, shape.features() + 1),
      shape_(shape),
      patches_(Matrix::Ones(shape.patch() + 1, capacity * shape.positions())),
      convolved_(shape.channels, capacity * shape.positions()),
      conv_gradients_(shape.channels, capacity * shape.positions()),
      features_(Matrix::Ones(shape.features() + 1, capacity)),
      winners_(shape.features(), capacity) {
  initialise(conv_weights, RandomStream(seed, RandomStream::conv_weights));
  initialise(dense_weights, RandomStream(seed, RandomStream::dense_weights));
}

void ReferenceNetwork::cut_patches(const platform::ImageSet& images, const std::uint32_t* chosen) {
  const int pixels = shape_.height * shape_.width;
  const Eigen::Index column_size = patches_.rows();
  Eigen::VectorXf image(pixels);
  float* to = patches_.data();
  for (int index = 0; index < count_; ++index) {
    const std::uint8_t* bytes =
        images.images.data() + static_cast<std::size_t>(chosen[index]) * pixels;
    image = Eigen::Map<const Eigen::Matrix<std::uint8_t, Eigen::Dynamic, 1>>(bytes, pixels)
                .cast<float>() *
            (1.0f / 255.0f);
    for (int y = 0; y < shape_.out_height(); ++y) {
      for (int x = 0; x < shape_.out_width(); ++x, to += column_size) {
        const float* from = image.data() + y * shape_.stride * shape_.width + x * shape_.stride;
        for (int row = 0; row < shape_.kernel; ++row) {
          std::copy_n(from + row * shape_.width, shape_.kernel, to + row * shape_.kernel);
        }
      }
    }
  }
}

void ReferenceNetwork::pool() {
  const int channels = shape_.channels;
  const int width = shape_.out_width();
  for (int image = 0; image < count_; ++image) {
    float* out = features_.col(image).data();
    std::int32_t* winner = winners_.col(image).data();
    const float* in = convolved_.col(image * shape_.positions()).data();
    for (int y = 0; y < shape_.pool_height(); ++y) {
      for (int x = 0; x < shape_.pool_width(); ++x, out += channels, winner += channels) {
        const float* corner = in + (2 * y * width + 2 * x) * channels;
        const float* const places[] = {corner, corner + channels, corner + width * channels,
                                       corner + (width + 1) * channels};
        for (int channel = 0; channel < channels; ++channel) {
          float best = std::max(places[0][channel], 0.0f);
          std::int32_t which = 0;
          for (std::int32_t place = 1; place < 4; ++place) {
            const float value = places[place][channel];
            which = value > best ? place : which;
            best = value > best ? value : best;
          }
          out[channel] = best;
          winner[channel] = which;
        }
      }
    }
  }
}

void ReferenceNetwork::unpool(const Matrix& feature_gradients) {
  const int channels = shape_.channels;
  const int width = shape_.out_width();
  conv_gradients_.leftCols(count_ * shape_.positions()).setZero();
  for (int image = 0; image < count_; ++image) {
    const float* value = features_.col(image).data();
    const float* gradient = feature_gradients.col(image).data();
    const std::int32_t* winner = winners_.col(image).data();
    float* out = conv_gradients_.col(image * shape_.positions()).data();
    for (int y = 0; y < shape_.pool_height(); ++y) {
      for (int x = 0; x < shape_.pool_width(); ++x) {
        float* corner = out + (2 * y * width + 2 * x) * channels;
        for (int channel = 0; channel < channels; ++channel) {
          // ReLU: nothing comes through where all four were negative.
          const float passed = value[channel] > 0.0f ? gradient[channel] : 0.0f;
          const std::int32_t which = winner[channel];
          corner[((which >> 1) * width + (which & 1)) * channels + channel] = passed;
        }
        value += channels;
        gradient += channels;
        winner += channels;
      }
    }
  }
}

void ReferenceNetwork::forward(const platform::ImageSet& images, const std::uint32_t* chosen,
                               int count) {
  count_ = count;
  cut_patches(images, chosen);
  convolved_.leftCols(count * shape_.positions()).noalias() = conv_weights * conv_inputs();
  pool();
  probabilities_.noalias() = dense_weights * dense_inputs();
  probabilities_.rowwise() -= probabilities_.colwise().maxCoeff().eval();
  probabilities_ = probabilities_.array().exp().matrix();
  probabilities_.array().rowwise() /= probabilities_.colwise().sum().array().eval();
}

double ReferenceNetwork::loss(const std::vector<int>& labels) const {
  double sum = 0.0;
  for (int image = 0; image < count_; ++image) {
    sum -= std::log(std::max(probabilities_(labels[image], image), 1e-30f));
  }
  return sum / count_;
}

void ReferenceNetwork::backward(const std::vector<int>& labels) {
  dense_gradients_ = probabilities_;
  for (int image = 0; image < count_; ++image) {
    dense_gradients_(labels[image], image) -= 1.0f;
  }
  feature_gradients_.noalias() =
      dense_weights.leftCols(shape_.features()).transpose() * dense_gradients_;
  unpool(feature_gradients_);
}

}  // namespace invar::benchmarks
