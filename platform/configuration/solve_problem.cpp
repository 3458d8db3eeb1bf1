#include <fmt/format.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/solve_problem.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/input_error.h>

#include <cmath>

namespace invar::platform {
namespace {

void require_positive_diagonal(const std::string& path, const Eigen::MatrixXd& matrix) {
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    if (!(matrix(i, i) > 0.0)) {
      throw InputError(fmt::format(
          "{}: not positive definite: entry ({}, {}) is {} (--general takes any regular matrix)",
          path, i + 1, i + 1, matrix(i, i)));
    }
  }
}

void require_symmetric(const std::string& path, const Eigen::MatrixXd& matrix) {
  constexpr double k_tolerance = 1e-12;
  const Eigen::VectorXd unit = matrix.diagonal().cwiseSqrt();
  for (Eigen::Index j = 0; j < matrix.cols(); ++j) {
    for (Eigen::Index i = 0; i < j; ++i) {
      // (Not over the product of the units: it may overflow.)
      const double difference = std::abs(matrix(i, j) - matrix(j, i)) / unit[i] / unit[j];
      if (!(difference <= k_tolerance)) {
        throw InputError(fmt::format(
            "{}: not symmetric: entry ({}, {}) is {}, entry ({}, {}) is {} (--general takes such)",
            path, j + 1, i + 1, matrix(j, i), i + 1, j + 1, matrix(i, j)));
      }
    }
  }
}

void require_regular(const std::string& path, const ScaledFactors& factors) {
  if (factors.verdict() == ScaledFactors::Verdict::not_positive_definite) {
    throw InputError(path + ": not positive definite (--general takes any regular matrix)");
  }
  if (factors.verdict() == ScaledFactors::Verdict::singular) {
    throw InputError(
        fmt::format("{}: singular to working precision: condition {:.3g} with its rows and columns "
                    "scaled",
                    path, factors.condition()));
  }
}

}  // namespace

SolveProblem load_solve_problem(const std::string& matrix_path, const std::string& rhs_path,
                                bool general,
                                const std::function<void(Eigen::Index)>& require_room) {
  SolveProblem problem;
  problem.matrix = read_matrix_market(matrix_path);
  problem.rhs = read_matrix_market(rhs_path);
  const Eigen::Index n = problem.matrix.rows();
  if (problem.matrix.cols() != n) {
    throw InputError(
        fmt::format("{}: {} x {}: must be square", matrix_path, n, problem.matrix.cols()));
  }
  if (problem.rhs.rows() != n) {
    throw InputError(fmt::format("{}: right-hand sides of length {}: must be {}, as the matrix",
                                 rhs_path, problem.rhs.rows(), n));
  }
  if (require_room) {
    require_room(n);
  }
  if (!general) {
    require_positive_diagonal(matrix_path, problem.matrix);
    require_symmetric(matrix_path, problem.matrix);
    problem.matrix = (0.5 * problem.matrix + 0.5 * problem.matrix.transpose()).eval();
  }
  problem.factors = ScaledFactors(problem.matrix, general);
  require_regular(matrix_path, problem.factors);

  ContentHash hash;
  for (const Eigen::MatrixXd* matrix : {&problem.matrix, &problem.rhs}) {
    hash.add(static_cast<std::uint64_t>(matrix->rows()));
    hash.add(static_cast<std::uint64_t>(matrix->cols()));
    hash.add(matrix->data(), sizeof(double) * static_cast<std::size_t>(matrix->size()));
  }
  problem.content_hash = hash.text();
  return problem;
}

}  // namespace invar::platform
