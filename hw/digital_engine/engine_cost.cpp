#include <invar/digital_engine/engine_cost.h>
#include <invar/digital_engine/engine_jobs.h>

#include <algorithm>

namespace invar::digital_engine {
namespace {

using std::uint64_t;

uint64_t divide_up(uint64_t value, uint64_t divisor) {
  return (value + divisor - 1) / divisor;
}

constexpr uint64_t k_word = 4;

/// The MAC array as the jobs of a format see it.
struct MacArray {
  uint64_t rows, columns;
  uint64_t depth;  ///< multiply-accumulates of a MAC a cycle
  uint64_t word;   ///< bytes of an element

  MacArray(const EngineParameters& parameters, Precision precision)
      : rows(parameters.mac_rows),
        columns(parameters.mac_columns),
        depth(parameters.macs_of(precision)),
        word(bytes_of(precision)) {}
};

/// Cycles and traffic of `count` elements that each take some simple operations and functions.
JobCost elementwise(uint64_t count, uint64_t operations, uint64_t functions, uint64_t words,
                    const EngineParameters& parameters) {
  JobCost cost;
  cost.vector_operations = count * operations;
  cost.functions = count * functions;
  cost.scratchpad_bytes = count * words * k_word;
  cost.cycles =
      std::max(divide_up(cost.vector_operations, static_cast<uint64_t>(parameters.vector_lanes)),
               divide_up(cost.functions, static_cast<uint64_t>(parameters.function_lanes)));
  return cost;
}

JobCost gemm(uint64_t m, uint64_t n, uint64_t k, bool accumulates, const MacArray& array) {
  const uint64_t tiles = divide_up(m, array.rows) * divide_up(n, array.columns);
  JobCost cost;
  cost.multiply_accumulates = m * n * k;
  cost.cycles =
      tiles * std::max(divide_up(k, array.depth), array.rows) + array.rows + array.columns;
  // Edge tiles read only what there is.
  const uint64_t a_words = m * k * divide_up(n, array.columns);
  const uint64_t b_words = n * k * divide_up(m, array.rows);
  cost.scratchpad_bytes = array.word * (a_words + b_words) + k_word * m * n * (accumulates ? 2 : 1);
  return cost;
}

/// Elements on their way from FP32 to a format or back through the lanes.
void convert(JobCost& cost, uint64_t elements, uint64_t operations, uint64_t bytes,
             const EngineParameters& parameters) {
  cost.vector_operations += elements * operations;
  cost.scratchpad_bytes += elements * bytes;
  cost.cycles += divide_up(elements * operations, static_cast<uint64_t>(parameters.vector_lanes));
}

/// The tiles that the lower triangle touches, those on the diagonal whole; what lies above them is
/// written as a copy.
JobCost syrk(uint64_t m, uint64_t k, bool accumulates, const MacArray& array) {
  const uint64_t rows = array.rows;
  const uint64_t columns = array.columns;
  uint64_t tiles = 0;
  uint64_t elements = 0;
  uint64_t operand_words = 0;
  for (uint64_t first = 0; first < m; first += rows) {
    const uint64_t height = std::min(rows, m - first);
    const uint64_t row_tiles = divide_up(first + height, columns);
    const uint64_t width = std::min(row_tiles * columns, m);
    tiles += row_tiles;
    elements += height * width;
    operand_words += k * (row_tiles * height + width);
  }
  JobCost cost;
  cost.multiply_accumulates = elements * k;
  cost.cycles = tiles * std::max(k, rows) + rows + columns;
  cost.scratchpad_bytes = k_word * (operand_words + m * m + (accumulates ? elements : 0));
  return cost;
}

/// Cycles in which up to R rows of a block are updated to the right of each of its columns, C
/// columns a cycle; at least one, for the column itself.
uint64_t column_updates(uint64_t width, uint64_t columns) {
  uint64_t cycles = 0;
  for (uint64_t right = 0; right < width; ++right) {
    cycles += std::max<uint64_t>(1, divide_up(right, columns));
  }
  return cycles;
}

/// R x C tiles that cover the lower half of a square of `row_tiles` blocks of R rows.
uint64_t lower_half_tiles(uint64_t row_tiles, uint64_t rows, uint64_t columns) {
  uint64_t tiles = 0;
  for (uint64_t row = 1; row <= row_tiles; ++row) {
    tiles += divide_up(row * rows, columns);
  }
  return tiles;
}

JobCost cholesky(uint64_t m, const MacArray& array, const EngineParameters& parameters) {
  const uint64_t block = array.rows;
  const uint64_t columns = array.columns;
  const uint64_t divide = parameters.divide_latency_cycles;
  const uint64_t multiply = parameters.multiply_latency_cycles;
  uint64_t trailing_tiles = lower_half_tiles(divide_up(m, block) - 1, block, columns);
  JobCost cost;
  for (uint64_t first = 0; first < m; first += block) {
    const uint64_t width = std::min(block, m - first);
    const uint64_t below = m - first - width;
    const uint64_t row_tiles = divide_up(below, block);
    // The first pass of a column's update is in the latency of its multiply-add.
    const uint64_t updates = column_updates(width, columns);
    const uint64_t diagonal = width * (divide + multiply) + updates - width;
    const uint64_t passes = divide_up(row_tiles, array.depth);
    const uint64_t panel = row_tiles == 0 ? 0 : width * multiply + passes * updates;
    cost.cycles += diagonal + panel + trailing_tiles * divide_up(width, array.depth);
    cost.functions += width;
    cost.scratchpad_bytes +=
        array.word * (2 * (width + below) * width +
                      trailing_tiles * ((block + columns) * width + 2 * block * columns));
    trailing_tiles -= divide_up(row_tiles * block, columns);
  }
  cost.multiply_accumulates = m * m * m / 6;
  return cost;
}

/// The lower triangle is scaled and rounded beforehand.
JobCost low_precision_cholesky(uint64_t m, const MacArray& array,
                               const EngineParameters& parameters) {
  JobCost cost = cholesky(m, array, parameters);
  convert(cost, m * (m + 1) / 2, 1, k_word + array.word, parameters);
  return cost;
}

/// Every row below takes part in the choice of each column's pivot: R of them are compared a cycle.
JobCost lu(uint64_t m, const EngineParameters& parameters) {
  const uint64_t block = parameters.mac_rows;
  const uint64_t columns = parameters.mac_columns;
  const uint64_t divide = parameters.divide_latency_cycles;
  const uint64_t multiply = parameters.multiply_latency_cycles;
  JobCost cost;
  for (uint64_t first = 0; first < m; first += block) {
    const uint64_t width = std::min(block, m - first);
    const uint64_t below = m - first - width;
    const uint64_t row_tiles = divide_up(below, block);
    const uint64_t column_tiles = divide_up(below, columns);
    const uint64_t updates = column_updates(width, columns);
    // The panel: a pivot, a division, and the update of the columns to the right, for each column.
    cost.cycles += width * (divide + multiply) + (row_tiles + 1) * (width + updates);
    // The rows beside it, and the rest.
    cost.cycles += width * multiply + column_tiles * updates;
    cost.cycles += row_tiles * column_tiles * width;
    cost.vector_operations += width * (width + below);
    cost.functions += width;
    cost.scratchpad_bytes +=
        k_word * (4 * (width + below) * width +
                  row_tiles * column_tiles * ((block + columns) * width + 2 * block * columns));
  }
  cost.cycles = std::max(cost.cycles, divide_up(cost.vector_operations,
                                                static_cast<uint64_t>(parameters.vector_lanes)));
  // Rows that are exchanged, over their whole length.
  cost.scratchpad_bytes += k_word * 4 * m * m;
  cost.multiply_accumulates = m * m * m / 3;
  return cost;
}

JobCost cholesky_solve(uint64_t m, uint64_t right_hand_sides, const MacArray& array,
                       const EngineParameters& parameters) {
  const uint64_t block = array.rows;
  const uint64_t groups = divide_up(right_hand_sides, array.columns);
  const uint64_t passes = divide_up(right_hand_sides, array.columns * array.depth);
  JobCost cost;
  for (uint64_t first = 0; first < m; first += block) {
    const uint64_t width = std::min(block, m - first);
    const uint64_t below = m - first - width;
    const uint64_t diagonal =
        width * static_cast<uint64_t>(parameters.multiply_latency_cycles) + passes * width;
    const uint64_t update =
        divide_up(below, block) * groups * divide_up(std::max(width, block), array.depth);
    cost.cycles += 2 * (diagonal + update);
    cost.scratchpad_bytes +=
        2 * array.word *
        ((width + below) * width * groups + 2 * (width + below) * right_hand_sides);
  }
  cost.multiply_accumulates = m * m * right_hand_sides;
  return cost;
}

/// Right-hand sides are scaled and rounded beforehand, solutions scaled back.
JobCost low_precision_solve(uint64_t m, uint64_t right_hand_sides, const MacArray& array,
                            const EngineParameters& parameters) {
  JobCost cost = cholesky_solve(m, right_hand_sides, array, parameters);
  convert(cost, m * right_hand_sides, 2, k_word + array.word, parameters);
  convert(cost, m * right_hand_sides, 1, k_word + array.word, parameters);
  return cost;
}

/// Of an m x n product of two matrices in another format than FP32: both operands are scaled and
/// rounded beforehand, the result scaled back on its way out.
JobCost low_precision_product(uint64_t m, uint64_t n, uint64_t k, bool accumulates,
                              const MacArray& array, const EngineParameters& parameters) {
  JobCost cost = gemm(m, n, k, accumulates, array);
  convert(cost, m * k + k * n, 2, k_word + array.word, parameters);
  convert(cost, m * n, 1, 0, parameters);
  return cost;
}

/// Of an m x n product with an inverse: the other operand is scaled and rounded beforehand, the
/// result scaled back on its way out.
JobCost inverse_product(uint64_t m, uint64_t n, uint64_t k, const invar_engine_job& job,
                        const MacArray& array, const EngineParameters& parameters) {
  JobCost cost = gemm(m, n, k, job.beta != 0.0F, array);
  const bool inverse_is_a = (job.flags & INVAR_ENGINE_FLAG_INVERSE_A) != 0;
  convert(cost, inverse_is_a ? k * n : m * k, 2, k_word + array.word, parameters);
  convert(cost, m * n, 1, 0, parameters);
  return cost;
}

/// Largest, difference, sum, product; the exponential; and one reciprocal a row.
JobCost softmax(uint64_t m, uint64_t n, const EngineParameters& parameters) {
  JobCost cost = elementwise(m * n, 4, 1, 4, parameters);
  cost.functions += m;
  cost.cycles = std::max(cost.cycles, divide_up(cost.functions, parameters.function_lanes));
  return cost;
}

/// Labels compared, and a logarithm a row where the loss is asked for.
JobCost cross_entropy(uint64_t m, uint64_t n, bool with_loss, const EngineParameters& parameters) {
  JobCost cost = elementwise(m * n, 2, 0, 2, parameters);
  if (with_loss) {
    cost.functions += m;
    cost.cycles += divide_up(m, parameters.function_lanes);
  }
  return cost;
}

/// A third of the solve with m right-hand sides: the triangles exploited.
JobCost cholesky_inverse(uint64_t m, const MacArray& array, const EngineParameters& parameters) {
  JobCost cost = cholesky_solve(m, m, array, parameters);
  cost.cycles = divide_up(cost.cycles, 3);
  cost.multiply_accumulates = divide_up(cost.multiply_accumulates, 3);
  cost.scratchpad_bytes = divide_up(cost.scratchpad_bytes, 3);
  const Precision product = parameters.inversion_precision;
  if (product == Precision::int8) {
    convert(cost, m * m, 1, array.word + bytes_of(product), parameters);
  }
  return cost;
}

/// The format that a job computes in.
Precision precision_of(const invar_engine_job& job, const EngineParameters& parameters) {
  const InversionFormats formats = parameters.inversion_formats();
  switch (job.opcode) {
    case INVAR_ENGINE_GEMM:
      return gemm_format(job.flags, formats);
    case INVAR_ENGINE_CHOLESKY:
    case INVAR_ENGINE_CHOLESKY_SOLVE:
    case INVAR_ENGINE_CHOLESKY_INVERSE:
      return formats.factorization;
    default:
      return Precision::fp32;
  }
}

/// The functions that a row of INVAR_ENGINE_JOBS may name in its cost.
class RowCosts {
 public:
  RowCosts(const invar_engine_job& job, const EngineParameters& parameters)
      : job_(job),
        parameters_(parameters),
        is_fp32_(precision_of(job, parameters) == Precision::fp32),
        array_(parameters, precision_of(job, parameters)) {}

