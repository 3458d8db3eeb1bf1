#ifndef INVAR_BENCHMARKS_REFERENCE_OPTIMIZER_H
#define INVAR_BENCHMARKS_REFERENCE_OPTIMIZER_H

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "reference_network.h"
#include "reference_random.h"

namespace invar::benchmarks {

struct OptimizerParameters {
  std::string name = "kfac";  ///< kfac, sgd or adam
  float learning_rate = 0.3f;
  float momentum = 0.9f;
  float damping = 0.0035f;
  float kl_clip = 0.0016f;  ///< 0 = off
  float factor_decay = 0.95f;
  int inverse_interval = 10;
  float beta1 = 0.9f;
  float beta2 = 0.999f;
  float epsilon = 1e-8f;
};

/// One step from what the network holds after `forward`.
class Optimizer {
 public:
  virtual ~Optimizer() = default;
  virtual void step(ReferenceNetwork& network, const std::vector<int>& labels) = 0;
};

/// \throws std::invalid_argument for an unknown name
std::unique_ptr<Optimizer> make_optimizer(const OptimizerParameters& parameters,
                                          const ReferenceNetwork& network, std::uint64_t seed);

}  // namespace invar::benchmarks

#endif
