#include <invar/solver/block_builder.h>
#include <invar/solver/diagonal_blocks.h>
#include <invar/solver/scaled_inverse.h>
#include <invar/tile_model/tile_programming.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;
using programming::ProgrammingStatus;

namespace {

/// What has to be seen to first: cells that fail may be why a loop is unstable.
ProgrammingStatus worse(ProgrammingStatus a, ProgrammingStatus b) {
  for (const ProgrammingStatus status :
       {ProgrammingStatus::worn_out, ProgrammingStatus::cell_failed, ProgrammingStatus::unstable}) {
    if (a == status || b == status) {
      return status;
    }
  }
  return ProgrammingStatus::ok;
}

}  // namespace

double lane_rate_hz(const StoredMatrixParameters& parameters, const BlockLayout& layout) {
  return parameters.lane_rate_hz * static_cast<double>(layout.tiles());
}

int leaf_slices(const StoredMatrixParameters& parameters, int leaves,
                const ProgramRequest& request) {
  return parameters.refinement.uses_analog_residual(leaves, request.general)
             ? parameters.tile.slices
             : request.seed_slices;
}

int product_slices(const StoredMatrixParameters& parameters, const ProgramRequest& request) {
  return parameters.refinement.product_slices > 0
             ? std::min(parameters.refinement.product_slices, parameters.tile.slices)
             : request.seed_slices;
}

BlockLayout layout_for(int n, const StoredMatrixParameters& parameters,
                       BlockArrangement arrangement) {
  return BlockLayout(n, parameters.tile.rows,
                     arrangement == BlockArrangement::nested &&
                         parameters.refinement.block_product == BlockProductPath::analog);
}

BlockBuilder::BlockBuilder(const StoredMatrixParameters& parameters, const BlockLayout& layout,
                           const std::vector<tile::TileModel*>& tiles,
                           const ProgramRequest& request, int first_tile)
    : parameters_(parameters),
      layout_(layout),
      tiles_(tiles),
      request_(request),
      first_tile_(first_tile),
      slices_(leaf_slices(parameters, layout.leaves(), request)),
      product_slices_(product_slices(parameters, request)),
      scaling_(solver::lane_rate_hz(parameters, layout)),
      writing_(solver::lane_rate_hz(parameters, layout)) {}

std::unique_ptr<AnalogInverse> BlockBuilder::build(const MatrixXd& matrix,
                                                   ProgramOutcome& outcome) {
  outcome_ = &outcome;
  return request_.arrangement == BlockArrangement::diagonal && layout_.leaves() > 1
             ? build_diagonal(matrix)
             : build(matrix, 0, layout_.leaves());
}

std::unique_ptr<AnalogInverse> BlockBuilder::build(const MatrixXd& matrix, int first, int leaves) {
  if (leaves == 1) {
    return build_leaf(matrix, first);
  }
  const int split = parameters_.refinement.leaves_of_first_block(leaves);
  const Index n1 = layout_.span(first, split);
  const Index n2 = matrix.rows() - n1;
  auto upper =
      build_product(matrix.topRightCorner(n1, n2), first, split, first + split, leaves - split);
  auto lower =
      build_product(matrix.bottomLeftCorner(n2, n1), first + split, leaves - split, first, split);
  auto inverse = build(matrix.topLeftCorner(n1, n1), first, split);
  if (!inverse) {
    return nullptr;
  }
  auto schur = build(schur_complement(*inverse, matrix), first + split, leaves - split);
  if (!schur) {
    return nullptr;
  }
  return std::make_unique<BlockInverse>(std::move(inverse), std::move(upper), std::move(lower),
                                        std::move(schur));
}

std::unique_ptr<AnalogInverse> BlockBuilder::build_diagonal(const MatrixXd& matrix) {
  std::vector<std::unique_ptr<AnalogInverse>> blocks;
  for (int leaf = 0; leaf < layout_.leaves(); ++leaf) {
    const Index row = layout_.offset(leaf);
    const Index rows = layout_.leaf_size(leaf);
    blocks.push_back(write_leaf(matrix.block(row, row, rows, rows), leaf));
  }
  close_write();
  return outcome_->status == ProgrammingStatus::ok
             ? std::make_unique<DiagonalBlocks>(std::move(blocks))
             : nullptr;
}

std::unique_ptr<AnalogInverse> BlockBuilder::build_leaf(const MatrixXd& matrix, int leaf) {
  auto inverse = write_leaf(matrix, leaf);
  close_write();
  return outcome_->status == ProgrammingStatus::ok ? std::move(inverse) : nullptr;
}

