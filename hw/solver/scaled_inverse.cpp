#include <invar/number_format/block_rounding.h>
#include <invar/solver/scaled_inverse.h>
#include <invar/tile_model/loop_cells.h>
#include <invar/tile_model/tile_programming.h>

#include <utility>

namespace invar::solver {

using Eigen::MatrixXd;

ScaledInverse::ScaledInverse(tile::AnalogMatrix& matrix, TileScale scale, int tile,
                             int largest_range, bool symmetric)
    : matrix_(matrix),
      stored_(std::move(scale)),
      loop_scale_(stored_.scale),
      tile_(tile),
      symmetric_(symmetric),
      range_(largest_range) {}

ScaledInverse::ScaledInverse(tile::TileModel& model, TileScale scale, int tile, int largest_range,
                             bool symmetric, number_format::NumberFormat lanes)
    : ScaledInverse(static_cast<tile::AnalogMatrix&>(model), std::move(scale), tile, largest_range,
                    symmetric) {
  model_ = &model;
  lanes_ = lanes;
  loop_scale_ = stored_.scale.cwiseProduct(model.inv_row_scale());
}

MatrixXd ScaledInverse::apply(const MatrixXd& input, Application& application) {
  MatrixXd scaled = loop_scale_.asDiagonal() * input;
  number_format::round_vectors(lanes_, scaled);
  MatrixXd output =
      range_.apply(scaled, size(), application,
                   [&](const MatrixXd& driven, const std::vector<int>& range, bool again) {
                     const tile::AnalogBatch batch = matrix_.invert(driven, range);
                     shot_time_s_ = batch.shot_time_s;
                     interval_s_ = batch.interval_s;
                     application.work.add_inv(tile_, batch, again);
                     return batch;
                   });
  const double rows = static_cast<double>(size());
  application.work.add(input.cols(),
                       application.single_shot ? shot_scaling_work(rows) : tile_scaling_work(rows));
  output = (1.0 / stored_.peak) * (loop_scale_.asDiagonal() * output);
  number_format::round_vectors(lanes_, output);
  return output;
}

bool ScaledInverse::multiply(const MatrixXd& input, WorkTally& work, MatrixXd& output) {
  if (!symmetric_) {
    return false;
  }
  // A x = peak S^-1 M S^-1 x, each vector scaled to the DAC.
  const auto unscale = stored_.scale.cwiseInverse().asDiagonal();
  const MatrixXd scaled = unscale * input;
  Eigen::VectorXd peak = scaled.cwiseAbs().colwise().maxCoeff().transpose();
  peak = (peak.array() > 0.0).select(peak, 1.0);
  const tile::AnalogBatch batch = matrix_.multiply(scaled * peak.cwiseInverse().asDiagonal());
  work.add_serial_product(tile_, batch);
  work.add(input.cols(), tile_scaling_work(static_cast<double>(size())));
  output = unscale * (batch.output * (stored_.peak * peak).asDiagonal());
  return true;
}

bool ScaledInverse::read_back(WorkTally& work, MatrixXd& value) {
  if (model_ == nullptr) {
    return false;
  }
  tile::ReadBack read = tile::read_matrix(*model_);
  value = unscaled(read.value);
  work.add(1,
           read_back_work(static_cast<double>(read.reads), static_cast<double>(read.operations)));
  work.add_read(tile_, std::move(read));
  return true;
}

bool ScaledInverse::stored_value(MatrixXd& value) const {
  if (model_ == nullptr) {
    return false;
  }
  const tile::CellArrays& cells = model_->cells();
  const tile::LoopCells loop(cells, model_->slices_in_use());
  value = unscaled(model_->compensation().matrix_of((loop.plus_s - loop.minus_s) / cells.span_s()));
  return true;
}

MatrixXd ScaledInverse::unscaled(const MatrixXd& value) const {
  const auto unscale = stored_.scale.cwiseInverse().asDiagonal();
  return stored_.peak * (unscale * value * unscale);
}

void ScaledInverse::settle(WorkTally& work) {
  const tile::AnalogBatch batch = matrix_.invert(MatrixXd::Ones(size(), 1), {range_.largest()});
  shot_time_s_ = batch.shot_time_s;
  interval_s_ = batch.interval_s;
  work.add_inv(tile_, batch, false);
}

}  // namespace invar::solver
