#ifndef INVAR_SOLVER_WORK_STEP_H
#define INVAR_SOLVER_WORK_STEP_H

#include <invar/programming/write_verify.h>
#include <invar/tile_model/analog_matrix.h>
#include <invar/tile_model/tile_programming.h>

#include <Eigen/Core>
#include <cstdint>
#include <numeric>
#include <optional>
#include <vector>

namespace invar::solver {

/// What a trace shows of one tile's INV shots in a step: converter codes of the rows that the tile
/// watches, rows x shots.
struct ShotTrace {
  double start_s = 0.0;      ///< of the first one, from the start of the step
  double shot_time_s = 0.0;  ///< of each
  double interval_s = 0.0;   ///< from one to the next
  Eigen::MatrixXi dac_codes;
  Eigen::MatrixXi adc_codes;
  /// Outputs on their way to each shot's result, where the tile watches that (see AnalogBatch).
  Eigen::MatrixXd settling_v;
};

/// What a step of work asks of one tile, or of several that do the same.
struct TileActivity {
  int tile = 0;         ///< place in the matrix's list of tiles
  int tiles = 1;        ///< from that one on; energies and counts are their sum, times those of one
  double busy_s = 0.0;  ///< of the step's duration
  /// Time its ADCs convert, of busy_s: what waits when tiles share ADCs.
  double conversion_s = 0.0;
  tile::AnalogEnergy energy;
  tile::AnalogCounts counts;
  std::optional<programming::ProgrammingResult> written;  ///< when cells were
  std::optional<tile::ReadBack> read;                     ///< when cells were read (value left out)
  ShotTrace shots;                                        ///< of a tile that carries numbers
};

/// A stretch of work in time, as a sequencer lets it pass and charges it. Steps follow one another.
struct WorkStep {
  double duration_s = 0.0;  ///< unless ADCs have to be waited for
  std::vector<TileActivity> tiles;
  /// Digital work: additions, multiplications and comparisons count as one each.
  std::uint64_t multiply_accumulates = 0;
  /// Elements of matrices fetched from the matrix buffer, and of search directions to and from it.
  std::uint64_t fetched_elements = 0;
  double largest_residual = 0.0;  ///< of a refinement, after the step
  /// Tells how good a result is that is there already.
  bool verification = false;

  /// INV shots of the first tile: how many, and how long each takes.
  std::uint32_t inv_shots = 0;
  double inv_shot_time_s = 0.0;
};

/// Of all steps together.
inline double duration_s(const std::vector<WorkStep>& steps) {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const WorkStep& step) { return sum + step.duration_s; });
}

/// Products or a read-back: values and what they took.
struct ProductResult {
  bool finite = true;     ///< false: the vectors hold NaN or infinity, nothing was done
  bool supported = true;  ///< false: this matrix cannot do it
  Eigen::MatrixXd value;
  std::vector<WorkStep> steps;
  std::uint64_t clipped = 0;  ///< converter samples that clipped
};

}  // namespace invar::solver

#endif
