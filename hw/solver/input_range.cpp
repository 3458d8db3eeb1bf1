#include <invar/solver/input_range.h>

#include <numeric>
#include <utility>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr double k_unused_range = 0.25;

}  // namespace

MatrixXd InputRange::apply(const MatrixXd& input, Index rows, Application& application,
                           const Shots& shots) {
  std::vector<int>& ranges = ranges_[application.use];
  ranges.resize(static_cast<std::size_t>(columns_), 0);
  const Eigen::VectorXd peak = input.cwiseAbs().colwise().maxCoeff().transpose();
  const Eigen::VectorXd full_scale = (peak.array() > 0.0).select(peak, 1.0);
  MatrixXd output = MatrixXd::Zero(rows, input.cols());
  std::vector<Index> pending(static_cast<std::size_t>(input.cols()));
  std::iota(pending.begin(), pending.end(), Index{0});
  for (bool again = false; !pending.empty(); again = true) {
    std::vector<int> range;
    for (const Index i : pending) {
      range.push_back(ranges[application.columns[i]]);
    }
    MatrixXd scaled = input(Eigen::all, pending);
    scaled *= full_scale(pending).cwiseInverse().asDiagonal();
    const tile::AnalogBatch batch = shots(scaled, range, again);
    if (again) {
      application.work.add_retries(pending.size());
    }
    std::vector<Index> clipped;
    for (std::size_t j = 0; j < pending.size(); ++j) {
      const Index i = pending[j];
      int& column_range = ranges[application.columns[i]];
      if (batch.clipped[j] != 0) {
        if (column_range < largest_) {
          ++column_range;
          clipped.push_back(i);
        } else {
          application.saturated[i] = 1;
        }
        continue;
      }
      // (Of a column of zeros nothing is left of the amplifiers' offsets.)
      output.col(i) = peak[i] * batch.output.col(j);
      if (!batch.peak.empty() && batch.peak[j] < k_unused_range && column_range > 0) {
        --column_range;
      }
    }
    pending = std::move(clipped);
  }
  return output;
}

}  // namespace invar::solver
