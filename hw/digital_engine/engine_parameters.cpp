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
                "FP32 multiply-accumulate", "Horowitz: 0.9 + 3.7 pJ")
          .of("45 nm", 2014)
          .choice("inversion_precision", &EngineParameters::inversion_precision,
                  {Precision::fp32, Precision::fp16, Precision::bf16, Precision::int8}, name_of,
                  "of Cholesky factors, their solves and inverses, and of products with explicit "
                  "inverses (int8: of these products alone)",
                  "choice")
          .choice("int8_factorization", &EngineParameters::int8_factorization,
                  {Precision::fp32, Precision::fp16}, name_of,
                  "of factors, their solves and inverses where inversion_precision is int8",
                  "choice")
          .real("fp16_mac_energy_j", &EngineParameters::fp16_mac_energy_j, {0, 1e-6}, "J",
                "FP16 multiply, FP32 accumulate", "Horowitz: 1.1 + 0.9 pJ")
          .of("45 nm", 2014)
          .real("bf16_mac_energy_j", &EngineParameters::bf16_mac_energy_j, {0, 1e-6}, "J",
                "BF16 multiply, FP32 accumulate",
                "assumption: FP16's multiplier by the square of the significand, 1.1 x 64 / 121, "
                "+ 0.9 pJ")
          .of("45 nm", 2014)
          .believed(1.2e-12, 2e-12)
          .real("int8_mac_energy_j", &EngineParameters::int8_mac_energy_j, {0, 1e-6}, "J",
                "INT8 multiply, 32-bit accumulate", "Horowitz: 0.2 + 0.1 pJ")
          .of("45 nm", 2014)
          .integer("fp16_macs", &EngineParameters::fp16_macs, {1, 64}, "MACs",
                   "FP16 multiply-accumulates a cycle in the place of an FP32 one",
                   "as many operand bytes; Horowitz: 1640 + 4184 um^2 for 7700 + 4184")
          .integer("bf16_macs", &EngineParameters::bf16_macs, {1, 64}, "MACs",
                   "BF16 multiply-accumulates a cycle in the place of an FP32 one",
                   "as many operand bytes")
          .integer("int8_macs", &EngineParameters::int8_macs, {1, 64}, "MACs",
                   "INT8 multiply-accumulates a cycle in the place of an FP32 one",
                   "as many operand bytes; by area alone 28 (Horowitz: 282 + 137 um^2)")
          .real("vector_energy_j", &EngineParameters::vector_energy_j, {0, 1e-6}, "J",
                "FP32 add or compare", "Horowitz")
          .of("45 nm", 2014)
          .real("function_energy_j", &EngineParameters::function_energy_j, {0, 1e-6}, "J",
                "exp, log, divide, square root", "assumption: about five multiplies")
          .of("45 nm", 2014)
          .believed(1e-11, 4e-11)
          .real("scratchpad_energy_per_byte_j", &EngineParameters::scratchpad_energy_per_byte_j,
                {0, 1e-6}, "J", "a byte of a scratchpad of 64 KiB",
                "PUMA constants: eDRAM, 64 KB, 17.2 pJ for 32 bytes")
          .of("32 nm", 2019)
          .believed(2.7e-13, 1.1e-12)
          .real("scratchpad_energy_exponent", &EngineParameters::scratchpad_energy_exponent, {0, 1},
                "",
                "power of its size over 64 KiB that the energy of an access to the scratchpad "
                "grows with",
                "wires as long as its side; Horowitz, ISSCC 2014, 45 nm caches: 10, 20, 100 pJ at "
                "8 KB, 32 KB, 1 MB; PUMA constants, eDRAM: 17.2, 25.35 pJ at 64, 128 KB")
          .believed(0.46, 0.56)
          .real("dma_energy_per_byte_j", &EngineParameters::dma_energy_per_byte_j, {0, 1e-6}, "J",
                "DMA engine and its buffers, a byte",
                "PUMA constants, 2 KB SRAM; 0.285 pJ a byte is an assumption")
          .of("32 nm", 2019)
          .believed(1.4e-13, 5.7e-13)
          .real("static_power_w", &EngineParameters::static_power_w, {0, 1e6}, "W",
                "what the engine draws all the time",
                "its area and static_power.logic_w_per_m2, static_power.memory_w_per_byte")
          .with_dependent_default()
          .real("register_latency_s", &EngineParameters::register_latency_s, {0, 1}, "s",
                "latency of a register access", "assumption")
          .integer("dma_burst_bytes", &EngineParameters::dma_burst_bytes, {64, 1048576}, "byte",
                   "length of a DMA burst", "assumption (workload: 256 KiB)")
          .flag("timing_only", &EngineParameters::timing_only,
                "no numbers: jobs take the time and energy of their sizes alone", "choice");
  return all;
}

InversionFormats EngineParameters::inversion_formats() const {
  const bool is_int8 = inversion_precision == Precision::int8;
  return {is_int8 ? int8_factorization : inversion_precision, inversion_precision, mac_rows};
}

double EngineParameters::mac_energy_of(Precision precision) const {
  return number_format::PerFormat<double>{mac_energy_j, mac_energy_j, fp16_mac_energy_j,
                                          bf16_mac_energy_j, int8_mac_energy_j}[precision];
}

int EngineParameters::macs_of(Precision precision) const {
  return number_format::PerFormat<int>{1, 1, fp16_macs, bf16_macs, int8_macs}[precision];
}

double EngineParameters::scratchpad_byte_j() const {
  const double size = static_cast<double>(scratchpad_bytes) / k_reference_bytes;
  return scratchpad_energy_per_byte_j * std::pow(size, scratchpad_energy_exponent);
}

void EngineParameters::check() const {
  description().check(*this);
}

}  // namespace invar::digital_engine
