#include <invar/tile_model/loop_cells.h>

namespace invar::tile {

LoopCells::LoopCells(const CellArrays& cells, int seed_slices) {
  const auto n = static_cast<Eigen::Index>(cells.lines().size());
  plus_s = Eigen::MatrixXd::Zero(n, n);
  minus_s = Eigen::MatrixXd::Zero(n, n);
  squared_s2 = Eigen::MatrixXd::Zero(n, n);
  row_load_s = Eigen::VectorXd::Constant(n, cells.span_s());
  column_power_s = Eigen::VectorXd::Zero(n);
  column_s = Eigen::VectorXd::Zero(n);
  largest_column_s = Eigen::VectorXd::Zero(n);
  for (int slice = 0; slice < seed_slices; ++slice) {
    const double weight = cells.slice_weight(slice);
    for (int sign = 0; sign < 2; ++sign) {
      const Eigen::MatrixXd conductance = cells.conductance_s(slice, sign);
      (sign == 0 ? plus_s : minus_s) += weight * conductance;
      squared_s2 += (weight * conductance).cwiseAbs2();
      row_load_s += conductance.rowwise().sum();
      const Eigen::VectorXd column_sum_s = conductance.colwise().sum().transpose();
      column_power_s += weight * weight * column_sum_s;
      column_s += weight * column_sum_s;
      largest_column_s = largest_column_s.cwiseMax(weight * column_sum_s);
    }
  }
}

}  // namespace invar::tile
