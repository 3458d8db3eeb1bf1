#ifndef INVAR_SOLVER_REPLICATED_INVERSE_H
#define INVAR_SOLVER_REPLICATED_INVERSE_H

#include <invar/solver/parallel_inverses.h>

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace invar::solver {

/// A matrix that stands on several sets of tiles, which share its right-hand sides: each takes
/// consecutive ones, as equal in number as can be (which those are may change from one application
/// to the next). For matrices of which many right-hand sides
/// queue; every set is written and paid for.
class ReplicatedInverse final : public ParallelInverses {
 public:
  /// \param replicas of the same matrix, one or more
  explicit ReplicatedInverse(std::vector<std::unique_ptr<AnalogInverse>> replicas);

  AnalogInverse& replica(int place) { return *parts()[static_cast<std::size_t>(place)]; }

  Eigen::Index size() const override { return parts().front()->size(); }
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;
  /// Of the first replica, as its cells hold it.
  bool read_back(WorkTally& work, Eigen::MatrixXd& value) override;
  bool stored_value(Eigen::MatrixXd& value) const override;
  double interval_s(int passes) const override;
};

}  // namespace invar::solver

#endif
