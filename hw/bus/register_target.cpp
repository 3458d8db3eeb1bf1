#include <invar/bus/register_target.h>
#include <invar/simulation/register_access.h>

namespace invar::bus {
namespace {

const PeripheralParameters& checked(const PeripheralParameters& parameters) {
  parameters.check();
  return parameters;
}

}  // namespace

RegisterTarget::RegisterTarget(const sc_core::sc_module_name& name, std::uint64_t window_bytes,
                               const PeripheralParameters& parameters)
    : sc_core::sc_module(name),
      socket("socket"),
      writes_("writes", [this](const simulation::TimedWrite& write) { take_effect(write); }),
      window_bytes_(window_bytes),
      latency_(checked(parameters).register_latency_s, sc_core::SC_SEC) {
  socket.register_b_transport(this, &RegisterTarget::b_transport);
  socket.register_transport_dbg(this, &RegisterTarget::transport_dbg);
}

void RegisterTarget::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  bool accepted = true;
  simulation::access_registers(
      payload, window_bytes_,
      [&](std::uint64_t offset, bool) { return read_register(offset, delay); },
      [&](std::uint64_t offset, std::uint32_t value) {
        accepted = write_register(offset, value, delay) && accepted;
      });
  if (!accepted) {
    payload.set_response_status(tlm::TLM_GENERIC_ERROR_RESPONSE);
  }
  delay += latency_;
}

unsigned int RegisterTarget::transport_dbg(tlm::tlm_generic_payload& payload) {
  return simulation::debug_registers(payload, window_bytes_, [this](std::uint64_t offset, bool) {
    return read_register(offset, sc_core::SC_ZERO_TIME);
  });
}

}  // namespace invar::bus
