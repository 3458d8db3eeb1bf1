#ifndef INVAR_PLATFORM_WORKLOAD_SAMPLING_H
#define INVAR_PLATFORM_WORKLOAD_SAMPLING_H

#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/workload/layer_table.h>
#include <invar/solver/timing_matrix.h>

#include <Eigen/Core>
#include <atomic>
#include <cstdint>
#include <string>
#include <vector>

namespace invar::platform {

/// What the samples of one size did.
struct SampledSize {
  int n = 0;
  int matrices = 0;
  int stored = 0;  ///< with a stable loop
  std::uint64_t right_hand_sides = 0;
  std::uint64_t solved = 0;
  double iterations_mean = 0.0;  ///< of those solved
  std::uint32_t iterations_max = 0;
  int slices = 0;
  solver::TimingSample timing;             ///< the mean over the matrices
  std::vector<solver::TimingSample> each;  ///< of the matrices that solved anything
};

/// Measurements that stand behind the timing estimates of a workload.
struct Sampling {
  solver::TimingEstimate estimate;
  /// The same with one sample a size: that with which it is inverted fastest, and slowest. Sizes
  /// without samples have the extremes of all. Without samples: defaults.
  solver::TimingEstimate fastest, slowest;
  std::vector<SampledSize> sizes;
  std::vector<std::uint32_t> extrapolated;  ///< sizes on tiles without samples of their own
};

/// How far the sampling is, for another thread to look at.
struct SamplingProgress {
  std::atomic<int> size{0};  ///< which of `sizes` is under way, from 1
  std::atomic<int> sizes{0};
  std::atomic<int> n{0};
  std::atomic<int> slices{0};
  std::atomic<int> sample{0};  ///< of this size and these slices, from 1
  std::atomic<int> samples{0};
};

/// "sampling size 3/12  n 1024  slices 2  sample 1/2"
std::string describe(const SamplingProgress& progress);

/// Programs and solves a few generated factors of each size up to the limit, the network's own in
/// turn, at behavioural fidelity and without a simulation, for the service that is asked for.
/// Slices are added until all right-hand sides of a size are solved, as the driver's fall-back
/// does, matrix by matrix. \param progress told of each sample; may be null
Sampling sample_factors(const RunConfiguration& configuration, const LayerTable& table,
                        SamplingProgress* progress = nullptr);

}  // namespace invar::platform

#endif
