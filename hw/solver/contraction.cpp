#include <invar/solver/contraction.h>
#include <invar/solver/golden_fractions.h>

#include <Eigen/Eigenvalues>
#include <algorithm>
#include <cmath>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// What is left of a vector below this is rounding.
constexpr double k_exhausted = 1e-9;

VectorXd start_vector(Index n) {
  const VectorXd start = 2.0 * golden_fractions(n).array() - 1.0;
  return start / start.norm();
}

}  // namespace

Index contraction_applications(Index n) {
  // (Choice: the dominant eigenvalue of loops with tens of rows to a few percent.)
  return std::min<Index>(n, 10);
}

double estimate_contraction(AnalogInverse& inverse, const MatrixXd& matrix,
                            const VectorXd& row_scale, WorkTally& work, WorkStep& step) {
  const Index n = matrix.rows();
  const Index largest = contraction_applications(n);
  MatrixXd basis = MatrixXd::Zero(n, largest + 1);
  MatrixXd projected = MatrixXd::Zero(largest + 1, largest);
  basis.col(0) = start_vector(n);
  std::vector<WorkStep> steps;
  const std::vector<Index> columns{0};
  inverse.begin(1);
  Index size = 0;
  bool saturated = false;
  while (size < largest) {
    Application application{columns, work, {0}};
    work.set_columns(1);
    const VectorXd correction =
        inverse.apply(row_scale.cwiseInverse().asDiagonal() * basis.col(size), application);
    VectorXd error = basis.col(size) - row_scale.asDiagonal() * (matrix * correction);
    work.add(1, contraction_work(static_cast<double>(n), static_cast<double>(size)));
    for (Index i = 0; i <= size; ++i) {
      projected(i, size) = basis.col(i).dot(error);
      error -= projected(i, size) * basis.col(i);
    }
    steps.push_back(work.close(inverse.latency_s()));
    saturated = application.saturated[0] != 0;
    const double norm = error.norm();
    projected(size + 1, size) = norm;
    const double scale = projected.col(size).norm();
    ++size;
    if (saturated || !(norm > k_exhausted * scale)) {
      break;
    }
    basis.col(size) = error / norm;
  }
  step = merge(steps);
  if (saturated || !projected.allFinite()) {
    return k_useless_contraction;
  }
  const Eigen::EigenSolver<MatrixXd> solver(projected.topLeftCorner(size, size), false);
  return solver.eigenvalues().cwiseAbs().maxCoeff();
}

}  // namespace invar::solver
