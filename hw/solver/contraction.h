#ifndef INVAR_SOLVER_CONTRACTION_H
#define INVAR_SOLVER_CONTRACTION_H

#include <invar/solver/analog_inverse.h>

#include <Eigen/Core>
#include <vector>

namespace invar::solver {

/// Reported of a seed whose outputs saturate however small the input.
constexpr double k_useless_contraction = 1e3;

/// Applications of the inverse that an estimate takes at most.
Eigen::Index contraction_applications(Eigen::Index n);

/// Estimates rho(I - A M^-1), the factor by which plain refinement shrinks a residual in the end,
/// with the tiles' own M^-1 and exact residuals: the largest eigenvalue of I - A M^-1 over the
/// space that a few applications to a fixed vector span (Arnoldi). The noise of the shots is in it.
/// \param row_scale S, weights of the rows: the basis in which vectors have norms and angles
/// \return k_useless_contraction when outputs saturate \param work empty \param step what it took
double estimate_contraction(AnalogInverse& inverse, const Eigen::MatrixXd& matrix,
                            const Eigen::VectorXd& row_scale, WorkTally& work, WorkStep& step);

}  // namespace invar::solver

#endif
