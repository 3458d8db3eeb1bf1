#ifndef INVAR_PLATFORM_WORKLOAD_TRAINING_NETWORK_H
#define INVAR_PLATFORM_WORKLOAD_TRAINING_NETWORK_H

#include <invar/platform/workload/network.h>
#include <invar/sw/boot/boot_block.h>

#include <cstdint>
#include <vector>

namespace invar::platform {

/// A network that is trained, as the firmware is given it.
struct TrainingNetwork {
  std::string name;
  std::string content_hash;  ///< of its file; empty: it has none
  std::vector<invar_layer_shape> layers;

  std::uint64_t parameters() const;            ///< weights and biases
  std::vector<std::uint32_t> factors() const;  ///< sizes: A, then Gamma, of each layer
};

/// Inputs of a row of weights, the bias among them.
std::uint32_t inputs_of(const invar_layer_shape& layer);
std::uint32_t output_height(const invar_layer_shape& layer);
std::uint32_t output_width(const invar_layer_shape& layer);

/// The layers for images of one channel, each checked against what the layer before gives.
/// \throws InputError "FILE:LINE: layer 3 (conv2): in = 4: must be 8, what arrives"
TrainingNetwork make_training_network(const Network& network, int height, int width, int classes);

/// The two-layer network: convolution with ReLU, 2 x 2 max-pool, dense.
Network two_layer_network(int channels, int kernel, int stride);

}  // namespace invar::platform

#endif