  JobCost operator()() const {
    const auto [m, n, k, height, width, kernel, out_height, out_width, patch, windows, bias] =
        JobSizes<uint64_t>(job_);
    switch (job_.opcode) {
#define INVAR_COST_CASE(name, opcode, flags, geometry, work, a, b, c, d, cost, effect) \
  case opcode:                                                                         \
    return cost;
      INVAR_ENGINE_JOBS(INVAR_COST_CASE)
#undef INVAR_COST_CASE
      default:
        return {};
    }
  }

 private:
  static JobCost moved(uint64_t bytes) {
    JobCost cost;
    cost.scratchpad_bytes = bytes;
    return cost;
  }
  JobCost elementwise(uint64_t count, uint64_t operations, uint64_t functions,
                      uint64_t words) const {
    return digital_engine::elementwise(count, operations, functions, words, parameters_);
  }
  JobCost gemm(uint64_t m, uint64_t n, uint64_t k) const {
    constexpr uint32_t k_inverse = INVAR_ENGINE_FLAG_INVERSE_A | INVAR_ENGINE_FLAG_INVERSE_B;
    const bool accumulates = job_.beta != 0.0F;
    if (is_fp32_) {
      return digital_engine::gemm(m, n, k, accumulates, array_);
    }
    return (job_.flags & k_inverse) != 0
               ? inverse_product(m, n, k, job_, array_, parameters_)
               : low_precision_product(m, n, k, accumulates, array_, parameters_);
  }
  JobCost syrk(uint64_t m, uint64_t k) const {
    return digital_engine::syrk(m, k, job_.beta != 0.0F, array_);
  }
  JobCost softmax(uint64_t m, uint64_t n) const {
    return digital_engine::softmax(m, n, parameters_);
  }
  JobCost cross_entropy(uint64_t m, uint64_t n) const {
    return digital_engine::cross_entropy(m, n, job_.operand_d != INVAR_ENGINE_OPERAND_NONE,
                                         parameters_);
  }
  JobCost cholesky(uint64_t m) const {
    return is_fp32_ ? digital_engine::cholesky(m, array_, parameters_)
                    : low_precision_cholesky(m, array_, parameters_);
  }
  JobCost cholesky_inverse(uint64_t m) const {
    return digital_engine::cholesky_inverse(m, array_, parameters_);
  }
  JobCost lu(uint64_t m) const {
    return digital_engine::lu(m, parameters_);
  }
  JobCost triangular_solves(uint64_t m, uint64_t right_hand_sides) const {
    return is_fp32_ ? cholesky_solve(m, right_hand_sides, array_, parameters_)
                    : low_precision_solve(m, right_hand_sides, array_, parameters_);
  }

  const invar_engine_job& job_;
  const EngineParameters& parameters_;
  bool is_fp32_;
  MacArray array_;
};

}  // namespace

JobCost job_cost(const invar_engine_job& job, const EngineParameters& parameters) {
  JobCost cost = RowCosts(job, parameters)();
  cost.precision = precision_of(job, parameters);
  cost.cycles = std::max(cost.cycles,
                         divide_up(cost.scratchpad_bytes,
                                   static_cast<uint64_t>(parameters.scratchpad_bytes_per_cycle)));
  cost.cycles += static_cast<uint64_t>(parameters.job_cycles);
  return cost;
}

}  // namespace invar::digital_engine
