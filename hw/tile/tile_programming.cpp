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
    const bool more = slice + 1 < slices;
    programming::write_slice(tile.array(slice, 0), tile.array(slice, 1), remainder / weight, more,
                             tile.parameters().device, parameters, result);
    if (more) {
      remainder -= weight * tile.measured_slice(slice, n);
      result.remainder_updates += static_cast<std::uint64_t>(n) * n;
    }
  }
  const converter::AdcParameters& adc = tile.parameters().adc;
  // A row's reads of both signs go through the tile's converters one after the other.
  const double conversion_s = parameters.order == programming::WriteOrder::row_parallel
                                  ? 2.0 * adc.conversion_time_for(n)
                                  : adc.conversion_time_s;
  result.duration_s += static_cast<double>(result.row_verifies) * conversion_s;
  result.adc_energy_j = static_cast<double>(result.verify_reads) * adc.energy_j;
  result.remainder_energy_j =
      static_cast<double>(result.remainder_updates) * parameters.remainder_energy_j;

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

ReadBack read_matrix(TileModel& tile) {
  const int n = tile.size();
  const converter::AdcParameters& adc = tile.parameters().adc;
  ReadBack result;
  result.value = Eigen::MatrixXd::Zero(n, n);
  for (int slice = 0; slice < tile.slices_in_use(); ++slice) {
    const Eigen::MatrixXd plus = tile.array(slice, 0).read(n, result.cell_energy_j);
    const Eigen::MatrixXd minus = tile.array(slice, 1).read(n, result.cell_energy_j);
    result.value += tile.slice_weight(slice) / tile.span_s() * (plus - minus);
  }
  const int arrays = 2 * tile.slices_in_use();
  result.reads = static_cast<std::uint64_t>(arrays) * n * n;
  result.adc_energy_j = static_cast<double>(result.reads) * adc.energy_j;
  // All arrays of a row are read together and converted one after the other.
  result.duration_s =
      n * (tile.parameters().device.verify_width_s + arrays * adc.conversion_time_for(n));
  return result;
}

}  // namespace invar::tile
