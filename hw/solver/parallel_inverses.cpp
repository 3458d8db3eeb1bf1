#include <invar/solver/parallel_inverses.h>

#include <algorithm>
#include <utility>

namespace invar::solver {

ParallelInverses::ParallelInverses(std::vector<std::unique_ptr<AnalogInverse>> parts)
    : parts_(std::move(parts)) {}

void ParallelInverses::begin(Eigen::Index columns) {
  for (const auto& part : parts_) {
    part->begin(columns);
  }
}

int ParallelInverses::fix_ranges() {
  int most = 0;
  for (const auto& part : parts_) {
    most = std::max(most, part->fix_ranges());
  }
  return most;
}

void ParallelInverses::settle(WorkTally& work) {
  for (const auto& part : parts_) {
    part->settle(work);
  }
}

double ParallelInverses::largest(const std::function<double(const AnalogInverse&)>& figure) const {
  double most = 0.0;
  for (const auto& part : parts_) {
    most = std::max(most, figure(*part));
  }
  return most;
}

double ParallelInverses::latency_s() const {
  return largest([](const AnalogInverse& part) { return part.latency_s(); });
}

double ParallelInverses::settling_time_s() const {
  return largest([](const AnalogInverse& part) { return part.settling_time_s(); });
}

}  // namespace invar::solver
