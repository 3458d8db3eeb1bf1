#ifndef INVAR_SOLVER_BLOCK_LAYOUT_H
#define INVAR_SOLVER_BLOCK_LAYOUT_H

#include <invar/solver/block_arrangement.h>

#include <Eigen/Core>
#include <cstdint>

namespace invar::solver {

/// How a matrix is cut into blocks that fit tiles: as few leaves along the diagonal as there can
/// be, as equal as possible. Each leaf is inverted by a tile; each off-diagonal block of the
/// matrix, or of a Schur complement in its place, is multiplied by another, or digitally.
class BlockLayout {
 public:
  BlockLayout() = default;
  /// \param rows of a tile
  BlockLayout(int n, int rows, bool products_on_tiles);

  int size() const { return n_; }
  int leaves() const { return leaves_; }
  Eigen::Index leaf_size(int leaf) const { return offset(leaf + 1) - offset(leaf); }
  Eigen::Index offset(int leaf) const;
  /// Rows of so many leaves.
  Eigen::Index span(int first, int leaves) const { return offset(first + leaves) - offset(first); }

  /// One a leaf, and with products on tiles one for each block beside the diagonal.
  std::int64_t tiles() const {
    const std::int64_t leaves = leaves_;
    return products_on_tiles_ ? leaves * leaves : leaves;
  }
  /// Places of tiles: the leaves' first.
  int inverse_tile(int leaf) const { return leaf; }
  int product_tile(int row_leaf, int column_leaf) const;

 private:
  int n_ = 0;
  int leaves_ = 0;
  bool products_on_tiles_ = true;
};

}  // namespace invar::solver

#endif
