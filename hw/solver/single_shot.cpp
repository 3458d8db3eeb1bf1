#include <invar/device/keyed_random.h>
#include <invar/solver/column_scale.h>
#include <invar/solver/single_shot.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <numeric>
#include <utility>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

std::vector<Index> all_columns(Index count) {
  std::vector<Index> columns(static_cast<std::size_t>(count));
  std::iota(columns.begin(), columns.end(), Index{0});
  return columns;
}

void note_worst(SolveResult& result, const std::vector<SolveStatus>& failed) {
  for (const SolveStatus status : failed) {
    result.status = std::max(result.status, status);
  }
  result.converged =
      static_cast<std::uint32_t>(std::count(failed.begin(), failed.end(), SolveStatus::ok));
}

}  // namespace

SolveResult shoot(AnalogInverse& inverse, const MatrixXd& rhs, const RefinementRequest& request) {
  std::vector<SolveStatus> failed;
  const MatrixXd finite = finite_columns(rhs, failed);
  const ColumnScale scale(finite, request.row_scale);
  const std::vector<Index> columns = all_columns(rhs.cols());
  WorkTally work(request.lane_rate_hz);
  work.set_columns(rhs.cols());
  Application application{columns, work, std::vector<std::uint8_t>(columns.size(), 0)};
  application.single_shot = true;
  SolveResult result;
  MatrixXd solution = scale.restored(inverse.apply(scale.normalised(finite), application));
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (application.saturated[i] != 0 || failed[i] != SolveStatus::ok) {
      solution.col(columns[i]).setZero();
    }
    if (application.saturated[i] != 0) {
      failed[i] = std::max(failed[i], SolveStatus::saturated);
      ++result.clipped_columns;
    }
  }
  result.solution = request.single_precision ? solution.cast<float>().cast<double>() : solution;
  result.iterations.assign(columns.size(), 1);
  result.steps.push_back(work.close(inverse.latency_s()));
  result.retries = work.retries();
  result.energy = work.energy();
  result.counts = work.counts();
  note_worst(result, failed);
  return result;
}

LaneWork probe_work(double n) {
  return residual_work(n) + check_work(n, false);
}

ProbeOutcome probe(AnalogInverse& inverse, const MatrixXd& matrix, const VectorXd& row_scale,
                   int probes, const device::KeyedRandom& random, std::uint64_t event,
                   WorkTally& work, WorkStep& step) {
  const Index n = matrix.rows();
  MatrixXd scaled(n, probes);
  for (int i = 0; i < probes; ++i) {
    random.normals(device::RandomStream::probe, static_cast<std::uint32_t>(i), event,
                   static_cast<int>(n), scaled.col(i).data());
  }
  const MatrixXd rhs = row_scale.cwiseInverse().asDiagonal() * scaled;
  const std::vector<Index> columns = all_columns(probes);
  Application application{columns, work, std::vector<std::uint8_t>(columns.size(), 0)};
  work.set_columns(probes);
  inverse.begin(probes);
  inverse.apply(rhs, application);
  ProbeOutcome outcome;
  outcome.range = inverse.fix_ranges();
  application.single_shot = true;
  const MatrixXd solution = inverse.apply(rhs, application);
  work.add(probes, probe_work(static_cast<double>(n)));
  const MatrixXd residual = row_scale.asDiagonal() * (rhs - matrix * solution);
  const VectorXd square =
      residual.colwise().squaredNorm().cwiseQuotient(scaled.colwise().squaredNorm());
  step = work.close(2.0 * inverse.latency_s());
  const bool saturated = std::any_of(application.saturated.begin(), application.saturated.end(),
                                     [](std::uint8_t column) { return column != 0; });
  outcome.quality = saturated ? std::numeric_limits<double>::infinity() : std::sqrt(square.mean());
  return outcome;
}

namespace {

/// The groups of a batch under their check.
class SignedSums {
 public:
  SignedSums(const MatrixXd& matrix, const MatrixXd& rhs, const RefinementRequest& request,
             Index group, const device::KeyedRandom& random, std::uint64_t event)
      : matrix_(matrix),
        rhs_(rhs),
        row_scale_(request.row_scale),
        tolerance_(request.tolerance),
        group_(group),
        random_(random),
        event_(event),
        work_(request.lane_rate_hz) {}

