#ifndef INVAR_NUMBER_FORMAT_NUMBER_FORMAT_H
#define INVAR_NUMBER_FORMAT_NUMBER_FORMAT_H

#include <cstdint>

namespace invar::number_format {

/// Formats of digital arithmetic: IEEE 754 binary64, binary32 and binary16, bfloat16, and integers
/// from -127 to 127 with a scale.
enum class NumberFormat { fp64, fp32, fp16, bf16, int8 };

/// A value for each format.
template <typename Value>
struct PerFormat {
  Value fp64;
  Value fp32;
  Value fp16;
  Value bf16;
  Value int8;

  constexpr const Value& operator[](NumberFormat format) const {
    switch (format) {
      case NumberFormat::fp64:
        return fp64;
      case NumberFormat::fp16:
        return fp16;
      case NumberFormat::bf16:
        return bf16;
      case NumberFormat::int8:
        return int8;
      case NumberFormat::fp32:
        break;
    }
    return fp32;
  }
};

/// Bytes of an element.
std::uint32_t bytes_of(NumberFormat format);
/// As parameters and names of events spell it: "fp16".
const char* name_of(NumberFormat format);

/// The nearest value of the format, ties to even; beyond its range infinite (int8: the end of it,
/// whole numbers). FP64 and FP32 leave a float as it is. \pre for int8 `value` is in units of its
/// scale
float rounded(float value, NumberFormat format);

}  // namespace invar::number_format

#endif
