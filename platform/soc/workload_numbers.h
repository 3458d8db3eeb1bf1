#ifndef INVAR_PLATFORM_SOC_WORKLOAD_NUMBERS_H
#define INVAR_PLATFORM_SOC_WORKLOAD_NUMBERS_H

#include <invar/platform/workload/generated_factor.h>
#include <invar/sequencer/operand_source.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::platform {

/// What the accelerator would find in memory if a workload's network were computed: damped factors,
/// and as right-hand sides the weight gradients of a batch of the generated samples, or the unit
/// matrix where explicit inverses are formed.
class WorkloadNumbers : public sequencer::OperandSource {
 public:
  WorkloadNumbers(const RunConfiguration& configuration, const NetworkShapes& network);

  /// Damped by what the firmware adds, which takes both factors of a layer for equal in scale,
  /// times pi of the generated ones.
  Eigen::MatrixXd matrix(const invar_descriptor& program) const override;
  Eigen::MatrixXd vectors(std::uint32_t label, const invar_descriptor& command, Eigen::Index first,
                          Eigen::Index columns) const override;

 private:
  GeneratedFactors generated_;
  std::vector<FactorPlace> places_;
  std::vector<Eigen::MatrixXf> samples_;  ///< of each factor, k_batch x n
  bool inverts_;
};

}  // namespace invar::platform

#endif
