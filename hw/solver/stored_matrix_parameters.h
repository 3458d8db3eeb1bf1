#ifndef INVAR_SOLVER_STORED_MATRIX_PARAMETERS_H
#define INVAR_SOLVER_STORED_MATRIX_PARAMETERS_H

#include <invar/number_format/number_format.h>
#include <invar/programming/programming_parameters.h>
#include <invar/solver/block_arrangement.h>
#include <invar/solver/refinement_parameters.h>
#include <invar/tile_model/tile_parameters.h>

#include <cstdint>

namespace invar::solver {

/// What a stored matrix is built from.
struct StoredMatrixParameters {
  tile::TileParameters tile;
  programming::ProgrammingParameters programming;
  RefinementParameters refinement;
  /// Multiply-accumulates a second of the lanes beside one tile; a matrix has those of all its
  /// tiles.
  double lane_rate_hz = 64e9;
  /// Search directions of right-hand sides under way that a matrix has memory for, see
  /// RefinementRequest.
  int direction_memory = 0;
  /// What the lanes compute in. Matrices that are refined need FP64.
  number_format::NumberFormat lane_precision = number_format::NumberFormat::fp64;
};

/// Tiles that a matrix of dimension n takes; the one place that knows.
std::int64_t tiles_for(int n, const StoredMatrixParameters& parameters,
                       BlockArrangement arrangement = BlockArrangement::nested);

}  // namespace invar::solver

#endif
