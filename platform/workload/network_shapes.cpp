#include <fmt/format.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/workload/network_shapes.h>
#include <invar/sw/boot/boot_limits.h>
#include <invar/sw/network/layer.h>

#include <algorithm>
#include <limits>
#include <map>

namespace invar::platform {
namespace {

using std::int64_t;
using std::uint32_t;
using std::uint64_t;

constexpr auto k_most_trained_layers = static_cast<int64_t>(train_ranges::layer_count.highest);
constexpr auto k_largest_kernel = static_cast<int64_t>(layer_ranges::kernel.highest);
constexpr auto k_largest_stride = static_cast<int64_t>(layer_ranges::stride.highest);
constexpr int64_t k_most_trained_parameters = int64_t{1} << 28;
constexpr auto k_most_timed_layers = static_cast<int64_t>(workload_ranges::layer_count.highest);

/// What a layer may be, and how many: those that are trained, or those that are timed alone.
struct Rules {
  int64_t most_layers, most_parameters;
  bool timed;
  int64_t batch = 1, tokens = 1;  ///< timed
};

/// Follows the maps from layer to layer.
class ShapeWalk {
 public:
  /// Of the input, or of what arrives; 0: the first layer tells.
  struct Map {
    int64_t height, width, channels;
  };

  /// \param classes 0: what the last layer gives
  ShapeWalk(const Rules& rules, Map input, int64_t classes)
      : rules_(rules), map_(input), classes_(classes) {}

  void add(const Layer& layer) {
    if (softmax_ != nullptr) {
      throw InputError(softmax_->where + ": softmax must be the last layer");
    }
    layer_ = &layer;
    if (layer.kind == Layer::Kind::softmax) {
      if (layer.repeat != 1) {
        fail(fmt::format("repeat = {}: must be 1 of a softmax, which is the last layer",
                         layer.repeat));
      }
      softmax_ = &layer;
      return;
    }
    for (int64_t i = 0; i < layer.repeat; ++i) {
      shape_ = {};
      shape_.flags = layer.relu ? INVAR_LAYER_RELU : 0;
      add_shape();
      require_counts();
      if (static_cast<int64_t>(layers.size()) == rules_.most_layers) {
        fail(fmt::format("a network of more than {} layers", rules_.most_layers));
      }
      layers.push_back(shape_);
      map_ = {output_height(shape_), output_width(shape_), shape_.outputs};
    }
    if (!layer.name.empty()) {
      numbers_[layer.name] = static_cast<uint32_t>(layers.size() - 1);
    }
  }

  /// \return the classes
  uint32_t finish() const { return rules_.timed ? finish_timed() : finish_trained(); }

  std::vector<invar_layer_shape> layers;

 private:
  [[noreturn]] void fail(const std::string& what) const {
    throw InputError(layer_->where + ": " + what);
  }

  uint32_t finish_trained() const {
    const bool ends = shape_.kind == INVAR_LAYER_PRODUCT && map_.height * map_.width == 1;
    if (!ends || (shape_.flags & INVAR_LAYER_RELU) != 0) {
      fail("the last layer: must be dense, without relu");
    }
    if (map_.channels != classes_) {
      fail(fmt::format("out = {}: must be {}, the classes of the data; or write out = \"classes\"",
                       map_.channels, classes_));
    }
    return static_cast<uint32_t>(classes_);
  }

  uint32_t finish_timed() const {
    if (shape_.kind != INVAR_LAYER_PRODUCT) {
      fail("the last layer before softmax: must be dense or conv");
    }
    if (softmax_ != nullptr && softmax_->elements != map_.channels) {
      throw InputError(fmt::format("{}: elements = {}: must be {}, what arrives", softmax_->where,
                                   softmax_->elements, map_.channels));
    }
    return shape_.outputs;
  }

  void add_shape() {
    shape_.kind = layer_->number;
    switch (layer_->input) {
      case INVAR_LAYER_INPUT_patches:
        return layer_->kind == Layer::Kind::conv ? add_conv() : add_dense();
      case INVAR_LAYER_INPUT_map:
        take_map();
        break;
      case INVAR_LAYER_INPUT_maps:
        take_map();
        take_earlier();
        break;
      case INVAR_LAYER_INPUT_rows:
        take_rows(layer_->elements);
        break;
      case INVAR_LAYER_INPUT_heads:
        take_heads();
        break;
    }
    if (shape_.outputs == 0) {
      shape_.outputs = shape_.channels;
    }
#define INVAR_SET_FIELD(field, ...) shape_.field = static_cast<uint32_t>(layer_->field);
    INVAR_LAYER_FIELDS(INVAR_SET_FIELD)
#undef INVAR_SET_FIELD
    const char* const problem =
        invar_layer_check(&shape_, static_cast<uint32_t>(layers.size()),
                          rules_.timed ? INVAR_LAYER_USE_timed : INVAR_LAYER_USE_trained);
    if (problem != nullptr) {
      fail(fmt::format("{} x {} x {} arrive: {}", shape_.height, shape_.width, shape_.channels,
                       problem));
    }
  }

