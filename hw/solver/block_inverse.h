#ifndef INVAR_SOLVER_BLOCK_INVERSE_H
#define INVAR_SOLVER_BLOCK_INVERSE_H

#include <invar/solver/analog_inverse.h>
#include <invar/solver/block_product.h>

#include <Eigen/Core>
#include <memory>

namespace invar::solver {

/// The inverse of a matrix in four blocks, A = [A1 A2; A3 A4], by that of A1 and that of the Schur
/// complement S = A4 - A3 A1^-1 A2 (BlockAMC, arXiv 2401.10042):
///
/// y1 = A1^-1 b1; x2 = S^-1 (b2 - A3 y1); x1 = A1^-1 (b1 - A2 x2).
class BlockInverse final : public AnalogInverse {
 public:
  BlockInverse(std::unique_ptr<AnalogInverse> first, std::unique_ptr<BlockProduct> upper,
               std::unique_ptr<BlockProduct> lower, std::unique_ptr<AnalogInverse> schur);

  Eigen::Index size() const override { return first_->size() + schur_->size(); }
  void begin(Eigen::Index columns) override;
  int fix_ranges() override;
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  /// y1 = A1 x1 + A2 x2; y2 = A3 (x1 + A1^-1 A2 x2) + S x2.
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;
  bool read_back(WorkTally& work, Eigen::MatrixXd& value) override;
  bool stored_value(Eigen::MatrixXd& value) const override;
  void settle(WorkTally& work) override;
  double latency_s() const override;
  double settling_time_s() const override;
  double interval_s(int passes) const override;

 private:
  std::unique_ptr<AnalogInverse> first_;
  std::unique_ptr<BlockProduct> upper_, lower_;
  std::unique_ptr<AnalogInverse> schur_;
};

}  // namespace invar::solver

#endif
