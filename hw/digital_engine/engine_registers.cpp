// Register file, interrupt and reset of the engine.
#include <invar/digital_engine/engine_core.h>
#include <invar/simulation/register_access.h>

namespace invar::digital_engine {
namespace {

constexpr std::uint32_t k_id = 0x4D47454Eu;
constexpr std::uint32_t k_version = 0x00010000u;

}  // namespace

void EngineCore::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  simulation::access_registers(
      payload, INVAR_ENGINE_WINDOW_BYTES,
      [this](std::uint64_t offset, bool) { return read_register(offset); },
      [this, &delay](std::uint64_t offset, std::uint32_t value) {
        write_register(offset, value, delay);
      });
  delay += sc_core::sc_time(parameters_.register_latency_s, sc_core::SC_SEC);
}

unsigned int EngineCore::debug_access(tlm::tlm_generic_payload& payload) {
  return simulation::debug_registers(
      payload, INVAR_ENGINE_WINDOW_BYTES,
      [this](std::uint64_t offset, bool) { return read_register(offset); });
}

std::uint32_t EngineCore::read_register(std::uint64_t offset) const {
  switch (offset) {
    case INVAR_ENGINE_REG_ID:
      return k_id;
    case INVAR_ENGINE_REG_VERSION:
      return k_version;
    case INVAR_ENGINE_REG_CAPABILITY:
      return static_cast<std::uint32_t>(parameters_.mac_rows * parameters_.mac_columns);
    case INVAR_ENGINE_REG_SCRATCHPAD_BYTES:
      return static_cast<std::uint32_t>(parameters_.scratchpad_bytes);
    case INVAR_ENGINE_REG_CONTROL:
      return enabled_ ? INVAR_ENGINE_CONTROL_ENABLE : 0u;
    case INVAR_ENGINE_REG_STATUS:
      return (busy() ? INVAR_ENGINE_STATUS_BUSY : 0u) | (halted_ ? INVAR_ENGINE_STATUS_HALTED : 0u);
    case INVAR_ENGINE_REG_IRQ_STATUS:
      return irq_status_;
    case INVAR_ENGINE_REG_IRQ_ENABLE:
      return irq_enable_;
    case INVAR_ENGINE_REG_RING_BASE_LO:
      return static_cast<std::uint32_t>(ring_.base);
    case INVAR_ENGINE_REG_RING_BASE_HI:
      return static_cast<std::uint32_t>(ring_.base >> 32);
    case INVAR_ENGINE_REG_RING_SIZE:
      return ring_.size;
    case INVAR_ENGINE_REG_RING_TAIL:
      return tail_;
    case INVAR_ENGINE_REG_RING_HEAD:
      return head_;
    case INVAR_ENGINE_REG_ERROR_STATUS:
      return error_status_;
    case INVAR_ENGINE_REG_ERROR_TAG:
      return error_tag_;
    default:
      return 0;
  }
}

void EngineCore::write_register(std::uint64_t offset, std::uint32_t value,
                                const sc_core::sc_time& delay) {
  if (rst.read()) {
    return;
  }
  switch (offset) {
    case INVAR_ENGINE_REG_CONTROL:
      write_control(value, delay);
      break;
    case INVAR_ENGINE_REG_IRQ_STATUS:
      irq_status_ &= ~value;
      update_irq(delay);
      break;
    case INVAR_ENGINE_REG_IRQ_ENABLE:
      irq_enable_ = value & (INVAR_ENGINE_IRQ_IDLE | INVAR_ENGINE_IRQ_FAULT);
      update_irq(delay);
      break;
    case INVAR_ENGINE_REG_RING_BASE_LO:
      ring_.base = simulation::with_low_word(ring_.base, value);
      break;
    case INVAR_ENGINE_REG_RING_BASE_HI:
      ring_.base = simulation::with_high_word(ring_.base, value);
      break;
    case INVAR_ENGINE_REG_RING_SIZE:
      ring_.size = value;
      break;
    case INVAR_ENGINE_REG_RING_TAIL:
      tail_ = value;
      traced_waiting_.set(tail_ - head_, sc_core::sc_time_stamp() + delay);
      doorbell_.notify(delay);
      break;
    default:
      // Read-only registers and holes in the map: no effect.
      break;
  }
}

void EngineCore::write_control(std::uint32_t value, const sc_core::sc_time& delay) {
  if ((value & INVAR_ENGINE_CONTROL_RESET) != 0) {
    reset();
    return;
  }
  enabled_ = (value & INVAR_ENGINE_CONTROL_ENABLE) != 0;
  if (enabled_) {
    doorbell_.notify(delay);
  }
}

void EngineCore::raise(std::uint32_t bits) {
  irq_status_ |= bits;
  update_irq(sc_core::SC_ZERO_TIME);
}

void EngineCore::update_irq(const sc_core::sc_time& delay) {
  irq_changed_.notify(delay);
}

void EngineCore::drive_irq() {
  const bool level = (irq_status_ & irq_enable_) != 0;
  irq.write(level);
  traced_irq_.set(level);
}

void EngineCore::watch_reset() {
  if (rst.read()) {
    reset();
  }
}

void EngineCore::reset() {
  ++generation_;
  enabled_ = halted_ = false;
  irq_status_ = irq_enable_ = 0;
  ring_ = Ring{};
  tail_ = head_ = error_status_ = error_tag_ = 0;
  traced_waiting_.set(0);
  reset_.notify(sc_core::SC_ZERO_TIME);
  update_irq(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::digital_engine
