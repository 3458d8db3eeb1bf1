#include <invar/number_format/power_of_two.h>
#include <invar/solver/input_range.h>

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <numeric>
#include <utility>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

constexpr double k_unused_range = 0.25;
/// A quarter of the input for a single shot that has clipped.
constexpr int k_second_try = 2;
/// Of so many right-hand sides one may clip: a bit of range more for all of them costs more than a
/// second shot for few (choice).
constexpr std::size_t k_may_clip = 8;
/// Largest attenuation 2^range of a tile.
constexpr int k_largest_range = 15;

/// The least one that is enough for all but so many of them.
int range_of_most(std::vector<int> ranges) {
  const auto place = ranges.end() - 1 - static_cast<std::ptrdiff_t>(ranges.size() / k_may_clip);
  std::nth_element(ranges.begin(), place, ranges.end());
  return *place;
}

/// Least powers of two that are not below the columns' peaks; 0 for a column of zeros.
Eigen::VectorXd powers_above(const MatrixXd& columns) {
  Eigen::VectorXd powers(columns.cols());
  for (Index i = 0; i < columns.cols(); ++i) {
    const double peak = columns.col(i).cwiseAbs().maxCoeff();
    powers[i] = peak > 0.0 ? std::ldexp(1.0, number_format::exponent_not_below(peak)) : 0.0;
  }
  return powers;
}

}  // namespace

int InputRange::fix() {
  fixed_.clear();
  int largest = 0;
  for (const auto& [use, ranges] : ranges_) {
    fixed_[use] = ranges.empty() ? 0 : range_of_most(ranges);
    largest = std::max(largest, fixed_[use]);
  }
  return largest;
}

MatrixXd InputRange::apply_once(const MatrixXd& input, Index rows, Application& application,
                                const Shots& shots) const {
  const auto found = fixed_.find(application.use);
  const int fixed = found == fixed_.end() ? 0 : found->second;
  const Eigen::VectorXd power = powers_above(input);
  MatrixXd output = MatrixXd::Zero(rows, input.cols());
  std::vector<Index> pending(static_cast<std::size_t>(input.cols()));
  std::iota(pending.begin(), pending.end(), Index{0});
  for (const bool again : {false, true}) {
    if (pending.empty()) {
      break;
    }
    const int range = std::min(fixed + (again ? k_second_try : 0), k_largest_range);
    const Eigen::VectorXd attenuation =
        (power(pending).array() > 0.0).select(power(pending).cwiseInverse(), 0.0);
    const MatrixXd scaled = input(Eigen::all, pending) * attenuation.asDiagonal();
    const tile::AnalogBatch batch = shots(scaled, std::vector<int>(pending.size(), range), again);
    if (again) {
      application.work.add_retries(pending.size());
    }
    std::vector<Index> clipped;
    for (std::size_t j = 0; j < pending.size(); ++j) {
      const Index i = pending[j];
      if (batch.clipped[j] != 0) {
        clipped.push_back(i);
        application.saturated[i] |= again ? 1 : 0;
      } else {
        // (Of a column of zeros nothing is left of the amplifiers' offsets.)
        output.col(i) = power[i] * batch.output.col(static_cast<Index>(j));
      }
    }
    pending = std::move(clipped);
  }
  return output;
}

MatrixXd InputRange::apply(const MatrixXd& input, Index rows, Application& application,
                           const Shots& shots) {
  if (application.single_shot) {
    return apply_once(input, rows, application, shots);
  }
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
