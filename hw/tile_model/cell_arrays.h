#ifndef INVAR_TILE_MODEL_CELL_ARRAYS_H
#define INVAR_TILE_MODEL_CELL_ARRAYS_H

#include <invar/circuit/wire_compensation.h>
#include <invar/device/rram_array.h>
#include <invar/tile_model/array_count.h>
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

/// Cells of a loop's row that are driven by minus `gain` times the sum of the outputs.
struct ReferenceColumn {
  Eigen::VectorXd conductance_s;  ///< of the lines in use
  double gain;
};

/// The cells of a tile: an array of either sign for each slice, and which of their lines hold a
/// matrix.
///
/// A value x of the normalised matrix (|x| <= 1) is held as
/// x = sum_k 2^-(bits k) (G_plus_k - G_minus_k) / span, span = G_max - G_rest.
///
/// A slice without negative values can do without its minus array: then a column of cells beside
/// the plus array stands for what that would hold, G_rest everywhere.
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
  /// The reference column of a slice, rows x 1. Made at first use.
  device::RramArray& reference(int slice);
  /// Makes the arrays in use of the first slices that are not there yet.
  void make(int slices);
  /// Whether a slice that is written next has its minus array, or the reference column.
  void use_minus(int slice, bool used) { has_minus_.at(slice) = used; }
  bool has_minus(int slice) const { return has_minus_.at(slice); }
  /// Arrays of the first slices.
  ArrayCount count(int slices) const;

  /// Chooses the lines that are written next: the first n, or those that leave out most of the
  /// cells that have failed before (the controller's record of its writes), by the weight of their
  /// slice. Lines that are left out are passed by: they load no row and add no wire. \return
  /// whether the lines are others than before
  bool map_lines(int n, bool around_failed_cells);
  const LineMap& lines() const { return lines_; }

  /// Conductances of an array that has been made over the lines in use, n x n: as they are, and as
  /// the controller measured them. Sign 1 of a slice without a minus array: what the reference
  /// column stands for, the same in every column.
  Eigen::MatrixXd conductance_s(int slice, int sign) const;
  Eigen::MatrixXd measured_conductance_s(int slice, int sign) const;
  /// What hangs on the rows, n.
  Eigen::VectorXd row_load_s(int slice, int sign) const;
  /// The reference column of a slice without a minus array; its gain leaves the slice's weight out.
  ReferenceColumn reference_column(int slice) const;
  /// What a reference column with these conductances, n x 1, stands for.
  Eigen::MatrixXd stood_for(const Eigen::MatrixXd& reference_s) const;

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
  const device::RramArray& made_reference(int slice) const;
  int slices() const { return static_cast<int>(has_minus_.size()); }
  Eigen::MatrixXd in_use(const Eigen::MatrixXd& array) const;

  device::RramParameters device_;
  int rows_;
  double reference_gain_;
  device::KeyedRandom random_;
  /// Plus and minus of each slice; then their reference columns.
  std::vector<std::unique_ptr<device::RramArray>> arrays_;
  std::vector<bool> has_minus_;
  LineMap lines_;
};

}  // namespace invar::tile

#endif
