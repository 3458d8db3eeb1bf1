#include <fmt/format.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/workload/training_network.h>
#include <invar/sw/boot/boot_limits.h>
#include <invar/sw/network/layer.h>

#include <algorithm>
#include <map>

namespace invar::platform {
namespace {

using std::int64_t;
using std::uint32_t;

constexpr auto k_most_trained_layers = static_cast<int64_t>(train_ranges::layer_count.highest);
constexpr auto k_largest_kernel = static_cast<int64_t>(layer_ranges::kernel.highest);
constexpr auto k_largest_stride = static_cast<int64_t>(layer_ranges::stride.highest);
constexpr int64_t k_most_parameters = int64_t{1} << 28;

/// Follows the maps from layer to layer.
class ShapeWalk {
 public:
  ShapeWalk(int height, int width, int classes)
      : height_(height), width_(width), classes_(classes) {}

  void add(const Layer& layer) {
    layer_ = &layer;
    for (int64_t i = 0; i < layer.repeat; ++i) {
      shape_ = {};
      shape_.flags = layer.relu ? INVAR_LAYER_RELU : 0;
      add_shape();
      if (static_cast<int64_t>(layers.size()) == k_most_trained_layers) {
        fail(fmt::format("a network of more than {} layers", k_most_trained_layers));
      }
      layers.push_back(shape_);
      height_ = output_height(shape_);
      width_ = output_width(shape_);
      channels_ = shape_.outputs;
    }
    if (!layer.name.empty()) {
      numbers_[layer.name] = static_cast<uint32_t>(layers.size() - 1);
    }
  }

  void finish() const {
    const bool ends = shape_.kind == INVAR_LAYER_PRODUCT && height_ * width_ == 1;
    if (!ends || (shape_.flags & INVAR_LAYER_RELU) != 0) {
      fail("the last layer: must be dense, without relu");
    }
    if (channels_ != classes_) {
      fail(fmt::format("out = {}: must be {}, the classes of the data; or write out = \"classes\"",
                       channels_, classes_));
    }
  }

  std::vector<invar_layer_shape> layers;

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(layer_->where + ": " + what);
  }

  void add_shape() {
    switch (layer_->kind) {
      case Layer::Kind::conv:
        return add_conv();
      case Layer::Kind::dense:
        return add_dense();
      case Layer::Kind::pool:
        return add_pool();
      default:
        return add_sum();
    }
  }

  void take_map() {
    shape_.height = static_cast<uint32_t>(height_);
    shape_.width = static_cast<uint32_t>(width_);
    shape_.channels = static_cast<uint32_t>(channels_);
  }

  void require_arriving(const char* key, int64_t written, int64_t arriving) const {
    if (written != 0 && written != arriving) {
      fail(fmt::format("{} = {}: must be {}, what arrives", key, written, arriving));
    }
  }

  void add_weights(int64_t outputs) {
    shape_.kind = INVAR_LAYER_PRODUCT;
    shape_.flags |= layer_->bias ? INVAR_LAYER_BIAS : 0;
    shape_.outputs = static_cast<uint32_t>(outputs);
    const int64_t inputs = int64_t{shape_.channels} * shape_.kernel * shape_.kernel;
    const int64_t largest = std::max(inputs + 1, outputs);
    if (largest > INVAR_BOOT_LARGEST_MATRIX) {
      fail(fmt::format("a factor of {} rows: must be from 1 to {}", largest,
                       INVAR_BOOT_LARGEST_MATRIX));
    }
    if (!layer_->factors) {
      fail("factors = false: must be true: train preconditions every layer");
    }
    parameters_ += (inputs + 1) * outputs;
    if (parameters_ > k_most_parameters) {
      fail(fmt::format("a network of more than {} weights", k_most_parameters));
    }
  }

  void add_conv() {
    require_arriving("in", layer_->in, channels_);
    require_arriving("size", layer_->size, height_);
    require_arriving("size", layer_->size, width_);
    const int64_t side = std::min(height_, width_) + 2 * layer_->padding;
    const int64_t kernel = layer_->kernel;
    if (kernel > std::min(side, k_largest_kernel)) {
      fail(fmt::format("kernel = {}: must be from 1 to {}", kernel,
                       std::min(side, k_largest_kernel)));
    }
    if (layer_->padding >= kernel) {
      fail(fmt::format("padding = {}: must be from 0 to {}", layer_->padding, kernel - 1));
    }
    if (layer_->stride > k_largest_stride) {
      fail(fmt::format("stride = {}: must be from 1 to {}", layer_->stride, k_largest_stride));
    }
    if (std::max(height_, width_) + 2 * layer_->padding > k_largest_side) {
      fail(fmt::format("a padded map of {} x {}: must be from 1 to {} a side",
                       height_ + 2 * layer_->padding, width_ + 2 * layer_->padding,
                       k_largest_side));
    }
    take_map();
    shape_.kernel = static_cast<uint32_t>(kernel);
    shape_.stride = static_cast<uint32_t>(layer_->stride);
    shape_.padding = static_cast<uint32_t>(layer_->padding);
    add_weights(layer_->out == 0 ? classes_ : layer_->out);
  }

