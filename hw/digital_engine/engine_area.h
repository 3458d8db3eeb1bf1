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
  /// FP64 units beside the tiles over FP32 ones.
  double double_precision_factor = 4.0;
  /// On-chip memory, a byte.
  double memory_m2_per_byte = 2.8e-12;

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
