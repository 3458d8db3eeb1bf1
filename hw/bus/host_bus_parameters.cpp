#include <invar/bus/host_bus.h>
#include <invar/parameters/description.h>

namespace invar::bus {

const parameters::Description<HostBusParameters>& HostBusParameters::description() {
  static const auto all =
      parameters::Description<HostBusParameters>("bus")
          .real("clock_period_s", &HostBusParameters::clock_period_s, {1e-12, 1e-3}, "s",
                "of the host bus", "assumption")
          .integer("width_bytes", &HostBusParameters::width_bytes, {1, 4096}, "byte",
                   "carried in a cycle", "assumption (workload: 1024)")
          .integer("latency_cycles", &HostBusParameters::latency_cycles, {0, 1000000}, "cycles",
                   "decode, arbitration and the way there and back of a burst", "assumption")
          .choice("topology", &HostBusParameters::topology,
                  {{"shared", BusTopology::shared}, {"crossbar", BusTopology::crossbar}},
                  "one burst at a time, or one a target", "choice")
          .choice("arbitration", &HostBusParameters::arbitration,
                  {{"round_robin", Arbitration::round_robin},
                   {"fixed_priority", Arbitration::fixed_priority}},
                  "who goes first", "choice")
          .real("energy_per_bit_j", &HostBusParameters::energy_per_bit_j, {0, 1e-9}, "J",
                "a bit carried", "PUMA constants: 16 fJ")
          .of("32 nm", 2019)
          .flag("allow_dmi", &HostBusParameters::allow_dmi,
                "initiators may get direct pointers into memories behind the bus", "choice");
  return all;
}

void HostBusParameters::check() const {
  description().check(*this);
}

}  // namespace invar::bus
