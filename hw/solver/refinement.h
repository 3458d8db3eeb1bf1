#ifndef INVAR_SOLVER_REFINEMENT_H
#define INVAR_SOLVER_REFINEMENT_H

#include <invar/solver/work_step.h>
#include <invar/tile/analog_matrix.h>

#include <Eigen/Core>
#include <cstdint>
#include <string>
#include <vector>

namespace invar::solver {

/// Where the residual b - A x is computed.
enum class ResidualPath {
  digital,  ///< exactly, on MAC lanes next to the tile
  analog,   ///< as an MVM on all slices of the tile; the result is checked digitally once
};

struct RefinementParameters {
  ResidualPath residual = ResidualPath::digital;
  /// Iterations unless a command says otherwise.
  int iteration_limit = 60;
  /// Earlier search directions that each correction is made orthogonal to (generalised conjugate
  /// residuals); 0 is plain iterative refinement.
  int krylov_directions = 0;
  /// Largest attenuation 2^range tried when outputs clip.
  int largest_range = 12;

  void check() const;
};

/// A round of the loop: what a schedule needs.
struct RefinementRound {
  std::uint32_t inv_shots = 0;  ///< retries included
  double inv_shot_time_s = 0.0;
  std::uint32_t mvm_shots = 0;  ///< analog residuals
  double mvm_shot_time_s = 0.0;
  std::uint32_t residuals = 0;  ///< digital residuals: fetches of the whole matrix
  /// Digital work of the round: residuals, and what scaling, updates and orthogonalisation take.
  /// Additions, multiplications and comparisons count as one each.
  std::uint64_t multiply_accumulates = 0;
  double largest_residual = 0.0;
  /// Converter codes of the rows that the tile watches, rows x INV shots.
  Eigen::MatrixXi dac_codes;
  Eigen::MatrixXi adc_codes;
  /// Outputs on their way to each INV shot's result, where the tile watches that (see AnalogBatch).
  Eigen::MatrixXd settling_v;
};

enum class SolveStatus { ok, not_converged, saturated, not_finite };

struct SolveResult {
  SolveStatus status = SolveStatus::ok;   ///< the worst over the batch
  Eigen::MatrixXd solution;               ///< n x k
  Eigen::VectorXd relative_residual;      ///< |b - A x| / |b| in FP64 against the requested matrix
  std::vector<std::uint32_t> iterations;  ///< per right-hand side
  std::uint32_t converged = 0;            ///< right-hand sides within the tolerance
  std::uint64_t retries = 0;              ///< shots repeated because an output clipped
  double seed_effective_bits = 0.0;       ///< -log2 of the mean relative error of the first shots
  std::vector<RefinementRound> rounds;
  std::vector<WorkStep> steps;  ///< of a stored matrix
  tile::AnalogEnergy energy;
  tile::AnalogCounts counts;

  std::uint32_t largest_iterations() const;
  std::uint64_t total_iterations() const;
  std::uint64_t total_multiply_accumulates() const;
  std::uint64_t total_residuals() const;
};

/// Iterative refinement with an analog seed (Zuo et al., Nature Electronics 8, 1222, 2025):
/// x = 0, r = b; repeat dx = S M^-1 S r on the tile, x += dx, r = b - A x, where the tile holds
/// the Jacobi-scaled matrix S A S approximately. Converges to the requested matrix A because r
/// does.
///
/// Each residual is scaled to the DAC's full range. When an output clips, the shot is repeated with
/// the input attenuated by two; the attenuation is kept for the next iterations and taken back when
/// the outputs leave three quarters of the ADC's range unused.
///
/// \param matrix A, n x n, symmetric positive definite \param scale S from JacobiScaling
/// \param rhs n x k \param tolerance relative residual to reach \param iteration_limit 0 = default
/// \param single_precision the solution will be stored in binary32: the residual that is promised
///        is that of the rounded solution
SolveResult refine(tile::AnalogMatrix& seed, const Eigen::MatrixXd& matrix,
                   const Eigen::VectorXd& scale, const Eigen::MatrixXd& rhs, double tolerance,
                   int iteration_limit, bool single_precision,
                   const RefinementParameters& parameters);

ResidualPath residual_path_from_string(const std::string& name);
std::string to_string(ResidualPath path);

}  // namespace invar::solver

#endif
