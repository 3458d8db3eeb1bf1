#include <fmt/format.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/solve_problem.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/input_error.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <cmath>
#include <limits>

namespace invar::platform {
namespace {

void require_symmetric(const std::string& path, const Eigen::MatrixXd& matrix) {
  constexpr double k_tolerance = 1e-12;
  const double largest = matrix.cwiseAbs().maxCoeff();
  Eigen::Index row = 0;
  Eigen::Index column = 0;
  const double difference = (matrix - matrix.transpose()).cwiseAbs().maxCoeff(&row, &column);
  if (difference > k_tolerance * largest) {
    throw InputError(fmt::format(
        "{}: not symmetric: entry ({}, {}) is {}, entry ({}, {}) is {} (--general takes such)",
        path, row + 1, column + 1, matrix(row, column), column + 1, row + 1, matrix(column, row)));
  }
}

void require_positive_definite(const std::string& path, const Eigen::MatrixXd& matrix) {
  const Eigen::LDLT<Eigen::MatrixXd> factors(matrix);
  const double smallest = factors.vectorD().minCoeff();
  const double largest = factors.vectorD().cwiseAbs().maxCoeff();
  const double round_off =
      static_cast<double>(matrix.rows()) * std::numeric_limits<double>::epsilon() * largest;
  if (factors.info() != Eigen::Success || largest == 0.0 || std::abs(smallest) <= round_off) {
    throw InputError(fmt::format("{}: singular: smallest pivot {:.3g}, largest {:.3g}", path,
                                 smallest, largest));
  }
  if (smallest < 0.0) {
    throw InputError(
        fmt::format("{}: not positive definite: smallest pivot {:.3g}", path, smallest));
  }
}

void require_regular(const std::string& path, const Eigen::MatrixXd& matrix) {
  for (Eigen::Index i = 0; i < matrix.rows(); ++i) {
    if (!(matrix(i, i) > 0.0)) {
      throw InputError(fmt::format("{}: entry ({}, {}) is {}: the diagonal must be positive", path,
                                   i + 1, i + 1, matrix(i, i)));
    }
  }
  const double condition = Eigen::PartialPivLU<Eigen::MatrixXd>(matrix).rcond();
  if (!(condition > std::numeric_limits<double>::epsilon())) {
    throw InputError(fmt::format("{}: singular: reciprocal condition {:.3g}", path, condition));
  }
}

}  // namespace

SolveProblem load_solve_problem(const std::string& matrix_path, const std::string& rhs_path,
                                bool general) {
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
  if (general) {
    require_regular(matrix_path, problem.matrix);
  } else {
    require_symmetric(matrix_path, problem.matrix);
    problem.matrix = (0.5 * (problem.matrix + problem.matrix.transpose())).eval();
    require_positive_definite(matrix_path, problem.matrix);
  }

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
