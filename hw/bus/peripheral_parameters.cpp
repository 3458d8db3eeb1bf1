#include <invar/bus/peripheral_parameters.h>
#include <invar/parameters/description.h>

namespace invar::bus {

const parameters::Description<PeripheralParameters>& PeripheralParameters::description() {
  static const auto all = parameters::Description<PeripheralParameters>("peripheral")
                              .real("register_latency_s", &PeripheralParameters::register_latency_s,
                                    {0, 1}, "s", "latency of a register access", "assumption");
  return all;
}

void PeripheralParameters::check() const {
  description().check(*this);
}

}  // namespace invar::bus
