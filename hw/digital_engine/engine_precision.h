#ifndef INVAR_DIGITAL_ENGINE_ENGINE_PRECISION_H
#define INVAR_DIGITAL_ENGINE_ENGINE_PRECISION_H

#include <invar/number_format/number_format.h>

#include <cstdint>

namespace invar::digital_engine {

/// Formats of jobs that invert, FP64 not among them.
using Precision = number_format::NumberFormat;
using number_format::bytes_of;
using number_format::name_of;
using number_format::rounded;

/// In which formats an engine inverts.
struct InversionFormats {
  Precision factorization = Precision::fp32;  ///< factors, their solves and inverses; not int8
  Precision product = Precision::fp32;        ///< of an explicit inverse
  int block_rows = 16;  ///< rows of the MAC array: what is accumulated before it is rounded
};

/// The format of a GEMM with these flags.
Precision gemm_format(std::uint32_t flags, const InversionFormats& formats);

/// The power of two next to value^(-1/2), which brings it to 0.5 to 2; 1 for what is no positive
/// number.
float power_of_two_scale(float value);

}  // namespace invar::digital_engine

#endif
