#ifndef INVAR_DIGITAL_ENGINE_ENGINE_PRECISION_H
#define INVAR_DIGITAL_ENGINE_ENGINE_PRECISION_H

#include <Eigen/Core>
#include <cstdint>

namespace invar::digital_engine {

/// Number formats of jobs that invert: IEEE 754 binary32 and binary16, bfloat16, and integers from
/// -127 to 127 with a scale.
enum class Precision { fp32, fp16, bf16, int8 };

/// Bytes of an element.
std::uint32_t bytes_of(Precision precision);
/// As it ends the names of events: "fp16".
const char* name_of(Precision precision);

/// In which formats an engine inverts.
struct InversionFormats {
  Precision factorization = Precision::fp32;  ///< factors, their solves and inverses; not int8
  Precision product = Precision::fp32;        ///< of an explicit inverse
  int block_rows = 16;  ///< rows of the MAC array: what is accumulated before it is rounded
};

using Matrix = Eigen::MatrixXf;

/// The nearest value of the format, ties to even; beyond its range infinite (int8: the end of it,
/// whole numbers). \pre for int8 `value` is in units of its scale
float rounded(float value, Precision precision);
void round_all(Eigen::Ref<Matrix> values, Precision precision);

/// The power of two next to value^(-1/2), which brings it to 0.5 to 2; 1 for what is no positive
/// number.
float power_of_two_scale(float value);

}  // namespace invar::digital_engine

#endif
