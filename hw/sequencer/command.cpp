#include <invar/registers/command_limits.h>
#include <invar/sequencer/command.h>

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <limits>

namespace invar::sequencer {
namespace {

/// What lies at an address of a descriptor.
enum class Operand { nothing, matrix, vectors };
/// Fields that a command uses besides.
enum class Fields { none, storage, accuracy, pair };

/// A row of INVAR_COMMANDS.
struct CommandKind {
  std::uint32_t opcode;
  const char* name;
  Operand source, destination;
  Fields fields;
};

#define INVAR_COMMAND_KIND(name, opcode, source, destination, fields, effect) \
  {opcode, #name, Operand::source, Operand::destination, Fields::fields},
constexpr CommandKind k_kinds[] = {INVAR_COMMANDS(INVAR_COMMAND_KIND)};
#undef INVAR_COMMAND_KIND

const CommandKind* find_kind(std::uint32_t opcode) {
  const auto* const found =
      std::find_if(std::begin(k_kinds), std::end(k_kinds),
                   [opcode](const CommandKind& kind) { return kind.opcode == opcode; });
  return found == std::end(k_kinds) ? nullptr : found;
}

bool is_in(std::uint32_t value, std::uint32_t lowest, std::uint32_t highest) {
  return value >= lowest && value <= highest;
}

bool bytes_are_zero(const invar_descriptor& descriptor, std::size_t begin, std::size_t end) {
  // By bytes: a zero with a sign is none.
  const auto* const bytes = reinterpret_cast<const unsigned char*>(&descriptor);
  return std::all_of(bytes + begin, bytes + end, [](unsigned char byte) { return byte == 0; });
}

bool reserved_fields_are_zero(const invar_descriptor& descriptor) {
  return bytes_are_zero(descriptor, offsetof(invar_descriptor, range),
                        offsetof(invar_descriptor, replicas)) &&
         bytes_are_zero(descriptor, offsetof(invar_descriptor, reserved_word), sizeof descriptor);
}

bool common_fields_are_good(const invar_descriptor& descriptor) {
  constexpr std::uint32_t k_flags = INVAR_FLAG_FP32 | INVAR_FLAG_GENERAL | INVAR_FLAG_UNITS |
                                    INVAR_FLAG_ELIMINATE_LAST | INVAR_FLAG_ADD_DAMPING;
  return descriptor.phase < INVAR_PHASE_COUNT && (descriptor.flags & ~k_flags) == 0 &&
         reserved_fields_are_zero(descriptor);
}

/// Whether what a command reads or writes has a size that may be, and ends within the address
/// space.
bool operand_is_good(Operand operand, std::uint64_t address, const invar_descriptor& descriptor) {
  if (operand == Operand::nothing) {
    return true;
  }
  if (!is_in(descriptor.n, 1, INVAR_LIMIT_DIMENSION) ||
      (operand == Operand::vectors && !is_in(descriptor.columns, 1, INVAR_LIMIT_COLUMNS))) {
    return false;
  }
  const std::uint64_t bytes =
      operand == Operand::matrix ? matrix_bytes(descriptor) : batch_bytes(descriptor);
  return address <= ~std::uint64_t{0} - (bytes - 1);
}

bool storage_is_good(const invar_descriptor& descriptor, int slices) {
  const bool general = (descriptor.flags & INVAR_FLAG_GENERAL) != 0;
  const bool is_left = !eliminates_last(descriptor) || (descriptor.n > 1 && !general);
  const std::uint32_t largest_rank =
      general || !is_left ? 0
                          : std::min<std::uint32_t>(rows_held(descriptor) - 1, INVAR_LIMIT_RANK);
  // The comparison is false for NaN.
  const bool damping_is_good =
      !adds_damping(descriptor) ||
      (descriptor.damping >= 0.0f && descriptor.damping <= std::numeric_limits<float>::max());
  return is_left && damping_is_good && descriptor.slices <= static_cast<std::uint32_t>(slices) &&
         descriptor.service < INVAR_SERVES(INVAR_SERVICE_COUNT) &&
         descriptor.rank <= largest_rank && descriptor.block_layout <= INVAR_BLOCKS_DIAGONAL &&
         descriptor.replicas <= INVAR_LIMIT_REPLICAS;
}

bool names_storage(const invar_descriptor& descriptor) {
  return descriptor.rank != 0 || descriptor.block_layout != 0 || descriptor.replicas != 0;
}

bool tolerance_is_good(const invar_descriptor& descriptor) {
  // The comparison is false for NaN.
  return descriptor.tolerance >= INVAR_LIMIT_SMALLEST_TOLERANCE &&
         descriptor.tolerance <= INVAR_LIMIT_LARGEST_TOLERANCE;
}

bool accuracy_is_good(const invar_descriptor& descriptor) {
  const bool is_default = descriptor.tolerance == 0.0;
  const bool is_good = descriptor.service == INVAR_SERVICE_SINGLE_SHOT ? is_default
                       : descriptor.service == INVAR_SERVICE_CHECKED
                           ? is_default || tolerance_is_good(descriptor)
                           : tolerance_is_good(descriptor);
  return is_good && descriptor.service < INVAR_SERVICE_COUNT &&
         descriptor.iteration_limit <= INVAR_LIMIT_ITERATIONS;
}

bool fields_are_good(Fields fields, const invar_descriptor& descriptor, int slices) {
  switch (fields) {
    case Fields::storage:
      return storage_is_good(descriptor, slices) && descriptor.second_handle == INVAR_HANDLE_NONE;
    case Fields::accuracy:
      return accuracy_is_good(descriptor) && descriptor.second_handle == INVAR_HANDLE_NONE &&
             !names_storage(descriptor);
    case Fields::pair:
      return accuracy_is_good(descriptor) && !names_storage(descriptor);
    case Fields::none:
      break;
  }
  return descriptor.second_handle == INVAR_HANDLE_NONE && descriptor.service == 0 &&
         !names_storage(descriptor);
}

}  // namespace

std::int64_t tiles_for(const invar_descriptor& descriptor,
                       const solver::StoredMatrixParameters& parameters) {
  return replicas(descriptor) * solver::tiles_for(static_cast<int>(rows_held(descriptor)),
                                                  parameters, block_arrangement(descriptor));
}

const char* command_name(std::uint32_t opcode) {
  const CommandKind* const kind = find_kind(opcode);
  return kind == nullptr ? "a command" : kind->name;
}

std::uint32_t check_descriptor(const invar_descriptor& descriptor, int slices) {
  const CommandKind* const kind = find_kind(descriptor.opcode);
  const bool good = kind != nullptr && common_fields_are_good(descriptor) &&
                    operand_is_good(kind->source, descriptor.source, descriptor) &&
                    operand_is_good(kind->destination, descriptor.destination, descriptor) &&
                    fields_are_good(kind->fields, descriptor, slices);
  return good ? INVAR_STATUS_OK : INVAR_STATUS_BAD_DESCRIPTOR;
}

}  // namespace invar::sequencer
