#include <invar/number_format/number_format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace invar::number_format {

std::uint32_t bytes_of(NumberFormat format) {
  return PerFormat<std::uint32_t>{8, 4, 2, 2, 1}[format];
}

const char* name_of(NumberFormat format) {
  return PerFormat<const char*>{"fp64", "fp32", "fp16", "bf16", "int8"}[format];
}

float rounded(float value, NumberFormat format) {
  switch (format) {
    case NumberFormat::fp16:
      return static_cast<float>(Eigen::half(value));
    case NumberFormat::bf16:
      return static_cast<float>(Eigen::bfloat16(value));
    case NumberFormat::int8:
      return std::clamp(std::nearbyint(value), -127.0F, 127.0F);
    case NumberFormat::fp64:
    case NumberFormat::fp32:
      break;
  }
  return value;
}

}  // namespace invar::number_format
