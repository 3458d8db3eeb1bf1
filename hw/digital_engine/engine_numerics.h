#ifndef INVAR_DIGITAL_ENGINE_ENGINE_NUMERICS_H
#define INVAR_DIGITAL_ENGINE_ENGINE_NUMERICS_H

#include <invar/digital_engine/engine_precision.h>
#include <invar/registers/digital_engine_registers.h>

#include <cstdint>
#include <vector>

namespace invar::digital_engine {

/// The scratchpad and what jobs do to it: FP32 arithmetic, no time. Jobs that invert may compute in
/// fewer bits (low_precision.h); their operands are FP32 words here all the same, of values that
/// the format holds.
///
/// `check` accepts or refuses a job before anything is done; `execute` runs a job that was
/// accepted. LOAD, STORE and GATHER_U8 are split: the owner moves the bytes between memory and
/// `bytes()`.
class EngineNumerics {
 public:
  explicit EngineNumerics(std::uint64_t scratchpad_bytes, const InversionFormats& formats = {});

  /// INVAR_ENGINE_OK, _BAD_JOB (opcode, phase, flags, dimensions) or _BAD_OPERAND (an operand
  /// leaves the scratchpad or is not a multiple of 4).
  invar_engine_status check(const invar_engine_job& job) const;
  /// The same without a scratchpad: INVAR_ENGINE_OK or _BAD_JOB.
  static invar_engine_status check_form(const invar_engine_job& job);

  /// Runs a compute job. \return INVAR_ENGINE_OK, _NOT_POSITIVE_DEFINITE, _SINGULAR or _OVERFLOW
  invar_engine_status execute(const invar_engine_job& job);

  /// GATHER_U8: turns m x k gathered bytes into floats at c.
  void convert_gathered(const invar_engine_job& job, const std::vector<std::uint8_t>& bytes);

  /// The scratchpad at an offset that was checked.
  unsigned char* bytes(std::uint32_t offset) { return storage() + offset; }
  float* floats(std::uint32_t offset) { return reinterpret_cast<float*>(bytes(offset)); }
  std::uint32_t* words(std::uint32_t offset) {
    return reinterpret_cast<std::uint32_t*>(bytes(offset));
  }
  std::uint64_t size_bytes() const { return size_bytes_; }

 private:
  unsigned char* storage() { return reinterpret_cast<unsigned char*>(storage_.data()); }

  invar_engine_status gemm(const invar_engine_job& job);
  invar_engine_status multiply_by_inverse(const invar_engine_job& job);
  invar_engine_status multiply_in_format(const invar_engine_job& job);
  void syrk(const invar_engine_job& job);
  void im2col(const invar_engine_job& job);
  void col2im(const invar_engine_job& job);
  void maxpool(const invar_engine_job& job);
  void maxpool_backward(const invar_engine_job& job);
  void softmax(const invar_engine_job& job);
  void cross_entropy_backward(const invar_engine_job& job);
  void elementwise(const invar_engine_job& job);
  void reduce(const invar_engine_job& job);
  invar_engine_status cholesky(const invar_engine_job& job);
  invar_engine_status cholesky_solve(const invar_engine_job& job);
  invar_engine_status cholesky_inverse(const invar_engine_job& job);
  invar_engine_status lu(const invar_engine_job& job);
  void lu_solve(const invar_engine_job& job);

  std::vector<double> storage_;  // doubles for their alignment
  std::uint64_t size_bytes_;
  InversionFormats formats_;
};

/// Height, width, kernel, stride and padding of IM2COL, COL2IM and MAXPOOL jobs.
struct JobGeometry {
  std::uint32_t height, width, kernel, stride, padding;
  explicit JobGeometry(const invar_engine_job& job)
      : height(job.geometry & 0xFF),
        width(job.geometry >> 8 & 0xFF),
        kernel(job.geometry >> 16 & 0xFF),
        stride(job.geometry >> 24 & 0xFF),
        padding((job.flags & INVAR_ENGINE_PADDING_MASK) >> INVAR_ENGINE_PADDING_SHIFT) {}
  std::uint32_t out_height() const { return (height + 2 * padding - kernel) / stride + 1; }
  std::uint32_t out_width() const { return (width + 2 * padding - kernel) / stride + 1; }
};

}  // namespace invar::digital_engine

#endif
