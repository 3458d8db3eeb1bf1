#include <invar/solver/block_inverse.h>

#include <Eigen/LU>
#include <algorithm>
#include <numeric>
#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

namespace {

/// The matrix of blocks A1, A2, A3 and the Schur complement of A1.
MatrixXd joined(const MatrixXd& first, const MatrixXd& upper, const MatrixXd& lower,
                const MatrixXd& schur) {
  MatrixXd value(first.rows() + schur.rows(), first.cols() + schur.cols());
  value << first, upper, lower, schur + lower * first.partialPivLu().solve(upper);
  return value;
}

}  // namespace

BlockInverse::BlockInverse(std::unique_ptr<AnalogInverse> first,
                           std::unique_ptr<BlockProduct> upper, std::unique_ptr<BlockProduct> lower,
                           std::unique_ptr<AnalogInverse> schur)
    : first_(std::move(first)),
      upper_(std::move(upper)),
      lower_(std::move(lower)),
      schur_(std::move(schur)) {}

void BlockInverse::begin(Index columns) {
  first_->begin(columns);
  upper_->begin(columns);
  lower_->begin(columns);
  schur_->begin(columns);
}

int BlockInverse::fix_ranges() {
  return std::max(
      {first_->fix_ranges(), upper_->fix_ranges(), lower_->fix_ranges(), schur_->fix_ranges()});
}

MatrixXd BlockInverse::apply(const MatrixXd& input, Application& application) {
  const Index n1 = first_->size();
  const Index n2 = schur_->size();
  const int use = application.use;
  application.use = 2 * use;
  MatrixXd output(input.rows(), input.cols());
  const MatrixXd y1 = first_->apply(input.topRows(n1), application);
  application.use = use;
  output.bottomRows(n2) =
      schur_->apply(input.bottomRows(n2) - lower_->apply(y1, application), application);
  const MatrixXd rest = input.topRows(n1) - upper_->apply(output.bottomRows(n2), application);
  application.use = 2 * use + 1;
  output.topRows(n1) = first_->apply(rest, application);
  application.use = use;
  // The two subtractions.
  application.work.add(input.cols(), sum_work(static_cast<double>(n1 + n2)));
  return output;
}

bool BlockInverse::multiply(const MatrixXd& input, WorkTally& work, MatrixXd& output) {
  const Index n1 = first_->size();
  const Index n2 = schur_->size();
  MatrixXd top, bottom;
  if (!first_->multiply(input.topRows(n1), work, top) ||
      !schur_->multiply(input.bottomRows(n2), work, bottom)) {
    return false;
  }
  std::vector<Index> columns(static_cast<std::size_t>(input.cols()));
  std::iota(columns.begin(), columns.end(), Index{0});
  Application application{columns, work, std::vector<std::uint8_t>(columns.size(), 0)};
  begin(input.cols());
  const MatrixXd coupled = upper_->apply(input.bottomRows(n2), application);
  const MatrixXd inner = input.topRows(n1) + first_->apply(coupled, application);
  output.resize(input.rows(), input.cols());
  output.topRows(n1) = top + coupled;
  output.bottomRows(n2) = bottom + lower_->apply(inner, application);
  work.add(input.cols(), sum_work(static_cast<double>(2 * n1 + n2)));
  return true;
}

bool BlockInverse::read_back(WorkTally& work, MatrixXd& value) {
  const Index n1 = first_->size();
  const Index n2 = schur_->size();
  MatrixXd first, schur;
  if (!first_->read_back(work, first) || !schur_->read_back(work, schur)) {
    return false;
  }
  const MatrixXd upper = upper_->read_back(work);
  const MatrixXd lower = lower_->read_back(work);
  value = joined(first, upper, lower, schur);
  work.add(1, block_read_back_work(static_cast<double>(n1), static_cast<double>(n2)));
  return true;
}

bool BlockInverse::stored_value(MatrixXd& value) const {
  MatrixXd first, schur;
  if (!first_->stored_value(first) || !schur_->stored_value(schur)) {
    return false;
  }
  value = joined(first, upper_->stored_value(), lower_->stored_value(), schur);
  return true;
}

void BlockInverse::settle(WorkTally& work) {
  first_->settle(work);
  schur_->settle(work);
}

double BlockInverse::latency_s() const {
  return 2.0 * first_->latency_s() + upper_->latency_s() + lower_->latency_s() +
         schur_->latency_s();
}

double BlockInverse::settling_time_s() const {
  return std::max(first_->settling_time_s(), schur_->settling_time_s());
}

double BlockInverse::interval_s(int passes) const {
  return std::max({first_->interval_s(2 * passes), schur_->interval_s(passes),
                   passes * upper_->latency_s(), passes * lower_->latency_s()});
}

}  // namespace invar::solver
