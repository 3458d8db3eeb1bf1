#include <invar/number_format/number_format.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>

namespace invar::number_format {
std::uint32_t bytes_of(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp64:
      return 8;
    case NumberFormat::fp16:
    case NumberFormat::bf16:
      return 2;
    case NumberFormat::int8:
      return 1;
    case NumberFormat::fp32:
      break;
  }
  return 4;
}

const char* name_of(NumberFormat format) {
  switch (format) {
    case NumberFormat::fp64:
      return "fp64";
    case NumberFormat::fp16:
      return "fp16";
    case NumberFormat::bf16:
      return "bf16";
    case NumberFormat::int8:
      return "int8";
    case NumberFormat::fp32:
      break;
  }
  return "fp32";
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
