#include <invar/solver/block_product.h>
#include <invar/tile_model/tile_programming.h>

#include <algorithm>
#include <cmath>
#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

BlockProduct::BlockProduct(MatrixXd block)
    : rows_(block.rows()), columns_(block.cols()), digital_(std::move(block)) {}

BlockProduct::BlockProduct(Index rows, Index columns, std::vector<Part> parts)
    : rows_(rows), columns_(columns), parts_(std::move(parts)) {}

void BlockProduct::begin(Index columns) {
  for (Part& part : parts_) {
    part.range.begin(columns);
  }
}

int BlockProduct::fix_ranges() {
  int largest = 0;
  for (Part& part : parts_) {
    largest = std::max(largest, part.range.fix());
  }
  return largest;
}

MatrixXd BlockProduct::apply(const MatrixXd& input, Application& application) {
  WorkTally& work = application.work;
  if (digital_.size() != 0) {
    work.add(input.cols(),
             block_product_work(static_cast<double>(rows_), static_cast<double>(columns_)));
    return digital_ * input;
  }
  MatrixXd output = MatrixXd::Zero(rows_, input.cols());
  for (Part& part : parts_) {
    const Index held = part.model->size();
    const MatrixXd piece = part.range.apply(
        input.middleRows(part.column, part.columns), held, application,
        [&](const MatrixXd& scaled, const std::vector<int>& range, bool again) {
          // The input is attenuated digitally: MVM inputs have bits enough.
          MatrixXd padded = MatrixXd::Zero(held, scaled.cols());
          for (Index i = 0; i < scaled.cols(); ++i) {
            padded.col(i).head(part.columns) = std::ldexp(1.0, -range[i]) * scaled.col(i);
          }
          tile::AnalogBatch batch = part.model->multiply(padded);
          for (Index i = 0; i < scaled.cols(); ++i) {
            batch.output.col(i) *= std::ldexp(1.0, range[i]);
          }
          shot_time_s_ = std::max(shot_time_s_, batch.shot_time_s);
          work.add_product(part.tile, batch, again);
          return batch;
        });
    output.middleRows(part.row, part.rows) += part.peak * piece.topRows(part.rows);
    work.add(input.cols(),
             block_scaling_work(static_cast<double>(part.rows), static_cast<double>(part.columns)));
  }
  return output;
}

template <typename Held>
MatrixXd BlockProduct::assembled(const Held& held) const {
  if (digital_.size() != 0) {
    return digital_;
  }
  MatrixXd value = MatrixXd::Zero(rows_, columns_);
  for (const Part& part : parts_) {
    value.block(part.row, part.column, part.rows, part.columns) =
        part.peak * held(part).transpose().topLeftCorner(part.rows, part.columns);
  }
  return value;
}

MatrixXd BlockProduct::read_back(WorkTally& work) const {
  return assembled([&work](const Part& part) {
    tile::ReadBack read = tile::read_matrix(*part.model);
    MatrixXd value = read.value;
    work.add(1, read_back_work(static_cast<double>(read.reads), 0.0));
    work.add_read(part.tile, std::move(read));
    return value;
  });
}

MatrixXd BlockProduct::stored_value() const {
  return assembled([](const Part& part) { return part.model->measured_matrix(); });
}

}  // namespace invar::solver
