#ifndef INVAR_SIMULATION_RING_DEVICE_H
#define INVAR_SIMULATION_RING_DEVICE_H

#include <invar/registers/device_registers.h>
#include <invar/simulation/register_file.h>

#include <cstdint>

namespace invar::simulation {

/// Where the registers stand that every device with a ring has.
struct RingRegisters {
  const RegisterTable& table;
  std::uint64_t window_bytes;
  std::uint64_t control, status, irq_status, irq_enable, tail, head;
  /// Whether records that wait make a device busy that is not enabled.
  bool busy_while_disabled = false;
};

/// Registers, interrupt and reset of a device that takes its work from a ring of records in memory:
/// the host writes records, then their free-running count to TAIL, the doorbell; HEAD counts those
/// that the device has taken. The device says what it has taken and does, and is told of doorbells
/// and resets.
///
/// Registers live in local time (RegisterFile). HEAD, STATUS and interrupts raised are as of
/// simulated time, so a decoupled initiator sees them at most its quantum late. A reset by register
/// takes its place among the writes; the reset signal also drops writes that have not taken effect.
class RingDevice : public sc_core::sc_module {
 public:
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    registers_.access(payload, delay);
  }
  unsigned int debug_access(tlm::tlm_generic_payload& payload) {
    return registers_.debug_access(payload);
  }
  bool busy() const { return (status(registers_.values(), false) & INVAR_STATUS_BUSY) != 0; }

 protected:
  RingDevice(const sc_core::sc_module_name& name, const RingRegisters& where,
             double register_latency_s);

  /// A table's effect: CONTROL.reset gives every register its reset value.
  template <std::uint64_t CONTROL>
  static void reset_by_control(RegisterValues& values, const TimedWrite& write) {
    if (write.offset == CONTROL && (write.value & INVAR_CONTROL_RESET) != 0) {
      values.reset(write.at);
    }
  }

  RegisterFile& registers() { return registers_; }
  const RegisterFile& registers() const { return registers_; }
  bool enabled() const { return (registers_[where_.control] & INVAR_CONTROL_ENABLE) != 0; }
  std::uint32_t tail() const { return registers_[where_.tail]; }
  /// Sets bits of IRQ_STATUS.
  void raise(std::uint32_t bits);

  /// Records taken since the last reset.
  virtual std::uint32_t head() const = 0;
  /// Whether it takes no more until a reset.
  virtual bool halted() const = 0;
  /// Whether something is under way besides records that wait.
  virtual bool working() const = 0;
  /// TAIL was written, or the device was enabled while records wait.
  virtual void ring_doorbell() = 0;
  /// The registers were reset: whatever waits or is under way is dropped.
  virtual void drop_work() = 0;
  /// The interrupt line was driven.
  virtual void show_irq(bool level) = 0;

 private:
  void control_written(const RegisterWritten& write);
  std::uint32_t status(const RegisterValues& values, bool reset_ahead) const;
  void update_irq() { irq_changed_.notify(sc_core::SC_ZERO_TIME); }
  void drive_irq();
  void watch_reset();

  RingRegisters where_;
  RegisterFile registers_;
  sc_core::sc_event irq_changed_;
};

}  // namespace invar::simulation

#endif
