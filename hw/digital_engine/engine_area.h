#ifndef INVAR_DIGITAL_ENGINE_ENGINE_AREA_H
#define INVAR_DIGITAL_ENGINE_ENGINE_AREA_H

#include <invar/digital_engine/engine_parameters.h>
#include <invar/parameters/description_fwd.h>

namespace invar::digital_engine {

/// Silicon area of digital arithmetic and memory, in m^2.
struct DigitalAreaParameters {
  /// An FP32 multiply-accumulate unit: 45 nm adder and multiplier.
  double multiply_accumulate_m2 = 11.884e-9;
  /// The same unit if it takes operands of fewer bits too, several at a time, over one that does
  /// not: its multiplier and adder are shared.
  double low_precision_factor = 1.2;
  /// Units of other formats, for the lanes beside tiles, over FP32 ones: FP64; FP16 and BF16 that
  /// accumulate in FP32; INT8 that accumulates in 32 bits.
  double double_precision_factor = 4.0;
  double fp16_factor = 0.49;
  double bf16_factor = 0.425;
  double int8_factor = 0.0353;
  /// On-chip memory, a byte.
  double memory_m2_per_byte = 2.8e-12;

  /// A multiply-accumulate unit of one format.
  double unit_m2(number_format::NumberFormat format) const;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<DigitalAreaParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// MAC array, vector and function lanes (as a MAC each, assumption) and the scratchpad. Control,
/// wiring and the DMA engine are left out.
double area_of(const EngineParameters& engine, const DigitalAreaParameters& area);
/// The same without the scratchpad.
double logic_area_of(const EngineParameters& engine, const DigitalAreaParameters& area);

}  // namespace invar::digital_engine

#endif
