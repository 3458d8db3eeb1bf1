#ifndef INVAR_PLATFORM_WORKLOAD_LAYER_TABLE_H
#define INVAR_PLATFORM_WORKLOAD_LAYER_TABLE_H

#include <invar/platform/workload/network.h>
#include <invar/solver/stored_matrix.h>
#include <invar/sw/boot/boot_block.h>

#include <cstdint>
#include <map>
#include <vector>

namespace invar::platform {

/// A network as the firmware is given it, and its sums.
struct LayerTable {
  std::vector<invar_workload_layer> layers;
  std::uint64_t parameters = 0;                    ///< weights and biases
  double forward_macs = 0.0;                       ///< of a batch
  std::map<std::uint32_t, std::uint64_t> factors;  ///< how many of each size
  std::uint64_t preconditioned_layers = 0;
  std::uint32_t largest_factor = 0;
  std::uint64_t largest_gradient = 0;  ///< elements

  /// Tells the firmware how many tiles each factor takes. \return tiles for all at once
  std::uint64_t place_on_tiles(const solver::StoredMatrixParameters& stored);
};

/// \throws InputError when a product or an activation is too large for a job
LayerTable make_layer_table(const Network& network, int batch, int sequence_length);

}  // namespace invar::platform

#endif
