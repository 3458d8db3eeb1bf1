#ifndef INVAR_SOLVER_DIAGONAL_BLOCKS_H
#define INVAR_SOLVER_DIAGONAL_BLOCKS_H

#include <invar/solver/analog_inverse.h>

#include <Eigen/Core>
#include <functional>
#include <memory>
#include <vector>

namespace invar::solver {

/// The inverse of a matrix of which tiles hold the blocks on the diagonal alone, all of them
/// written and shot at once. What lies beside them is left out: where that is much, deflation
/// carries most of it.
class DiagonalBlocks final : public AnalogInverse {
 public:
  /// \param blocks in the order of their rows
  explicit DiagonalBlocks(std::vector<std::unique_ptr<AnalogInverse>> blocks);

  Eigen::Index size() const override { return size_; }
  void begin(Eigen::Index columns) override;
  int fix_ranges() override;
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;
  bool read_back(WorkTally& work, Eigen::MatrixXd& value) override;
  bool stored_value(Eigen::MatrixXd& value) const override;
  void settle(WorkTally& work) override;
  double latency_s() const override;
  double settling_time_s() const override;
  double interval_s(int passes) const override;

 private:
  /// The largest of what the blocks say.
  double largest(const std::function<double(const AnalogInverse&)>& figure) const;

  std::vector<std::unique_ptr<AnalogInverse>> blocks_;
  Eigen::Index size_ = 0;
};

}  // namespace invar::solver

#endif