  void take_map() {
    if (map_.channels == 0) {
      fail("nothing arrives: the first layer must tell its input (in, size)");
    }
    shape_.height = static_cast<uint32_t>(map_.height);
    shape_.width = static_cast<uint32_t>(map_.width);
    shape_.channels = static_cast<uint32_t>(map_.channels);
  }

  /// One pixel, or one a token.
  void take_rows(int64_t channels) {
    shape_.height = static_cast<uint32_t>(layer_->per_token ? rules_.tokens : 1);
    shape_.width = 1;
    shape_.channels = static_cast<uint32_t>(channels);
  }

  /// What is trained takes what arrives; what is timed alone may tell something else.
  void require_arriving(const char* key, int64_t written, int64_t arriving) const {
    if (!rules_.timed && written != 0 && written != arriving) {
      fail(fmt::format("{} = {}: must be {}, what arrives", key, written, arriving));
    }
  }

  void add_weights(int64_t outputs) {
    shape_.flags |=
        (layer_->bias ? INVAR_LAYER_BIAS : 0) | (layer_->factors ? 0 : INVAR_LAYER_PLAIN);
    shape_.outputs = static_cast<uint32_t>(outputs);
    const int64_t inputs = int64_t{shape_.channels} * shape_.kernel * shape_.kernel;
    const int64_t largest = std::max(inputs + 1, outputs);
    if (layer_->factors && largest > INVAR_BOOT_LARGEST_MATRIX) {
      fail(fmt::format("a factor of {} rows: must be from 1 to {}", largest,
                       INVAR_BOOT_LARGEST_MATRIX));
    }
    if (!rules_.timed && !layer_->factors) {
      fail("factors = false: must be true: train preconditions every layer");
    }
    parameters_ += (inputs + 1) * outputs;
    if (parameters_ > rules_.most_parameters) {
      fail(fmt::format("a network of more than {} weights", rules_.most_parameters));
    }
  }

  void take_image() {
    require_arriving("in", layer_->in, map_.channels);
    require_arriving("size", layer_->size, map_.height);
    require_arriving("size", layer_->size, map_.width);
    if (layer_->size != 0) {
      map_.height = map_.width = layer_->size;
    }
    if (layer_->in != 0) {
      map_.channels = layer_->in;
    }
    if (map_.height == 0 || map_.channels == 0) {
      fail("in, size: must be told of the first layer");
    }
    take_map();
  }

  void add_conv() {
    take_image();
    const int64_t side = std::min(map_.height, map_.width) + 2 * layer_->padding;
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
    if (std::max(map_.height, map_.width) + 2 * layer_->padding > k_largest_side) {
      fail(fmt::format("a padded map of {} x {}: must be from 1 to {} a side",
                       map_.height + 2 * layer_->padding, map_.width + 2 * layer_->padding,
                       k_largest_side));
    }
    shape_.kernel = static_cast<uint32_t>(kernel);
    shape_.stride = static_cast<uint32_t>(layer_->stride);
    shape_.padding = static_cast<uint32_t>(layer_->padding);
    add_weights(layer_->out == 0 ? classes_ : layer_->out);
  }

  void add_dense() {
    const int64_t arriving =
        layer_->per_token ? map_.channels : map_.height * map_.width * map_.channels;
    require_arriving("in", layer_->in, arriving);
    const int64_t features = layer_->in != 0 ? layer_->in : arriving;
    if (features == 0) {
      fail("in: must be told of the first layer");
    }
    if (layer_->factors && features >= INVAR_BOOT_LARGEST_MATRIX) {
      fail(
          fmt::format("{} features arrive: must be below {}", features, INVAR_BOOT_LARGEST_MATRIX));
    }
    take_rows(features);
    shape_.kernel = shape_.stride = 1;
    add_weights(layer_->out == 0 ? classes_ : layer_->out);
  }

  /// A row a token, with queries, keys and values of all heads.
  void take_heads() {
    shape_.height = static_cast<uint32_t>(rules_.tokens);
    shape_.width = 1;
    shape_.outputs = static_cast<uint32_t>(layer_->heads * layer_->width);
    shape_.channels = 3 * shape_.outputs;
  }

  void take_earlier() {
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
                       map_.height, map_.width, map_.channels));
    }
  }

  /// A job of the whole batch counts elements in 32 bits; the firmware refuses more, too.
  void require_counts() const {
    const uint64_t scores = uint64_t{shape_.height} * shape_.height * shape_.heads;
    const uint64_t largest = std::max(
        {invar_layer_input_elements(&shape_), invar_layer_output_elements(&shape_), scores});
    const uint64_t batch = static_cast<uint64_t>(rules_.batch);
    constexpr uint64_t k_most = std::numeric_limits<uint32_t>::max();
    if (rules_.timed && largest > k_most / batch) {
      fail(fmt::format("{} elements in a batch: a job counts up to {}: a smaller batch or sequence",
                       largest * batch, k_most));
    }
  }

  Rules rules_;
  Map map_;
  int64_t classes_;
  int64_t parameters_ = 0;
  const Layer* layer_ = nullptr;
  const Layer* softmax_ = nullptr;
  invar_layer_shape shape_{};
  std::map<std::string, uint32_t> numbers_;
};

