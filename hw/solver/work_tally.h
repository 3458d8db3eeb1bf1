#ifndef INVAR_SOLVER_WORK_TALLY_H
#define INVAR_SOLVER_WORK_TALLY_H

#include <invar/solver/lane_work.h>
#include <invar/solver/work_step.h>
#include <invar/tile_model/analog_matrix.h>

#include <Eigen/Core>
#include <cstdint>
#include <map>
#include <vector>

namespace invar::solver {

/// The right-hand sides of a step on their way through tiles and lanes.
struct PipelineLoad {
  double columns = 1.0;    ///< right-hand sides
  double latency_s = 0.0;  ///< of one from tile to tile, without repeated shots
  double busiest_s = 0.0;  ///< all shots of the tile with most of them; 0: none has any
  double first_s = 0.0;    ///< of these, those that are not repeats
  double lanes_s = 0.0;    ///< all work of the lanes
};

/// Time that they take: as through a pipeline, after the first has passed one comes out whenever
/// the busiest tile is done with its part, or the lanes are. What the lanes take for the last one,
/// or the tiles for the first, is not hidden.
double pipeline_time_s(const PipelineLoad& load);

/// Gathers what one step of work asks of tiles and lanes while its numbers are computed, and says
/// how long the step takes: its right-hand sides pass as through a pipeline.
class WorkTally {
 public:
  /// \param lane_rate_hz multiply-accumulates a second, of all lanes together
  explicit WorkTally(double lane_rate_hz) : lane_rate_hz_(lane_rate_hz) {}

  /// Right-hand sides of the step.
  void set_columns(Eigen::Index columns) { columns_ = columns; }

  /// INV shots, for each right-hand side once or (`again`) repeated because outputs clipped.
  void add_inv(int tile, const tile::AnalogBatch& batch, bool again);
  /// MVM shots in the pipeline, the same.
  void add_product(int tile, const tile::AnalogBatch& batch, bool again);
  /// When the first right-hand side has come so far, from the start of the step: for tiles that
  /// work side by side.
  double reached_s() const { return reached_s_; }
  void set_reached_s(double reached_s) { reached_s_ = reached_s; }

  /// MVM shots after the pipeline: analog residuals, products asked for.
  void add_serial_product(int tile, const tile::AnalogBatch& batch);
  /// Work of the lanes, so many times.
  void add(Eigen::Index count, const LaneWork& work) {
    step_.multiply_accumulates +=
        static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>(work.operations);
    step_.fetched_elements +=
        static_cast<std::uint64_t>(count) * static_cast<std::uint64_t>(work.fetched);
  }
  void add_retries(std::uint64_t retries) { retries_ += retries; }
  void set_residual(double residual) { step_.largest_residual = residual; }

  /// Cells written or read in this step, on all tiles at once.
  void add_write(int tile, const programming::ProgrammingResult& written);
  void add_read(int tile, tile::ReadBack read);

  /// Ends the step. \param latency_s of one right-hand side from stage to stage, without retries
  WorkStep close(double latency_s);

  /// Over all steps.
  std::uint64_t retries() const { return retries_; }
  const tile::AnalogEnergy& energy() const { return energy_; }
  const tile::AnalogCounts& counts() const { return counts_; }

 private:
  struct TileWork {
    TileActivity activity;
    double pipeline_s = 0.0;  ///< retries included
    double first_s = 0.0;     ///< without
  };
  TileWork& add_shots(int tile, const tile::AnalogBatch& batch);
  void add_pipelined(int tile, const tile::AnalogBatch& batch, bool again);
  /// The first right-hand side goes on to the next stage.
  void pass_stage(const tile::AnalogBatch& batch, bool again);
  TileWork& work_of(int tile);

  double lane_rate_hz_;
  Eigen::Index columns_ = 0;
  std::map<int, TileWork> tiles_;
  double reached_s_ = 0.0;  ///< by the first right-hand side, from the start of the step
  double serial_s_ = 0.0;
  double cells_s_ = 0.0;
  WorkStep step_;
  std::uint64_t retries_ = 0;
  tile::AnalogEnergy energy_;
  tile::AnalogCounts counts_;
};

/// One step that takes as long as all of these.
WorkStep merge(const std::vector<WorkStep>& steps);

/// Of matrices that are worked on side by side, each on tiles and lanes of its own: their first
/// steps as one that takes as long as the longest, and so on.
std::vector<WorkStep> side_by_side(const std::vector<std::vector<WorkStep>>& steps);

}  // namespace invar::solver

#endif
