#ifndef INVAR_PLATFORM_CONFIGURATION_SOLVE_PROBLEM_H
#define INVAR_PLATFORM_CONFIGURATION_SOLVE_PROBLEM_H

#include <invar/platform/configuration/scaled_factors.h>

#include <Eigen/Core>
#include <functional>
#include <string>

namespace invar::platform {

/// What `invar solve` is asked: A X = B.
struct SolveProblem {
  Eigen::MatrixXd matrix;  ///< n x n, regular; exactly symmetric and positive definite, or general
  Eigen::MatrixXd rhs;     ///< n x k
  ScaledFactors factors;   ///< of the matrix, by which it was checked
  std::string content_hash;
};

/// Reads and checks both files: the right-hand sides as long as the matrix; the matrix square and
/// regular and, unless it is general, symmetric and positive definite. All of that is judged of the
/// scaled matrix, whose rows and columns have no units: symmetric is |a_ij - a_ji| up to
/// 1e-12 sqrt(a_ii a_jj) (the rest is averaged away), singular is what is so to FP64's precision.
/// \param require_room throws where the machine has no room for so many rows; called before
/// anything that takes long
/// \throws InputError naming the file and the cause
SolveProblem load_solve_problem(const std::string& matrix_path, const std::string& rhs_path,
                                bool general = false,
                                const std::function<void(Eigen::Index rows)>& require_room = {});

}  // namespace invar::platform

#endif
