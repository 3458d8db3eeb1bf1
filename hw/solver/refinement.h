#ifndef INVAR_SOLVER_REFINEMENT_H
#define INVAR_SOLVER_REFINEMENT_H

#include <invar/parameters/description_fwd.h>
#include <invar/solver/analog_inverse.h>
#include <invar/solver/refinement_parameters.h>
#include <invar/solver/seed_reference.h>
#include <invar/solver/solve_result.h>
#include <invar/tile_model/analog_matrix.h>

#include <Eigen/Core>

namespace invar::solver {

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
