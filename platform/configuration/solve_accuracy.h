#ifndef INVAR_PLATFORM_CONFIGURATION_SOLVE_ACCURACY_H
#define INVAR_PLATFORM_CONFIGURATION_SOLVE_ACCURACY_H

#include <invar/platform/configuration/solve_problem.h>

#include <Eigen/Core>

namespace invar::platform {

/// How good a solution is, computed in FP64 outside the machine. Largest figures over the
/// right-hand sides that count.
struct SolveAccuracy {
  /// |S (b - A x)| / |S b|, S the weights of the rows of `ScaledFactors`.
  double scaled_residual = 0.0;
  /// |b - A x| / |b| as the files have it.
  double residual = 0.0;
  double condition = 0.0;  ///< of the scaled matrix
  /// About the largest relative error that the residual of the scaled system allows.
  double error_bound = 0.0;
  /// |C^-1 (x* - x)| / |C^-1 x*| with C the scales of the unknowns and x* by the factors.
  double scaled_error = 0.0;
  /// |x* - x| / |x*| as the files have it.
  double error = 0.0;
  /// The largest |x*_i - x_i| / |x*_i| of an unknown that is not negligible, i.e. at least 1e-9 of
  /// the largest one, scaled or as the files have it; and where it is, from 1.
  double worst_component_error = 0.0;
  Eigen::Index worst_row = 0;
  Eigen::Index worst_column = 0;
};

/// For each right-hand side whether something is so.
using ColumnMask = Eigen::Array<bool, Eigen::Dynamic, 1>;

/// \param residual B - A X of the files \param counted which right-hand sides count
SolveAccuracy measure_accuracy(const SolveProblem& problem, const Eigen::MatrixXd& solution,
                               const Eigen::MatrixXd& residual, const ColumnMask& counted);

/// Whose weighted residual is within the tolerance (and FP64's rounding, since the machine adds up
/// in another order).
ColumnMask solved_columns(const SolveProblem& problem, const Eigen::MatrixXd& residual,
                          double tolerance);

}  // namespace invar::platform

#endif
