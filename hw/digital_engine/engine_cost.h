#ifndef INVAR_DIGITAL_ENGINE_ENGINE_COST_H
#define INVAR_DIGITAL_ENGINE_ENGINE_COST_H

#include <invar/digital_engine/engine_parameters.h>
#include <invar/registers/digital_engine_registers.h>

#include <cstdint>

namespace invar::digital_engine {

/// What one job costs, without the DMA of LOAD, STORE and GATHER_U8.
struct JobCost {
  std::uint64_t cycles = 0;
  std::uint64_t multiply_accumulates = 0;
  Precision precision = Precision::fp32;  ///< of these
  std::uint64_t vector_operations = 0;
  std::uint64_t functions = 0;  ///< exp, log, divide, square root
  std::uint64_t scratchpad_bytes = 0;
};

/// The cost of a job whose operands have been checked. With R x C the MAC array:
///
/// - GEMM: ceil(m/R) ceil(n/C) tiles of max(k, R) cycles (the results of a tile drain while the
///   next one runs), R + C to fill; each tile reads (R + C) k elements and writes R C.
/// - SYRK: the tiles of such a product that the lower triangle touches, those on the diagonal
/// whole;
///   all of c is written.
/// - CHOLESKY, in blocks of R: a diagonal block takes R dependent divides, its panel one dependent
///   multiply-add a column for each tile of R rows, the trailing update is a GEMM on the lower
///   half, in tiles of R x C. An update of more than C columns takes a cycle for each C.
///   n^3/6 multiply-accumulates.
/// - LU, in the same blocks: each column of a panel takes a comparison of all rows below, R a
/// cycle,
///   a dependent divide and a multiply-add; the trailing update is a GEMM. n^3/3
///   multiply-accumulates; the exchange of rows moves each twice.
/// - CHOLESKY_SOLVE, LU_SOLVE: two triangular solves in the same blocks, C right-hand sides side by
///   side.
/// - CHOLESKY_INVERSE: a third of the solve with m right-hand sides (the triangles exploited).
/// - In another format than FP32 a MAC does f multiply-accumulates a cycle along what is summed
///   over (`macs_of`), results included: the R cycles of a block's product become R / f, R rows of
///   a panel f R, C right-hand sides f C. The scratchpad's words have the format's bytes. What
///   comes from FP32 or goes to it passes the lanes: an operation an element of a matrix to
///   factorise or of a result, two (the largest, the scale) an element of a right-hand side
///   or of an operand of a GEMM.
/// - Everything else: operations over lanes.
/// No job is faster than its scratchpad traffic over the scratchpad's bandwidth.
JobCost job_cost(const invar_engine_job& job, const EngineParameters& parameters);

}  // namespace invar::digital_engine

#endif
