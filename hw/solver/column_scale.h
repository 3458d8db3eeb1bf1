#ifndef INVAR_SOLVER_COLUMN_SCALE_H
#define INVAR_SOLVER_COLUMN_SCALE_H

#include <Eigen/Core>
#include <vector>

namespace invar::solver {

/// Columns and the power of two of each, so that norms neither overflow nor vanish. Every number of
/// a refinement is proportional to its right-hand side: no other bit changes.
class ColumnScale {
 public:
  /// \param columns n x k, finite \param row_scale n positive weights of the rows
  ColumnScale(const Eigen::MatrixXd& columns, const Eigen::VectorXd& row_scale);

  /// Columns whose weighted peaks are about 1.
  Eigen::MatrixXd normalised(const Eigen::MatrixXd& columns) const { return times(columns, -1); }
  /// As they were asked for; what is too small or too large for FP64 is lost.
  Eigen::MatrixXd restored(const Eigen::MatrixXd& columns) const { return times(columns, 1); }

 private:
  Eigen::MatrixXd times(const Eigen::MatrixXd& columns, int sign) const;

  std::vector<int> exponents_;
};

/// Fixed-point numbers of so many bits, sign included, relative to each column's power of two.
void round_to_bits(int bits, Eigen::MatrixXd& columns);

}  // namespace invar::solver

#endif
