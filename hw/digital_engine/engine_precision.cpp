#include <invar/digital_engine/engine_precision.h>

#include <algorithm>
#include <cmath>

namespace invar::digital_engine {

std::uint32_t bytes_of(Precision precision) {
  switch (precision) {
    case Precision::fp16:
    case Precision::bf16:
      return 2;
    case Precision::int8:
      return 1;
    case Precision::fp32:
      break;
  }
  return 4;
}

const char* name_of(Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return "fp16";
    case Precision::bf16:
      return "bf16";
    case Precision::int8:
      return "int8";
    case Precision::fp32:
      break;
  }
  return "fp32";
}

float rounded(float value, Precision precision) {
  switch (precision) {
    case Precision::fp16:
      return static_cast<float>(Eigen::half(value));
    case Precision::bf16:
      return static_cast<float>(Eigen::bfloat16(value));
    case Precision::int8:
      return std::clamp(std::nearbyint(value), -127.0F, 127.0F);
    case Precision::fp32:
      break;
  }
  return value;
}

void round_all(Eigen::Ref<Matrix> values, Precision precision) {
  values = values.unaryExpr([precision](float value) { return rounded(value, precision); });
}

float power_of_two_scale(float value) {
  if (!(value > 0.0F) || !std::isfinite(value)) {
    return 1.0F;
  }
  int exponent = 0;
  std::frexp(value, &exponent);
  return std::ldexp(1.0F, -(exponent >> 1));
}

}  // namespace invar::digital_engine
