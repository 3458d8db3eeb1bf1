#ifndef INVAR_TILE_MODEL_CELL_ARRAYS_H
#define INVAR_TILE_MODEL_CELL_ARRAYS_H

#include <invar/circuit/wire_compensation.h>
#include <invar/device/rram_array.h>
#include <invar/tile_model/line_map.h>
#include <invar/tile_model/tile_parameters.h>

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <vector>

namespace invar::state {
class Archive;
}

namespace invar::tile {

/// The cells of a tile: an array of either sign for each slice, and which of their lines hold a
/// matrix.
///
/// A value x of the normalised matrix (|x| <= 1) is held as
/// x = sum_k 2^-(bits k) (G_plus_k - G_minus_k) / span, span = G_max - G_rest.
class CellArrays {
 public:
  CellArrays(const TileParameters& parameters, const device::KeyedRandom& random);

  circuit::CellRange range() const {
    return {device_.rest_conductance_s(), device_.maximum_conductance_s};
  }
  /// Conductance that stands for a value of 1 in slice 0.
  double span_s() const { return range().span_s(); }
  /// Weight of a slice: 2^-(bits k).
  double slice_weight(int slice) const;

  /// The array of a slice; sign 0 is plus, 1 is minus. Made at first use.
  device::RramArray& array(int slice, int sign);
  /// Makes the arrays of the first slices that are not there yet.
  void make(int slices);

  /// Chooses the lines that are written next: the first n, or those that leave out most of the
  /// cells that have failed before (the controller's record of its writes), by the weight of their
  /// slice. Lines that are left out are passed by: they load no row and add no wire. \return
  /// whether the lines are others than before
  bool map_lines(int n, bool around_failed_cells);
  const LineMap& lines() const { return lines_; }

  /// Conductances of an array that has been made over the lines in use, n x n: as they are, and as
  /// the controller measured them.
  Eigen::MatrixXd conductance_s(int slice, int sign) const;
  Eigen::MatrixXd measured_conductance_s(int slice, int sign) const;

  /// Writes to the most worn cell, and in all.
  std::uint32_t maximum_writes() const;
  std::uint64_t total_writes() const;
  bool worn_out() const;
  /// Arrays that have ever been written or read.
  std::uint64_t arrays_in_use() const;

  /// See RramArray; arrays that are not there yet are made.
  void exchange(state::Archive& archive);

 private:
  const device::RramArray& made(int slice, int sign) const;
  Eigen::MatrixXd in_use(const Eigen::MatrixXd& array) const;

  device::RramParameters device_;
  int rows_;
  device::KeyedRandom random_;
  std::vector<std::unique_ptr<device::RramArray>> arrays_;
  LineMap lines_;
};

}  // namespace invar::tile

#endif
