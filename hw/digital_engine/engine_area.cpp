#include <invar/digital_engine/engine_area.h>
#include <invar/parameters/description.h>

namespace invar::digital_engine {

const parameters::Description<DigitalAreaParameters>& DigitalAreaParameters::description() {
  static const auto all =
      parameters::Description<DigitalAreaParameters>("area")
          .real("multiply_accumulate_m2", &DigitalAreaParameters::multiply_accumulate_m2, {0, 1e-3},
                "m^2", "FP32 multiply-accumulate unit",
                "assumption: 4184 + 7700 um^2 as quoted from Horowitz 2014")
          .of("45 nm", 2014)
          .real("low_precision_factor", &DigitalAreaParameters::low_precision_factor, {1, 100}, "",
                "MAC that inverts in fewer bits too (engine.inversion_precision) over an FP32 one",
                "assumption: multiplier and adder shared, as in multi-format units")
          .believed(1, 1.6)
          .real("double_precision_factor", &DigitalAreaParameters::double_precision_factor,
                {1, 100}, "", "FP64 unit of the MAC lanes over an FP32 one", "assumption")
          .believed(3, 6)
          .real("fp16_factor", &DigitalAreaParameters::fp16_factor, {0, 10}, "",
                "FP16 unit of the MAC lanes over an FP32 one",
                "Horowitz: 1640 + 4184 um^2 over 7700 + 4184 um^2")
          .of("45 nm", 2014)
          .real("bf16_factor", &DigitalAreaParameters::bf16_factor, {0, 10}, "",
                "BF16 unit of the MAC lanes over an FP32 one",
                "assumption: FP16's multiplier by the square of the significand, 1640 x 64 / 121")
          .of("45 nm", 2014)
          .believed(0.35, 0.49)
          .real("int8_factor", &DigitalAreaParameters::int8_factor, {0, 10}, "",
                "INT8 unit of the MAC lanes over an FP32 one",
                "Horowitz: 282 + 137 um^2 over 7700 + 4184 um^2")
          .of("45 nm", 2014)
          .real("memory_m2_per_byte", &DigitalAreaParameters::memory_m2_per_byte, {0, 1e-3}, "m^2",
                "on-chip memory, a byte", "assumption: eight bits of 0.35 um^2")
          .believed(1.5e-12, 4e-12);
  return all;
}

void DigitalAreaParameters::check() const {
  description().check(*this);
}

double DigitalAreaParameters::unit_m2(number_format::NumberFormat format) const {
  return multiply_accumulate_m2 * number_format::PerFormat<double>{double_precision_factor, 1.0,
                                                                   fp16_factor, bf16_factor,
                                                                   int8_factor}[format];
}

double logic_area_of(const EngineParameters& engine, const DigitalAreaParameters& area) {
  const double places = static_cast<double>(engine.mac_rows) * engine.mac_columns;
  const double lanes = static_cast<double>(engine.vector_lanes) + engine.function_lanes;
  const double factor =
      engine.inversion_precision == Precision::fp32 ? 1.0 : area.low_precision_factor;
  return (places * factor + lanes) * area.multiply_accumulate_m2;
}

double area_of(const EngineParameters& engine, const DigitalAreaParameters& area) {
  return logic_area_of(engine, area) +
         static_cast<double>(engine.scratchpad_bytes) * area.memory_m2_per_byte;
}

}  // namespace invar::digital_engine
