#include <invar/number_format/block_rounding.h>
#include <invar/solver/deflation.h>
#include <invar/solver/golden_fractions.h>

#include <Eigen/Eigenvalues>
#include <Eigen/QR>
#include <algorithm>
#include <cmath>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// Eigenvalues and eigenvectors of a symmetric matrix of a few rows, in units of its cube
/// (assumption: tridiagonal reduction, implicit QR with vectors: Golub and Van Loan, section 8.3).
constexpr double k_eigen_operations = 9.0;
/// Householder vectors and the orthonormal basis made of them: 2 n k^2 each.
constexpr double k_orthonormalisation = 4.0;

MatrixXd orthonormal(const MatrixXd& vectors, number_format::NumberFormat lanes) {
  MatrixXd basis = Eigen::HouseholderQR<MatrixXd>(vectors).householderQ() *
                   MatrixXd::Identity(vectors.rows(), vectors.cols());
  number_format::round_vectors(lanes, basis);
  return basis;
}

MatrixXd cold_start(Index n, Index columns) {
  const MatrixXd fractions = golden_fractions(n * columns).reshaped(n, columns);
  MatrixXd start = 2.0 * fractions.array() - 1.0;
  // Of one sign, as the dominant eigenvector of a matrix without negative entries is.
  start.col(0) = fractions.col(0).array() + 0.5;
  return orthonormal(start, number_format::NumberFormat::fp64);
}

}  // namespace

Index largest_deflation_rank(Index n) {
  return n - 1;
}

Deflation deflate(const MatrixXd& matrix, Index rank, const MatrixXd& start, int iterations,
                  number_format::NumberFormat lanes) {
  const Index n = matrix.rows();
  const bool is_warm = start.rows() == n && start.cols() == rank + 1;
  MatrixXd basis = is_warm ? start : cold_start(n, rank + 1);
  for (int i = 0; !is_warm && i < iterations; ++i) {
    basis = orthonormal(matrix * basis, lanes);
  }
  MatrixXd product = matrix * basis;
  number_format::round_vectors(lanes, product);
  const MatrixXd projected = basis.transpose() * product;
  const Eigen::SelfAdjointEigenSolver<MatrixXd> ritz(0.5 * (projected + projected.transpose()));
  // Largest first.
  const VectorXd value = ritz.eigenvalues().reverse();
  const MatrixXd rotated = product * ritz.eigenvectors().rowwise().reverse();
  Deflation result;
  result.u = MatrixXd::Zero(n, rank);
  for (Index i = 0; i < rank; ++i) {
    if (value[i] > 0.0) {
      result.u.col(i) =
          std::sqrt(value[i] - std::max(value[rank], 0.0)) / value[i] * rotated.col(i);
    }
  }
  number_format::round_vectors(lanes, result.u);
  result.subspace = orthonormal(product, lanes);
  result.work =
      deflation_work(static_cast<double>(n), static_cast<double>(rank), is_warm ? 0.0 : iterations);
  return result;
}

LaneWork deflation_work(double n, double rank, double iterations) {
  const double columns = rank + 1.0;
  const double orthonormalisation = k_orthonormalisation * n * columns * columns;
  // The vectors of a product share what it fetches.
  const LaneWork product{n * n * columns, n * n};
  const LaneWork ritz{
      2.0 * n * columns * columns + k_eigen_operations * columns * columns * columns + n * rank,
      0.0};
  return (iterations + 1.0) * (product + LaneWork{orthonormalisation, 0.0}) + ritz;
}

LaneWork deflated_matrix_work(double n, double rank) {
  // Of one triangle, diagonal included.
  return {0.5 * n * (n + 1.0) * rank, n * n};
}

LaneWork capacitance_work(double n, double rank, double averages) {
  return {n * rank * rank + rank * rank * rank + averages * n * rank, 0.0};
}

LaneWork deflation_correction_work(double n, double rank, double columns) {
  return {2.0 * n * rank + rank * rank, 2.0 * n * rank / columns};
}

}  // namespace invar::solver
