#include <invar/solver/replicated_inverse.h>

#include <algorithm>
#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

namespace {

/// The first of `columns` right-hand sides that the replica at `place` of `replicas` takes.
Index first_column(Index columns, Index replicas, Index place) {
  return place * (columns / replicas) + std::min(place, columns % replicas);
}

}  // namespace

ReplicatedInverse::ReplicatedInverse(std::vector<std::unique_ptr<AnalogInverse>> replicas)
    : replicas_(std::move(replicas)) {}

void ReplicatedInverse::begin(Index columns) {
  // Which of them come to a replica may change from one application to the next.
  for (const auto& replica : replicas_) {
    replica->begin(columns);
  }
}

int ReplicatedInverse::fix_ranges() {
  int largest = 0;
  for (const auto& replica : replicas_) {
    largest = std::max(largest, replica->fix_ranges());
  }
  return largest;
}

MatrixXd ReplicatedInverse::apply(const MatrixXd& input, Application& application) {
  if (replicas_.size() == 1) {
    return replicas_.front()->apply(input, application);
  }
  MatrixXd output(input.rows(), input.cols());
  const auto count = static_cast<Index>(replicas_.size());
  const double start_s = application.work.reached_s();
  double reached_s = start_s;
  for (Index place = 0; place < count; ++place) {
    const Index first = first_column(input.cols(), count, place);
    const Index end = first_column(input.cols(), count, place + 1);
    if (first == end) {
      break;
    }
    const auto begin_of = [first, end](auto& list) {
      return std::pair(list.begin() + first, list.begin() + end);
    };
    const auto [first_number, end_number] = begin_of(application.columns);
    const auto [first_flag, end_flag] = begin_of(application.saturated);
    const std::vector<Index> columns(first_number, end_number);
    Application part{columns,
                     application.work,
                     {first_flag, end_flag},
                     application.use,
                     application.single_shot};
    application.work.set_reached_s(start_s);
    output.middleCols(first, end - first) = replicas_[static_cast<std::size_t>(place)]->apply(
        input.middleCols(first, end - first), part);
    reached_s = std::max(reached_s, application.work.reached_s());
    std::copy(part.saturated.begin(), part.saturated.end(), first_flag);
  }
  application.work.set_reached_s(reached_s);
  return output;
}

bool ReplicatedInverse::multiply(const MatrixXd& input, WorkTally& work, MatrixXd& output) {
  // Products follow one another in their step whichever tiles they are on: the first set will do.
  return replicas_.front()->multiply(input, work, output);
}

bool ReplicatedInverse::read_back(WorkTally& work, MatrixXd& value) {
  return replicas_.front()->read_back(work, value);
}

bool ReplicatedInverse::stored_value(MatrixXd& value) const {
  return replicas_.front()->stored_value(value);
}

void ReplicatedInverse::settle(WorkTally& work) {
  for (const auto& replica : replicas_) {
    replica->settle(work);
  }
}

double ReplicatedInverse::largest(const std::function<double(const AnalogInverse&)>& figure) const {
  double most = 0.0;
  for (const auto& replica : replicas_) {
    most = std::max(most, figure(*replica));
  }
  return most;
}

double ReplicatedInverse::latency_s() const {
  return largest([](const AnalogInverse& replica) { return replica.latency_s(); });
}

double ReplicatedInverse::settling_time_s() const {
  return largest([](const AnalogInverse& replica) { return replica.settling_time_s(); });
}

double ReplicatedInverse::interval_s(int passes) const {
  // The one that takes most columns takes no fewer than their mean.
  double least = 0.0;
  for (const auto& replica : replicas_) {
    const double own = replica->interval_s(passes);
    least = least == 0.0 ? own : std::min(least, own);
  }
  return least / static_cast<double>(replicas_.size());
}

}  // namespace invar::solver
