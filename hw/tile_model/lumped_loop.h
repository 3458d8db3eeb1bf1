#ifndef INVAR_TILE_MODEL_LUMPED_LOOP_H
#define INVAR_TILE_MODEL_LUMPED_LOOP_H

#include <invar/tile_model/inv_loop.h>

#include <memory>

namespace invar::tile {

/// The loop at fidelity `behavioural`: ideal wires, op-amps of one gain with an offset each.
/// `ideal` is the same with endless gain, no offsets, and outputs that do not saturate.
std::unique_ptr<InvLoop> make_lumped_loop(const LoopSetup& setup);

}  // namespace invar::tile

#endif
