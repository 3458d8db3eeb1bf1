#ifndef INVAR_SOLVER_BORDERED_INVERSE_H
#define INVAR_SOLVER_BORDERED_INVERSE_H

#include <invar/number_format/number_format.h>
#include <invar/solver/augmented_inverse.h>

#include <Eigen/Core>
#include <memory>

namespace invar::solver {

/// A symmetric positive definite matrix whose last row is eliminated exactly, so that tiles hold
/// what is left: with A = [A1 a; a' c], S = A1 - a a' / c,
///   x1 = S^-1 (b1 - a b2 / c), x2 = (b2 - a' x1) / c.
/// Where the last row is that of a bias, a / c is the mean of the other activations: what is left
/// is their covariance, without the dominant eigenvalue that their mean makes.
class BorderedInverse final : public AugmentedInverse {
 public:
  /// \param rest approximates S^-1, n - 1 \param border a \param corner c, positive
  /// \param lanes what the border and vectors are kept in
  BorderedInverse(std::unique_ptr<AnalogInverse> rest, Eigen::VectorXd border, double corner,
                  number_format::NumberFormat lanes = number_format::NumberFormat::fp64);

  Eigen::Index size() const override { return rest().size() + 1; }
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;

 private:
  void add_border(Eigen::Index columns, WorkTally& work) const;
  /// A of S.
  Eigen::MatrixXd whole(const Eigen::MatrixXd& rest) const override;
  LaneWork whole_work() const override;

  Eigen::VectorXd border_;
  double corner_;
  number_format::NumberFormat lanes_;
};

/// S of A, n x n with n >= 2 and a positive last diagonal entry.
Eigen::MatrixXd without_last_row(const Eigen::MatrixXd& matrix);

/// What S takes, once; of one triangle, made symmetric by that.
LaneWork border_elimination_work(double n);
/// Of one right-hand side. \param columns right-hand sides that share what is fetched
LaneWork border_work(double n, double columns);

}  // namespace invar::solver

#endif
