#include <invar/digital_engine/engine_precision.h>

#include <cmath>

namespace invar::digital_engine {

float power_of_two_scale(float value) {
  if (!(value > 0.0F) || !std::isfinite(value)) {
    return 1.0F;
  }
  int exponent = 0;
  std::frexp(value, &exponent);
  return std::ldexp(1.0F, -(exponent >> 1));
}

}  // namespace invar::digital_engine
