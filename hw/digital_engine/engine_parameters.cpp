#include <invar/digital_engine/engine_parameters.h>
#include <invar/parameters/description.h>

#include <cmath>

namespace invar::digital_engine {

const parameters::Description<EngineParameters>& EngineParameters::description() {
  static const auto all =
      parameters::Description<EngineParameters>("engine")
          .real("clock_period_s", &EngineParameters::clock_period_s, {1e-12, 1e-3}, "s",
                "of the digital engine", "as the digital blocks of PUMA, 32 nm")
          .integer("mac_rows", &EngineParameters::mac_rows, {1, 1024}, "MACs",
                   "rows of the output-stationary MAC array", "assumption (workload: 128)")
          .integer("mac_columns", &EngineParameters::mac_columns, {1, 1024}, "MACs",
                   "columns of the MAC array", "assumption (workload: 128)")
          .integer("vector_lanes", &EngineParameters::vector_lanes, {1, 65536}, "lanes",
                   "element-wise operations a cycle", "assumption (workload: 1024)")
          .integer("function_lanes", &EngineParameters::function_lanes, {1, 65536}, "lanes",
                   "exp, log, divide, square root a cycle", "assumption (workload: 128)")
          .integer("divide_latency_cycles", &EngineParameters::divide_latency_cycles, {1, 1000},
                   "cycles", "of a divide that the next step waits for", "assumption")
          .integer("multiply_latency_cycles", &EngineParameters::multiply_latency_cycles, {1, 1000},
                   "cycles", "of a multiply-add that the next step waits for", "assumption")
          .integer("job_cycles", &EngineParameters::job_cycles, {0, 1000000}, "cycles",
                   "to decode and start a job", "assumption")
          .integer("scratchpad_bytes", &EngineParameters::scratchpad_bytes, {4096, 4294963200},
                   "byte", "scratchpad", "assumption (workload: 32 MiB)")
          .integer("scratchpad_bytes_per_cycle", &EngineParameters::scratchpad_bytes_per_cycle,
                   {4, 65536}, "byte", "scratchpad bandwidth, a cycle",
                   "assumption (workload: 4096)")
          .real("mac_energy_j", &EngineParameters::mac_energy_j, {0, 1e-6}, "J",
                "FP32 multiply-accumulate", "45 nm, Horowitz: 0.9 + 3.7 pJ")
          .real("vector_energy_j", &EngineParameters::vector_energy_j, {0, 1e-6}, "J",
                "FP32 add or compare", "45 nm, Horowitz")
          .real("function_energy_j", &EngineParameters::function_energy_j, {0, 1e-6}, "J",
                "exp, log, divide, square root", "assumption: about five multiplies")
          .real("scratchpad_energy_per_byte_j", &EngineParameters::scratchpad_energy_per_byte_j,
                {0, 1e-6}, "J", "a byte of a scratchpad of 64 KiB",
                "PUMA constants: eDRAM, 64 KB, 32 nm, 17.2 pJ for 32 bytes")
          .real("scratchpad_energy_exponent", &EngineParameters::scratchpad_energy_exponent, {0, 1},
                "",
                "power of its size over 64 KiB that the energy of an access to the scratchpad "
                "grows with",
                "wires as long as its side; Horowitz, ISSCC 2014, 45 nm caches: 10, 20, 100 pJ at "
                "8 KB, 32 KB, 1 MB; PUMA constants, eDRAM: 17.2, 25.35 pJ at 64, 128 KB")
          .real("dma_energy_per_byte_j", &EngineParameters::dma_energy_per_byte_j, {0, 1e-6}, "J",
                "DMA engine and its buffers, a byte",
                "PUMA constants, 2 KB SRAM; 0.285 pJ a byte is an assumption")
          .real("register_latency_s", &EngineParameters::register_latency_s, {0, 1}, "s",
                "latency of a register access", "assumption")
          .integer("dma_burst_bytes", &EngineParameters::dma_burst_bytes, {64, 1048576}, "byte",
                   "length of a DMA burst", "assumption (workload: 256 KiB)")
          .flag("timing_only", &EngineParameters::timing_only,
                "no numbers: jobs take the time and energy of their sizes alone", "choice");
  return all;
}

double EngineParameters::scratchpad_byte_j() const {
  const double size = static_cast<double>(scratchpad_bytes) / k_reference_bytes;
  return scratchpad_energy_per_byte_j * std::pow(size, scratchpad_energy_exponent);
}

void EngineParameters::check() const {
  description().check(*this);
}

}  // namespace invar::digital_engine
