#ifndef INVAR_TILE_MODEL_LOOP_CELLS_H
#define INVAR_TILE_MODEL_LOOP_CELLS_H

#include <invar/tile_model/cell_arrays.h>

#include <Eigen/Core>
#include <vector>

namespace invar::tile {

/// The arrays of all slices in a loop, weighted as their columns are driven, as if wires were
/// ideal: those of slice k by copies of the outputs attenuated by 2^-(bits k).
struct LoopCells {
  Eigen::MatrixXd plus_s;
  Eigen::MatrixXd minus_s;
  Eigen::MatrixXd squared_s2;        ///< sum of squares: variance of the read noise over v^2
  Eigen::VectorXd row_load_s;        ///< of the arrays and the input conductance
  Eigen::VectorXd column_power_s;    ///< with v^2 the power that the columns deliver
  Eigen::VectorXd column_s;          ///< with v the current of all drivers of a column
  Eigen::VectorXd largest_column_s;  ///< the same of the driver that delivers most
  std::vector<ReferenceColumn> references;
  /// Variance of their read noise over the square of the outputs' sum; empty without them.
  Eigen::VectorXd reference_squared_s2;

  LoopCells(const CellArrays& cells, int seed_slices);

 private:
  void add(const Eigen::MatrixXd& conductance, double weight);
  void add(ReferenceColumn reference, double weight);
};

}  // namespace invar::tile

#endif
