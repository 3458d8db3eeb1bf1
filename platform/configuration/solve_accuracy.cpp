#include <invar/platform/configuration/solve_accuracy.h>

#include <cmath>

namespace invar::platform {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double k_negligible = 1e-9;
constexpr double k_rounding = 1e-13;

double relative(const VectorXd& part, const VectorXd& whole) {
  const double norm = whole.stableNorm();
  return norm > 0.0 ? part.stableNorm() / norm : 0.0;
}

void note_components(const ScaledFactors& factors, const VectorXd& error, const VectorXd& truth,
                     Index column, SolveAccuracy& accuracy) {
  const VectorXd scaled = truth.cwiseQuotient(factors.column_scale());
  const double peak = truth.cwiseAbs().maxCoeff();
  const double scaled_peak = scaled.cwiseAbs().maxCoeff();
  for (Index row = 0; row < truth.size(); ++row) {
    const double size = std::abs(truth[row]);
    if (size > 0.0 &&
        (size >= k_negligible * peak || std::abs(scaled[row]) >= k_negligible * scaled_peak) &&
        !(std::abs(error[row]) / size <= accuracy.worst_component_error)) {
      accuracy.worst_component_error = std::abs(error[row]) / size;
      accuracy.worst_row = row + 1;
      accuracy.worst_column = column + 1;
    }
  }
}

/// Not smaller, and never a NaN away.
void raise(double& figure, double value) {
  figure = value <= figure ? figure : value;
}

}  // namespace

ColumnMask solved_columns(const SolveProblem& problem, const MatrixXd& residual, double tolerance) {
  const auto scale = problem.factors.row_weight().asDiagonal();
  ColumnMask solved(residual.cols());
  for (Index column = 0; column < residual.cols(); ++column) {
    solved[column] = relative(scale * residual.col(column), scale * problem.rhs.col(column)) <=
                     tolerance + k_rounding;
  }
  return solved;
}

SolveAccuracy measure_accuracy(const SolveProblem& problem, const MatrixXd& solution,
                               const MatrixXd& residual, const ColumnMask& counted) {
  const MatrixXd error = problem.factors.solve(residual);
  const auto row_scale = problem.factors.row_scale().asDiagonal();
  const auto row_weight = problem.factors.row_weight().asDiagonal();
  const auto column_scale = problem.factors.column_scale().cwiseInverse().asDiagonal();
  SolveAccuracy accuracy;
  accuracy.condition = problem.factors.condition();
  for (Index column = 0; column < solution.cols(); ++column) {
    if (!counted[column]) {
      continue;
    }
    const VectorXd b = problem.rhs.col(column);
    const VectorXd r = residual.col(column);
    const VectorXd e = error.col(column);
    const VectorXd truth = solution.col(column) + e;
    raise(accuracy.scaled_residual, relative(row_weight * r, row_weight * b));
    raise(accuracy.error_bound, accuracy.condition * relative(row_scale * r, row_scale * b));
    raise(accuracy.residual, relative(r, b));
    raise(accuracy.scaled_error, relative(column_scale * e, column_scale * truth));
    raise(accuracy.error, relative(e, truth));
    note_components(problem.factors, e, truth, column, accuracy);
  }
  return accuracy;
}

}  // namespace invar::platform
