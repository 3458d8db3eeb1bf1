#include <invar/registers/command_limits.h>
#include <invar/sequencer/command.h>

#include <cmath>

namespace invar::sequencer {
namespace {

bool is_in(std::uint32_t value, std::uint32_t lowest, std::uint32_t highest) {
  return value >= lowest && value <= highest;
}

/// Whether a block ends within the address space.
bool fits(std::uint64_t address, std::uint64_t bytes) {
  return bytes == 0 || address <= ~std::uint64_t{0} - (bytes - 1);
}

/// Whether what a command reads and writes ends within the address space.
bool operands_fit(const invar_descriptor& descriptor) {
  switch (descriptor.opcode) {
    case INVAR_OP_PROGRAM:
      return fits(descriptor.source, matrix_bytes(descriptor));
    case INVAR_OP_READ_BACK:
      return fits(descriptor.destination, matrix_bytes(descriptor));
    case INVAR_OP_SOLVE:
    case INVAR_OP_MVM:
      return fits(descriptor.source, batch_bytes(descriptor)) &&
             fits(descriptor.destination, batch_bytes(descriptor));
    default:
      return true;
  }
}

}  // namespace

std::uint32_t check_descriptor(const invar_descriptor& descriptor, int slices) {
  const bool has_vectors = descriptor.opcode == INVAR_OP_SOLVE || descriptor.opcode == INVAR_OP_MVM;
  const bool moves_data = has_vectors || descriptor.opcode == INVAR_OP_PROGRAM ||
                          descriptor.opcode == INVAR_OP_READ_BACK;
  bool good =
      descriptor.opcode >= INVAR_OP_PROGRAM && descriptor.opcode <= INVAR_OP_CALIBRATE &&
      descriptor.phase < INVAR_PHASE_COUNT &&
      (descriptor.flags & ~(INVAR_FLAG_FP32 | INVAR_FLAG_GENERAL | INVAR_FLAG_UNITS)) == 0 &&
      descriptor.reserved == 0;
  if (moves_data) {
    good = good && is_in(descriptor.n, 1, INVAR_LIMIT_DIMENSION);
  }
  if (has_vectors) {
    good = good && is_in(descriptor.columns, 1, INVAR_LIMIT_COLUMNS);
  }
  if (descriptor.opcode == INVAR_OP_PROGRAM) {
    good = good && descriptor.slices <= static_cast<std::uint32_t>(slices);
  }
  if (descriptor.opcode == INVAR_OP_SOLVE) {
    // The comparison is false for NaN.
    good = good && descriptor.tolerance >= INVAR_LIMIT_SMALLEST_TOLERANCE &&
           descriptor.tolerance <= INVAR_LIMIT_LARGEST_TOLERANCE &&
           descriptor.iteration_limit <= INVAR_LIMIT_ITERATIONS;
  }
  good = good && operands_fit(descriptor);
  return good ? INVAR_STATUS_OK : INVAR_STATUS_BAD_DESCRIPTOR;
}

}  // namespace invar::sequencer
