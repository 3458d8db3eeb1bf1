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
    : ParallelInverses(std::move(replicas)) {}

MatrixXd ReplicatedInverse::apply(const MatrixXd& input, Application& application) {
  if (parts().size() == 1) {
    return parts().front()->apply(input, application);
  }
  MatrixXd output(input.rows(), input.cols());
  const auto count = static_cast<Index>(parts().size());
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
    output.middleCols(first, end - first) =
        parts()[static_cast<std::size_t>(place)]->apply(input.middleCols(first, end - first), part);
    reached_s = std::max(reached_s, application.work.reached_s());
    std::copy(part.saturated.begin(), part.saturated.end(), first_flag);
  }
  application.work.set_reached_s(reached_s);
  return output;
}

bool ReplicatedInverse::multiply(const MatrixXd& input, WorkTally& work, MatrixXd& output) {
  // Products follow one another in their step whichever tiles they are on: the first set will do.
  return parts().front()->multiply(input, work, output);
}

bool ReplicatedInverse::read_back(WorkTally& work, MatrixXd& value) {
  return parts().front()->read_back(work, value);
}

bool ReplicatedInverse::stored_value(MatrixXd& value) const {
  return parts().front()->stored_value(value);
}

double ReplicatedInverse::interval_s(int passes) const {
  // The one that takes most columns takes no fewer than their mean.
  double least = 0.0;
  for (const auto& replica : parts()) {
    const double own = replica->interval_s(passes);
    least = least == 0.0 ? own : std::min(least, own);
  }
  return least / static_cast<double>(parts().size());
}

}  // namespace invar::solver
