#include <invar/digital_engine/engine_precision.h>
#include <invar/number_format/power_of_two.h>

#include <cmath>

namespace invar::digital_engine {

float power_of_two_scale(float value) {
  if (!(value > 0.0F) || !std::isfinite(value)) {
    return 1.0F;
  }
  return std::ldexp(1.0F, -(number_format::exponent_above(value) >> 1));
}

}  // namespace invar::digital_engine
