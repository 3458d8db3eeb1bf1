#ifndef INVAR_SOLVER_TIMING_PLAN_H
#define INVAR_SOLVER_TIMING_PLAN_H

#include <invar/solver/block_plan.h>
#include <invar/solver/stored_matrix.h>
#include <invar/solver/timing_estimate.h>
#include <invar/solver/work_step.h>

#include <cstdint>
#include <vector>

namespace invar::solver {

/// The steps that programming a matrix and solving with it are expected to take: those of an analog
/// matrix, formed with the same costs, from expected counts. Leaves count as equal; tiles that do
/// the same share one activity, so that the steps do not grow with the number of tiles.
class TimingPlan {
 public:
  /// \throws std::invalid_argument for a request without rows
  TimingPlan(const StoredMatrixParameters& parameters, const TimingEstimate& estimate,
             const ProgramRequest& request);

  /// Of the matrix; `blocks` are those of what tiles hold of it.
  int size() const { return request_.n; }
  const BlockPlan& blocks() const { return blocks_; }
  const TimingSample& sample() const { return sample_; }
  bool general() const { return request_.general; }

  /// Writing one tile that inverts takes this instead of what is expected of it.
  void set_leaf_writing(const programming::ProgrammingResult& written) { leaf_ = written; }

  /// \param is_warm a deflation begins where that of the matrix before ended
  std::vector<WorkStep> programming(bool is_warm = false) const;
  /// \param iterations of each right-hand side \param in_units see SolveRequest
  std::vector<WorkStep> refinement(const std::vector<std::uint32_t>& iterations,
                                   bool in_units) const;
  /// Single shots for so many right-hand sides, and with a check of groups of them.
  std::vector<WorkStep> shots(double columns) const;
  std::vector<WorkStep> checked_shots(double columns) const;
  /// The first of the steps of a refinement, of so many right-hand sides.
  WorkStep first_round(double columns) const;
  /// Products with so many vectors.
  WorkStep product(double columns) const;
  std::vector<WorkStep> calibration() const;
  /// Of all cells.
  WorkStep reading() const;

 private:
  /// A refinement under way: of the whole matrix, or of a block whose Schur complement is formed.
  struct Refinement {
    int offset = 0;  ///< its first leaf
    int leaves = 0;
    bool in_units = false;
    bool analog_residual = false;
    int replicas = 1;  ///< that share the right-hand sides
  };
  Refinement of_matrix(bool in_units) const;
  double rows_of(const Refinement& refinement) const;

  bool analog_residual() const;
  double lane_rate_hz(int replicas) const {
    return parameters_.lane_rate_hz * blocks_.tiles() * replicas;
  }
  /// Expected, of so many slices.
  tile::ArrayCount arrays(int slices) const;
  tile::AnalogWork inv(double shots) const;
  tile::AnalogWork mvm(double shots, int slices) const;

  /// Right-hand sides pass through the blocks of `leaves` leaves from leaf `offset` on, shared by
  /// so many replicas.
  WorkStep pass_step(int offset, int leaves, const BlockPass& pass, double columns,
                     const LaneWork& lanes, double repeats, int replicas = 1) const;
  WorkStep lane_step(const LaneWork& lanes, int replicas = 1) const;
  /// What one replica takes, taken by all of them side by side.
  WorkStep of_all_replicas(WorkStep step) const;
  /// MVM shots of each leaf, after a pipeline.
  void add_leaf_products(WorkStep& step, double columns) const;

  /// \param round from 1 on
  WorkStep round_step(const Refinement& refinement, int round, double columns) const;
  WorkStep check_step(const Refinement& refinement, double columns) const;
  std::vector<WorkStep> rounds(const Refinement& refinement,
                               const std::vector<std::uint32_t>& iterations) const;

  bool damped() const;
  /// A read of the cells of so many tiles from `first` on, and what the lanes make of it.
  TileActivity reading(int first, int tiles, int slices, LaneWork& lanes) const;

  /// What deflation and elimination add to an application, for a right-hand side of so many on a
  /// replica.
  LaneWork correction_work(double columns) const;
  double columns_of_replica(double columns) const { return columns / request_.replicas; }
  WorkStep shot_step(double columns) const;
  WorkStep deflation_step(bool is_warm) const;
  WorkStep learning_step() const;
  WorkStep probe_step() const;
  LaneWork scaling_work() const;
  WorkStep write_step() const;
  WorkStep contraction_step() const;

  StoredMatrixParameters parameters_;
  ProgramRequest request_;
  BlockPlan blocks_;
  TimingSample sample_;
  int leaf_slices_;
  int product_slices_;
  programming::ProgrammingResult leaf_, product_;  ///< writing one tile
};

/// Whole iterations of so many right-hand sides that add up to the expectation.
std::vector<std::uint32_t> whole_iterations(double mean, std::int64_t columns);

}  // namespace invar::solver

#endif
