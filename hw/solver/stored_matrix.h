#ifndef INVAR_SOLVER_STORED_MATRIX_H
#define INVAR_SOLVER_STORED_MATRIX_H

#include <invar/solver/block_arrangement.h>
#include <invar/solver/jacobi_scaling.h>
#include <invar/solver/refinement.h>
#include <invar/solver/service.h>
#include <invar/solver/shot_samples.h>
#include <invar/solver/stored_matrix_parameters.h>
#include <invar/solver/work_step.h>

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <vector>

namespace invar::tile {
class TileModel;
}

namespace invar::solver {

/// A matrix to store.
struct ProgramRequest {
  int n = 0;             ///< dimension
  int seed_slices = 0;   ///< slices in the INV loops
  bool general = false;  ///< symmetry is not promised
  /// What the tiles hold besides, see RefinementParameters; below 0: as the parameters say.
  double seed_damping = -1.0;
  /// What solves may ask for. Where single shots are among it there is no seed damping by itself,
  /// which nothing would undo.
  ServiceSet services{};
  /// Rank of the part that is kept digitally (`Deflation`), 0 to n - 1; not of a general matrix.
  int rank = 0;
  BlockArrangement arrangement = BlockArrangement::nested;
  /// Tiles hold the matrix without its last row, which is eliminated (`BorderedInverse`); not of a
  /// general matrix.
  bool eliminates_last = false;
  /// Something was added to the diagonal on its way in, one addition a row: only counted here.
  bool adds_damping = false;
  int replicas = 1;  ///< times that it is stored, to share right-hand sides (`ReplicatedInverse`)
};

/// Rows of what is left for tiles and deflation.
inline int rows_held(const ProgramRequest& request) {
  return request.n - (request.eliminates_last ? 1 : 0);
}

/// What is asked of a solve.
struct SolveRequest {
  /// Relative residual |S (b - A x)| / |S b|, S of `row_weights`; 0: as the parameters say
  /// (`checked`); of no meaning to single shots.
  double tolerance = 1e-6;
  int iteration_limit = 0;        ///< 0 = default
  bool single_precision = false;  ///< the solution will be stored in binary32
  /// The residual shall be small in the units of right-hand side and solution too, as far as FP64
  /// allows (`ResidualNorms`). Not for general matrices, whose scales say nothing of units.
  bool in_units = false;
  Service service = Service::refined;
};

/// What became of it.
struct ProgramOutcome {
  MatrixVerdict verdict = MatrixVerdict::ok;  ///< whether the matrix may be stored at all
  programming::ProgrammingStatus status = programming::ProgrammingStatus::ok;
  std::vector<WorkStep> steps;
  std::uint64_t failed_cells = 0;
  /// Places of tiles that have to be replaced: cells failed or worn out.
  std::vector<int> failed_tiles;
  double settling_time_s = 0.0;  ///< of the slowest loop
  /// Times that the matrix was stored: again with more damping after a seed that would diverge.
  int attempts = 0;
  /// Estimated factor by which one refinement step shrinks a residual, rho(I - A M^-1); below 1
  /// plain refinement converges; search directions converge above that too, slower and slower.
  /// 1000 when outputs saturate; 0 when it is not known.
  double contraction = 0.0;
  /// Of single shots, see ProbeOutcome; 0 where none were asked for.
  double quality = 0.0;
  int range = 0;
};

/// The numbers of one matrix on one tile or many: programming, solving, products, read-back, with
/// what each takes in time and energy. No SystemC; a call may run on any thread, one at a time.
class StoredMatrix {
 public:
  virtual ~StoredMatrix() = default;

  /// Stores a matrix, n x n (empty where a model carries no numbers).
  virtual ProgramOutcome program(const Eigen::MatrixXd& matrix, const ProgramRequest& request) = 0;
  /// Solves for rhs, n x k.
  virtual SolveResult solve(const Eigen::MatrixXd& rhs, const SolveRequest& request) = 0;
  /// Products with vectors, n x k.
  virtual ProductResult multiply(const Eigen::MatrixXd& vectors) = 0;
  /// The matrix as the cells hold it now, n x n.
  virtual ProductResult read_back() = 0;
  /// Settles every loop once and estimates the contraction anew.
  virtual ProgramOutcome calibrate() = 0;

  /// Whether it was stored for this service.
  virtual bool gives(Service service) const = 0;
  /// Of its single shots, as probes told (`ProgramOutcome`).
  virtual double quality() const = 0;
  /// How good sampled single shots were, over all matrices that it has held.
  virtual const ShotSamples& shot_samples() const = 0;

  /// Dimension of the matrix that is stored, 0 without one.
  virtual int size() const = 0;
  /// Times that it is stored, at least 1.
  virtual int replicas() const = 0;
  /// Settling time of the slowest loop, 0 without one.
  virtual double settling_time_s() const = 0;
  /// No programming takes less time than this: when its outcome is needed at the earliest. (One
  /// that is refused by its verdict takes none.)
  virtual double least_program_time_s(const ProgramRequest& request) const = 0;
  /// The same of a solve for k right-hand sides, finite and not zero, with the matrix that is
  /// stored.
  virtual double least_solve_time_s(Eigen::Index columns) const = 0;
};

/// A matrix on tiles at fidelity ideal, behavioural or circuit.
/// \param tiles as many as `tiles_for` says; they stay the caller's
std::unique_ptr<StoredMatrix> make_analog_matrix(const StoredMatrixParameters& parameters,
                                                 std::vector<tile::TileModel*> tiles);

/// The bound: FP64, free of time and energy.
std::unique_ptr<StoredMatrix> make_exact_matrix();

}  // namespace invar::solver

#endif
