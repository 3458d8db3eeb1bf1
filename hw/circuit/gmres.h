#ifndef INVAR_CIRCUIT_GMRES_H
#define INVAR_CIRCUIT_GMRES_H

#include <Eigen/Core>
#include <cmath>

namespace invar::circuit {

/// What an iteration reached.
struct GmresResult {
  double relative_residual = 0.0;
  int steps = 0;
};

/// GMRES for A x = b without restarts, orthogonalised twice (the tolerances asked of it are near
/// rounding).
/// \param apply x -> A x \param precondition r -> M^-1 r, from the right
/// \param x in: the start; out: the solution
template <typename Apply, typename Precondition>
GmresResult gmres(const Apply& apply, const Precondition& precondition, const Eigen::VectorXd& b,
                  double tolerance, int maximum_steps, Eigen::VectorXd& x) {
  const Eigen::Index n = b.size();
  const double scale = b.norm();
  GmresResult result;
  Eigen::VectorXd residual = b - apply(x);
  const double start = residual.norm();
  if (!(start > tolerance * scale)) {
    result.relative_residual = scale > 0.0 ? start / scale : 0.0;
    return result;
  }
  Eigen::MatrixXd basis(n, maximum_steps + 1), steps(n, maximum_steps);
  Eigen::MatrixXd hessenberg = Eigen::MatrixXd::Zero(maximum_steps + 1, maximum_steps);
  Eigen::VectorXd cosine(maximum_steps), sine(maximum_steps);
  Eigen::VectorXd rest = Eigen::VectorXd::Zero(maximum_steps + 1);
  rest[0] = start;
  basis.col(0) = residual / start;
  int k = 0;
  while (k < maximum_steps) {
    steps.col(k) = precondition(basis.col(k));
    Eigen::VectorXd next = apply(steps.col(k));
    for (int pass = 0; pass < 2; ++pass) {
      const Eigen::VectorXd overlap = basis.leftCols(k + 1).transpose() * next;
      next -= basis.leftCols(k + 1) * overlap;
      hessenberg.col(k).head(k + 1) += overlap;
    }
    const double length = next.norm();
    for (int i = 0; i < k; ++i) {
      const double upper = hessenberg(i, k), lower = hessenberg(i + 1, k);
      hessenberg(i, k) = cosine[i] * upper + sine[i] * lower;
      hessenberg(i + 1, k) = cosine[i] * lower - sine[i] * upper;
    }
    const double diagonal = std::hypot(hessenberg(k, k), length);
    if (!(diagonal > 0.0)) {
      break;
    }
    cosine[k] = hessenberg(k, k) / diagonal;
    sine[k] = length / diagonal;
    hessenberg(k, k) = diagonal;
    rest[k + 1] = -sine[k] * rest[k];
    rest[k] *= cosine[k];
    ++k;
    if (!(std::abs(rest[k]) > tolerance * scale) || !(length > 0.0)) {
      break;
    }
    basis.col(k) = next / length;
  }
  const Eigen::VectorXd weight =
      hessenberg.topLeftCorner(k, k).triangularView<Eigen::Upper>().solve(rest.head(k));
  x += steps.leftCols(k) * weight;
  result.steps = k;
  result.relative_residual = std::abs(rest[k]) / scale;
  return result;
}

}  // namespace invar::circuit

#endif
