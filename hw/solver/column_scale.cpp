#include <invar/number_format/power_of_two.h>
#include <invar/solver/column_scale.h>

#include <algorithm>
#include <cmath>
#include <limits>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

ColumnScale::ColumnScale(const MatrixXd& columns, const Eigen::VectorXd& row_scale) {
  for (Index column = 0; column < columns.cols(); ++column) {
    int peak = std::numeric_limits<int>::min();
    for (Index row = 0; row < columns.rows(); ++row) {
      // Exponents added, since the product may be no number.
      if (columns(row, column) != 0.0) {
        peak = std::max(peak, std::ilogb(columns(row, column)) + std::ilogb(row_scale[row]));
      }
    }
    exponents_.push_back(peak != std::numeric_limits<int>::min() ? peak : 0);
  }
}

MatrixXd ColumnScale::times(const MatrixXd& columns, int sign) const {
  MatrixXd result = columns;
  for (Index column = 0; column < columns.cols(); ++column) {
    const int exponent = sign * exponents_[column];
    if (exponent != 0) {
      // In two steps: 2^1074 is no number.
      result.col(column) *= std::ldexp(1.0, exponent / 2);
      result.col(column) *= std::ldexp(1.0, exponent - exponent / 2);
    }
  }
  return result;
}

void round_to_bits(int bits, MatrixXd& columns) {
  const double largest_code = std::ldexp(1.0, bits - 1) - 1.0;
  for (Index column = 0; column < columns.cols(); ++column) {
    const double peak = columns.col(column).cwiseAbs().maxCoeff();
    if (!(peak > 0.0) || !std::isfinite(peak)) {
      continue;
    }
    const double step = std::ldexp(1.0, number_format::exponent_above(peak) - (bits - 1));
    for (double& value : columns.col(column)) {
      value = step * std::clamp(std::nearbyint(value / step), -largest_code, largest_code);
    }
  }
}

}  // namespace invar::solver
