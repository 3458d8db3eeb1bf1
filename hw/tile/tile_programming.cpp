#include <invar/tile/tile_programming.h>

#include <stdexcept>

namespace invar::tile {

using programming::ProgrammingResult;
using programming::ProgrammingStatus;

ProgrammingResult write_matrix(TileModel& tile, const Eigen::MatrixXd& matrix, int seed_slices,
                               int slices, const programming::ProgrammingParameters& parameters) {
  const int n = static_cast<int>(matrix.rows());
  if (matrix.cols() != n || n < 1 || n > tile.parameters().rows) {
    throw std::invalid_argument("tile: the matrix must be square and fit the tile");
  }
  if (!(matrix.cwiseAbs().maxCoeff() <= 1.0)) {
    throw std::invalid_argument("tile: magnitudes of the matrix must not exceed 1");
  }
  ProgrammingResult result;
  Eigen::MatrixXd remainder = matrix;
  for (int slice = 0; slice < slices; ++slice) {
    const double weight = tile.slice_weight(slice);
    programming::write_slice(tile.array(slice, 0), tile.array(slice, 1), remainder / weight,
                             tile.parameters().device, parameters, result);
    remainder -= weight * tile.measured_slice(slice, n);
  }
  result.adc_energy_j = static_cast<double>(result.verify_reads) * tile.parameters().adc.energy_j;

  const bool stable = tile.connect(n, seed_slices, slices);
  const double cells = 2.0 * slices * n * n;
  if (tile.worn_out()) {
    result.status = ProgrammingStatus::worn_out;
  } else if (static_cast<double>(result.failed_cells) >
             parameters.allowed_failed_fraction * cells) {
    result.status = ProgrammingStatus::cell_failed;
  } else if (!stable) {
    result.status = ProgrammingStatus::unstable;
  }
  return result;
}

}  // namespace invar::tile
