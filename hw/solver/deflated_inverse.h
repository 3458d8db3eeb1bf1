#ifndef INVAR_SOLVER_DEFLATED_INVERSE_H
#define INVAR_SOLVER_DEFLATED_INVERSE_H

#include <invar/number_format/number_format.h>
#include <invar/solver/augmented_inverse.h>

#include <Eigen/Core>
#include <memory>

namespace invar::solver {

/// The inverse of A = S^-1 (B + U U') S^-1 by that of B (Woodbury): A^-1 b = S (y - W K U'y) with
/// y = B^-1 S b, W = B^-1 U and K = (I + U'W)^-1.
class DeflatedInverse final : public AugmentedInverse {
 public:
  /// \param rest approximates B^-1, n \param scale S, n \param u U, n x k
  /// \param lanes what U, W, K and vectors are kept in
  DeflatedInverse(std::unique_ptr<AnalogInverse> rest, Eigen::VectorXd scale, Eigen::MatrixXd u,
                  number_format::NumberFormat lanes = number_format::NumberFormat::fp64);

  /// Finds W by shots, before anything else is asked: k times `averages`, each with inputs of
  /// another size and sign, so that offsets and roundings of the converters differ too.
  /// \return false where outputs clip however small the input
  bool learn(int averages, WorkTally& work, WorkStep& step);

  Eigen::Index size() const override { return rest().size(); }
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;

 private:
  /// Of so many right-hand sides.
  void add_correction(Eigen::Index columns, WorkTally& work) const;
  double rank() const { return static_cast<double>(u_.cols()); }
  /// S^-1 (B + U U') S^-1.
  Eigen::MatrixXd whole(const Eigen::MatrixXd& rest) const override;
  LaneWork whole_work() const override;

  Eigen::VectorXd scale_;
  Eigen::MatrixXd u_;
  Eigen::MatrixXd w_;  ///< n x k
  Eigen::MatrixXd k_;  ///< k x k
  number_format::NumberFormat lanes_;
};

}  // namespace invar::solver

#endif