std::unique_ptr<AnalogInverse> BlockBuilder::write_leaf(const MatrixXd& matrix, int leaf) {
  const Index n = matrix.rows();
  const double rows = static_cast<double>(n);
  const JacobiScaling scaling(matrix, request_.general);
  if (scaling.verdict != MatrixVerdict::ok) {
    // A Schur complement that no definite matrix has.
    scaling_.add(1, matrix_scaling_work(rows, false, false));
    outcome_->status = worse(outcome_->status, ProgrammingStatus::unstable);
    return nullptr;
  }
  const int place = first_tile_ + layout_.inverse_tile(leaf);
  tile::TileModel& model = *tiles_[place];
  write(model, place, scaling.normalised, request_.seed_slices, slices_);
  scaling_.add(
      1, matrix_scaling_work(rows, request_.general, model.compensation().row_scale.size() != 0));
  return std::make_unique<ScaledInverse>(model, TileScale{scaling.scale, scaling.peak}, place,
                                         parameters_.refinement.largest_range,
                                         !request_.general || n == 1, parameters_.lane_precision);
}

std::unique_ptr<BlockProduct> BlockBuilder::build_product(const MatrixXd& block, int first_row,
                                                          int row_leaves, int first_column,
                                                          int column_leaves) {
  if (parameters_.refinement.block_product == BlockProductPath::digital) {
    return std::make_unique<BlockProduct>(block);
  }
  std::vector<BlockProduct::Part> parts;
  for (int i = 0; i < row_leaves; ++i) {
    for (int j = 0; j < column_leaves; ++j) {
      BlockProduct::Part part;
      part.row = layout_.span(first_row, i);
      part.column = layout_.span(first_column, j);
      part.rows = layout_.leaf_size(first_row + i);
      part.columns = layout_.leaf_size(first_column + j);
      const MatrixXd piece = block.block(part.row, part.column, part.rows, part.columns);
      part.peak = piece.cwiseAbs().maxCoeff();
      scaling_.add(1, matrix_block_scaling_work(static_cast<double>(part.rows),
                                                static_cast<double>(part.columns)));
      if (!(part.peak > 0.0)) {
        continue;
      }
      part.tile = first_tile_ + layout_.product_tile(first_row + i, first_column + j);
      part.model = tiles_[part.tile];
      part.range = InputRange(parameters_.refinement.largest_range);
      const Index held = std::max(part.rows, part.columns);
      MatrixXd value = MatrixXd::Zero(held, held);
      value.topLeftCorner(part.columns, part.rows) =
          (piece.transpose() / part.peak).cwiseMax(-1.0).cwiseMin(1.0);
      write(*part.model, part.tile, value, 0, product_slices_);
      parts.push_back(std::move(part));
    }
  }
  return std::make_unique<BlockProduct>(block.rows(), block.cols(), std::move(parts));
}

MatrixXd BlockBuilder::schur_complement(AnalogInverse& first, const MatrixXd& matrix) {
  const Index n1 = first.size();
  const Index n2 = matrix.rows() - n1;
  RefinementRequest request;
  request.tolerance = parameters_.refinement.schur_tolerance;
  request.row_scale = row_weights(matrix.topLeftCorner(n1, n1), request_.general);
  request.lane_rate_hz = solver::lane_rate_hz(parameters_, layout_);
  RefinementParameters parameters = parameters_.refinement;
  parameters.residual = ResidualPath::digital;
  parameters.result_bits = 0;
  // (Columns that do not get there make a worse seed, which the contraction tells.)
  SolveResult solved = refine(first, matrix.topLeftCorner(n1, n1), matrix.topRightCorner(n1, n2),
                              request, parameters);
  std::move(solved.steps.begin(), solved.steps.end(), std::back_inserter(outcome_->steps));
  MatrixXd schur = matrix.bottomRightCorner(n2, n2);
  schur.noalias() -= matrix.bottomLeftCorner(n2, n1) * solved.solution;
  if (!request_.general) {
    schur = 0.5 * (schur + schur.transpose()).eval();
  }
  scaling_.add(1, schur_work(static_cast<double>(n1), static_cast<double>(n2), request_.general));
  return schur;
}

void BlockBuilder::write(tile::TileModel& tile, int place, const MatrixXd& value, int seed_slices,
                         int slices) {
  const programming::ProgrammingResult written =
      tile::write_matrix(tile, value, seed_slices, slices, parameters_.programming);
  writing_.add_write(place, written);
  outcome_->failed_cells += written.failed_cells;
  if (written.status == ProgrammingStatus::cell_failed ||
      written.status == ProgrammingStatus::worn_out) {
    outcome_->failed_tiles.push_back(place);
  }
  outcome_->status = worse(outcome_->status, written.status);
}

void BlockBuilder::close_write() {
  outcome_->steps.push_back(scaling_.close(0.0));
  outcome_->steps.push_back(writing_.close(0.0));
}

}  // namespace invar::solver
