#include <invar/number_format/block_rounding.h>
#include <invar/solver/bordered_inverse.h>

#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

BorderedInverse::BorderedInverse(std::unique_ptr<AnalogInverse> rest, Eigen::VectorXd border,
                                 double corner, number_format::NumberFormat lanes)
    : AugmentedInverse(std::move(rest)),
      border_(std::move(border)),
      corner_(corner),
      lanes_(lanes) {
  MatrixXd rounded = border_;
  number_format::round_vectors(lanes_, rounded);
  border_ = rounded;
}

MatrixXd BorderedInverse::apply(const MatrixXd& input, Application& application) {
  const Index rows = this->rest().size();
  MatrixXd rest = input.topRows(rows) - border_ * (input.bottomRows(1) / corner_);
  number_format::round_vectors(lanes_, rest);
  MatrixXd output(rows + 1, input.cols());
  output.topRows(rows) = this->rest().apply(rest, application);
  output.bottomRows(1) =
      (input.bottomRows(1) - border_.transpose() * output.topRows(rows)) / corner_;
  number_format::round_vectors(lanes_, output);
  add_border(input.cols(), application.work);
  return output;
}

void BorderedInverse::add_border(Index columns, WorkTally& work) const {
  const auto count = static_cast<double>(columns);
  work.add(1, count * border_work(static_cast<double>(size()), count));
}

bool BorderedInverse::multiply(const MatrixXd& input, WorkTally& work, MatrixXd& output) {
  const Index rows = this->rest().size();
  MatrixXd rest;
  if (!this->rest().multiply(input.topRows(rows), work, rest)) {
    return false;
  }
  const MatrixXd last = border_.transpose() * input.topRows(rows) + corner_ * input.bottomRows(1);
  output.resize(rows + 1, input.cols());
  output.topRows(rows) = rest + border_ * (last / corner_);
  output.bottomRows(1) = last;
  add_border(input.cols(), work);
  return true;
}

MatrixXd BorderedInverse::whole(const MatrixXd& rest) const {
  const Index rows = rest.rows();
  MatrixXd matrix(rows + 1, rows + 1);
  matrix.topLeftCorner(rows, rows) = rest + border_ * border_.transpose() / corner_;
  matrix.topRightCorner(rows, 1) = border_;
  matrix.bottomLeftCorner(1, rows) = border_.transpose();
  matrix(rows, rows) = corner_;
  return matrix;
}

LaneWork BorderedInverse::whole_work() const {
  return border_elimination_work(static_cast<double>(size()));
}

MatrixXd without_last_row(const MatrixXd& matrix) {
  const Index rows = matrix.rows() - 1;
  const Eigen::VectorXd border = matrix.topRightCorner(rows, 1);
  return matrix.topLeftCorner(rows, rows) - border * border.transpose() / matrix(rows, rows);
}

LaneWork border_elimination_work(double n) {
  const double rows = n - 1.0;
  return {rows + 0.5 * rows * (rows + 1.0), n * n};
}

LaneWork border_work(double n, double columns) {
  // a over c stands beside a.
  return {2.0 * (n - 1.0) + 1.0, 2.0 * (n - 1.0) / columns};
}

}  // namespace invar::solver