  void add_dense() {
    const int64_t features = height_ * width_ * channels_;
    require_arriving("in", layer_->in, features);
    if (features >= INVAR_BOOT_LARGEST_MATRIX) {
      fail(
          fmt::format("{} features arrive: must be below {}", features, INVAR_BOOT_LARGEST_MATRIX));
    }
    shape_.height = shape_.width = shape_.kernel = shape_.stride = 1;
    shape_.channels = static_cast<uint32_t>(features);
    add_weights(layer_->out == 0 ? classes_ : layer_->out);
  }

  void add_pool() {
    if (std::min(height_, width_) < 2) {
      fail(fmt::format("a map of {} x {} leaves no window of 2 x 2", height_, width_));
    }
    shape_.kind = INVAR_LAYER_MAXPOOL;
    take_map();
    shape_.outputs = shape_.channels;
  }

  void add_sum() {
    shape_.kind = INVAR_LAYER_ADD;
    take_map();
    shape_.outputs = shape_.channels;
    const auto found = numbers_.find(layer_->from);
    if (found == numbers_.end()) {
      fail("from = \"" + layer_->from + "\": must be the name of a layer before this one");
    }
    shape_.addend = found->second;
    const invar_layer_shape& other = layers[shape_.addend];
    if (output_height(other) != shape_.height || output_width(other) != shape_.width ||
        other.outputs != shape_.channels) {
      fail(fmt::format("from = \"{}\" gives {} x {} x {}: must be {} x {} x {}, what arrives",
                       layer_->from, output_height(other), output_width(other), other.outputs,
                       height_, width_, channels_));
    }
  }

  int64_t height_, width_, classes_;
  int64_t channels_ = 1;
  int64_t parameters_ = 0;
  const Layer* layer_ = nullptr;
  invar_layer_shape shape_{};
  std::map<std::string, uint32_t> numbers_;
};

}  // namespace

uint32_t inputs_of(const invar_layer_shape& layer) {
  return invar_layer_inputs(&layer);
}

uint32_t output_height(const invar_layer_shape& layer) {
  return invar_layer_side(&layer, layer.height);
}

uint32_t output_width(const invar_layer_shape& layer) {
  return invar_layer_side(&layer, layer.width);
}

std::uint64_t TrainingNetwork::parameters() const {
  std::uint64_t sum = 0;
  for (const invar_layer_shape& layer : layers) {
    sum += layer.kind == INVAR_LAYER_PRODUCT ? std::uint64_t{layer.outputs} * inputs_of(layer) : 0;
  }
  return sum;
}

std::vector<uint32_t> TrainingNetwork::factors() const {
  std::vector<uint32_t> sizes;
  for (const invar_layer_shape& layer : layers) {
    if (layer.kind == INVAR_LAYER_PRODUCT) {
      sizes.push_back(inputs_of(layer));
      sizes.push_back(layer.outputs);
    }
  }
  return sizes;
}

TrainingNetwork make_training_network(const Network& network, int height, int width, int classes) {
  ShapeWalk walk(height, width, classes);
  for (const Layer& layer : network.layers) {
    walk.add(layer);
  }
  walk.finish();
  return {network.name, network.content_hash, walk.layers};
}

Network two_layer_network(int channels, int kernel, int stride) {
  Network network;
  network.name = "two layers";
  Layer conv;
  conv.where = "train.channels, train.kernel, train.stride";
  conv.out = channels;
  conv.kernel = kernel;
  conv.stride = stride;
  conv.bias = true;
  conv.relu = true;
  Layer pool;
  pool.kind = Layer::Kind::pool;
  pool.where = conv.where;
  Layer dense;
  dense.kind = Layer::Kind::dense;
  dense.where = conv.where;
  dense.bias = true;
  network.layers = {conv, pool, dense};
  return network;
}

}  // namespace invar::platform
