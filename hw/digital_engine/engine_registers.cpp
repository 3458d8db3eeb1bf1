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
      [&](std::uint64_t offset, bool) { return read_register(offset, delay); },
      [&](std::uint64_t offset, std::uint32_t value) { writes_.post(delay, offset, value); });
  delay += register_latency_;
}

unsigned int EngineCore::debug_access(tlm::tlm_generic_payload& payload) {
  return simulation::debug_registers(
      payload, INVAR_ENGINE_WINDOW_BYTES,
      [this](std::uint64_t offset, bool) { return read_register(offset, sc_core::SC_ZERO_TIME); });
}

std::uint32_t EngineCore::status(const RegisterFile& registers) const {
  const bool reset = registers.resets != registers_.resets;
  const bool halted = !reset && halted_;
  const bool waiting = registers.tail != (reset ? 0 : head_) && !halted;
  const bool busy = waiting || (!reset && working_);
  return (busy ? INVAR_ENGINE_STATUS_BUSY : 0u) | (halted ? INVAR_ENGINE_STATUS_HALTED : 0u);
}

std::uint32_t EngineCore::read_register(std::uint64_t offset, const sc_core::sc_time& delay) const {
  // In reset nothing that is on its way is known to arrive.
  const RegisterFile registers = rst.read() ? registers_ : writes_.preview(delay, registers_);
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
      return registers.enabled ? INVAR_ENGINE_CONTROL_ENABLE : 0u;
    case INVAR_ENGINE_REG_STATUS:
      return status(registers);
    case INVAR_ENGINE_REG_IRQ_STATUS:
      return registers.irq_status;
    case INVAR_ENGINE_REG_IRQ_ENABLE:
      return registers.irq_enable;
    case INVAR_ENGINE_REG_RING_BASE_LO:
      return static_cast<std::uint32_t>(registers.ring.base);
    case INVAR_ENGINE_REG_RING_BASE_HI:
      return static_cast<std::uint32_t>(registers.ring.base >> 32);
    case INVAR_ENGINE_REG_RING_SIZE:
      return registers.ring.size;
    case INVAR_ENGINE_REG_RING_TAIL:
      return registers.tail;
    case INVAR_ENGINE_REG_RING_HEAD:
      return registers.resets != registers_.resets ? 0u : head_;
    case INVAR_ENGINE_REG_ERROR_STATUS:
      return registers.error_status;
    case INVAR_ENGINE_REG_ERROR_TAG:
      return registers.error_tag;
    default:
      return 0;
  }
}

void EngineCore::take_effect(const simulation::TimedWrite& write) {
  if (rst.read()) {
    return;
  }
  registers_.write(write);
  switch (write.offset) {
    case INVAR_ENGINE_REG_CONTROL:
      if ((write.value & INVAR_ENGINE_CONTROL_RESET) != 0) {
        drop_jobs();
      } else if (registers_.enabled) {
        doorbell_.notify(sc_core::SC_ZERO_TIME);
      }
      break;
    case INVAR_ENGINE_REG_RING_TAIL:
      traced_waiting_.set(registers_.tail - head_);
      doorbell_.notify(sc_core::SC_ZERO_TIME);
      break;
    case INVAR_ENGINE_REG_IRQ_STATUS:
    case INVAR_ENGINE_REG_IRQ_ENABLE:
      update_irq();
      break;
    default:
      break;
  }
}

void EngineCore::raise(std::uint32_t bits) {
  registers_.irq_status |= bits;
  update_irq();
}

void EngineCore::update_irq() {
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void EngineCore::drive_irq() {
  const bool level = (registers_.irq_status & registers_.irq_enable) != 0;
  irq.write(level);
  traced_irq_.set(level);
}

void EngineCore::watch_reset() {
  if (rst.read()) {
    writes_.drop();
    registers_.reset();
    drop_jobs();
  }
}

void EngineCore::drop_jobs() {
  ++generation_;
  halted_ = false;
  head_ = 0;
  traced_waiting_.set(0);
  reset_.notify(sc_core::SC_ZERO_TIME);
  update_irq();
}

}  // namespace invar::digital_engine
