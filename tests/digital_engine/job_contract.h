#ifndef INVAR_TESTS_DIGITAL_ENGINE_JOB_CONTRACT_H
#define INVAR_TESTS_DIGITAL_ENGINE_JOB_CONTRACT_H

#include <invar/registers/digital_engine_registers.h>
#include <invar/registers/phases.h>

#include <cmath>
#include <cstdint>
#include <vector>

namespace invar::test {

/// Part of the scratchpad that a job reads or writes. Sizes in double: they never wrap, and where
/// they are too large to be exact they are far too large to fit.
struct Range {
  std::uint32_t offset;
  double bytes;
  bool written;
};

struct JobShape {
  bool uses_n = false;
  bool uses_k = false;
  std::uint32_t flags = 0;
  std::vector<Range> ranges;
};

/// The operands of a job as the register map describes them. Empty ranges: no such opcode.
inline JobShape job_shape(const invar_engine_job& job) {
  const double m = job.m;
  const double n = job.n;
  const double k = job.k;
  const double height = job.geometry & 255;
  const double width = job.geometry >> 8 & 255;
  const double kernel = job.geometry >> 16 & 255;
  const double stride = job.geometry >> 24;
  const double padding = job.flags >> 8 & 255;
  const auto in = [](std::uint32_t offset, double words) {
    return Range{offset, 4 * words, false};
  };
  const auto out = [](std::uint32_t offset, double words) {
    return Range{offset, 4 * words, true};
  };
  const std::uint32_t bias = INVAR_ENGINE_FLAG_BIAS;
  switch (job.opcode) {
    case INVAR_ENGINE_LOAD:
      return {false, false, 0, {out(job.c, m / 4)}};
    case INVAR_ENGINE_STORE:
      return {false, false, 0, {in(job.a, m / 4)}};
    case INVAR_ENGINE_GATHER_U8:
      return {false, true, 0, {in(job.a, m), out(job.c, m * k)}};
    case INVAR_ENGINE_FILL:
      return {false, false, 0, {out(job.c, m)}};
    case INVAR_ENGINE_GEMM:
      return {true,
              true,
              INVAR_ENGINE_FLAG_TRANSPOSE_A | INVAR_ENGINE_FLAG_TRANSPOSE_B |
                  INVAR_ENGINE_FLAG_INVERSE_A | INVAR_ENGINE_FLAG_INVERSE_B |
                  INVAR_ENGINE_FLAG_FACTOR_FORMAT | INVAR_ENGINE_FLAG_INVERSE_FORMAT,
              {in(job.a, m * k), in(job.b, k * n), out(job.c, m * n)}};
    case INVAR_ENGINE_IM2COL:
    case INVAR_ENGINE_COL2IM: {
      const double rows = std::floor((height + 2 * padding - kernel) / stride) + 1;
      const double columns = std::floor((width + 2 * padding - kernel) / stride) + 1;
      const double patch = n * kernel * kernel + ((job.flags & INVAR_ENGINE_FLAG_NO_BIAS) ? 0 : 1);
      const double images = m * n * height * width;
      const double patches = m * rows * columns * patch;
      JobShape shape{
          true, false, 0xFF00u | INVAR_ENGINE_FLAG_CHANNELS_LAST | INVAR_ENGINE_FLAG_NO_BIAS, {}};
      if (job.opcode == INVAR_ENGINE_IM2COL) {
        shape.ranges = {in(job.a, images), out(job.c, patches)};
      } else {
        shape.ranges = {in(job.a, patches), out(job.c, images)};
      }
      return shape;
    }
    case INVAR_ENGINE_RELU:
      return {false, false, 0, {in(job.a, m), out(job.c, m)}};
    case INVAR_ENGINE_RELU_BACKWARD:
    case INVAR_ENGINE_AXPBY:
    case INVAR_ENGINE_MULTIPLY_ACCUMULATE:
    case INVAR_ENGINE_ADAM_UPDATE:
      return {false, false, 0, {in(job.a, m), in(job.b, m), out(job.c, m)}};
    case INVAR_ENGINE_MAXPOOL:
    case INVAR_ENGINE_MAXPOOL_BACKWARD: {
      const double windows = std::floor(height / 2) * std::floor(width / 2) * n;
      const double rows = m * (windows + ((job.flags & bias) != 0 ? 1 : 0));
      const double map = m * height * width * n;
      return job.opcode == INVAR_ENGINE_MAXPOOL
                 ? JobShape{true,
                            false,
                            bias,
                            {in(job.a, map), out(job.b, m * windows), out(job.c, rows)}}
                 : JobShape{true,
                            false,
                            bias,
                            {in(job.a, rows), in(job.b, m * windows), out(job.c, map)}};
    }
    case INVAR_ENGINE_SOFTMAX:
    case INVAR_ENGINE_TRANSPOSE:
      return {true, false, 0, {in(job.a, m * n), out(job.c, m * n)}};
    case INVAR_ENGINE_CROSS_ENTROPY_BACKWARD: {
      JobShape shape{true, false, 0, {in(job.a, m * n), in(job.b, m), out(job.c, m * n)}};
      if (job.operand_d != INVAR_ENGINE_OPERAND_NONE) {
        shape.ranges.push_back(out(job.operand_d, 1));
      }
      return shape;
    }
    case INVAR_ENGINE_DOT:
      return {false, false, 0, {in(job.a, m), in(job.b, m), out(job.c, 1)}};
    case INVAR_ENGINE_TRACE:
      return {false, false, 0, {in(job.a, m * m), out(job.c, 1)}};
    case INVAR_ENGINE_SCALE_ADD_DIAGONAL:
    case INVAR_ENGINE_CHOLESKY:
    case INVAR_ENGINE_CHOLESKY_INVERSE:
      return {false, false, 0, {in(job.a, m * m), out(job.c, m * m)}};
    case INVAR_ENGINE_SYRK:
      return {false, true, INVAR_ENGINE_FLAG_TRANSPOSE_A, {in(job.a, m * k), out(job.c, m * m)}};
    case INVAR_ENGINE_CHOLESKY_SOLVE:
      return {true, false, 0, {in(job.a, m * m), in(job.b, m * n), out(job.c, m * n)}};
    case INVAR_ENGINE_LU:
      return {false, false, 0, {in(job.a, m * m), out(job.b, m), out(job.c, m * m)}};
    case INVAR_ENGINE_LU_SOLVE:
      return {true,
              false,
              0,
              {in(job.a, m * m), in(job.b, m * n), out(job.c, m * n), in(job.operand_d, m)}};
    case INVAR_ENGINE_EXTRACT_BLOCK:
      return {true, true, 0, {in(job.a, (m - 1) * k + n), out(job.c, m * n)}};
    case INVAR_ENGINE_INSERT_BLOCK:
      return {true, true, 0, {in(job.a, m * n), out(job.c, (m - 1) * k + n)}};
    default:
      return {};
  }
}

inline bool geometry_fits(const invar_engine_job& job) {
  const std::uint32_t height = job.geometry & 255;
  const std::uint32_t width = job.geometry >> 8 & 255;
  const std::uint32_t kernel = job.geometry >> 16 & 255;
  const std::uint32_t stride = job.geometry >> 24;
  const std::uint32_t padding = job.flags >> 8 & 255;
  switch (job.opcode) {
    case INVAR_ENGINE_IM2COL:
    case INVAR_ENGINE_COL2IM:
      return kernel > padding && stride != 0 && height != 0 && width != 0 &&
             kernel <= height + 2 * padding && kernel <= width + 2 * padding;
    case INVAR_ENGINE_MAXPOOL:
    case INVAR_ENGINE_MAXPOOL_BACKWARD:
      return kernel == 2 && stride == 2 && height >= 2 && width >= 2;
    default:
      return true;
  }
}

/// The status that the register map asks for before a job has run.
inline invar_engine_status expected_check(const invar_engine_job& job, double scratchpad_bytes) {
  const auto fits = [&](double size) { return size >= 1 && size <= scratchpad_bytes; };
  if (job.opcode < 1 || job.opcode > 28 || job.phase >= INVAR_PHASE_COUNT || !geometry_fits(job)) {
    return INVAR_ENGINE_BAD_JOB;
  }
  const JobShape shape = job_shape(job);
  if ((job.flags & ~shape.flags) != 0 || !fits(job.m) || (shape.uses_n && !fits(job.n)) ||
      (shape.uses_k && !fits(job.k))) {
    return INVAR_ENGINE_BAD_JOB;
  }
  int formats = 0;
  for (const std::uint32_t flag :
       {INVAR_ENGINE_FLAG_INVERSE_A, INVAR_ENGINE_FLAG_INVERSE_B, INVAR_ENGINE_FLAG_FACTOR_FORMAT,
        INVAR_ENGINE_FLAG_INVERSE_FORMAT}) {
    formats += (job.flags & flag) != 0 ? 1 : 0;
  }
  const bool inverse_a = (job.flags & INVAR_ENGINE_FLAG_INVERSE_A) != 0;
  const bool inverse_b = (job.flags & INVAR_ENGINE_FLAG_INVERSE_B) != 0;
  if (formats > 1 || (inverse_a && job.m != job.k) || (inverse_b && job.n != job.k)) {
    return INVAR_ENGINE_BAD_JOB;
  }
  for (const Range& range : shape.ranges) {
    if (range.offset % 4 != 0 || range.offset + range.bytes > scratchpad_bytes) {
      return INVAR_ENGINE_BAD_OPERAND;
    }
  }
  return INVAR_ENGINE_OK;
}

}  // namespace invar::test

#endif
