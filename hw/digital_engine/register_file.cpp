#include <invar/digital_engine/register_file.h>
#include <invar/simulation/record_ring.h>
#include <invar/simulation/register_access.h>

namespace invar::digital_engine {

invar_engine_status JobRing::fault() const {
  if (!simulation::is_ring_size(size)) {
    return INVAR_ENGINE_RING_SIZE;
  }
  return simulation::is_ring_base(base, size, sizeof(invar_engine_job)) ? INVAR_ENGINE_OK
                                                                        : INVAR_ENGINE_RING_BASE;
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
