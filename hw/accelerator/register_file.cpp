#include <invar/accelerator/register_file.h>
#include <invar/simulation/register_access.h>

namespace invar::accelerator {

void RegisterFile::write(const simulation::TimedWrite& write) {
  switch (write.offset) {
    case INVAR_REG_CONTROL:
      if ((write.value & INVAR_CONTROL_RESET) != 0) {
        reset(write.at);
      } else {
        enabled = (write.value & INVAR_CONTROL_ENABLE) != 0;
      }
      break;
    case INVAR_REG_IRQ_STATUS:
      irq_status &= ~write.value;
      break;
    case INVAR_REG_IRQ_ENABLE:
      irq_enable = write.value & (INVAR_IRQ_COMPLETION | INVAR_IRQ_FAULT);
      break;
    case INVAR_REG_RING_BASE_LO:
      ring.base = simulation::with_low_word(ring.base, write.value);
      break;
    case INVAR_REG_RING_BASE_HI:
      ring.base = simulation::with_high_word(ring.base, write.value);
      break;
    case INVAR_REG_RING_SIZE:
      ring.size = write.value;
      break;
    case INVAR_REG_RING_TAIL:
      tail = write.value;
      break;
    case INVAR_REG_COMPLETION_BASE_LO:
      ring.completion_base = simulation::with_low_word(ring.completion_base, write.value);
      break;
    case INVAR_REG_COMPLETION_BASE_HI:
      ring.completion_base = simulation::with_high_word(ring.completion_base, write.value);
      break;
    case k_latch_ticks:
      ticks_high = write.value;
      break;
    default:
      // Read-only registers and holes in the map: no effect.
      break;
  }
}

void RegisterFile::reset(const sc_core::sc_time& at) {
  const std::uint64_t resets_before = resets;
  *this = RegisterFile{};
  reset_time = at;
  resets = resets_before + 1;
}

}  // namespace invar::accelerator
