#include <invar/digital_engine/register_file.h>
#include <invar/simulation/register_access.h>

namespace invar::digital_engine {
namespace {

constexpr std::uint32_t k_smallest_ring = 2;
constexpr std::uint32_t k_largest_ring = 4096;

}  // namespace

invar_engine_status JobRing::fault() const {
  if (size < k_smallest_ring || size > k_largest_ring || (size & (size - 1)) != 0) {
    return INVAR_ENGINE_RING_SIZE;
  }
  const std::uint64_t bytes = size * sizeof(invar_engine_job);
  const bool placed =
      base % sizeof(invar_engine_job) == 0 && base <= ~std::uint64_t{0} - (bytes - 1);
  return placed ? INVAR_ENGINE_OK : INVAR_ENGINE_RING_BASE;
}

void RegisterFile::write(const simulation::TimedWrite& write) {
  switch (write.offset) {
    case INVAR_ENGINE_REG_CONTROL:
      if ((write.value & INVAR_ENGINE_CONTROL_RESET) != 0) {
        reset();
      } else {
        enabled = (write.value & INVAR_ENGINE_CONTROL_ENABLE) != 0;
      }
      break;
    case INVAR_ENGINE_REG_IRQ_STATUS:
      irq_status &= ~write.value;
      break;
    case INVAR_ENGINE_REG_IRQ_ENABLE:
      irq_enable = write.value & (INVAR_ENGINE_IRQ_IDLE | INVAR_ENGINE_IRQ_FAULT);
      break;
    case INVAR_ENGINE_REG_RING_BASE_LO:
      ring.base = simulation::with_low_word(ring.base, write.value);
      break;
    case INVAR_ENGINE_REG_RING_BASE_HI:
      ring.base = simulation::with_high_word(ring.base, write.value);
      break;
    case INVAR_ENGINE_REG_RING_SIZE:
      ring.size = write.value;
      break;
    case INVAR_ENGINE_REG_RING_TAIL:
      tail = write.value;
      break;
    default:
      // Read-only registers and holes in the map: no effect.
      break;
  }
}

void RegisterFile::reset() {
  const std::uint64_t resets_before = resets;
  *this = RegisterFile{};
  resets = resets_before + 1;
}

}  // namespace invar::digital_engine
