#ifndef INVAR_CIRCUIT_CONDUCTANCE_CHECK_H
#define INVAR_CIRCUIT_CONDUCTANCE_CHECK_H

#include <Eigen/Core>
#include <cmath>
#include <stdexcept>
#include <string>

namespace invar::circuit {

/// \throws std::invalid_argument with the place of the first cell that is negative or not finite
inline void require_conductances(const Eigen::MatrixXd& matrix, const std::string& array) {
  // A sum is finite only if every term is; the place is looked for only when there is one.
  if (matrix.size() == 0 || (matrix.minCoeff() >= 0.0 && std::isfinite(matrix.sum()))) {
    return;
  }
  for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
      if (!(matrix(row, column) >= 0.0) || !std::isfinite(matrix(row, column))) {
        throw std::invalid_argument("circuit: " + array + " conductance (" + std::to_string(row) +
                                    ", " + std::to_string(column) +
                                    ") must be finite and not negative");
      }
    }
  }
}

}  // namespace invar::circuit

#endif
