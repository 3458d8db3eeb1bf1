#ifndef INVAR_TILE_MODEL_TILE_PROGRAMMING_H
#define INVAR_TILE_MODEL_TILE_PROGRAMMING_H

#include <invar/tile_model/programming_cost.h>
#include <invar/tile_model/tile_model.h>

#include <Eigen/Core>

namespace invar::tile {

/// Writes a matrix into a tile: slice by slice, each slice to the measured remainder of those
/// before it, so that later slices correct the errors of earlier ones; then closes the loop. At
/// circuit fidelity wires may be compensated; then the INV loop sees D M D with the tile's
/// `inv_row_scale` D, and MVM, whose currents take other ways, is off by what cells were changed.
///
/// Where more cells fail than are allowed, or the loop is not stable with failed cells in it, and
/// the tile has lines to spare, other lines are chosen by what has failed and the matrix is written
/// once more (`map_around`).
///
/// \param matrix n x n, magnitudes up to 1, n up to the tile's rows
/// \param seed_slices slices in the INV loop; 0: for products only \param slices slices written in
/// all \throws std::invalid_argument for a matrix that does not fit, or compensated slices that are
/// not in the loop
programming::ProgrammingResult write_matrix(TileModel& tile, const Eigen::MatrixXd& matrix,
                                            int seed_slices, int slices,
                                            const programming::ProgrammingParameters& parameters);

/// Reads the stored matrix row by row over all slices in use.
ReadBack read_matrix(TileModel& tile);

}  // namespace invar::tile

#endif
