#include <invar/digital_engine/engine_area.h>
#include <invar/parameters/range_check.h>

namespace invar::digital_engine {

void DigitalAreaParameters::check() const {
  parameters::require_range("area.multiply_accumulate_m2", multiply_accumulate_m2, 0.0, 1e-3);
  parameters::require_range("area.double_precision_factor", double_precision_factor, 1.0, 100.0);
  parameters::require_range("area.memory_m2_per_byte", memory_m2_per_byte, 0.0, 1e-3);
}

double area_of(const EngineParameters& engine, const DigitalAreaParameters& area) {
  const double units = static_cast<double>(engine.mac_rows) * engine.mac_columns +
                       engine.vector_lanes + engine.function_lanes;
  return units * area.multiply_accumulate_m2 +
         static_cast<double>(engine.scratchpad_bytes) * area.memory_m2_per_byte;
}

}  // namespace invar::digital_engine
