// What a tile's cells stand for: by the controller's measurement, and against what the loop sees.
#include <invar/circuit/dense_algebra.h>
#include <invar/tile/tile_model.h>

#include <cmath>
#include <stdexcept>
#include <utility>

namespace invar::tile {

Eigen::MatrixXd TileModel::loop_value(const Eigen::MatrixXd& plus_s,
                                      const Eigen::MatrixXd& minus_s) const {
  if (compensation_.sweeps > 0) {
    return circuit::estimated_value(plus_s, minus_s, cell_range(), parameters_.wires,
                                    compensation_.sweeps);
  }
  return (plus_s - minus_s) / span_s_;
}

Eigen::MatrixXd TileModel::matrix_of(Eigen::MatrixXd loop_sum) const {
  if (compensation_.bias.size() != 0) {
    loop_sum -= compensation_.bias;
  }
  if (compensation_.row_scale.size() != 0) {
    const Eigen::VectorXd undo = compensation_.row_scale.cwiseInverse();
    loop_sum = undo.asDiagonal() * loop_sum * undo.asDiagonal();
  }
  return loop_sum;
}

Eigen::VectorXd TileModel::inv_row_scale() const {
  return compensation_.row_scale.size() != 0 ? compensation_.row_scale
                                             : Eigen::VectorXd::Ones(size_);
}

Eigen::MatrixXd TileModel::measured_slice(int slice) const {
  return loop_value(cells_in_use(arrays_.at(2 * slice)->measured_conductance_s()),
                    cells_in_use(arrays_.at(2 * slice + 1)->measured_conductance_s()));
}

Eigen::MatrixXd TileModel::measured_matrix() const {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(size_, size_);
  for (int slice = 0; slice < slices_in_use_; ++slice) {
    sum += slice_weight(slice) * measured_slice(slice);
  }
  return matrix_of(std::move(sum));
}

WireError TileModel::compare(const Eigen::MatrixXd& loop_s, const Eigen::MatrixXd& ideal_s) {
  const int n = size_;
  Eigen::MatrixXd known_s = ideal_s;
  if (compensation_.sweeps > 0) {
    known_s.setZero();
    for (int slice = 0; slice < seed_slices_; ++slice) {
      known_s += slice_weight(slice) * span_s_ *
                 loop_value(cells_in_use(array(slice, 0).conductance_s()),
                            cells_in_use(array(slice, 1).conductance_s()));
    }
  }
  if (compensation_.bias.size() != 0) {
    known_s -= span_s_ * compensation_.bias;
  }
  WireError error;
  error.matrix_before = (loop_s - ideal_s).norm() / ideal_s.norm();
  error.matrix_after = (loop_s - known_s).norm() / known_s.norm();
  try {
    const circuit::DenseFactor factor(loop_s, circuit::best_instruction_set(),
                                      "tile: the wires make the matrix singular");
    // F^-1 G - 1 = F^-1 (G - F)
    const double per_output = 1.0 / std::sqrt(static_cast<double>(n));
    error.inv_before = factor.solve(Eigen::MatrixXd(ideal_s - loop_s)).norm() * per_output;
    error.inv_after = factor.solve(Eigen::MatrixXd(known_s - loop_s)).norm() * per_output;
  } catch (const std::domain_error&) {
    error.inv_before = error.inv_after = 0.0;
  }
  return error;
}

}  // namespace invar::tile
