#include <invar/solver/block_plan.h>

#include <algorithm>

namespace invar::solver {
namespace {

/// Other tiles take their turn.
BlockPass followed_by(const BlockPass& pass, const BlockPass& next) {
  BlockPass both = pass;
  both += next;
  both.busiest_inv = std::max(pass.busiest_inv, next.busiest_inv);
  both.busiest_mvm = std::max(pass.busiest_mvm, next.busiest_mvm);
  return both;
}

}  // namespace

BlockPass& BlockPass::operator+=(const BlockPass& other) {
  inv_shots += other.inv_shots;
  mvm_shots += other.mvm_shots;
  busiest_inv += other.busiest_inv;
  busiest_mvm += other.busiest_mvm;
  inv_depth += other.inv_depth;
  mvm_depth += other.mvm_depth;
  lanes += other.lanes;
  return *this;
}

BlockPlan::BlockPlan(const BlockLayout& layout, const RefinementParameters& refinement,
                     BlockArrangement arrangement)
    : refinement_(refinement),
      arrangement_(arrangement),
      n_(layout.size()),
      leaves_(layout.leaves()),
      tiles_(static_cast<int>(layout.tiles())),
      leaf_rows_(static_cast<double>(n_) / leaves_) {}

std::vector<BlockPlan::Node> BlockPlan::nodes() const {
  std::vector<Node> nodes;
  if (arrangement_ == BlockArrangement::nested) {
    add_nodes(0, leaves_, nodes);
  }
  return nodes;
}

void BlockPlan::add_nodes(int offset, int leaves, std::vector<Node>& nodes) const {
  if (leaves > 1) {
    const int first = refinement_.leaves_of_first_block(leaves);
    add_nodes(offset, first, nodes);
    nodes.push_back({offset, first, leaves - first});
    add_nodes(offset + first, leaves - first, nodes);
  }
}

BlockPass BlockPlan::beside(int first, int rest) const {
  BlockPass both;
  if (product_tiles() > 0) {
    const double blocks = static_cast<double>(first) * rest;
    both.mvm_shots = 2.0 * blocks;
    both.busiest_mvm = 1.0;
    both.mvm_depth = 2.0;
    both.lanes = (2.0 * blocks) * block_scaling_work(leaf_rows_, leaf_rows_);
  } else {
    both.lanes = 2.0 * block_product_work(rows(first), rows(rest));
  }
  return both;
}

BlockPass BlockPlan::application(int leaves, const LaneWork& scaling) const {
  BlockPass pass;
  if (leaves == 1) {
    pass.inv_shots = pass.busiest_inv = pass.inv_depth = 1.0;
    pass.lanes = scaling;
    return pass;
  }
  if (arrangement_ == BlockArrangement::diagonal) {
    pass.inv_shots = leaves;
    pass.busiest_inv = pass.inv_depth = 1.0;
    pass.lanes = static_cast<double>(leaves) * scaling;
    return pass;
  }
  const int first = refinement_.leaves_of_first_block(leaves);
  pass = application(first, scaling);
  pass += pass;
  pass = followed_by(pass, application(leaves - first, scaling));
  pass = followed_by(pass, beside(first, leaves - first));
  pass.lanes += sum_work(rows(leaves));
  return pass;
}

BlockPass BlockPlan::product() const {
  BlockPass pass = product(leaves_);
  if (leaves_ > 1) {
    // From stage to stage it is not told from an application.
    const BlockPass whole = application(leaves_);
    pass.inv_depth = whole.inv_depth;
    pass.mvm_depth = whole.mvm_depth;
  }
  return pass;
}

BlockPass BlockPlan::product(int leaves) const {
  BlockPass pass;
  if (leaves == 1) {
    pass.lanes = tile_scaling_work(leaf_rows_);
    return pass;
  }
  const int first = refinement_.leaves_of_first_block(leaves);
  pass = product(first);
  pass += application(first);
  pass = followed_by(pass, product(leaves - first));
  pass = followed_by(pass, beside(first, leaves - first));
  pass.lanes += sum_work(rows(leaves + first));
  return pass;
}

}  // namespace invar::solver
