#ifndef INVAR_TILE_MODEL_CIRCUIT_LOOP_H
#define INVAR_TILE_MODEL_CIRCUIT_LOOP_H

#include <invar/tile_model/inv_loop.h>

#include <memory>

namespace invar::tile {

/// The loop at fidelity `circuit`: the network of cells and wires, each op-amp as it is.
std::unique_ptr<InvLoop> make_circuit_loop(const LoopSetup& setup);

}  // namespace invar::tile

#endif