  /// Columns of the groups that fail, among those that are `ok`.
  std::vector<Index> check(const MatrixXd& solution, const std::vector<Index>& ok) {
    std::vector<Index> failing;
    for (std::size_t first = 0; first < ok.size(); first += static_cast<std::size_t>(group_)) {
      const std::size_t end = std::min(ok.size(), first + static_cast<std::size_t>(group_));
      const std::vector<Index> group(ok.begin() + static_cast<std::ptrdiff_t>(first),
                                     ok.begin() + static_cast<std::ptrdiff_t>(end));
      const double figure = this->figure(solution, group);
      if (figure <= tolerance_) {
        largest_ = std::max(largest_, figure);
      } else {
        failing.insert(failing.end(), group.begin(), group.end());
      }
    }
    return failing;
  }

  double largest() const { return largest_; }
  WorkStep step() {
    WorkStep step = work_.close(0.0);
    step.largest_residual = largest_;
    return step;
  }

 private:
  double figure(const MatrixXd& solution, const std::vector<Index>& group) {
    const auto n = static_cast<double>(matrix_.rows());
    VectorXd signed_rhs = VectorXd::Zero(matrix_.rows());
    VectorXd signed_solution = signed_rhs;
    Index counted = 0;
    for (const Index column : group) {
      const double norm = row_scale_.cwiseProduct(rhs_.col(column)).norm();
      if (norm > 0.0) {
        ++counted;
        const auto words = random_.words(device::RandomStream::check_sign, 0,
                                         static_cast<std::uint32_t>(column & 0xFFFF), event_);
        const double weight = ((words[0] & 1U) != 0 ? 1.0 : -1.0) / norm;
        signed_rhs += weight * rhs_.col(column);
        signed_solution += weight * solution.col(column);
      }
    }
    work_.add(static_cast<Index>(group.size()), signed_sum_work(n));
    work_.add(1, residual_work(n) + check_work(n, false));
    const VectorXd residual = signed_rhs - matrix_ * signed_solution;
    return row_scale_.cwiseProduct(residual).norm() /
           std::sqrt(static_cast<double>(std::max<Index>(counted, 1)));
  }

  const MatrixXd& matrix_;
  const MatrixXd& rhs_;
  const VectorXd& row_scale_;
  double tolerance_;
  Index group_;
  const device::KeyedRandom& random_;
  std::uint64_t event_;
  WorkTally work_;
  double largest_ = 0.0;
};

/// Takes solutions of some columns into those of all.
void replace_columns(SolveResult& all, SolveResult&& some, const std::vector<Index>& columns) {
  for (std::size_t i = 0; i < columns.size(); ++i) {
    all.solution.col(columns[i]) = some.solution.col(static_cast<Index>(i));
    all.iterations[columns[i]] += some.iterations[i];
  }
  std::move(some.steps.begin(), some.steps.end(), std::back_inserter(all.steps));
  all.retries += some.retries;
  all.energy += some.energy;
  all.counts += some.counts;
  all.refined_columns = static_cast<std::uint32_t>(columns.size());
}

}  // namespace

SolveResult shoot_and_check(AnalogInverse& inverse, const MatrixXd& matrix, const MatrixXd& rhs,
                            const RefinementRequest& request,
                            const RefinementParameters& parameters,
                            const device::KeyedRandom& random, std::uint64_t event) {
  SolveResult result = shoot(inverse, rhs, request);
  std::vector<SolveStatus> failed;
  const MatrixXd finite = finite_columns(rhs, failed);
  const ColumnScale scale(finite, request.row_scale);
  std::vector<Index> ok;
  for (const Index column : all_columns(rhs.cols())) {
    if (failed[column] == SolveStatus::ok) {
      ok.push_back(column);
    }
  }
  const MatrixXd normalised = scale.normalised(finite);
  SignedSums sums(matrix, normalised, request, parameters.check_group, random, event);
  const std::vector<Index> again = sums.check(scale.normalised(result.solution), ok);
  result.steps.push_back(sums.step());
  double largest = sums.largest();
  if (!again.empty()) {
    SolveResult refined = refine(inverse, matrix, finite(Eigen::all, again), request, parameters);
    largest = std::max(largest, refined.largest_residual());
    for (std::size_t i = 0; i < again.size(); ++i) {
      if (!(refined.relative_residual[static_cast<Index>(i)] <= request.tolerance)) {
        failed[again[i]] = refined.status;
      }
    }
    replace_columns(result, std::move(refined), again);
  }
  // What clipped has failed its check and been refined.
  result.clipped_columns = 0;
  result.status = SolveStatus::ok;
  note_worst(result, failed);
  result.relative_residual = VectorXd::Constant(rhs.cols(), largest);
  return result;
}

}  // namespace invar::solver
