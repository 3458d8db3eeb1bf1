#include <invar/digital_engine/engine_precision.h>
#include <invar/number_format/power_of_two.h>
#include <invar/registers/engine_jobs.h>

#include <cmath>

namespace invar::digital_engine {

Precision gemm_format(std::uint32_t flags, const InversionFormats& formats) {
  constexpr std::uint32_t k_product =
      INVAR_ENGINE_FLAG_INVERSE_A | INVAR_ENGINE_FLAG_INVERSE_B | INVAR_ENGINE_FLAG_INVERSE_FORMAT;
  if ((flags & k_product) != 0) {
    return formats.product;
  }
  return (flags & INVAR_ENGINE_FLAG_FACTOR_FORMAT) != 0 ? formats.factorization : Precision::fp32;
}

float power_of_two_scale(float value) {
  if (!(value > 0.0F) || !std::isfinite(value)) {
    return 1.0F;
  }
  return std::ldexp(1.0F, -(number_format::exponent_above(value) >> 1));
}

}  // namespace invar::digital_engine
