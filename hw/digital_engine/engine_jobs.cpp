#include <invar/digital_engine/engine_jobs.h>

#include <algorithm>
#include <iterator>

namespace invar::digital_engine {
namespace {

using std::uint64_t;

constexpr std::uint32_t TRANSPOSE_A = INVAR_ENGINE_FLAG_TRANSPOSE_A;
constexpr std::uint32_t TRANSPOSE_B = INVAR_ENGINE_FLAG_TRANSPOSE_B;
constexpr std::uint32_t BIAS = INVAR_ENGINE_FLAG_BIAS;
constexpr std::uint32_t CHANNELS_LAST = INVAR_ENGINE_FLAG_CHANNELS_LAST;
constexpr std::uint32_t NO_BIAS = INVAR_ENGINE_FLAG_NO_BIAS;
constexpr std::uint32_t INVERSE_A = INVAR_ENGINE_FLAG_INVERSE_A;
constexpr std::uint32_t INVERSE_B = INVAR_ENGINE_FLAG_INVERSE_B;
constexpr std::uint32_t FACTOR_FORMAT = INVAR_ENGINE_FLAG_FACTOR_FORMAT;
constexpr std::uint32_t INVERSE_FORMAT = INVAR_ENGINE_FLAG_INVERSE_FORMAT;
constexpr std::uint32_t PADDING = INVAR_ENGINE_PADDING_MASK;

constexpr double work_of(std::uint32_t opcode, double m, double n, double k, double windowed = 1) {
  switch (opcode) {
#define INVAR_WORK_CASE(name, opcode, flags, geometry, work, a, b, c, d, cost, effect) \
  case opcode:                                                                         \
    return work;
    INVAR_ENGINE_JOBS(INVAR_WORK_CASE)
#undef INVAR_WORK_CASE
    default:
      return m * n * k;
  }
}

#define INVAR_JOB_KIND(name, opcode, flags, geometry, work, a, b, c, d, cost, effect) \
  {#name,                                                                             \
   opcode,                                                                            \
   flags,                                                                             \
   GeometryRule::geometry,                                                            \
   work_of(opcode, 1, 2, 1) != work_of(opcode, 1, 1, 1),                              \
   work_of(opcode, 1, 1, 2) != work_of(opcode, 1, 1, 1)},
constexpr JobKind k_kinds[] = {INVAR_ENGINE_JOBS(INVAR_JOB_KIND)};
#undef INVAR_JOB_KIND

/// A product or sum of sizes, cut off where it cannot fit any scratchpad.
class Size {
 public:
  constexpr Size(uint64_t value) : value_(std::min(value, k_limit)) {}  // NOLINT: a number
  constexpr uint64_t value() const { return value_; }
  friend constexpr Size operator*(Size a, Size b) {
    return a.value_ != 0 && b.value_ > k_limit / a.value_ ? k_limit : a.value_ * b.value_;
  }
  friend constexpr Size operator+(Size a, Size b) { return a.value_ + b.value_; }

 private:
  static constexpr uint64_t k_limit = uint64_t{1} << 40;
  uint64_t value_;
};

/// An operand: a count of words, or of bytes.
class Operand {
 public:
  constexpr Operand(Size words) : bytes_(words * 4) {}  // NOLINT: words unless said otherwise
  constexpr Operand(uint64_t words) : Operand(Size(words)) {}  // NOLINT: the same
  static constexpr Operand of_bytes(Size count) { return {count, 0}; }
  constexpr uint64_t bytes() const { return bytes_.value(); }

 private:
  constexpr Operand(Size bytes, int) : bytes_(bytes) {}
  Size bytes_;
};

JobOperands operands(const Operand& a, const Operand& b, const Operand& c, const Operand& d) {
  return {a.bytes(), b.bytes(), c.bytes(), d.bytes()};
}

}  // namespace

const JobKind* find_job_kind(std::uint32_t opcode) {
  const auto* const found =
      std::find_if(std::begin(k_kinds), std::end(k_kinds),
                   [opcode](const JobKind& kind) { return kind.opcode == opcode; });
  return found == std::end(k_kinds) ? nullptr : found;
}

double job_work(const invar_engine_job& job) {
  const JobSizes<double> sizes(job);
  const double windowed = sizes.out_height * sizes.out_width * sizes.kernel * sizes.kernel;
  return work_of(job.opcode, job.m, job.n, job.k, windowed);
}

JobOperands job_operands(const invar_engine_job& job) {
  const auto [m, n, k, height, width, kernel, out_height, out_width, patch, windows, bias] =
      JobSizes<Size>(job);
  const auto bytes = [](Size count) { return Operand::of_bytes(count); };
  const auto if_given = [&job](Size words) {
    return job.operand_d == INVAR_ENGINE_OPERAND_NONE ? Size(0) : words;
  };
  const auto spaced = [&job](Size rows, Size columns, Size apart) {
    return job.m == 0 ? Size(0) : Size(rows.value() - 1) * apart + columns;
  };
  switch (job.opcode) {
#define INVAR_OPERANDS_CASE(name, opcode, flags, geometry, work, a, b, c, d, cost, effect) \
  case opcode:                                                                             \
    return operands(a, b, c, d);
    INVAR_ENGINE_JOBS(INVAR_OPERANDS_CASE)
#undef INVAR_OPERANDS_CASE
    default:
      return {};
  }
}

}  // namespace invar::digital_engine
