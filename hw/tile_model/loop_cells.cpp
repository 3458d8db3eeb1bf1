#include <invar/tile_model/loop_cells.h>

#include <utility>

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
      row_load_s += cells.row_load_s(slice, sign);
      if (sign == 1 && !cells.has_minus(slice)) {
        add(cells.reference_column(slice), weight);
      } else {
        add(conductance, weight);
      }
    }
  }
}

void LoopCells::add(const Eigen::MatrixXd& conductance, double weight) {
  squared_s2 += (weight * conductance).cwiseAbs2();
  const Eigen::VectorXd column_sum_s = conductance.colwise().sum().transpose();
  column_power_s += weight * weight * column_sum_s;
  column_s += weight * column_sum_s;
  largest_column_s = largest_column_s.cwiseMax(weight * column_sum_s);
}

void LoopCells::add(ReferenceColumn reference, double weight) {
  reference.gain *= weight;
  const Eigen::VectorXd squared = (reference.gain * reference.conductance_s).cwiseAbs2();
  reference_squared_s2 = references.empty() ? squared : reference_squared_s2 + squared;
  references.push_back(std::move(reference));
}

}  // namespace invar::tile