NetworkShapes walk_layers(const Network& network, ShapeWalk walk) {
  for (const Layer& layer : network.layers) {
    walk.add(layer);
  }
  if (walk.layers.empty()) {
    throw InputError(network.layers.front().where + ": no layer before softmax");
  }
  const uint32_t classes = walk.finish();
  return {network.name, network.content_hash, walk.layers, classes};
}

}  // namespace

bool has_weights(const invar_layer_shape& layer) {
  return layer.kind == INVAR_LAYER_PRODUCT;
}

bool has_factors(const invar_layer_shape& layer) {
  return has_weights(layer) && (layer.flags & INVAR_LAYER_PLAIN) == 0;
}

uint32_t inputs_of(const invar_layer_shape& layer) {
  return invar_layer_inputs(&layer);
}

uint32_t output_height(const invar_layer_shape& layer) {
  return invar_layer_side(&layer, layer.height);
}

uint32_t output_width(const invar_layer_shape& layer) {
  return invar_layer_side(&layer, layer.width);
}

std::uint64_t NetworkShapes::parameters() const {
  std::uint64_t sum = 0;
  for (const invar_layer_shape& layer : layers) {
    sum += has_weights(layer) ? std::uint64_t{layer.outputs} * inputs_of(layer) : 0;
  }
  return sum;
}

std::vector<uint32_t> NetworkShapes::factors() const {
  std::vector<uint32_t> sizes;
  for (const invar_layer_shape& layer : layers) {
    if (has_factors(layer)) {
      sizes.push_back(inputs_of(layer));
      sizes.push_back(layer.outputs);
    }
  }
  return sizes;
}

std::uint64_t NetworkShapes::elements_on_tiles(std::uint64_t tiles) const {
  std::uint64_t elements = 0;
  const auto add = [&](std::uint64_t rows, std::uint64_t takes) {
    elements += takes <= tiles ? rows * rows : 0;
  };
  for (const invar_layer_shape& layer : layers) {
    if (has_factors(layer)) {
      add(inputs_of(layer), layer.tiles_a);
      add(layer.outputs, layer.tiles_gamma);
    }
  }
  return elements;
}

solver::BlockArrangement arrangement_of(BlockLayout layout) {
  return layout == BlockLayout::diagonal ? solver::BlockArrangement::diagonal
                                         : solver::BlockArrangement::nested;
}

std::optional<std::uint64_t> FactorTiles::of(std::uint32_t rows, bool is_input) const {
  if (rows > largest_rows) {
    return std::nullopt;
  }
  const std::uint32_t held = is_input && eliminates_bias && rows > 1 ? rows - 1 : rows;
  return static_cast<std::uint64_t>(solver::tiles_for(static_cast<int>(held), stored, arrangement));
}

FactorTiles workload_tiles(const RunConfiguration& configuration) {
  const WorkloadParameters& workload = configuration.workload;
  return {configuration.accelerator.sequencer_configuration().stored_matrix(),
          arrangement_of(workload.block_layout), workload.eliminate_bias,
          static_cast<std::uint32_t>(workload.largest_factor)};
}

std::uint64_t NetworkShapes::place_on_tiles(const FactorTiles& tiles) {
  // More than a field can count are more than there are.
  constexpr std::uint64_t k_most = std::numeric_limits<std::uint32_t>::max();
  std::uint64_t sum = 0;
  const auto place = [&](std::uint32_t rows, bool is_input) {
    const std::optional<std::uint64_t> count = tiles.of(rows, is_input);
    sum += count.value_or(0);
    return static_cast<std::uint32_t>(std::min(count.value_or(k_most), k_most));
  };
  for (invar_layer_shape& layer : layers) {
    if (has_factors(layer)) {
      layer.tiles_a = place(inputs_of(layer), true);
      layer.tiles_gamma = place(layer.outputs, false);
    }
  }
  return sum;
}

NetworkShapes make_training_shapes(const Network& network, int height, int width, int classes) {
  const Rules rules{k_most_trained_layers, k_most_trained_parameters, false};
  return walk_layers(network, ShapeWalk(rules, {height, width, 1}, classes));
}

NetworkShapes make_timed_shapes(const Network& network, int batch, int sequence_length) {
  const Rules rules{k_most_timed_layers, std::numeric_limits<uint32_t>::max(), true, batch,
                    sequence_length};
  return walk_layers(network, ShapeWalk(rules, {0, 0, 0}, 0));
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
  pool.kind = Layer::Kind::of_table;
  pool.number = INVAR_LAYER_MAXPOOL;
  pool.input = INVAR_LAYER_INPUT_map;
  pool.where = conv.where;
  Layer dense;
  dense.kind = Layer::Kind::dense;
  dense.where = conv.where;
  dense.bias = true;
  network.layers = {conv, pool, dense};
  return network;
}

}  // namespace invar::platform
