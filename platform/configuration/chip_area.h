#ifndef INVAR_PLATFORM_CONFIGURATION_CHIP_AREA_H
#define INVAR_PLATFORM_CONFIGURATION_CHIP_AREA_H

#include <invar/tile/tile_area.h>

#include <cstdint>
#include <optional>

namespace invar::platform {

struct RunConfiguration;

/// On-chip memory beside the tiles, in bytes, as it is built.
struct AcceleratorMemory {
  double matrices = 0.0;    ///< shared by all tiles
  double directions = 0.0;  ///< of a tile: search directions of the right-hand sides of its rows
  double deflation = 0.0;   ///< of a tile: U, W and the subspace of its rows, and K
};

/// What sequencer.matrix_buffer_bytes, sequencer.services and sequencer.deflation_rank say. A tile
/// has two vectors a search direction for each right-hand side of a piece, each of its rows long;
/// of a deflation of rank k it keeps 3 k + 1 columns and k^2 numbers.
/// \param matrix_buffer_bytes of the memory of matrices, where the parameters leave it to the run
AcceleratorMemory accelerator_memory(const RunConfiguration& configuration,
                                     std::uint64_t matrix_buffer_bytes);

/// Whether the run has an accelerator that inverts, neither the engine nor a bound in its place.
bool has_accelerator(const RunConfiguration& configuration);

/// Silicon of the accelerator by part, in m^2: of all tiles of the design, used or not.
struct AcceleratorArea {
  int tiles = 0;
  tile::TileArea analog;
  double lanes_m2 = 0.0;
  double matrices_m2 = 0.0;
  double directions_m2 = 0.0;
  double deflation_m2 = 0.0;

  double total_m2() const {
    return analog.total_m2() + lanes_m2 + matrices_m2 + directions_m2 + deflation_m2;
  }
};

AcceleratorArea accelerator_area(const RunConfiguration& configuration,
                                 std::uint64_t matrix_buffer_bytes = 0);

/// Silicon of a whole system, in m^2: engine, its scratchpad, and the accelerator where one
/// inverts. Host core, bus, control, wiring and memory outside are the same in all systems and left
/// out.
struct ChipArea {
  double engine_m2 = 0.0;  ///< without its scratchpad
  double scratchpad_m2 = 0.0;
  std::optional<AcceleratorArea> accelerator;

  double total_m2() const {
    return engine_m2 + scratchpad_m2 + (accelerator ? accelerator->total_m2() : 0.0);
  }
};

ChipArea chip_area(const RunConfiguration& configuration, std::uint64_t matrix_buffer_bytes = 0);

}  // namespace invar::platform

#endif
