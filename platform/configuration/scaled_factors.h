#ifndef INVAR_PLATFORM_CONFIGURATION_SCALED_FACTORS_H
#define INVAR_PLATFORM_CONFIGURATION_SCALED_FACTORS_H

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>

namespace invar::platform {

/// FP64 factors of a matrix whose rows and columns have been scaled, R A C, so that what is said of
/// it does not depend on the units of equations and unknowns. Outside the machine: for checks, and
/// for the truth that a solution is measured by.
///
/// A symmetric matrix of positive diagonal D is scaled by D^-1/2 on both sides. Rows and columns of
/// a general one get largest magnitudes of about 1 (Ruiz, RAL-TR-2001-034), by powers of two.
class ScaledFactors {
 public:
  enum class Verdict { regular, not_positive_definite, singular };

  ScaledFactors() = default;
  /// \param matrix n x n, finite; symmetric with a positive diagonal unless general
  ScaledFactors(const Eigen::MatrixXd& matrix, bool general);

  Verdict verdict() const { return verdict_; }
  /// Of the scaled matrix, in the 1-norm, as estimated; infinite where singular.
  double condition() const { return condition_; }
  const Eigen::VectorXd& row_scale() const { return row_scale_; }
  const Eigen::VectorXd& column_scale() const { return column_scale_; }
  /// Weights of the rows in the norm that a tolerance is for: those of the accelerator
  /// (solver::row_weights).
  const Eigen::VectorXd& row_weight() const { return row_weight_; }
  /// A^-1 b for each column. Only of a regular matrix.
  Eigen::MatrixXd solve(const Eigen::MatrixXd& rhs) const;

 private:
  bool general_ = false;
  Verdict verdict_ = Verdict::singular;
  double condition_ = 0.0;
  Eigen::VectorXd row_weight_, row_scale_, column_scale_;
  Eigen::LLT<Eigen::MatrixXd> cholesky_;
  Eigen::PartialPivLU<Eigen::MatrixXd> lu_;
};

}  // namespace invar::platform

#endif
