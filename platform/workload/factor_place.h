#ifndef INVAR_PLATFORM_WORKLOAD_FACTOR_PLACE_H
#define INVAR_PLATFORM_WORKLOAD_FACTOR_PLACE_H

#include <invar/platform/workload/network_shapes.h>

#include <cstdint>
#include <vector>

namespace invar::platform {

/// Which Kronecker factor of which layer.
struct FactorPlace {
  std::uint32_t number =
      0;      ///< 2 i: of the inputs of the i-th layer with factors; 2 i + 1: outputs
  int n = 0;  ///< rows, that of the bias among them
  bool is_rectified = false;  ///< inputs that come out of a ReLU: none is negative
  bool has_bias = false;      ///< the last input is 1
  std::uint64_t draw = 0;     ///< of its features, from the same mixture: what another batch gives

  bool is_input() const { return number % 2 == 0; }
};

/// The factors of a network, in the firmware's order. What lies behind a ReLU is told from the
/// layers as they are listed: pooling lets it through.
std::vector<FactorPlace> factor_places(const NetworkShapes& network);

}  // namespace invar::platform

#endif
