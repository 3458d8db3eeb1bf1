#ifndef INVAR_SOLVER_DEFLATION_H
#define INVAR_SOLVER_DEFLATION_H

#include <invar/number_format/number_format.h>
#include <invar/solver/lane_work.h>

#include <Eigen/Core>

namespace invar::solver {

/// The part of a symmetric positive definite matrix A that is kept digitally, A = B + U U', so that
/// tiles hold B: without the few largest eigenvalues their loops carry less and settle sooner, and
/// errors of a shot are not multiplied by the condition of A.
///
/// With V orthonormal, V'AV = Theta diagonal and theta the next Ritz value,
/// U = A V Theta^-1 (Theta - theta)^(1/2). Since U U' <= A V Theta^-1 V' A <= A, B is positive
/// definite for any V; V (Theta - theta)^(1/2) would need exact eigenvectors.
struct Deflation {
  Eigen::MatrixXd u;         ///< n x k
  Eigen::MatrixXd subspace;  ///< n x (k + 1), orthonormal: where that of the next matrix begins
  LaneWork work;             ///< what it took
};

/// Largest rank for a matrix of n rows: there has to be a next Ritz value.
Eigen::Index largest_deflation_rank(Eigen::Index n);

/// Subspace iteration of k + 1 vectors.
/// \param matrix A, n x n, symmetric; where it is not positive definite, what is found of its
///        positive part is deflated
/// \param rank k, 1 to largest_deflation_rank(n)
/// \param start n x (k + 1), of a matrix like this one; of another shape: a cold start
/// \param iterations multiplications by A before the last one, after a cold start only
/// \param lanes what vectors are kept in between; the few numbers of the projection are not rounded
Deflation deflate(const Eigen::MatrixXd& matrix, Eigen::Index rank, const Eigen::MatrixXd& start,
                  int iterations,
                  number_format::NumberFormat lanes = number_format::NumberFormat::fp64);

/// What `deflate` takes. \param iterations 0 after a warm start
LaneWork deflation_work(double n, double rank, double iterations);
/// B = A - U U', once.
LaneWork deflated_matrix_work(double n, double rank);
/// (I + U'W)^-1, once; and the mean of so many estimates of W.
LaneWork capacitance_work(double n, double rank, double averages);
/// y - W K U'y of one right-hand side.
/// \param columns right-hand sides that share what is fetched
LaneWork deflation_correction_work(double n, double rank, double columns);

}  // namespace invar::solver

#endif
