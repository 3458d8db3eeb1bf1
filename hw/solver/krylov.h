#ifndef INVAR_SOLVER_KRYLOV_H
#define INVAR_SOLVER_KRYLOV_H

#include <invar/solver/work_tally.h>

#include <Eigen/Core>
#include <vector>

namespace invar::solver {

/// Earlier search directions of one right-hand side: generalised conjugate residuals, truncated.
///
/// Each new correction is combined with those kept so that the residual becomes as small as it can
/// over their span, which is never larger than with the correction alone. Nothing is asked of the
/// seed: it may be non-symmetric and another one at every step.
class SearchDirections {
 public:
  /// \param largest number kept; the oldest goes first
  explicit SearchDirections(int largest) : largest_(largest) {}

  /// Replaces a correction and its image under A by the best step.
  void improve(const Eigen::VectorXd& residual, Eigen::Ref<Eigen::VectorXd> correction,
               Eigen::Ref<Eigen::VectorXd> image, WorkTally& work);
  void restart() { kept_ = 0; }

  Eigen::Index largest() const { return largest_; }
  /// Keeps more of them from now on. \param largest not below what it was
  void grow(Eigen::Index largest);

 private:
  Eigen::Index largest_;
  Eigen::Index kept_ = 0;
  Eigen::Index next_ = 0;  ///< place of the next one
  Eigen::MatrixXd corrections_;
  Eigen::MatrixXd images_;  ///< orthonormal
};

}  // namespace invar::solver

#endif
