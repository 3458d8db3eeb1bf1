#ifndef INVAR_SOLVER_REFINEMENT_H
#define INVAR_SOLVER_REFINEMENT_H

#include <invar/parameters/description_fwd.h>
#include <invar/solver/analog_inverse.h>
#include <invar/solver/seed_reference.h>
#include <invar/solver/work_step.h>
#include <invar/tile/analog_matrix.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::solver {

/// Where the residual b - A x is computed.
enum class ResidualPath {
  digital,  ///< exactly, on MAC lanes next to the tile
  analog,   ///< as an MVM on all slices of the tile; the result is checked digitally once
};

/// Where off-diagonal blocks of a matrix on several tiles are multiplied.
enum class BlockProductPath {
  analog,   ///< each on a tile of its own
  digital,  ///< on the MAC lanes, from the matrix buffer
};

/// How a matrix on several tiles is cut into A1 and its Schur complement, which is cut again.
enum class BlockSplit {
  first,   ///< A1 is one tile: every tile is used twice for a right-hand side
  halves,  ///< A1 is half of the tiles (BlockAMC); the first tile is used once a tile
};

struct RefinementParameters {
  /// Of a matrix on one tile. A general matrix, or one on several tiles, takes the digital path.
  ResidualPath residual = ResidualPath::digital;
  /// Iterations unless a command says otherwise.
  int iteration_limit = 200;
  /// Earlier search directions that each correction is made orthogonal to (generalised conjugate
  /// residuals); 0 is plain iterative refinement.
  int krylov_directions = 16;
  /// Largest attenuation 2^range tried when outputs clip.
  int largest_range = 12;
  /// 0: solutions are floating-point numbers. Else fixed-point ones of so many bits, sign included,
  /// relative to a power of two for each right-hand side.
  int result_bits = 0;

  /// Digital products cost the lanes as much again as the residual, but take no tiles, and with
  /// 8-bit converters a third of the iterations that analog ones (BlockAMC) need (docs/results.md).
  BlockProductPath block_product = BlockProductPath::digital;
  BlockSplit block_split = BlockSplit::first;
  /// Relative residual to which the columns A1^-1 A2 of a Schur complement are solved.
  double schur_tolerance = 1e-3;
  /// Slices of tiles that multiply off-diagonal blocks; 0: as many as there are in the INV loops.
  int product_slices = 0;

  /// The tiles hold A + seed_damping diag(A), which bounds what noise and converters cost where A
  /// is ill-conditioned; the refinement undoes it. Not with an analog residual, which needs A.
  double seed_damping = 0.02;
  /// Up to this a matrix whose seed would diverge by itself (contraction above 1) is programmed
  /// again with four times the damping. Below 0.08: never again.
  double largest_seed_damping = 0.35;

  /// Whether the residual of a matrix on so many tiles is an MVM.
  bool uses_analog_residual(int leaves, bool general) const {
    return residual == ResidualPath::analog && leaves == 1 && !general;
  }
  /// Leaves of A1 in a block of so many, 2 or more.
  int leaves_of_first_block(int leaves) const {
    return block_split == BlockSplit::halves ? leaves / 2 : 1;
  }

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<RefinementParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// What is asked of a solve.
struct RefinementRequest {
  double tolerance = 1e-6;  ///< relative residual to reach, |S (b - A x)| / |S b|
  /// S, n: weights of the rows in every norm, so that rows of other units count alike (D^-1/2 for a
  /// positive definite matrix of diagonal D). Empty: 1.
  Eigen::VectorXd row_scale;
  /// C, n: units of the unknowns, where the residual shall be small in the units of right-hand side
  /// and solution too as far as FP64 allows (`ResidualNorms`). Empty: nobody asks.
  Eigen::VectorXd column_scale;
  int iteration_limit = 0;  ///< 0: as the parameters say
  /// The solution will be stored in binary32: the residual that is promised is that of the rounded
  /// solution.
  bool single_precision = false;
  double lane_rate_hz = 64e9;  ///< multiply-accumulates a second, of all lanes together
  /// Search directions that there is memory for, of all right-hand sides together: one that
  /// stagnates keeps more than `krylov_directions` where others leave room. At least
  /// `krylov_directions` for each.
  Eigen::Index direction_memory = 0;
  /// Of the matrix: what `seed_effective_bits` is told by. Null: it is not asked for.
  const SeedReference* reference = nullptr;
};

enum class SolveStatus { ok, not_converged, saturated, not_finite };

struct SolveResult {
  SolveStatus status = SolveStatus::ok;  ///< the worst over the batch
  Eigen::MatrixXd solution;              ///< n x k
  /// |S (b - A x)| / |S b| in FP64 against the requested matrix; 1 where b is not finite.
  Eigen::VectorXd relative_residual;
  std::vector<std::uint32_t> iterations;  ///< per right-hand side
  std::uint32_t converged = 0;            ///< right-hand sides within the tolerance
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

/// Iterative refinement with an analog seed (Zuo et al., Nature Electronics 8, 1222, 2025):
/// x = 0, r = b; repeat dx = seed r, x += dx, r = b - A x. Converges to the requested matrix A
/// because r does. What cannot be reached is not_converged, with the best solution found and its
/// true residual. Right-hand sides do not depend on each other: one that is not finite or cannot be
/// solved leaves the others as they are.
///
/// \param seed an approximate A^-1 \param matrix A, n x n \param rhs n x k
/// \throws std::invalid_argument for sizes that do not match
SolveResult refine(AnalogInverse& seed, const Eigen::MatrixXd& matrix, const Eigen::MatrixXd& rhs,
                   const RefinementRequest& request, const RefinementParameters& parameters);

/// The same for one tile that holds S A S, with the lanes of one tile. \param scale S
SolveResult refine(tile::AnalogMatrix& seed, const Eigen::MatrixXd& matrix,
                   const Eigen::VectorXd& scale, const Eigen::MatrixXd& rhs, double tolerance,
                   int iteration_limit, bool single_precision,
                   const RefinementParameters& parameters);

}  // namespace invar::solver

#endif
