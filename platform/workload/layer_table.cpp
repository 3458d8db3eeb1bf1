#include <invar/platform/workload/layer_table.h>

#include <algorithm>

namespace invar::platform {
namespace {

/// Multiply-accumulates of the forward pass of an image.
double forward_macs(const invar_layer_shape& layer) {
  const double positions = static_cast<double>(output_height(layer)) * output_width(layer);
  if (has_weights(layer)) {
    return positions * layer.outputs * inputs_of(layer);
  }
  // Scores of all tokens for each, and as many weighted values.
  return layer.kind == INVAR_LAYER_ATTENTION ? 2.0 * positions * positions * layer.outputs : 0.0;
}

}  // namespace

LayerTable make_layer_table(const NetworkShapes& network, int batch) {
  LayerTable table;
  table.parameters = network.parameters();
  table.places = factor_places(network);
  for (const invar_layer_shape& layer : network.layers) {
    table.forward_macs += batch * forward_macs(layer);
    if (has_factors(layer)) {
      ++table.factors[inputs_of(layer)];
      ++table.factors[layer.outputs];
      ++table.preconditioned_layers;
      table.largest_gradient =
          std::max(table.largest_gradient, std::uint64_t{layer.outputs} * inputs_of(layer));
    }
  }
  return table;
}

}  // namespace invar::platform
