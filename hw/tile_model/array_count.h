#ifndef INVAR_TILE_MODEL_ARRAY_COUNT_H
#define INVAR_TILE_MODEL_ARRAY_COUNT_H

namespace invar::tile {

/// Arrays that a matrix takes on a tile, or their expected numbers.
struct ArrayCount {
  double plus = 0.0;
  double minus = 0.0;
  double references = 0.0;  ///< columns that stand for minus arrays that are not needed

  /// Both signs of so many slices.
  static ArrayCount pairs(int slices) {
    return {static_cast<double>(slices), static_cast<double>(slices), 0.0};
  }
  double arrays() const { return plus + minus; }
};

}  // namespace invar::tile

#endif
