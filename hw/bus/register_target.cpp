#include <invar/bus/register_target.h>

namespace invar::bus {
namespace {

const PeripheralParameters& checked(const PeripheralParameters& parameters) {
  parameters.check();
  return parameters;
}

}  // namespace

RegisterTarget::RegisterTarget(const sc_core::sc_module_name& name,
                               const simulation::RegisterTable& table, std::uint64_t window_bytes,
                               const PeripheralParameters& parameters)
    : sc_core::sc_module(name),
      socket("socket"),
      registers_(table, window_bytes, checked(parameters).register_latency_s) {
  socket.register_b_transport(this, &RegisterTarget::b_transport);
  socket.register_transport_dbg(this, &RegisterTarget::transport_dbg);
}

}  // namespace invar::bus
