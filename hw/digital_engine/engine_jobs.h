#ifndef INVAR_DIGITAL_ENGINE_ENGINE_JOBS_H
#define INVAR_DIGITAL_ENGINE_ENGINE_JOBS_H

#include <invar/digital_engine/engine_numerics.h>
#include <invar/registers/digital_engine_registers.h>

#include <cstdint>

namespace invar::digital_engine {

// The rows of INVAR_ENGINE_JOBS (<invar/registers/engine_jobs.h>) as the engine uses them.

/// What the geometry of a job must be.
enum class GeometryRule { unused, patches, pooling };

/// What is the same in all jobs of an opcode.
struct JobKind {
  const char* name;
  std::uint32_t opcode;
  std::uint32_t flags;  ///< allowed
  GeometryRule geometry;
  bool uses_n, uses_k;
};

/// \return nullptr for an opcode that is none
const JobKind* find_job_kind(std::uint32_t opcode);

/// Bounds the operations of a job of a known opcode whose geometry is good.
double job_work(const invar_engine_job& job);

/// Bytes of the operands of a job, 0 of those that it does not use. Sizes that no scratchpad can
/// hold are cut off, far above any.
struct JobOperands {
  std::uint64_t a = 0, b = 0, c = 0, d = 0;
};
JobOperands job_operands(const invar_engine_job& job);

/// What the expressions of a row may name besides the functions that give them a meaning.
/// \tparam Number that they are worked out in
template <typename Number>
struct JobSizes {
  Number m, n, k, height, width, kernel, out_height, out_width, patch, windows, bias;

  explicit JobSizes(const invar_engine_job& job) : JobSizes(job, JobGeometry(job)) {}

 private:
  JobSizes(const invar_engine_job& job, const JobGeometry& g)
      : m(job.m),
        n(job.n),
        k(job.k),
        height(g.height),
        width(g.width),
        kernel(g.kernel),
        out_height(g.stride == 0 ? 0 : g.out_height()),  // unchecked where it is not used
        out_width(g.stride == 0 ? 0 : g.out_width()),
        patch(Number(job.n) * Number(g.kernel * g.kernel) +
              Number((job.flags & INVAR_ENGINE_FLAG_NO_BIAS) != 0 ? 0 : 1)),
        windows(Number(job.n) * Number((g.height / 2) * (g.width / 2))),
        bias((job.flags & INVAR_ENGINE_FLAG_BIAS) != 0 ? 1 : 0) {}
};

}  // namespace invar::digital_engine

#endif
