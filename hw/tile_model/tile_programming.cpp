#include <invar/programming/write_verify.h>
#include <invar/tile_model/tile_programming.h>

#include <stdexcept>
#include <utility>

namespace invar::tile {
namespace {

using programming::ProgrammingParameters;
using programming::WireCompensation;

/// Only tiles at circuit fidelity have wires, and what is compensated is the loop.
WireCompensation compensation_of(const TileModel& tile, int seed_slices,
                                 const ProgrammingParameters& parameters) {
  return tile.parameters().fidelity == Fidelity::circuit && seed_slices > 0
             ? parameters.wire_compensation
             : WireCompensation::none;
}

/// Values to write into one slice after another, wires compensated or not.
class SliceTargets {
 public:
  SliceTargets(TileModel& tile, const Eigen::MatrixXd& matrix, WireCompensation mode,
               const ProgrammingParameters& parameters)
      : tile_(tile), parameters_(parameters), mode_(mode), wanted_(matrix) {
    LoopCompensation compensation;
    if (mode_ == WireCompensation::bias) {
      const double best = circuit::best_bias(matrix, tile.cells().range(), tile.parameters().wires);
      wanted_ = circuit::with_bias(matrix, parameters.bias_strength * best);
      compensation.bias = wanted_ - matrix;
      operations_ += circuit::bias_operations(size());
    } else if (mode_ == WireCompensation::network) {
      compensation.sweeps = parameters.compensation_sweeps;
      first_ = compensated(matrix, true);
      compensation.row_scale = first_.row_scale;
      wanted_ = first_.row_scale.asDiagonal() * matrix * first_.row_scale.asDiagonal();
    }
    tile.compensate(std::move(compensation));
  }

  /// What to write into a slice.
  Eigen::MatrixXd of(int slice) {
    if (mode_ != WireCompensation::network) {
      return wanted_ / tile_.cells().slice_weight(slice);
    }
    return slice == 0 ? std::move(first_.value)
                      : compensated(wanted_ / tile_.cells().slice_weight(slice), false).value;
  }
  /// Takes what a slice holds off what is wanted of the next.
  void subtract(int slice) {
    wanted_ -= tile_.cells().slice_weight(slice) * tile_.measured_slice(slice);
    if (mode_ == WireCompensation::network) {
      operations_ += 2 * circuit::LoopEstimate::operations(size(), parameters_.compensation_sweeps);
    }
  }
  std::uint64_t operations() const { return operations_; }

 private:
  int size() const { return static_cast<int>(wanted_.rows()); }
  circuit::CompensatedPair compensated(const Eigen::MatrixXd& value, bool row_scale) {
    operations_ += static_cast<std::uint64_t>(parameters_.compensation_passes) *
                   circuit::compensation_operations(size(), parameters_.compensation_sweeps);
    return circuit::compensate_pair(value.cwiseMax(-1.0).cwiseMin(1.0), tile_.cells().range(),
                                    tile_.parameters().wires, parameters_.compensation_sweeps,
                                    parameters_.compensation_passes, row_scale);
  }

  TileModel& tile_;
  const ProgrammingParameters& parameters_;
  WireCompensation mode_;
  Eigen::MatrixXd wanted_;  ///< of this slice and those after it, in the loop
  circuit::CompensatedPair first_;
  std::uint64_t operations_ = 0;
};

/// The arrays that a slice takes. (Compensation for wires thinks in pairs of arrays.)
programming::SliceArrays arrays_for(TileModel& tile, int slice, const Eigen::MatrixXd& value,
                                    WireCompensation compensation) {
  const TileParameters& parameters = tile.parameters();
  CellArrays& cells = tile.cells();
  cells.use_minus(slice, parameters.minus_array == MinusArray::always ||
                             compensation == WireCompensation::network ||
                             !programming::is_non_negative(value, parameters.device));
  if (cells.has_minus(slice)) {
    return {cells.array(slice, 0), &cells.array(slice, 1)};
  }
  return {cells.array(slice, 0), nullptr, &cells.reference(slice),
          parameters.reference_conductance_s};
}

/// Writes all slices once. \return multiply-accumulates of the compensation
std::uint64_t write_slices(TileModel& tile, const Eigen::MatrixXd& matrix, int slices,
                           WireCompensation compensation, const ProgrammingParameters& parameters,
                           programming::ProgrammingResult& result) {
  result.failed_cells = 0;
  result.partnered_cells = 0;
  SliceTargets targets(tile, matrix, compensation, parameters);
  for (int slice = 0; slice < slices; ++slice) {
    const bool more = slice + 1 < slices;
    const Eigen::MatrixXd value = targets.of(slice);
    programming::write_slice(arrays_for(tile, slice, value, compensation), tile.cells().lines(),
                             value, more, tile.parameters().device, parameters, result);
    if (more) {
      targets.subtract(slice);
      result.remainder_updates += static_cast<std::uint64_t>(matrix.size());
    }
  }
  return targets.operations();
}

}  // namespace

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
  const WireCompensation compensation = compensation_of(tile, seed_slices, parameters);
  if (compensation != WireCompensation::none && seed_slices != slices) {
    throw std::invalid_argument("tile: wires are compensated in the loop: no slices beside it");
  }
  ProgrammingResult result;
  tile.cells().map_lines(n, parameters.map_around);
  std::uint64_t operations = write_slices(tile, matrix, slices, compensation, parameters, result);
  const double allowed_failures =
      parameters.allowed_failed_fraction * tile.cells().count(slices).arrays() * n * n;
  bool stable = tile.connect(n, seed_slices, slices);
  const bool refused = static_cast<double>(result.failed_cells) > allowed_failures ||
                       (!stable && seed_slices > 0 && result.failed_cells > 0);
  if (parameters.map_around && refused && tile.cells().map_lines(n, true)) {
    ++result.rewrites;
    operations += write_slices(tile, matrix, slices, compensation, parameters, result);
    stable = tile.connect(n, seed_slices, slices);
  }
  result.compensation_operations = operations;
  set_cost(result, tile.parameters(), parameters, n);
  if (tile.cells().worn_out()) {
    result.status = ProgrammingStatus::worn_out;
  } else if (static_cast<double>(result.failed_cells) > allowed_failures) {
    result.status = ProgrammingStatus::cell_failed;
  } else if (!stable && seed_slices > 0) {
    result.status = ProgrammingStatus::unstable;
  }
  return result;
}

ReadBack read_matrix(TileModel& tile) {
  CellArrays& cells = tile.cells();
  const int n = tile.size();
  ReadBack result = read_cost(tile.parameters(), n, cells.count(tile.slices_in_use()));
  result.value = Eigen::MatrixXd::Zero(n, n);
  for (int slice = 0; slice < tile.slices_in_use(); ++slice) {
    const Eigen::MatrixXd plus = cells.array(slice, 0).read(cells.lines(), result.cell_energy_j);
    const Eigen::MatrixXd minus =
        cells.has_minus(slice) ? cells.array(slice, 1).read(cells.lines(), result.cell_energy_j)
                               : cells.stood_for(cells.reference(slice).read(cells.lines(), {0},
                                                                             result.cell_energy_j));
    result.value += cells.slice_weight(slice) * tile.loop_value(plus, minus);
  }
  result.value = tile.compensation().matrix_of(std::move(result.value));
  const int sweeps = tile.compensation().sweeps;
  if (sweeps > 0) {
    result.operations = static_cast<std::uint64_t>(2 * tile.slices_in_use()) *
                        circuit::LoopEstimate::operations(n, sweeps);
  }
  return result;
}

}  // namespace invar::tile
