#include <invar/parameters/range_check.h>
#include <invar/solver/timing_estimate.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace invar::solver {
namespace {

/// Measured quantities may be anything finite.
constexpr double k_any = 1e30;

}  // namespace

const TimingSample& TimingEstimate::at(int n) const {
  const auto distance = [n](const TimingSample& sample) {
    return std::abs(std::log(std::max(sample.n, 1) / static_cast<double>(n)));
  };
  return *std::min_element(
      samples.begin(), samples.end(),
      [&](const TimingSample& a, const TimingSample& b) { return distance(a) < distance(b); });
}

void TimingEstimate::check() const {
  using parameters::require_range;
  if (samples.empty()) {
    throw std::invalid_argument("timing.samples: at least one");
  }
  for (const TimingSample& sample : samples) {
    require_range("timing.iterations", sample.iterations, 1.0, 1000.0);
    require_range("timing.settling_time_s", sample.settling_time_s, 0.0, k_any);
    require_range("timing.mean_conductance_s", sample.mean_conductance_s, 0.0, 1.0);
    require_range("timing.minus_share", sample.minus_share, 0.0, 1.0);
    require_range("timing.array_share", sample.array_share, 0.0, k_any);
    require_range("timing.output_stage_share", sample.output_stage_share, 0.0, k_any);
    require_range("timing.retry_share", sample.retry_share, 0.0, 100.0);
    require_range("timing.writings", sample.writings, 1.0, 1000.0);
    require_range("timing.written_share", sample.written_share, 0.0, 1.0);
    require_range("timing.set_share", sample.set_share, 0.0, 1.0);
  }
}

}  // namespace invar::solver
