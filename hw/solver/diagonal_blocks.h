#ifndef INVAR_SOLVER_DIAGONAL_BLOCKS_H
#define INVAR_SOLVER_DIAGONAL_BLOCKS_H

#include <invar/solver/parallel_inverses.h>

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace invar::solver {

/// The inverse of a matrix of which tiles hold the blocks on the diagonal alone, all of them
/// written and shot at once. What lies beside them is left out: where that is much, deflation
/// carries most of it.
class DiagonalBlocks final : public ParallelInverses {
 public:
  /// \param blocks in the order of their rows
  explicit DiagonalBlocks(std::vector<std::unique_ptr<AnalogInverse>> blocks);

  Eigen::Index size() const override { return size_; }
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;
  bool read_back(WorkTally& work, Eigen::MatrixXd& value) override;
  bool stored_value(Eigen::MatrixXd& value) const override;
  double interval_s(int passes) const override;

 private:
  Eigen::Index size_ = 0;
};

}  // namespace invar::solver

#endif
