#ifndef INVAR_SEQUENCER_WIRE_ERRORS_H
#define INVAR_SEQUENCER_WIRE_ERRORS_H

#include <invar/tile_model/loop_compensation.h>

#include <cstdint>

namespace invar::sequencer {

/// What wires did to the INV loops of tiles, summed over programmings (circuit fidelity).
struct WireErrors {
  std::uint64_t programs = 0;
  std::uint64_t stable = 0;  ///< of those with a stable loop
  tile::WireError sum;       ///< INV errors of stable loops only

  void add(const tile::WireError& error, bool is_stable) {
    ++programs;
    sum.matrix_before += error.matrix_before;
    sum.matrix_after += error.matrix_after;
    if (is_stable) {
      ++stable;
      sum.inv_before += error.inv_before;
      sum.inv_after += error.inv_after;
    }
  }
  WireErrors& operator+=(const WireErrors& other) {
    programs += other.programs;
    stable += other.stable;
    sum.matrix_before += other.sum.matrix_before;
    sum.matrix_after += other.sum.matrix_after;
    sum.inv_before += other.sum.inv_before;
    sum.inv_after += other.sum.inv_after;
    return *this;
  }
};

}  // namespace invar::sequencer

#endif
