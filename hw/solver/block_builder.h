#ifndef INVAR_SOLVER_BLOCK_BUILDER_H
#define INVAR_SOLVER_BLOCK_BUILDER_H

#include <invar/solver/block_inverse.h>
#include <invar/solver/block_layout.h>
#include <invar/solver/stored_matrix.h>

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace invar::solver {

/// Programs a matrix into tiles, block by block.
///
/// Blocks whose values are known are written at once, each tile by its own controller: the first
/// leaf and every off-diagonal block beside it. Then the Schur complement is formed on the lanes
/// from refined solves with what stands already, and written in its turn. Diagonal blocks alone are
/// all written at once.
class BlockBuilder {
 public:
  /// \param layout of the matrix \param tiles from `first_tile` on as many as the layout takes
  BlockBuilder(const StoredMatrixParameters& parameters, const BlockLayout& layout,
               const std::vector<tile::TileModel*>& tiles, const ProgramRequest& request,
               int first_tile = 0);

  /// \return the inverse; null when the outcome's status says why not
  /// \param outcome steps, failed cells and status are added
  std::unique_ptr<AnalogInverse> build(const Eigen::MatrixXd& matrix, ProgramOutcome& outcome);

 private:
  std::unique_ptr<AnalogInverse> build(const Eigen::MatrixXd& matrix, int first, int leaves);
  std::unique_ptr<AnalogInverse> build_diagonal(const Eigen::MatrixXd& matrix);
  std::unique_ptr<AnalogInverse> build_leaf(const Eigen::MatrixXd& matrix, int leaf);
  /// The same before `close_write`.
  std::unique_ptr<AnalogInverse> write_leaf(const Eigen::MatrixXd& matrix, int leaf);
  std::unique_ptr<BlockProduct> build_product(const Eigen::MatrixXd& block, int first_row,
                                              int row_leaves, int first_column, int column_leaves);
  Eigen::MatrixXd schur_complement(AnalogInverse& first, const Eigen::MatrixXd& matrix);
  void write(tile::TileModel& tile, int place, const Eigen::MatrixXd& value, int seed_slices,
             int slices);
  /// Lets the scaling pass, then what was written.
  void close_write();

  const StoredMatrixParameters& parameters_;
  const BlockLayout& layout_;
  const std::vector<tile::TileModel*>& tiles_;
  ProgramRequest request_;
  int first_tile_;
  int slices_;          ///< of the leaves
  int product_slices_;  ///< of the blocks beside them
  WorkTally scaling_, writing_;
  ProgramOutcome* outcome_ = nullptr;
};

/// Lanes of all tiles of a matrix.
double lane_rate_hz(const StoredMatrixParameters& parameters, const BlockLayout& layout);
/// Slices that a leaf holds: all of them where the residual is an MVM.
int leaf_slices(const StoredMatrixParameters& parameters, int leaves,
                const ProgramRequest& request);
/// Slices of a block beside the diagonal.
int product_slices(const StoredMatrixParameters& parameters, const ProgramRequest& request);
/// How a matrix of n rows is cut.
BlockLayout layout_for(int n, const StoredMatrixParameters& parameters,
                       BlockArrangement arrangement = BlockArrangement::nested);

}  // namespace invar::solver

#endif
