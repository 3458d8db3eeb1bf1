// Accepts or refuses a job before anything is done with it.
#include <invar/digital_engine/engine_numerics.h>
#include <invar/ledger/ledger.h>

#include <cmath>
#include <cstdint>

namespace invar::digital_engine {
namespace {

using std::uint64_t;

constexpr uint64_t k_word = 4;

/// The scratchpad ranges of a job: whether all of them lie inside and on whole words.
class Operands {
 public:
  explicit Operands(uint64_t scratchpad_bytes) : size_(scratchpad_bytes) {}
  /// An operand of `count` words; counts are products of checked dimensions and never overflow.
  void words(std::uint32_t offset, uint64_t count) { bytes(offset, count * k_word); }
  void bytes(std::uint32_t offset, uint64_t count) {
    good_ = good_ && offset % k_word == 0 && offset <= size_ && count <= size_ - offset;
  }
  bool good() const { return good_; }

 private:
  uint64_t size_;
  bool good_ = true;
};

std::uint32_t allowed_flags(std::uint32_t opcode) {
  switch (opcode) {
    case INVAR_ENGINE_GEMM:
      return INVAR_ENGINE_FLAG_TRANSPOSE_A | INVAR_ENGINE_FLAG_TRANSPOSE_B;
    case INVAR_ENGINE_IM2COL:
    case INVAR_ENGINE_COL2IM:
      return INVAR_ENGINE_FLAG_CHANNELS_LAST | INVAR_ENGINE_FLAG_NO_BIAS |
             INVAR_ENGINE_PADDING_MASK;
    case INVAR_ENGINE_MAXPOOL:
    case INVAR_ENGINE_MAXPOOL_BACKWARD:
      return INVAR_ENGINE_FLAG_BIAS;
    default:
      return 0;
  }
}

bool uses_n(std::uint32_t opcode) {
  switch (opcode) {
    case INVAR_ENGINE_GEMM:
    case INVAR_ENGINE_IM2COL:
    case INVAR_ENGINE_COL2IM:
    case INVAR_ENGINE_MAXPOOL:
    case INVAR_ENGINE_MAXPOOL_BACKWARD:
    case INVAR_ENGINE_SOFTMAX:
    case INVAR_ENGINE_CROSS_ENTROPY_BACKWARD:
    case INVAR_ENGINE_CHOLESKY_SOLVE:
    case INVAR_ENGINE_TRANSPOSE:
    case INVAR_ENGINE_LU_SOLVE:
      return true;
    default:
      return false;
  }
}

bool uses_k(std::uint32_t opcode) {
  return opcode == INVAR_ENGINE_GEMM || opcode == INVAR_ENGINE_GATHER_U8;
}

bool geometry_is_good(const invar_engine_job& job) {
  const JobGeometry g(job);
  switch (job.opcode) {
    case INVAR_ENGINE_IM2COL:
    case INVAR_ENGINE_COL2IM:
      return g.stride >= 1 && g.padding < g.kernel && g.height >= 1 && g.width >= 1 &&
             g.kernel <= g.height + 2 * g.padding && g.kernel <= g.width + 2 * g.padding;
    case INVAR_ENGINE_MAXPOOL:
    case INVAR_ENGINE_MAXPOOL_BACKWARD:
      return g.kernel == 2 && g.stride == 2 && g.height >= 2 && g.width >= 2;
    default:
      return true;
  }
}

bool dimensions_are_good(const invar_engine_job& job, uint64_t scratchpad_bytes) {
  // A dimension counts words at least (bytes in LOAD and STORE), so none passes the scratchpad's
  // size; bounds below 2^32 keep every product of two in 64 bits.
  const auto good = [&](uint64_t value) { return value >= 1 && value <= scratchpad_bytes; };
  return good(job.m) && (!uses_n(job.opcode) || good(job.n)) &&
         (!uses_k(job.opcode) || good(job.k));
}

/// Product of sizes, cut off where it cannot fit any scratchpad.
uint64_t product(uint64_t a, uint64_t b) {
  constexpr uint64_t k_limit = uint64_t{1} << 40;
  if (a != 0 && b > k_limit / a) {
    return k_limit;
  }
  return a * b;
}

bool operands_are_good(const invar_engine_job& job, uint64_t scratchpad_bytes) {
  Operands operands(scratchpad_bytes);
  const JobGeometry g(job);
  const uint64_t m = job.m;
  const uint64_t n = job.n;
  const uint64_t k = job.k;
  switch (job.opcode) {
    case INVAR_ENGINE_LOAD:
      operands.bytes(job.c, m);
      break;
    case INVAR_ENGINE_STORE:
      operands.bytes(job.a, m);
      break;
    case INVAR_ENGINE_GATHER_U8:
      operands.words(job.a, m);
      operands.words(job.c, product(m, k));
      break;
    case INVAR_ENGINE_FILL:
      operands.words(job.c, m);
      break;
    case INVAR_ENGINE_GEMM:
      operands.words(job.a, product(m, k));
      operands.words(job.b, product(k, n));
      operands.words(job.c, product(m, n));
      break;
    case INVAR_ENGINE_IM2COL:
    case INVAR_ENGINE_COL2IM: {
      const uint64_t bias = (job.flags & INVAR_ENGINE_FLAG_NO_BIAS) != 0 ? 0 : 1;
      const uint64_t patch = product(n, g.kernel * g.kernel) + bias;
      const bool back = job.opcode == INVAR_ENGINE_COL2IM;
      operands.words(back ? job.c : job.a, product(product(m, n), g.height * g.width));
      operands.words(back ? job.a : job.c,
                     product(product(m, g.out_height() * g.out_width()), patch));
      break;
    }
    case INVAR_ENGINE_RELU:
      operands.words(job.a, m);
      operands.words(job.c, m);
      break;
    case INVAR_ENGINE_RELU_BACKWARD:
    case INVAR_ENGINE_AXPBY:
    case INVAR_ENGINE_MULTIPLY_ACCUMULATE:
    case INVAR_ENGINE_ADAM_UPDATE:
      operands.words(job.a, m);
      operands.words(job.b, m);
      operands.words(job.c, m);
      break;
    case INVAR_ENGINE_MAXPOOL:
    case INVAR_ENGINE_MAXPOOL_BACKWARD: {
      const bool backward = job.opcode == INVAR_ENGINE_MAXPOOL_BACKWARD;
      const uint64_t windows = product(n, (g.height / 2) * (g.width / 2));
      const uint64_t bias = (job.flags & INVAR_ENGINE_FLAG_BIAS) != 0 ? 1 : 0;
      const uint64_t maps = product(product(m, n), g.height * g.width);
      operands.words(backward ? job.c : job.a, maps);
      operands.words(backward ? job.a : job.c, product(m, windows + bias));
      operands.words(job.b, product(m, windows));
      break;
    }
    case INVAR_ENGINE_SOFTMAX:
    case INVAR_ENGINE_TRANSPOSE:
      operands.words(job.a, product(m, n));
      operands.words(job.c, product(m, n));
      break;
    case INVAR_ENGINE_CROSS_ENTROPY_BACKWARD:
      operands.words(job.a, product(m, n));
      operands.words(job.b, m);
      operands.words(job.c, product(m, n));
      if (job.operand_d != INVAR_ENGINE_OPERAND_NONE) {
        operands.words(job.operand_d, 1);
      }
      break;
    case INVAR_ENGINE_DOT:
      operands.words(job.a, m);
      operands.words(job.b, m);
      operands.words(job.c, 1);
      break;
    case INVAR_ENGINE_TRACE:
      operands.words(job.a, product(m, m));
      operands.words(job.c, 1);
      break;
    case INVAR_ENGINE_LU:
      operands.words(job.b, m);
      [[fallthrough]];
    case INVAR_ENGINE_SCALE_ADD_DIAGONAL:
    case INVAR_ENGINE_CHOLESKY:
    case INVAR_ENGINE_CHOLESKY_INVERSE:
      operands.words(job.a, product(m, m));
      operands.words(job.c, product(m, m));
      break;
    case INVAR_ENGINE_LU_SOLVE:
      operands.words(job.operand_d, m);
      [[fallthrough]];
    case INVAR_ENGINE_CHOLESKY_SOLVE:
      operands.words(job.a, product(m, m));
      operands.words(job.b, product(n, m));
      operands.words(job.c, product(n, m));
      break;
    default:
      return false;
  }
  return operands.good();
}

}  // namespace

namespace {

invar_engine_status check_up_to(const invar_engine_job& job, uint64_t largest_dimension) {
  const bool known = job.opcode >= INVAR_ENGINE_LOAD && job.opcode <= INVAR_ENGINE_COL2IM;
  const bool good = known && ledger::is_phase(job.phase) &&
                    (job.flags & ~allowed_flags(job.opcode)) == 0 &&
                    dimensions_are_good(job, largest_dimension) && geometry_is_good(job);
  return good ? INVAR_ENGINE_OK : INVAR_ENGINE_BAD_JOB;
}

}  // namespace

invar_engine_status EngineNumerics::check_form(const invar_engine_job& job) {
  // Costs are counted in 64 bits: 2^56 multiply-accumulates keep the largest of them inside.
  constexpr double k_largest_work = 0x1p56;
  const bool square =
      (job.opcode >= INVAR_ENGINE_TRACE && job.opcode <= INVAR_ENGINE_CHOLESKY_INVERSE) ||
      job.opcode == INVAR_ENGINE_LU;
  double work = job.m;
  work *= square ? job.m : uses_n(job.opcode) ? job.n : 1.0;
  work *= square ? job.m : uses_k(job.opcode) ? job.k : 1.0;
  if (job.opcode == INVAR_ENGINE_IM2COL || job.opcode == INVAR_ENGINE_COL2IM) {
    work *= 0x1p32;  // positions and kernels, 8 bits each a side
  }
  if (job.opcode == INVAR_ENGINE_CHOLESKY_SOLVE || job.opcode == INVAR_ENGINE_LU_SOLVE) {
    work = static_cast<double>(job.m) * job.m * job.n;
  }
  const invar_engine_status form = check_up_to(job, UINT32_MAX);
  return form == INVAR_ENGINE_OK && work > k_largest_work ? INVAR_ENGINE_BAD_JOB : form;
}

invar_engine_status EngineNumerics::check(const invar_engine_job& job) const {
  const invar_engine_status form = check_up_to(job, size_bytes_);
  if (form != INVAR_ENGINE_OK) {
    return form;
  }
  return operands_are_good(job, size_bytes_) ? INVAR_ENGINE_OK : INVAR_ENGINE_BAD_OPERAND;
}

}  // namespace invar::digital_engine
