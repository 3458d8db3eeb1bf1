#include "reference_network.h"

#include <invar/platform/workload/network_shapes.h>

#include <algorithm>
#include <cmath>

#include "reference_random.h"

namespace invar::benchmarks {
namespace {

bool has(const invar_layer_shape& shape, std::uint32_t flag) {
  return (shape.flags & flag) != 0;
}

/// Uniform within sqrt(6 / inputs) (He et al. 2015), biases zero; drawn output by output.
void initialise(Matrix& weights, bool has_bias, RandomStream random) {
  const Eigen::Index inputs = weights.cols() - (has_bias ? 1 : 0);
  const float limit = std::sqrt(6.0f / static_cast<float>(inputs));
  weights.setZero();
  for (Eigen::Index output = 0; output < weights.rows(); ++output) {
    for (Eigen::Index input = 0; input < inputs; ++input) {
      weights(output, input) = limit * (2.0f * random.uniform() - 1.0f);
    }
  }
}

/// Calls use(place in the patch, element of the map) for the elements of a patch that are no
/// padding.
template <typename Use>
void for_each_in_patch(const invar_layer_shape& shape, int out_y, int out_x, const Use& use) {
  const int kernel = static_cast<int>(shape.kernel);
  const int channels = static_cast<int>(shape.channels);
  const int width = static_cast<int>(shape.width);
  const int top = out_y * static_cast<int>(shape.stride) - static_cast<int>(shape.padding);
  const int left = out_x * static_cast<int>(shape.stride) - static_cast<int>(shape.padding);
  const int first_y = std::max(0, -top);
  const int first_x = std::max(0, -left);
  const int last_y = std::min(kernel, static_cast<int>(shape.height) - top);
  const int last_x = std::min(kernel, width - left);
  for (int channel = 0; channel < channels; ++channel) {
    for (int y = first_y; y < last_y; ++y) {
      for (int x = first_x; x < last_x; ++x) {
        use((channel * kernel + y) * kernel + x,
            ((top + y) * width + left + x) * channels + channel);
      }
    }
  }
}

}  // namespace

ReferenceNetwork::ReferenceNetwork(const std::vector<invar_layer_shape>& layers, int capacity,
                                   std::uint64_t seed)
    : pixels_(static_cast<int>(layers[0].height * layers[0].width * layers[0].channels)),
      images_(pixels_, capacity) {
  for (const invar_layer_shape& shape : layers) {
    Layer layer{};
    layer.shape = shape;
    layer.out_width = static_cast<int>(platform::output_width(shape));
    layer.positions = static_cast<int>(platform::output_height(shape)) * layer.out_width;
    const Eigen::Index columns = capacity * layer.positions;
    layer.output.resize(shape.outputs, columns);
    layer.gradient.resize(shape.outputs, columns);
    if (shape.kind == INVAR_LAYER_PRODUCT) {
      layer.product = weights.size();
      weights.emplace_back(shape.outputs, platform::inputs_of(shape));
      initialise(weights.back(), has(shape, INVAR_LAYER_BIAS),
                 RandomStream(seed, RandomStream::of_weights(layer.product)));
      // Padding stays zero, and the bias one.
      layer.patches = Matrix::Zero(weights.back().cols(), columns);
      if (has(shape, INVAR_LAYER_BIAS)) {
        layer.patches.bottomRows(1).setOnes();
      }
      products_.push_back(layers_.size());
    } else if (shape.kind == INVAR_LAYER_MAXPOOL) {
      layer.winners.resize(shape.outputs, columns);
    }
    layers_.push_back(std::move(layer));
  }
}

void ReferenceNetwork::multiply(Layer& layer, const float* maps) {
  const invar_layer_shape& s = layer.shape;
  const std::size_t map = std::size_t{s.height} * s.width * s.channels;
  for (int image = 0; image < count_; ++image, maps += map) {
    for (int position = 0; position < layer.positions; ++position) {
      float* patch = layer.patches.col(image * layer.positions + position).data();
      for_each_in_patch(s, position / layer.out_width, position % layer.out_width,
                        [&](int place, int element) { patch[place] = maps[element]; });
    }
  }
  const Eigen::Index columns = count_ * layer.positions;
  layer.output.leftCols(columns).noalias() =
      weights[layer.product] * layer.patches.leftCols(columns);
}

void ReferenceNetwork::pool(Layer& layer, const float* maps) {
  const int channels = static_cast<int>(layer.shape.channels);
  const int row = static_cast<int>(layer.shape.width) * channels;
  const std::size_t map = std::size_t{layer.shape.height} * static_cast<std::size_t>(row);
  for (int image = 0; image < count_; ++image, maps += map) {
    for (int position = 0; position < layer.positions; ++position) {
      const Eigen::Index column = image * layer.positions + position;
      float* out = layer.output.col(column).data();
      std::int32_t* winner = layer.winners.col(column).data();
      const int corner =
          2 * (position / layer.out_width) * row + 2 * (position % layer.out_width) * channels;
      for (int channel = 0; channel < channels; ++channel) {
        const int first = corner + channel;
        int best = first;
        for (const int other : {first + channels, first + row, first + row + channels}) {
          best = maps[other] > maps[best] ? other : best;
        }
        out[channel] = maps[best];
        winner[channel] = best;
      }
    }
  }
}

void ReferenceNetwork::forward(const platform::ImageSet& images, const std::uint32_t* chosen,
                               int count) {
  count_ = count;
  for (int index = 0; index < count; ++index) {
    const std::uint8_t* bytes =
        images.images.data() + static_cast<std::size_t>(chosen[index]) * pixels_;
    images_.col(index) =
        Eigen::Map<const Eigen::Matrix<std::uint8_t, Eigen::Dynamic, 1>>(bytes, pixels_)
            .cast<float>() *
        (1.0f / 255.0f);
  }
  const float* input = images_.data();
  for (Layer& layer : layers_) {
    const Eigen::Index columns = count * layer.positions;
    if (layer.shape.kind == INVAR_LAYER_PRODUCT) {
      multiply(layer, input);
    } else if (layer.shape.kind == INVAR_LAYER_MAXPOOL) {
      pool(layer, input);
    } else {
      layer.output.leftCols(columns) = (&layer - 1)->output.leftCols(columns) +
                                       layers_[layer.shape.addend].output.leftCols(columns);
    }
    if (has(layer.shape, INVAR_LAYER_RELU)) {
      layer.output.leftCols(columns) = layer.output.leftCols(columns).cwiseMax(0.0f);
    }
    input = layer.output.data();
  }
  probabilities_ = layers_.back().output.leftCols(count);
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

void ReferenceNetwork::send_back(const Layer& layer, float* maps) const {
  const invar_layer_shape& s = layer.shape;
  const std::size_t map = std::size_t{s.height} * s.width * s.channels;
  for (int image = 0; image < count_; ++image, maps += map) {
    for (int position = 0; position < layer.positions; ++position) {
      const Eigen::Index column = image * layer.positions + position;
      if (s.kind == INVAR_LAYER_MAXPOOL) {
        for (Eigen::Index channel = 0; channel < layer.gradient.rows(); ++channel) {
          maps[layer.winners(channel, column)] += layer.gradient(channel, column);
        }
      } else {
        const float* patch = patch_gradients_.col(column).data();
        for_each_in_patch(s, position / layer.out_width, position % layer.out_width,
                          [&](int place, int element) { maps[element] += patch[place]; });
      }
    }
  }
}

void ReferenceNetwork::backward(const std::vector<int>& labels) {
  for (Layer& layer : layers_) {
    layer.gradient.leftCols(count_ * layer.positions).setZero();
  }
  layers_.back().gradient.leftCols(count_) = probabilities_;
  for (int image = 0; image < count_; ++image) {
    layers_.back().gradient(labels[image], image) -= 1.0f;
  }
  for (std::size_t i = layers_.size(); i-- > 0;) {
    Layer& layer = layers_[i];
    auto gradient = layer.gradient.leftCols(count_ * layer.positions);
    if (has(layer.shape, INVAR_LAYER_RELU)) {
      gradient.array() *=
          (layer.output.leftCols(gradient.cols()).array() > 0.0f).template cast<float>();
    }
    if (i == 0) {
      return;
    }
    if (layer.shape.kind == INVAR_LAYER_ADD) {
      layers_[i - 1].gradient.leftCols(gradient.cols()) += gradient;
      layers_[layer.shape.addend].gradient.leftCols(gradient.cols()) += gradient;
      continue;
    }
    if (layer.shape.kind == INVAR_LAYER_PRODUCT) {
      patch_gradients_.noalias() = weights[layer.product].transpose() * gradient;
    }
    send_back(layer, layers_[i - 1].gradient.data());
  }
}

}  // namespace invar::benchmarks
