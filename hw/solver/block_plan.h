#ifndef INVAR_SOLVER_BLOCK_PLAN_H
#define INVAR_SOLVER_BLOCK_PLAN_H

#include <invar/solver/block_layout.h>
#include <invar/solver/lane_work.h>
#include <invar/solver/refinement_parameters.h>

#include <vector>

namespace invar::solver {

/// What one right-hand side asks of tiles and lanes on its way through blocks.
struct BlockPass {
  /// Over all tiles: of those that invert, and of those that multiply.
  double inv_shots = 0.0, mvm_shots = 0.0;
  /// Of the tile that works most.
  double busiest_inv = 0.0, busiest_mvm = 0.0;
  /// Shots one after the other until the result is there.
  double inv_depth = 0.0, mvm_depth = 0.0;
  LaneWork lanes;

  /// The same right-hand side passes once more, through the same tiles.
  BlockPass& operator+=(const BlockPass& other);
};

/// How a matrix lies on tiles, and what its nested block inverse asks of them: the recursion of
/// BlockInverse, counted instead of computed, with leaves as large as they are on the mean.
class BlockPlan {
 public:
  BlockPlan(const BlockLayout& layout, const RefinementParameters& refinement,
            BlockArrangement arrangement = BlockArrangement::nested);

  int size() const { return n_; }
  int leaves() const { return leaves_; }
  int tiles() const { return tiles_; }
  int product_tiles() const { return tiles_ - leaves_; }
  /// Mean of the leaves.
  double leaf_rows() const { return leaf_rows_; }
  double rows(int leaves) const { return leaves * leaf_rows_; }

  /// A block A1 of `first` leaves from leaf `offset` on, and its Schur complement of `rest`.
  struct Node {
    int offset = 0;
    int first = 0;
    int rest = 0;
  };
  /// All of them, in the order in which they are formed; none of diagonal blocks alone.
  std::vector<Node> nodes() const;

  /// An application of the inverse of a block of so many leaves. \param scaling of each leaf
  BlockPass application(int leaves, const LaneWork& scaling) const;
  BlockPass application(int leaves) const {
    return application(leaves, tile_scaling_work(leaf_rows_));
  }
  /// The same of the whole matrix by single shots.
  BlockPass shot() const { return application(leaves_, shot_scaling_work(leaf_rows_)); }
  /// A product with the whole matrix, but for the MVM of each leaf, which follow.
  BlockPass product() const;

 private:
  void add_nodes(int offset, int leaves, std::vector<Node>& nodes) const;
  /// The products with both blocks beside the diagonal.
  BlockPass beside(int first, int rest) const;
  BlockPass product(int leaves) const;

  RefinementParameters refinement_;
  BlockArrangement arrangement_;
  int n_;
  int leaves_;
  int tiles_;
  double leaf_rows_;
};

}  // namespace invar::solver

#endif
