#ifndef INVAR_SOLVER_AUGMENTED_INVERSE_H
#define INVAR_SOLVER_AUGMENTED_INVERSE_H

#include <invar/solver/analog_inverse.h>
#include <invar/solver/lane_work.h>

#include <Eigen/Core>
#include <memory>

namespace invar::solver {

/// The inverse of a matrix of which a part is kept digitally, and tiles hold the rest: what is the
/// same whatever that part is (`DeflatedInverse`, `BorderedInverse`).
class AugmentedInverse : public AnalogInverse {
 public:
  void begin(Eigen::Index columns) override { rest_->begin(columns); }
  int fix_ranges() override { return rest_->fix_ranges(); }
  bool read_back(WorkTally& work, Eigen::MatrixXd& value) override;
  bool stored_value(Eigen::MatrixXd& value) const override;
  void settle(WorkTally& work) override { rest_->settle(work); }
  double latency_s() const override { return rest_->latency_s(); }
  double settling_time_s() const override { return rest_->settling_time_s(); }
  double interval_s(int passes) const override { return rest_->interval_s(passes); }

 protected:
  explicit AugmentedInverse(std::unique_ptr<AnalogInverse> rest);

  AnalogInverse& rest() { return *rest_; }
  const AnalogInverse& rest() const { return *rest_; }

 private:
  /// The matrix of what tiles hold of it, and what that takes, once.
  virtual Eigen::MatrixXd whole(const Eigen::MatrixXd& rest) const = 0;
  virtual LaneWork whole_work() const = 0;

  std::unique_ptr<AnalogInverse> rest_;
};

}  // namespace invar::solver

#endif
