#ifndef INVAR_SOLVER_REFINEMENT_PARAMETERS_H
#define INVAR_SOLVER_REFINEMENT_PARAMETERS_H

#include <invar/parameters/description_fwd.h>

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

  /// Right-hand sides whose signed sum is checked at once, service `checked`.
  int check_group = 8;
  /// Of that check, unless a command says otherwise.
  double check_tolerance = 0.5;
  /// Probe shots that fix input range and quality of single shots when a matrix is stored.
  int probes = 4;
  /// PROGRAM refuses a matrix for single shots alone whose probes tell a larger residual: above 1 a
  /// solution is worse than none.
  double quality_limit = 1.0;
  /// Multiplications of a cold subspace by the matrix before the one that deflates it; one that a
  /// matrix before has left takes none.
  int deflation_iterations = 3;
  /// Shots over which each column of W = B^-1 U is averaged.
  int deflation_averages = 4;

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

}  // namespace invar::solver

#endif
