#include <invar/sequencer/built_hardware.h>
#include <invar/sequencer/command.h>
#include <invar/solver/service.h>

namespace invar::sequencer {

bool can_serve(const SequencerParameters& hardware, const invar_descriptor& descriptor,
               std::size_t tiles) {
  if (descriptor.opcode == INVAR_OP_MVM || descriptor.opcode == INVAR_OP_CALIBRATE) {
    return hardware.refines();
  }
  if (descriptor.opcode != INVAR_OP_PROGRAM) {
    return true;
  }
  // A Schur complement is formed of refined solutions.
  const bool is_in_blocks = tiles > static_cast<std::size_t>(replicas(descriptor)) &&
                            descriptor.block_layout == INVAR_BLOCKS_NESTED;
  const bool refines = solver::ServiceSet(descriptor.service).refines() || is_in_blocks;
  return static_cast<int>(descriptor.rank) <= hardware.deflation_rank &&
         (hardware.refines() || !refines);
}

bool can_serve_by_lanes(const invar_descriptor& descriptor) {
  return descriptor.opcode != INVAR_OP_PROGRAM ||
         (!solver::ServiceSet(descriptor.service).shoots() && descriptor.rank == 0 &&
          descriptor.block_layout == INVAR_BLOCKS_NESTED && !eliminates_last(descriptor) &&
          replicas(descriptor) == 1);
}

}  // namespace invar::sequencer
