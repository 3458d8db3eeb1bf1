#include <invar/solver/solve_result.h>

#include <algorithm>
#include <numeric>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

std::uint32_t SolveResult::largest_iterations() const {
  return iterations.empty() ? 0 : *std::max_element(iterations.begin(), iterations.end());
}

double SolveResult::largest_residual() const {
  return relative_residual.size() == 0 ? 0.0 : relative_residual.maxCoeff();
}

std::uint64_t SolveResult::total_iterations() const {
  return std::accumulate(iterations.begin(), iterations.end(), std::uint64_t{0});
}

std::uint64_t SolveResult::total_multiply_accumulates() const {
  return std::accumulate(
      steps.begin(), steps.end(), std::uint64_t{0},
      [](std::uint64_t sum, const WorkStep& step) { return sum + step.multiply_accumulates; });
}

std::uint64_t SolveResult::total_fetched_elements() const {
  return std::accumulate(
      steps.begin(), steps.end(), std::uint64_t{0},
      [](std::uint64_t sum, const WorkStep& step) { return sum + step.fetched_elements; });
}

double SolveResult::duration_s() const {
  return solver::duration_s(steps);
}

MatrixXd finite_columns(const MatrixXd& columns, std::vector<SolveStatus>& failed) {
  MatrixXd result = columns;
  failed.assign(columns.cols(), SolveStatus::ok);
  for (Index column = 0; column < columns.cols(); ++column) {
    if (!columns.col(column).allFinite()) {
      result.col(column).setZero();
      failed[column] = SolveStatus::not_finite;
    }
  }
  return result;
}

}  // namespace invar::solver
