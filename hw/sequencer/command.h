#ifndef INVAR_SEQUENCER_COMMAND_H
#define INVAR_SEQUENCER_COMMAND_H

#include <invar/registers/accelerator_registers.h>
#include <invar/registers/phases.h>
#include <invar/simulation/systemc_compatibility.h>
#include <invar/solver/block_arrangement.h>
#include <invar/solver/stored_matrix_parameters.h>

#include <cstdint>
#include <memory>
#include <optional>

namespace invar::sequencer {

struct Handover;

/// A descriptor on its way through the accelerator.
struct Command {
  invar_descriptor descriptor{};
  std::uint32_t slot = 0;                   ///< place in the ring, and of its completion record
  std::optional<sc_core::sc_time> started;  ///< simulated time when execution began
  std::shared_ptr<Handover> handover;       ///< of a command that two matrices share
  bool is_second_half = false;              ///< of such a command
};

/// The phase tag of a descriptor, INVAR_PHASE_HOST if it carries none that exists.
inline invar_phase phase_of(const invar_descriptor& descriptor) {
  return descriptor.phase < INVAR_PHASE_COUNT ? static_cast<invar_phase>(descriptor.phase)
                                              : INVAR_PHASE_HOST;
}

/// Bytes of one matrix or vector element.
inline std::uint32_t element_bytes(const invar_descriptor& descriptor) {
  return (descriptor.flags & INVAR_FLAG_FP32) != 0 ? 4 : 8;
}

/// Bytes of one vector, of a matrix, of a batch of vectors. No overflow once fields are checked.
inline std::uint64_t vector_bytes(const invar_descriptor& descriptor) {
  return static_cast<std::uint64_t>(descriptor.n) * element_bytes(descriptor);
}
inline std::uint64_t matrix_bytes(const invar_descriptor& descriptor) {
  return descriptor.n * vector_bytes(descriptor);
}
inline std::uint64_t batch_bytes(const invar_descriptor& descriptor) {
  return descriptor.columns * vector_bytes(descriptor);
}

/// Which blocks of its matrix a PROGRAM stores.
inline solver::BlockArrangement block_arrangement(const invar_descriptor& descriptor) {
  return descriptor.block_layout == INVAR_BLOCKS_DIAGONAL ? solver::BlockArrangement::diagonal
                                                          : solver::BlockArrangement::nested;
}

/// Whether a PROGRAM's tiles hold the matrix without its last row; and the rows that they hold.
inline bool eliminates_last(const invar_descriptor& descriptor) {
  return (descriptor.flags & INVAR_FLAG_ELIMINATE_LAST) != 0;
}
inline std::uint32_t rows_held(const invar_descriptor& descriptor) {
  return eliminates_last(descriptor) ? descriptor.n - 1 : descriptor.n;
}
/// Whether a PROGRAM adds to the diagonal as it is read.
inline bool adds_damping(const invar_descriptor& descriptor) {
  return (descriptor.flags & INVAR_FLAG_ADD_DAMPING) != 0;
}
/// Times that a PROGRAM stores its matrix.
inline int replicas(const invar_descriptor& descriptor) {
  return descriptor.replicas == 0 ? 1 : static_cast<int>(descriptor.replicas);
}
/// Tiles that a PROGRAM takes for it.
std::int64_t tiles_for(const invar_descriptor& descriptor,
                       const solver::StoredMatrixParameters& parameters);

/// "PROGRAM", ...; "a command" for an opcode that is none.
const char* command_name(std::uint32_t opcode);

/// Checks every field against its range, before anything is done.
/// \param slices that a tile has \return INVAR_STATUS_OK or INVAR_STATUS_BAD_DESCRIPTOR
std::uint32_t check_descriptor(const invar_descriptor& descriptor, int slices);

}  // namespace invar::sequencer

#endif
