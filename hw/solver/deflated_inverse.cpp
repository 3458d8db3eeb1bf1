#include <invar/number_format/block_rounding.h>
#include <invar/solver/deflated_inverse.h>
#include <invar/solver/deflation.h>

#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <numeric>
#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

DeflatedInverse::DeflatedInverse(std::unique_ptr<AnalogInverse> rest, Eigen::VectorXd scale,
                                 MatrixXd u, number_format::NumberFormat lanes)
    : AugmentedInverse(std::move(rest)),
      scale_(std::move(scale)),
      u_(std::move(u)),
      lanes_(lanes) {}

bool DeflatedInverse::learn(int averages, WorkTally& work, WorkStep& step) {
  const Index rank = u_.cols();
  const Index shots = rank * averages;
  MatrixXd input(size(), shots);
  Eigen::VectorXd weight(shots);
  for (Index shot = 0; shot < shots; ++shot) {
    const Index estimate = shot / rank;
    const double size = std::exp2(-static_cast<double>(estimate) / averages);
    weight[shot] = estimate % 2 == 0 ? size : -size;
    input.col(shot) = weight[shot] * u_.col(shot % rank);
  }
  std::vector<Index> columns(static_cast<std::size_t>(shots));
  std::iota(columns.begin(), columns.end(), Index{0});
  Application application{columns, work, std::vector<std::uint8_t>(columns.size(), 0)};
  work.set_columns(shots);
  this->rest().begin(shots);
  const MatrixXd output = this->rest().apply(input, application);
  w_ = MatrixXd::Zero(size(), rank);
  for (Index shot = 0; shot < shots; ++shot) {
    w_.col(shot % rank) += output.col(shot) / (weight[shot] * averages);
  }
  number_format::round_vectors(lanes_, w_);
  k_ = (MatrixXd::Identity(rank, rank) + u_.transpose() * w_).partialPivLu().inverse();
  number_format::round_matrix(lanes_, k_);
  work.add(1, capacitance_work(static_cast<double>(size()), this->rank(), averages));
  step = work.close(this->rest().latency_s());
  return k_.allFinite() && std::all_of(application.saturated.begin(), application.saturated.end(),
                                       [](std::uint8_t saturated) { return saturated == 0; });
}

MatrixXd DeflatedInverse::apply(const MatrixXd& input, Application& application) {
  MatrixXd output = this->rest().apply(scale_.asDiagonal() * input, application);
  MatrixXd part = u_.transpose() * output;
  number_format::round_vectors(lanes_, part);
  part = k_ * part;
  number_format::round_vectors(lanes_, part);
  output -= w_ * part;
  output = scale_.asDiagonal() * output;
  number_format::round_vectors(lanes_, output);
  add_correction(input.cols(), application.work);
  return output;
}

void DeflatedInverse::add_correction(Index columns, WorkTally& work) const {
  const LaneWork all =
      static_cast<double>(columns) *
      deflation_correction_work(static_cast<double>(size()), rank(), static_cast<double>(columns));
  work.add(1, all);
}

bool DeflatedInverse::multiply(const MatrixXd& input, WorkTally& work, MatrixXd& output) {
  const MatrixXd unscaled = scale_.cwiseInverse().asDiagonal() * input;
  if (!this->rest().multiply(unscaled, work, output)) {
    return false;
  }
  output += u_ * (u_.transpose() * unscaled);
  output = scale_.cwiseInverse().asDiagonal() * output;
  add_correction(input.cols(), work);
  return true;
}

MatrixXd DeflatedInverse::whole(const MatrixXd& rest) const {
  const auto unscale = scale_.cwiseInverse().asDiagonal();
  return unscale * (rest + u_ * u_.transpose()) * unscale;
}

LaneWork DeflatedInverse::whole_work() const {
  return deflated_matrix_work(static_cast<double>(size()), rank());
}

}  // namespace invar::solver
