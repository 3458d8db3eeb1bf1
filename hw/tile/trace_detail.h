#ifndef INVAR_TILE_TRACE_DETAIL_H
#define INVAR_TILE_TRACE_DETAIL_H

namespace invar::tile {

/// How much of a tile is traced.
struct TraceDetail {
  int rows = 1;  ///< whose converter codes are traced
  /// Number of the tile whose outputs are traced while they settle; -1: none.
  int settling_tile = -1;
  int settling_samples = 32;  ///< a shot

  TraceDetail(int traced_rows = 1) : rows(traced_rows) {}  // NOLINT: rows alone say enough
};

}  // namespace invar::tile

#endif
