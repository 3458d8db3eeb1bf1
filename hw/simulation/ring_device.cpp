#include <invar/simulation/ring_device.h>

namespace invar::simulation {

RingDevice::RingDevice(const sc_core::sc_module_name& name, const RingRegisters& where,
                       double register_latency_s)
    : sc_core::sc_module(name),
      irq("irq"),
      rst("rst"),
      where_(where),
      registers_(where.table, where.window_bytes, register_latency_s, &rst) {
  registers_.on_read(where.status, [this](const RegisterQuery& read) {
    return status(read.values, read.reset_ahead);
  });
  registers_.on_read(where.head,
                     [this](const RegisterQuery& read) { return read.reset_ahead ? 0u : head(); });
  registers_.on_write(where.control,
                      [this](const RegisterWritten& write) { control_written(write); });
  registers_.on_write(where.tail, [this](const RegisterWritten&) { ring_doorbell(); });
  registers_.on_write(where.irq_status, [this](const RegisterWritten&) { update_irq(); });
  registers_.on_write(where.irq_enable, [this](const RegisterWritten&) { update_irq(); });
  INVAR_HAS_PROCESS(RingDevice);
  SC_METHOD(drive_irq);
  sensitive << irq_changed_;
  SC_METHOD(watch_reset);
  sensitive << rst;
  dont_initialize();
}

void RingDevice::control_written(const RegisterWritten& write) {
  if ((write.value & INVAR_CONTROL_RESET) != 0) {
    drop_work();
    update_irq();
    return;
  }
  const bool was_enabled = (write.before[where_.control] & INVAR_CONTROL_ENABLE) != 0;
  if (enabled() && !was_enabled && tail() != head()) {
    ring_doorbell();
  }
}

std::uint32_t RingDevice::status(const RegisterValues& values, bool reset_ahead) const {
  const bool is_halted = !reset_ahead && halted();
  const bool serves =
      where_.busy_while_disabled || (values[where_.control] & INVAR_CONTROL_ENABLE) != 0;
  const bool waiting = serves && values[where_.tail] != (reset_ahead ? 0 : head()) && !is_halted;
  const bool is_busy = waiting || (!reset_ahead && working());
  return (is_busy ? INVAR_STATUS_BUSY : 0u) | (is_halted ? INVAR_STATUS_HALTED : 0u);
}

void RingDevice::raise(std::uint32_t bits) {
  registers_.set(where_.irq_status, registers_[where_.irq_status] | bits);
  update_irq();
}

void RingDevice::drive_irq() {
  const bool level = (registers_[where_.irq_status] & registers_[where_.irq_enable]) != 0;
  irq.write(level);
  show_irq(level);
}

void RingDevice::watch_reset() {
  if (rst.read()) {
    registers_.reset();
    drop_work();
    update_irq();
  }
}

}  // namespace invar::simulation
