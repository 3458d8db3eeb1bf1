#ifndef INVAR_TILE_MODEL_PROGRAMMING_COST_H
#define INVAR_TILE_MODEL_PROGRAMMING_COST_H

#include <invar/programming/programming_parameters.h>
#include <invar/programming/programming_result.h>
#include <invar/tile_model/array_count.h>
#include <invar/tile_model/tile_parameters.h>

#include <Eigen/Core>
#include <cstdint>

namespace invar::tile {

/// Time of a turn of the ADCs for the controller: they convert a read of a row of one array, or of
/// one cell.
double conversion_turn_s(const TileParameters& tile, programming::WriteOrder order, int rows);

/// Sets time and energy of a tile's programming by its counts: all but the energy in the cells.
/// \param rows of the matrix
void set_cost(programming::ProgrammingResult& result, const TileParameters& tile,
              const programming::ProgrammingParameters& controller, int rows);

/// One read of every cell of a stored matrix.
struct ReadBack {
  Eigen::MatrixXd value;  ///< n x n, normalised as it was written, with the noise of the reads
  double duration_s = 0.0;
  double conversion_s = 0.0;  ///< of duration_s: the ADCs convert
  std::uint64_t reads = 0;
  std::uint64_t operations = 0;  ///< multiply-accumulates to see through a compensation
  double cell_energy_j = 0.0;
  double adc_energy_j = 0.0;
};

/// A read of `rows` rows (a mean, of several tiles) of all arrays of these arrays, without value
/// and energy in the cells: all arrays of a row are read together and converted one after the
/// other.
ReadBack read_cost(const TileParameters& tile, double rows, const ArrayCount& arrays);

}  // namespace invar::tile

#endif
