#ifndef INVAR_BENCHMARKS_CIRCUIT_TIMING_H
#define INVAR_BENCHMARKS_CIRCUIT_TIMING_H

#include <algorithm>
#include <ctime>
#include <vector>

namespace invar::benchmarks {

/// CPU seconds of this thread.
inline double thread_seconds() {
  timespec time{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
}

/// Median CPU seconds of a call. A first call warms up and says how many make a sample that the
/// clock can resolve; samples are taken for `budget_s`, at least three.
template <typename Call>
double median_seconds(const Call& call, double budget_s) {
  constexpr double k_sample_s = 2e-3;
  constexpr std::size_t k_least = 3;
  constexpr std::size_t k_most = 501;
  const auto timed = [&](long calls) {
    const double start = thread_seconds();
    for (long i = 0; i < calls; ++i) {
      call();
    }
    return (thread_seconds() - start) / static_cast<double>(calls);
  };
  const double first = timed(1);
  if (first > budget_s) {
    return first;
  }
  const double again = timed(1);
  const long calls = std::max(1L, static_cast<long>(k_sample_s / std::max(again, 1e-9)));
  std::vector<double> samples;
  const double start = thread_seconds();
  while (samples.size() < k_least ||
         (thread_seconds() - start < budget_s && samples.size() < k_most)) {
    samples.push_back(timed(calls));
  }
  std::nth_element(samples.begin(), samples.begin() + samples.size() / 2, samples.end());
  return samples[samples.size() / 2];
}

}  // namespace invar::benchmarks

#endif
