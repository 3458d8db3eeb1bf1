#ifndef INVAR_SOLVER_REPLICATED_INVERSE_H
#define INVAR_SOLVER_REPLICATED_INVERSE_H

#include <invar/solver/analog_inverse.h>

#include <Eigen/Core>
#include <functional>
#include <memory>
#include <vector>

namespace invar::solver {

/// A matrix that stands on several sets of tiles, which share its right-hand sides: each takes
/// consecutive ones, as equal in number as can be. For matrices of which many right-hand sides
/// queue; every set is written and paid for.
class ReplicatedInverse final : public AnalogInverse {
 public:
  /// \param replicas of the same matrix, one or more
  explicit ReplicatedInverse(std::vector<std::unique_ptr<AnalogInverse>> replicas);

  AnalogInverse& replica(int place) { return *replicas_[static_cast<std::size_t>(place)]; }

  Eigen::Index size() const override { return replicas_.front()->size(); }
  void begin(Eigen::Index columns) override;
  int fix_ranges() override;
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;
  /// Of the first replica, as its cells hold it.
  bool read_back(WorkTally& work, Eigen::MatrixXd& value) override;
  bool stored_value(Eigen::MatrixXd& value) const override;
  void settle(WorkTally& work) override;
  double latency_s() const override;
  double settling_time_s() const override;
  double interval_s(int passes) const override;

 private:
  /// The largest of what the replicas say.
  double largest(const std::function<double(const AnalogInverse&)>& figure) const;

  std::vector<std::unique_ptr<AnalogInverse>> replicas_;
};

}  // namespace invar::solver

#endif
