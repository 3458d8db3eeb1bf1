#ifndef INVAR_SOLVER_SOLVE_RESULT_H
#define INVAR_SOLVER_SOLVE_RESULT_H

#include <invar/solver/work_step.h>
#include <invar/tile_model/analog_matrix.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::solver {

enum class SolveStatus { ok, not_converged, saturated, not_finite };

struct SolveResult {
  SolveStatus status = SolveStatus::ok;  ///< the worst over the batch
  Eigen::MatrixXd solution;              ///< n x k
  /// |S (b - A x)| / |S b| in FP64 against the requested matrix; 1 where b is not finite. Checked:
  /// the largest figure of a group. Single shots: empty.
  Eigen::VectorXd relative_residual;
  std::vector<std::uint32_t> iterations;  ///< per right-hand side
  std::uint32_t converged = 0;            ///< right-hand sides within the tolerance
  std::uint32_t clipped_columns = 0;      ///< single shots that clip at a quarter of the input too
  std::uint32_t refined_columns = 0;      ///< of groups that failed their check
  std::uint64_t retries = 0;              ///< shots repeated because an output clipped
  double seed_effective_bits = 0.0;       ///< of the first shots, see SeedReference; 0: not told
  std::vector<WorkStep> steps;            ///< one a round
  tile::AnalogEnergy energy;
  tile::AnalogCounts counts;

  std::uint32_t largest_iterations() const;
  double largest_residual() const;
  std::uint64_t total_iterations() const;
  std::uint64_t total_multiply_accumulates() const;
  std::uint64_t total_fetched_elements() const;
  double duration_s() const;
};

/// Right-hand sides that are not finite become 0, and are told of in `failed`: a status each.
Eigen::MatrixXd finite_columns(const Eigen::MatrixXd& columns, std::vector<SolveStatus>& failed);

}  // namespace invar::solver

#endif
