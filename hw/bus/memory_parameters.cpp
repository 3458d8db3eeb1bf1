#include <invar/bus/memory.h>
#include <invar/parameters/description.h>

namespace invar::bus {

const parameters::Description<MemoryParameters>& MemoryParameters::description() {
  static const auto all =
      parameters::Description<MemoryParameters>("memory")
          .integer("size_bytes", &MemoryParameters::size_bytes, {1, 0x1p40}, "byte", "RAM",
                   "choice")
          .real("clock_period_s", &MemoryParameters::clock_period_s, {1e-12, 1e-3}, "s",
                "of the RAM", "assumption")
          .integer("latency_cycles", &MemoryParameters::latency_cycles, {0, 1000000}, "cycles",
                   "to the first byte of a burst", "assumption: closed-page DRAM")
          .believed(20, 100)
          .integer("bytes_per_cycle", &MemoryParameters::bytes_per_cycle, {1, 4096}, "byte",
                   "read or written in a cycle", "assumption (workload: 1024)")
          .real("energy_per_byte_j", &MemoryParameters::energy_per_byte_j, {0, 1e-9}, "J",
                "a byte read or written", "HBM2 device, 3.9 pJ a bit (secondary)")
          .believed(2.5e-11, 5e-11)
          .real("static_power_w", &MemoryParameters::static_power_w, {0, 1e6}, "W",
                "standby and refresh, all the time",
                "assumption: a DRAM die of 8 Gbit, about 45 mA at 1.2 V")
          .believed(0.02, 0.15);
  return all;
}

void MemoryParameters::check() const {
  description().check(*this);
}

}  // namespace invar::bus
