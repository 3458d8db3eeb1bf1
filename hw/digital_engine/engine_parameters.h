#ifndef INVAR_DIGITAL_ENGINE_ENGINE_PARAMETERS_H
#define INVAR_DIGITAL_ENGINE_ENGINE_PARAMETERS_H

#include <invar/digital_engine/engine_precision.h>
#include <invar/parameters/description_fwd.h>

#include <cstdint>

namespace invar::digital_engine {

/// Everything about one digital engine. Plain data; checked when the module is built.
struct EngineParameters {
  double clock_period_s = 1e-9;
  /// Output-stationary MAC array.
  int mac_rows = 16;
  int mac_columns = 16;
  /// Lanes for element-wise work, one simple operation a cycle each.
  int vector_lanes = 32;
  /// Lanes for exp, log, divide, square root.
  int function_lanes = 4;
  /// Cycles of one divide or square root that the next step waits for.
  int divide_latency_cycles = 12;
  /// Cycles of one multiply-add that the next step waits for.
  int multiply_latency_cycles = 4;
  /// Cycles to decode and start a job.
  int job_cycles = 10;

  /// Scratchpad: size and bandwidth.
  std::uint64_t scratchpad_bytes = std::uint64_t{8} << 20;
  int scratchpad_bytes_per_cycle = 256;

  /// FP32 multiply-accumulate.
  double mac_energy_j = 4.6e-12;
  /// Format of the jobs that invert; LU and LU_SOLVE stay FP32. INT8: products with explicit
  /// inverses; they are factorised, and factors solved with, in `int8_factorization`.
  Precision inversion_precision = Precision::fp32;
  Precision int8_factorization = Precision::fp16;
  /// Multiply-accumulates of a format into FP32, INT8 into 32-bit integers.
  double fp16_mac_energy_j = 2.0e-12;
  double bf16_mac_energy_j = 1.48e-12;
  double int8_mac_energy_j = 0.3e-12;
  /// Of them in the place of one FP32 MAC, a cycle, along what is summed over.
  int fp16_macs = 2;
  int bf16_macs = 2;
  int int8_macs = 4;

  /// FP32 add or compare.
  double vector_energy_j = 0.9e-12;
  /// exp, log, divide, square root.
  double function_energy_j = 20e-12;
  /// Of a memory of `k_reference_bytes`: 17.2 pJ for 256 bits.
  double scratchpad_energy_per_byte_j = 17.2e-12 / 32.0;
  /// Power of its size that the energy of an access grows with: wires as long as its side.
  double scratchpad_energy_exponent = 0.5;
  /// An access to a 2 KB SRAM takes 0.57 pJ for 16 bits.
  double dma_energy_per_byte_j = 0.285e-12;

  /// What the engine draws all the time.
  double static_power_w = 0.0;

  /// Latency of a register access.
  double register_latency_s = 2e-9;
  int dma_burst_bytes = 4096;

  /// No numbers: jobs are checked for their form alone, take the time and energy of their sizes,
  /// and leave the scratchpad as it is. Operands may be larger than the scratchpad: they are taken
  /// to stream through it, each moved once by the LOAD and STORE jobs that name it. A transfer
  /// takes bus and memory for all its bytes, over and over in the first MiB at its address.
  bool timing_only = false;

  static constexpr double k_reference_bytes = 65536.0;
  InversionFormats inversion_formats() const;
  double mac_energy_of(Precision precision) const;
  int macs_of(Precision precision) const;
  /// Joules a byte read or written, for a scratchpad of this size.
  double scratchpad_byte_j() const;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<EngineParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::digital_engine

#endif
