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

JobCost gemm(uint64_t m, uint64_t n, uint64_t k, bool accumulates,
             const EngineParameters& parameters) {
  const uint64_t rows = parameters.mac_rows;
  const uint64_t columns = parameters.mac_columns;
  const uint64_t tiles = divide_up(m, rows) * divide_up(n, columns);
  JobCost cost;
  cost.multiply_accumulates = m * n * k;
  cost.cycles = tiles * std::max(k, rows) + rows + columns;
  // Edge tiles read only what there is.
  const uint64_t a_words = m * k * divide_up(n, columns);
  const uint64_t b_words = n * k * divide_up(m, rows);
  cost.scratchpad_bytes = k_word * (a_words + b_words + m * n * (accumulates ? 2 : 1));
  return cost;
}

/// The tiles that the lower triangle touches, those on the diagonal whole; what lies above them is
/// written as a copy.
JobCost syrk(uint64_t m, uint64_t k, bool accumulates, const EngineParameters& parameters) {
  const uint64_t rows = parameters.mac_rows;
  const uint64_t columns = parameters.mac_columns;
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

JobCost cholesky(uint64_t m, const EngineParameters& parameters) {
  const uint64_t block = parameters.mac_rows;
  const uint64_t columns = parameters.mac_columns;
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
    const uint64_t panel = row_tiles == 0 ? 0 : width * multiply + row_tiles * updates;
    cost.cycles += diagonal + panel + trailing_tiles * width;
    cost.functions += width;
    cost.scratchpad_bytes +=
        k_word * (2 * (width + below) * width +
                  trailing_tiles * ((block + columns) * width + 2 * block * columns));
    trailing_tiles -= divide_up(row_tiles * block, columns);
  }
  cost.multiply_accumulates = m * m * m / 6;
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

JobCost cholesky_solve(uint64_t m, uint64_t right_hand_sides, const EngineParameters& parameters) {
  const uint64_t block = parameters.mac_rows;
  const uint64_t groups = divide_up(right_hand_sides, parameters.mac_columns);
  JobCost cost;
  for (uint64_t first = 0; first < m; first += block) {
    const uint64_t width = std::min(block, m - first);
    const uint64_t below = m - first - width;
    const uint64_t diagonal =
        width * static_cast<uint64_t>(parameters.multiply_latency_cycles) + groups * width;
    const uint64_t update = divide_up(below, block) * groups * std::max(width, block);
    cost.cycles += 2 * (diagonal + update);
    cost.scratchpad_bytes +=
        2 * k_word * ((width + below) * width * groups + 2 * (width + below) * right_hand_sides);
  }
  cost.multiply_accumulates = m * m * right_hand_sides;
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
JobCost cholesky_inverse(uint64_t m, const EngineParameters& parameters) {
  JobCost cost = cholesky_solve(m, m, parameters);
  cost.cycles = divide_up(cost.cycles, 3);
  cost.multiply_accumulates = divide_up(cost.multiply_accumulates, 3);
  cost.scratchpad_bytes = divide_up(cost.scratchpad_bytes, 3);
  return cost;
}

/// The functions that a row of INVAR_ENGINE_JOBS may name in its cost.
class RowCosts {
 public:
  RowCosts(const invar_engine_job& job, const EngineParameters& parameters)
      : job_(job), parameters_(parameters) {}

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
    return digital_engine::gemm(m, n, k, job_.beta != 0.0F, parameters_);
  }
  JobCost syrk(uint64_t m, uint64_t k) const {
    return digital_engine::syrk(m, k, job_.beta != 0.0F, parameters_);
  }
  JobCost softmax(uint64_t m, uint64_t n) const {
    return digital_engine::softmax(m, n, parameters_);
  }
  JobCost cross_entropy(uint64_t m, uint64_t n) const {
    return digital_engine::cross_entropy(m, n, job_.operand_d != INVAR_ENGINE_OPERAND_NONE,
                                         parameters_);
  }
  JobCost cholesky(uint64_t m) const {
    return digital_engine::cholesky(m, parameters_);
  }
  JobCost cholesky_inverse(uint64_t m) const {
    return digital_engine::cholesky_inverse(m, parameters_);
  }
  JobCost lu(uint64_t m) const {
    return digital_engine::lu(m, parameters_);
  }
  JobCost triangular_solves(uint64_t m, uint64_t right_hand_sides) const {
    return cholesky_solve(m, right_hand_sides, parameters_);
  }

  const invar_engine_job& job_;
  const EngineParameters& parameters_;
};

}  // namespace

JobCost job_cost(const invar_engine_job& job, const EngineParameters& parameters) {
  JobCost cost = RowCosts(job, parameters)();
  cost.cycles = std::max(cost.cycles,
                         divide_up(cost.scratchpad_bytes,
                                   static_cast<uint64_t>(parameters.scratchpad_bytes_per_cycle)));
  cost.cycles += static_cast<uint64_t>(parameters.job_cycles);
  return cost;
}

}  // namespace invar::digital_engine
