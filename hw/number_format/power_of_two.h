#ifndef INVAR_NUMBER_FORMAT_POWER_OF_TWO_H
#define INVAR_NUMBER_FORMAT_POWER_OF_TWO_H

#include <cmath>

namespace invar::number_format {

// Scales that change no digit: powers of two next to a magnitude, exact for an FP32 number too.

/// Exponent e of the least power of two above: 2^(e-1) <= value < 2^e; 0 for 0. \pre finite, not
/// negative
inline int exponent_above(double value) {
  int exponent = 0;
  std::frexp(value, &exponent);
  return exponent;
}

/// Exponent e of the least power of two that is not below: 2^(e-1) < value <= 2^e. \pre finite,
/// positive
inline int exponent_not_below(double value) {
  int exponent = 0;
  return std::frexp(value, &exponent) == 0.5 ? exponent - 1 : exponent;
}

}  // namespace invar::number_format

#endif
