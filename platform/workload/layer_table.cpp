#include <fmt/format.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/workload/layer_table.h>
#include <invar/registers/digital_engine_registers.h>

#include <algorithm>
#include <limits>

namespace invar::platform {
namespace {

using std::int64_t;
using std::uint32_t;
using std::uint64_t;

class TableMaker {
 public:
  TableMaker(const Network& network, int64_t batch, int64_t sequence)
      : batch_(batch), sequence_(sequence) {
    for (const Layer& layer : network.layers) {
      name_ = layer.name;
      repeat_ = layer.repeat;
      add(layer);
    }
  }
  LayerTable table;

 private:
  uint32_t count(int64_t value, const char* what) const {
    if (value < 1 || value > std::numeric_limits<uint32_t>::max()) {
      throw InputError(
          fmt::format("layer {}: {} {}: a job counts up to {}: a smaller batch or sequence", name_,
                      value, what, std::numeric_limits<uint32_t>::max()));
    }
    return static_cast<uint32_t>(value);
  }

  void add(const Layer& layer) {
    switch (layer.kind) {
      case Layer::Kind::conv:
        return add_conv(layer);
      case Layer::Kind::dense:
        return add_dense(layer);
      case Layer::Kind::attention:
        return add_attention(layer);
      case Layer::Kind::elementwise:
      case Layer::Kind::softmax:
        return add_elementwise(layer);
      case Layer::Kind::pool:
      case Layer::Kind::add:
        break;  // not read for a workload
    }
  }

  invar_workload_layer linear(const Layer& layer, int64_t positions, int64_t inputs) {
    invar_workload_layer entry{};
    entry.kind = INVAR_WORKLOAD_LINEAR;
    entry.flags =
        (layer.relu ? INVAR_WORKLOAD_RELU : 0) | (table.layers.empty() ? INVAR_WORKLOAD_FIRST : 0);
    entry.m = count(positions, "positions");
    entry.n = count(layer.out, "outputs");
    entry.k = count(inputs + (layer.bias ? 1 : 0), "inputs");
    entry.output_elements = static_cast<uint64_t>(positions) * entry.n;
    if (layer.factors) {
      entry.factor_a = entry.k;
      entry.factor_g = entry.n;
    }
    return entry;
  }

  void push(invar_workload_layer entry) {
    entry.repeats = count(repeat_, "repeats");
    const uint64_t repeats = entry.repeats;
    const double macs = static_cast<double>(entry.m) * entry.n * entry.k;
    if (entry.kind == INVAR_WORKLOAD_LINEAR) {
      table.parameters += repeats * entry.n * entry.k;
      table.forward_macs += static_cast<double>(repeats) * macs;
    } else if (entry.kind == INVAR_WORKLOAD_PRODUCT) {
      table.forward_macs += static_cast<double>(repeats) * entry.products * macs;
    }
    if (entry.factor_a != 0) {
      table.factors[entry.factor_a] += repeats;
      table.factors[entry.factor_g] += repeats;
      table.preconditioned_layers += repeats;
      table.largest_factor = std::max({table.largest_factor, entry.factor_a, entry.factor_g});
      table.largest_gradient =
          std::max(table.largest_gradient, uint64_t{entry.factor_a} * entry.factor_g);
    }
    table.layers.push_back(entry);
  }

  void add_conv(const Layer& layer) {
    const int64_t side = layer.output_size();
    invar_workload_layer entry =
        linear(layer, batch_ * side * side, layer.in * layer.kernel * layer.kernel);
    entry.input_elements = static_cast<uint64_t>(batch_ * layer.in * layer.size * layer.size);
    if (layer.kernel > 1 || layer.stride > 1) {
      const int64_t padded = layer.size + 2 * layer.padding;
      entry.images = count(batch_, "images");
      entry.channels = count(layer.in, "channels");
      entry.geometry = INVAR_ENGINE_GEOMETRY(padded, padded, layer.kernel, layer.stride);
    }
    push(entry);
  }

  void add_dense(const Layer& layer) {
    const int64_t rows = rows_of(layer);
    invar_workload_layer entry = linear(layer, rows, layer.in);
    entry.input_elements = static_cast<uint64_t>(rows * layer.in);
    push(entry);
  }

  /// Scores, softmax, weighted values; nothing in between leaves the scratchpad.
  void add_attention(const Layer& layer) {
    const int64_t products = batch_ * layer.heads;
    const auto tokens = static_cast<uint64_t>(products * sequence_);
    const auto features = tokens * static_cast<uint64_t>(layer.width);
    invar_workload_layer scores{};
    scores.kind = INVAR_WORKLOAD_PRODUCT;
    scores.products = count(products, "heads");
    scores.m = count(sequence_, "tokens");
    scores.n = scores.m;
    scores.k = count(layer.width, "features");
    scores.input_elements = 2 * features;
    push(scores);
    invar_workload_layer softmax{};
    softmax.kind = INVAR_WORKLOAD_SOFTMAX;
    softmax.m = count(products * sequence_, "rows");
    softmax.n = scores.m;
    softmax.k = 1;
    push(softmax);
    invar_workload_layer values = scores;
    values.n = scores.k;
    values.k = scores.m;
    values.input_elements = features;
    values.output_elements = features;
    push(values);
  }

  void add_elementwise(const Layer& layer) {
    const int64_t rows = rows_of(layer);
    const bool softmax = layer.kind == Layer::Kind::softmax;
    invar_workload_layer entry{};
    entry.kind = softmax ? INVAR_WORKLOAD_SOFTMAX : INVAR_WORKLOAD_ELEMENTWISE;
    entry.flags = layer.relu ? INVAR_WORKLOAD_RELU : 0;
    entry.passes = count(layer.passes, "passes");
    entry.m = count(rows, "rows");
    entry.n = count(layer.elements, "elements");
    entry.k = 1;
    entry.input_elements = static_cast<uint64_t>(rows * layer.elements);
    entry.output_elements = entry.input_elements;
    push(entry);
  }

  int64_t rows_of(const Layer& layer) const {
    return layer.per_token ? batch_ * sequence_ : batch_;
  }

  int64_t batch_;
  int64_t sequence_;
  std::string name_;
  int64_t repeat_ = 1;
};

}  // namespace

std::uint64_t LayerTable::place_on_tiles(const solver::StoredMatrixParameters& stored) {
  uint64_t sum = 0;
  // More than a field can count are more than there are.
  const auto place = [&](const invar_workload_layer& layer, uint32_t n) {
    const int64_t tiles = solver::tiles_for(static_cast<int>(n), stored);
    sum += layer.repeats * static_cast<uint64_t>(tiles);
    return static_cast<uint32_t>(std::min<int64_t>(tiles, std::numeric_limits<uint32_t>::max()));
  };
  for (invar_workload_layer& layer : layers) {
    if (layer.factor_a != 0) {
      layer.tiles_a = place(layer, layer.factor_a);
      layer.tiles_g = place(layer, layer.factor_g);
    }
  }
  return sum;
}

LayerTable make_layer_table(const Network& network, int batch, int sequence_length) {
  return TableMaker(network, batch, sequence_length).table;
}

}  // namespace invar::platform
