#include <invar/sw/numerics/elementary.h>

/* ln 2 in two parts: the first has 40 bits, so that multiples of it up to 2^13 are exact; together
 * they are right to 2^-94. */
#define LN2_HIGH 0x1.62e42fefa2p-1
#define LN2_LOW 0x1.9ef35793c7673p-41

static uint64_t bits_of(double value) {
  union {
    double value;
    uint64_t bits;
  } both = {.value = value};
  return both.bits;
}

static double from_bits(uint64_t bits) {
  union {
    uint64_t bits;
    double value;
  } both = {.bits = bits};
  return both.value;
}

/* 2^exponent, -1022 to 1023. */
static double power_of_two(int64_t exponent) {
  return from_bits((uint64_t)(exponent + 1023) << 52);
}

/* e^x = 2^k e^r with |r| <= ln 2 / 2, and e^r by its Taylor polynomial of degree 13: the remainder
 * is below |r|^14 / 14! * e^|r| < 6e-18, 0.05 units in the last place of the result. */
double invar_exp(double x) {
  if (!(x < 710.0)) {
    return x * __builtin_inf(); /* NaN stays NaN */
  }
  if (x < -746.0) {
    return 0.0;
  }
  const double scaled = x * 0x1.71547652b82fep+0; /* 1 / ln 2 */
  const int64_t k = (int64_t)(scaled + (scaled < 0.0 ? -0.5 : 0.5));

  /* r and what its rounding lost */
  const double high = x - (double)k * LN2_HIGH;
  const double low = (double)k * LN2_LOW;
  const double r = high - low;
  const double lost = (high - r) - low;

  double sum = 1.0 / 6227020800.0;
  sum = sum * r + 1.0 / 479001600.0;
  sum = sum * r + 1.0 / 39916800.0;
  sum = sum * r + 1.0 / 3628800.0;
  sum = sum * r + 1.0 / 362880.0;
  sum = sum * r + 1.0 / 40320.0;
  sum = sum * r + 1.0 / 5040.0;
  sum = sum * r + 1.0 / 720.0;
  sum = sum * r + 1.0 / 120.0;
  sum = sum * r + 1.0 / 24.0;
  sum = sum * r + 1.0 / 6.0;
  sum = sum * r + 0.5;
  /* e^(r + lost) = e^r + lost (1 + r); the largest term comes last */
  const double power = 1.0 + (r + (r * r * sum + (lost + lost * r)));

  if (k < -1021) {
    return power * power_of_two(k + 1022) * 0x1p-1022; /* rounded once, at the end */
  }
  if (k > 1023) {
    return power * 0x1p1023 * power_of_two(k - 1023);
  }
  return power * power_of_two(k);
}

/* x = 2^e (1 + f) with 1 + f in [sqrt(1/2), sqrt(2)], and with s = f / (2 + f)
 *   log(1 + f) = 2 atanh s = 2 s + s R,  R = sum over k >= 1 of 2 s^2k / (2k + 1).
 * Since 2 s = f - f^2/2 + s f^2/2, this is f - (f^2/2 - s (f^2/2 + R)): all but f is small and its
 * rounding with it. R stops at k = 10; what is left of log(1 + f), s sum(k > 10), is below 2^-60 of
 * it, since s^2 <= 0.0295. */
double invar_log(double x) {
  if (!(x < __builtin_inf()) || x < 0.0) {
    return x < 0.0 ? __builtin_nan("") : x;
  }
  if (x == 0.0) {
    return -__builtin_inf();
  }
  int64_t exponent = -1023;
  if (x < 0x1p-1022) {
    x *= 0x1p54;
    exponent -= 54;
  }
  const uint64_t bits = bits_of(x);
  exponent += (int64_t)(bits >> 52);
  double mantissa = from_bits((bits & 0xFFFFFFFFFFFFFu) | UINT64_C(0x3FF) << 52);
  if (mantissa > 0x1.6a09e667f3bcdp+0) { /* sqrt(2) */
    mantissa *= 0.5;
    ++exponent;
  }

  const double f = mantissa - 1.0;
  const double s = f / (2.0 + f);
  const double z = s * s;
  double sum = 2.0 / 21.0;
  sum = sum * z + 2.0 / 19.0;
  sum = sum * z + 2.0 / 17.0;
  sum = sum * z + 2.0 / 15.0;
  sum = sum * z + 2.0 / 13.0;
  sum = sum * z + 2.0 / 11.0;
  sum = sum * z + 2.0 / 9.0;
  sum = sum * z + 2.0 / 7.0;
  sum = sum * z + 2.0 / 5.0;
  sum = sum * z + 2.0 / 3.0;
  sum = sum * z;
  const double half_square = 0.5 * f * f;
  const double e = (double)exponent;
  const double correction = half_square - (s * (half_square + sum) + e * LN2_LOW);
  return e * LN2_HIGH - (correction - f);
}
