#ifndef INVAR_PLATFORM_CONFIGURATION_SOLVE_PROBLEM_H
#define INVAR_PLATFORM_CONFIGURATION_SOLVE_PROBLEM_H

#include <Eigen/Core>
#include <string>

namespace invar::platform {

/// What `invar solve` is asked: A X = B.
struct SolveProblem {
  Eigen::MatrixXd matrix;  ///< n x n, regular; exactly symmetric and positive definite, or general
  Eigen::MatrixXd rhs;     ///< n x k
  std::string content_hash;
};

/// Reads and checks both files: the matrix square, symmetric (to 1e-12 of its largest entry; the
/// rest is averaged away), regular and positive definite; the right-hand sides as long as it.
/// \param general the matrix need not be symmetric, but its diagonal must be positive
/// \throws InputError naming the file and the cause
SolveProblem load_solve_problem(const std::string& matrix_path, const std::string& rhs_path,
                                bool general = false);

}  // namespace invar::platform

#endif
