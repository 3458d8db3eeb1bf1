#include <invar/circuit/dense_algebra.h>
#include <invar/tile_model/loop_compensation.h>

#include <cmath>
#include <stdexcept>

namespace invar::tile {

Eigen::MatrixXd LoopCompensation::loop_value(const Eigen::MatrixXd& plus_s,
                                             const Eigen::MatrixXd& minus_s,
                                             const circuit::CellRange& cells,
                                             const circuit::WireParameters& wires) const {
  if (sweeps > 0) {
    return circuit::estimated_value(plus_s, minus_s, cells, wires, sweeps);
  }
  return (plus_s - minus_s) / cells.span_s();
}

Eigen::MatrixXd LoopCompensation::matrix_of(Eigen::MatrixXd loop_sum) const {
  if (bias.size() != 0) {
    loop_sum -= bias;
  }
  if (row_scale.size() != 0) {
    const Eigen::VectorXd undo = row_scale.cwiseInverse();
    loop_sum = undo.asDiagonal() * loop_sum * undo.asDiagonal();
  }
  return loop_sum;
}

WireError wire_error_of(const Eigen::MatrixXd& seen, const Eigen::MatrixXd& ideal,
                        const Eigen::MatrixXd& known) {
  WireError error;
  error.matrix_before = (seen - ideal).norm() / ideal.norm();
  error.matrix_after = (seen - known).norm() / known.norm();
  try {
    const circuit::DenseFactor factor(seen, circuit::best_instruction_set(),
                                      "tile: the wires make the matrix singular");
    // F^-1 G - 1 = F^-1 (G - F)
    const double per_output = 1.0 / std::sqrt(static_cast<double>(seen.rows()));
    error.inv_before = factor.solve(Eigen::MatrixXd(ideal - seen)).norm() * per_output;
    error.inv_after = factor.solve(Eigen::MatrixXd(known - seen)).norm() * per_output;
  } catch (const std::domain_error&) {
    error.inv_before = error.inv_after = 0.0;
  }
  return error;
}

}  // namespace invar::tile
