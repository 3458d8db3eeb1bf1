#ifndef INVAR_PLATFORM_WORKLOAD_LAYER_TABLE_H
#define INVAR_PLATFORM_WORKLOAD_LAYER_TABLE_H

#include <invar/platform/workload/factor_place.h>
#include <invar/platform/workload/network_shapes.h>

#include <cstdint>
#include <map>
#include <vector>

namespace invar::platform {

/// Sums over the layers of a network.
struct LayerTable {
  std::uint64_t parameters = 0;                    ///< weights and biases
  double forward_macs = 0.0;                       ///< of a batch
  std::map<std::uint32_t, std::uint64_t> factors;  ///< how many of each size
  std::vector<FactorPlace> places;                 ///< of all factors
  std::uint64_t preconditioned_layers = 0;
  std::uint64_t largest_gradient = 0;  ///< elements, of a layer with factors

  std::uint32_t largest_factor() const { return factors.empty() ? 0 : factors.rbegin()->first; }
};

LayerTable make_layer_table(const NetworkShapes& network, int batch);

}  // namespace invar::platform

#endif
