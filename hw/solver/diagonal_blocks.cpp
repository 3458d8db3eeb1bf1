#include <invar/solver/diagonal_blocks.h>

#include <algorithm>
#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

namespace {

/// The matrix of what `part_of` gives of each block. False: not of each.
template <typename PartOf>
bool assemble(const std::vector<std::unique_ptr<AnalogInverse>>& blocks, Index size,
              MatrixXd& value, const PartOf& part_of) {
  value = MatrixXd::Zero(size, size);
  Index row = 0;
  for (const auto& block : blocks) {
    MatrixXd part;
    if (!part_of(*block, part)) {
      return false;
    }
    value.block(row, row, block->size(), block->size()) = part;
    row += block->size();
  }
  return true;
}

}  // namespace

DiagonalBlocks::DiagonalBlocks(std::vector<std::unique_ptr<AnalogInverse>> blocks)
    : ParallelInverses(std::move(blocks)) {
  for (const auto& block : parts()) {
    size_ += block->size();
  }
}

MatrixXd DiagonalBlocks::apply(const MatrixXd& input, Application& application) {
  MatrixXd output(input.rows(), input.cols());
  const double start_s = application.work.reached_s();
  double reached_s = start_s;
  Index row = 0;
  for (const auto& block : parts()) {
    application.work.set_reached_s(start_s);
    output.middleRows(row, block->size()) =
        block->apply(input.middleRows(row, block->size()), application);
    reached_s = std::max(reached_s, application.work.reached_s());
    row += block->size();
  }
  application.work.set_reached_s(reached_s);
  return output;
}

bool DiagonalBlocks::multiply(const MatrixXd& /*input*/, WorkTally& /*work*/,
                              MatrixXd& /*output*/) {
  return false;
}

bool DiagonalBlocks::read_back(WorkTally& work, MatrixXd& value) {
  return assemble(parts(), size_, value, [&work](AnalogInverse& block, MatrixXd& part) {
    return block.read_back(work, part);
  });
}

bool DiagonalBlocks::stored_value(MatrixXd& value) const {
  return assemble(parts(), size_, value, [](const AnalogInverse& block, MatrixXd& part) {
    return block.stored_value(part);
  });
}

double DiagonalBlocks::interval_s(int passes) const {
  return largest([passes](const AnalogInverse& block) { return block.interval_s(passes); });
}

}  // namespace invar::solver
