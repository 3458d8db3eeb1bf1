/* Exponential and logarithm for firmware without a C library.
 *
 * The error is below 0.9 units in the last place (1 for results below 2^-1022), and the bits are
 * the same on every machine with IEEE 754 doubles: additions, multiplications and one division in
 * a fixed order, nothing contracted.
 */
#ifndef INVAR_SW_NUMERICS_ELEMENTARY_H
#define INVAR_SW_NUMERICS_ELEMENTARY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* e^x. NaN gives NaN, overflow infinity, and below -745.14 the result is 0. */
double invar_exp(double x);

/* The natural logarithm. A negative number or NaN gives NaN, 0 and -0 minus infinity. */
double invar_log(double x);

/* |x|, by a comparison. */
static inline double invar_magnitude(double x) {
  return x < 0.0 ? -x : x;
}

/* The largest magnitude of `count` elements; 0 without any, and a NaN does not count. */
static inline double invar_peak(const double* values, uint64_t count) {
  double peak = 0.0;
  for (uint64_t i = 0; i < count; ++i) {
    const double size = invar_magnitude(values[i]);
    peak = size > peak ? size : peak;
  }
  return peak;
}

#ifdef __cplusplus
}
#endif

#endif
