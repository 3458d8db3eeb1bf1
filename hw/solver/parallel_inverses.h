#ifndef INVAR_SOLVER_PARALLEL_INVERSES_H
#define INVAR_SOLVER_PARALLEL_INVERSES_H

#include <invar/solver/analog_inverse.h>

#include <Eigen/Core>
#include <functional>
#include <memory>
#include <vector>

namespace invar::solver {

/// Inverses on tiles of their own that work side by side: what is the same whether they share the
/// rows of a matrix (`DiagonalBlocks`) or its right-hand sides (`ReplicatedInverse`).
class ParallelInverses : public AnalogInverse {
 public:
  void begin(Eigen::Index columns) override;
  int fix_ranges() override;
  void settle(WorkTally& work) override;
  double latency_s() const override;
  double settling_time_s() const override;

 protected:
  explicit ParallelInverses(std::vector<std::unique_ptr<AnalogInverse>> parts);

  const std::vector<std::unique_ptr<AnalogInverse>>& parts() const { return parts_; }
  /// The largest of what the parts say.
  double largest(const std::function<double(const AnalogInverse&)>& figure) const;

 private:
  std::vector<std::unique_ptr<AnalogInverse>> parts_;
};

}  // namespace invar::solver

#endif
