#ifndef INVAR_DIGITAL_ENGINE_ENGINE_AREA_H
#define INVAR_DIGITAL_ENGINE_ENGINE_AREA_H

#include <invar/digital_engine/engine_parameters.h>

namespace invar::digital_engine {

/// Silicon area of digital arithmetic and memory, in m^2.
struct DigitalAreaParameters {
  /// An FP32 multiply-accumulate unit: 45 nm adder and multiplier, 4184 + 7700 um^2 (figures of
  /// Horowitz 2014 as they are usually quoted; assumption).
  double multiply_accumulate_m2 = 11.884e-9;
  /// FP64 units beside the tiles over FP32 ones (assumption).
  double double_precision_factor = 4.0;
  /// On-chip memory, a byte: eight bits of 0.35 um^2 (assumption).
  double memory_m2_per_byte = 2.8e-12;

  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// MAC array, vector and function lanes (as a MAC each, assumption) and the scratchpad. Control,
/// wiring and the DMA engine are left out.
double area_of(const EngineParameters& engine, const DigitalAreaParameters& area);

}  // namespace invar::digital_engine

#endif
