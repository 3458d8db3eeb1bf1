// What the engine's registers read and do.
#include <invar/digital_engine/engine_core.h>
#include <invar/simulation/record_ring.h>

namespace invar::digital_engine {

invar_engine_status JobRing::fault() const {
  if (!simulation::is_ring_size(size)) {
    return INVAR_ENGINE_RING_SIZE;
  }
  return simulation::is_ring_base(base, size, sizeof(invar_engine_job)) ? INVAR_ENGINE_OK
                                                                        : INVAR_ENGINE_RING_BASE;
}

simulation::RingRegisters EngineCore::register_map() {
  using namespace simulation::register_access;
  static constexpr simulation::RegisterTable k_table{{INVAR_ENGINE_REGISTERS(INVAR_REGISTER_ROW)},
                                                     reset_by_control<INVAR_ENGINE_REG_CONTROL>};
  return {k_table,
          INVAR_ENGINE_WINDOW_BYTES,
          INVAR_ENGINE_REG_CONTROL,
          INVAR_ENGINE_REG_STATUS,
          INVAR_ENGINE_REG_IRQ_STATUS,
          INVAR_ENGINE_REG_IRQ_ENABLE,
          INVAR_ENGINE_REG_RING_TAIL,
          INVAR_ENGINE_REG_RING_HEAD,
          true};
}

void EngineCore::describe_registers() {
  using simulation::RegisterQuery;
  const auto macs = static_cast<std::uint32_t>(parameters_.mac_rows * parameters_.mac_columns);
  const auto bytes = static_cast<std::uint32_t>(parameters_.scratchpad_bytes);
  registers().on_read(INVAR_ENGINE_REG_CAPABILITY, [=](const RegisterQuery&) { return macs; });
  registers().on_read(INVAR_ENGINE_REG_SCRATCHPAD_BYTES,
                      [=](const RegisterQuery&) { return bytes; });
}

JobRing EngineCore::ring() const {
  return {registers().values().pair(INVAR_ENGINE_REG_RING_BASE_LO),
          registers()[INVAR_ENGINE_REG_RING_SIZE]};
}

void EngineCore::ring_doorbell() {
  traced_waiting_.set(tail() - head_);
  doorbell_.notify(sc_core::SC_ZERO_TIME);
}

void EngineCore::drop_work() {
  ++generation_;
  halted_ = false;
  head_ = 0;
  traced_waiting_.set(0);
  reset_.notify(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::digital_engine
