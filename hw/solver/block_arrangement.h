#ifndef INVAR_SOLVER_BLOCK_ARRANGEMENT_H
#define INVAR_SOLVER_BLOCK_ARRANGEMENT_H

namespace invar::solver {

/// Which blocks of a matrix on several tiles they hold.
enum class BlockArrangement {
  nested,    ///< diagonal blocks of Schur complements, and the blocks beside them
  diagonal,  ///< the diagonal blocks of the matrix alone
};

}  // namespace invar::solver

#endif
