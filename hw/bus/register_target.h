#ifndef INVAR_BUS_REGISTER_TARGET_H
#define INVAR_BUS_REGISTER_TARGET_H

#include <invar/bus/peripheral_parameters.h>
#include <invar/simulation/register_file.h>
#include <invar/simulation/systemc_compatibility.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <tlm>

namespace invar::bus {

/// What every small peripheral is: a register file (<invar/simulation/register_file.h>) behind a
/// target socket.
class RegisterTarget : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<RegisterTarget> socket;

 protected:
  /// \throws std::invalid_argument for parameters out of range
  RegisterTarget(const sc_core::sc_module_name& name, const simulation::RegisterTable& table,
                 std::uint64_t window_bytes, const PeripheralParameters& parameters);

  simulation::RegisterFile& registers() { return registers_; }
  const simulation::RegisterFile& registers() const { return registers_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    registers_.access(payload, delay);
  }
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
    return registers_.debug_access(payload);
  }

  simulation::RegisterFile registers_;
};

}  // namespace invar::bus

#endif
