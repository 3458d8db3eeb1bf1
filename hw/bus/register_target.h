#ifndef INVAR_BUS_REGISTER_TARGET_H
#define INVAR_BUS_REGISTER_TARGET_H

#include <invar/bus/peripheral_parameters.h>
#include <invar/simulation/local_time_writes.h>
#include <invar/simulation/systemc_compatibility.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <tlm>

namespace invar::bus {

/// What every small peripheral is: a window of 32-bit registers behind a target socket, decoded as
/// <invar/simulation/register_access.h> says. Unused offsets read as 0 and ignore writes.
///
/// A write takes effect at its initiator's local time, never before, and writes of several
/// initiators in the order of those times; a read tells what was written up to the initiator's.
class RegisterTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<RegisterTarget> socket;

 protected:
  /// \throws std::invalid_argument for parameters out of range
  RegisterTarget(const sc_core::sc_module_name& name, std::uint64_t window_bytes,
                 const PeripheralParameters& parameters);

  /// \param delay of the access, from now to the initiator's own time; zero for debug accesses
  virtual std::uint32_t read_register(std::uint64_t offset, const sc_core::sc_time& delay) = 0;
  /// A write has come; `post` has it take effect. \return whether the value was accepted; otherwise
  /// TLM_GENERIC_ERROR_RESPONSE is given
  virtual bool write_register(std::uint64_t offset, std::uint32_t value,
                              const sc_core::sc_time& delay) {
    post(offset, value, delay);
    return true;
  }
  /// Called at the local time of a write that was posted.
  virtual void take_effect(const simulation::TimedWrite& write) = 0;

  void post(std::uint64_t offset, std::uint32_t value, const sc_core::sc_time& delay) {
    writes_.post(delay, offset, value);
  }
  /// `registers` as they will be after `delay`.
  template <typename Registers>
  Registers preview(const sc_core::sc_time& delay, const Registers& registers) const {
    return writes_.preview(delay, registers);
  }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);

  simulation::LocalTimeWrites writes_;
  std::uint64_t window_bytes_;
  sc_core::sc_time latency_;
};

}  // namespace invar::bus

#endif
