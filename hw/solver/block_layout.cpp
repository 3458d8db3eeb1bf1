#include <invar/solver/block_layout.h>

#include <algorithm>
#include <cstdint>
#include <limits>
#include <stdexcept>
#include <string>

namespace invar::solver {

BlockLayout::BlockLayout(int n, int rows, bool products_on_tiles)
    : n_(n), products_on_tiles_(products_on_tiles) {
  if (n < 1 || rows < 1) {
    throw std::invalid_argument("solver: no layout of " + std::to_string(n) + " rows on tiles of " +
                                std::to_string(rows));
  }
  leaves_ = (n - 1) / rows + 1;
}

Eigen::Index BlockLayout::offset(int leaf) const {
  // The first leaves have one row more where n does not divide.
  return static_cast<Eigen::Index>(leaf) * (n_ / leaves_) + std::min(leaf, n_ % leaves_);
}

int BlockLayout::product_tile(int row_leaf, int column_leaf) const {
  const int column = column_leaf < row_leaf ? column_leaf : column_leaf - 1;
  return leaves_ + row_leaf * (leaves_ - 1) + column;
}

}  // namespace invar::solver
