#ifndef INVAR_PLATFORM_WORKLOAD_NETWORK_SHAPES_H
#define INVAR_PLATFORM_WORKLOAD_NETWORK_SHAPES_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/workload/network.h>
#include <invar/solver/stored_matrix.h>
#include <invar/sw/boot/boot_block.h>

#include <cstdint>
#include <limits>
#include <optional>
#include <vector>

namespace invar::platform {

/// Of matrices on several tiles.
solver::BlockArrangement arrangement_of(BlockLayout layout);

/// How many tiles a Kronecker factor takes.
struct FactorTiles {
  solver::StoredMatrixParameters stored;
  solver::BlockArrangement arrangement = solver::BlockArrangement::nested;
  bool eliminates_bias = false;  ///< the last row of an input factor stands beside the tiles
  /// Of a factor on tiles; larger ones are the engine's.
  std::uint32_t largest_rows = std::numeric_limits<std::uint32_t>::max();

  /// Nothing for a factor that is not to be on tiles.
  std::optional<std::uint64_t> of(std::uint32_t rows, bool is_input) const;
};

/// Those of `workload`.
FactorTiles workload_tiles(const RunConfiguration& configuration);

/// A network as the firmware is given it: `repeat` written out, every size known.
struct NetworkShapes {
  std::string name;
  std::string content_hash;  ///< of its file; empty: it has none
  std::vector<invar_layer_shape> layers;
  std::uint32_t classes = 0;

  std::uint64_t parameters() const;            ///< weights and biases
  std::vector<std::uint32_t> factors() const;  ///< sizes: A, then Gamma, of each layer with factors
  /// Tells the firmware how many tiles each factor takes. \return tiles for all at once that are
  /// to be on tiles
  std::uint64_t place_on_tiles(const FactorTiles& tiles);
  /// Elements of all factors that have room on so many tiles, once placed.
  std::uint64_t elements_on_tiles(std::uint64_t tiles) const;
};

/// Whether it has weights, and Kronecker factors for them.
bool has_weights(const invar_layer_shape& layer);
bool has_factors(const invar_layer_shape& layer);
/// Inputs of a row of weights, the bias among them.
std::uint32_t inputs_of(const invar_layer_shape& layer);
std::uint32_t output_height(const invar_layer_shape& layer);
std::uint32_t output_width(const invar_layer_shape& layer);

/// The layers for images of one channel, each checked against what the layer before gives.
/// \throws InputError "FILE:LINE: layer 3 (conv2): in = 4: must be 8, what arrives"
NetworkShapes make_training_shapes(const Network& network, int height, int width, int classes);

/// The layers of a network that is not computed, each of the size that it tells, or else of what
/// the layer before gives. \param sequence_length tokens of a layer that is `per_token` \throws
/// InputError for what a job of the whole batch cannot count
NetworkShapes make_timed_shapes(const Network& network, int batch, int sequence_length);

/// The two-layer network: convolution with ReLU, 2 x 2 max-pool, dense.
Network two_layer_network(int channels, int kernel, int stride);

}  // namespace invar::platform

#endif
