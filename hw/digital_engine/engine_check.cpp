// Accepts or refuses a job before anything is done with it.
#include <invar/digital_engine/engine_jobs.h>
#include <invar/ledger/ledger.h>

#include <cstdint>

namespace invar::digital_engine {
namespace {

using std::uint64_t;

bool geometry_is_good(const invar_engine_job& job, GeometryRule rule) {
  const JobGeometry g(job);
  switch (rule) {
    case GeometryRule::patches:
      return g.stride >= 1 && g.padding < g.kernel && g.height >= 1 && g.width >= 1 &&
             g.kernel <= g.height + 2 * g.padding && g.kernel <= g.width + 2 * g.padding;
    case GeometryRule::pooling:
      return g.kernel == 2 && g.stride == 2 && g.height >= 2 && g.width >= 2;
    case GeometryRule::unused:
      break;
  }
  return true;
}

bool dimensions_are_good(const invar_engine_job& job, const JobKind& kind,
                         uint64_t largest_dimension) {
  // A dimension counts words at least (bytes in LOAD and STORE), so none passes the scratchpad's
  // size.
  const auto good = [&](uint64_t value) { return value >= 1 && value <= largest_dimension; };
  return good(job.m) && (!kind.uses_n || good(job.n)) && (!kind.uses_k || good(job.k));
}

bool format_is_good(const invar_engine_job& job) {
  const bool is_a = (job.flags & INVAR_ENGINE_FLAG_INVERSE_A) != 0;
  const bool is_b = (job.flags & INVAR_ENGINE_FLAG_INVERSE_B) != 0;
  const std::uint32_t formats =
      job.flags & (INVAR_ENGINE_FLAG_INVERSE_A | INVAR_ENGINE_FLAG_INVERSE_B |
                   INVAR_ENGINE_FLAG_FACTOR_FORMAT | INVAR_ENGINE_FLAG_INVERSE_FORMAT);
  const bool is_one_format = (formats & (formats - 1)) == 0;
  return is_one_format && (!is_a || job.m == job.k) && (!is_b || job.k == job.n);
}

invar_engine_status check_up_to(const invar_engine_job& job, uint64_t largest_dimension) {
  const JobKind* const kind = find_job_kind(job.opcode);
  const bool good = kind != nullptr && ledger::is_phase(job.phase) &&
                    (job.flags & ~kind->flags) == 0 &&
                    dimensions_are_good(job, *kind, largest_dimension) &&
                    geometry_is_good(job, kind->geometry) && format_is_good(job);
  return good ? INVAR_ENGINE_OK : INVAR_ENGINE_BAD_JOB;
}

bool operands_are_good(const invar_engine_job& job, uint64_t scratchpad_bytes) {
  constexpr uint64_t k_word_bytes = 4;
  const auto good = [&](std::uint32_t offset, uint64_t bytes) {
    return bytes == 0 || (offset % k_word_bytes == 0 && offset <= scratchpad_bytes &&
                          bytes <= scratchpad_bytes - offset);
  };
  const JobOperands bytes = job_operands(job);
  return good(job.a, bytes.a) && good(job.b, bytes.b) && good(job.c, bytes.c) &&
         good(job.operand_d, bytes.d);
}

}  // namespace

invar_engine_status EngineNumerics::check_form(const invar_engine_job& job) {
  // Costs are counted in 64 bits: 2^56 multiply-accumulates keep the largest of them inside.
  constexpr double k_largest_work = 0x1p56;
  const invar_engine_status form = check_up_to(job, UINT32_MAX);
  return form == INVAR_ENGINE_OK && job_work(job) > k_largest_work ? INVAR_ENGINE_BAD_JOB : form;
}

invar_engine_status EngineNumerics::check(const invar_engine_job& job) const {
  const invar_engine_status form = check_up_to(job, size_bytes_);
  if (form != INVAR_ENGINE_OK) {
    return form;
  }
  return operands_are_good(job, size_bytes_) ? INVAR_ENGINE_OK : INVAR_ENGINE_BAD_OPERAND;
}

}  // namespace invar::digital_engine
