#ifndef INVAR_TILE_MODEL_LOOP_COMPENSATION_H
#define INVAR_TILE_MODEL_LOOP_COMPENSATION_H

#include <invar/circuit/wire_compensation.h>

#include <Eigen/Core>

namespace invar::tile {

/// How the cells of a tile stand for its matrix when they make up for the wires of the INV loop.
/// Without anything of this they hold it plainly.
struct LoopCompensation {
  /// Above 0: the loop sees D M D, as the estimate of so many sweeps has it.
  int sweeps = 0;
  Eigen::VectorXd row_scale;  ///< D, n; empty: 1
  Eigen::MatrixXd bias;       ///< n x n, what the cells hold besides M; empty: 0

  /// What the loop, by the controller's knowledge, makes of a pair of arrays with these
  /// conductances (n x n), over the span of a cell.
  Eigen::MatrixXd loop_value(const Eigen::MatrixXd& plus_s, const Eigen::MatrixXd& minus_s,
                             const circuit::CellRange& cells,
                             const circuit::WireParameters& wires) const;
  /// The matrix that a weighted sum of `loop_value` stands for: bias and row scale undone.
  Eigen::MatrixXd matrix_of(Eigen::MatrixXd loop_sum) const;
};

/// What the wires do to a stored matrix, in numbers of the matrix. With F what the loop sees, G the
/// cells with ideal wires, P what the controller takes the cells for.
struct WireError {
  double matrix_before = 0.0;  ///< |F - G| / |G|, Frobenius
  double matrix_after = 0.0;   ///< |F - P| / |P|
  /// |F^-1 G - 1| / sqrt(n): relative error of an INV shot whose true outputs are white. 0 if F is
  /// singular.
  double inv_before = 0.0;
  double inv_after = 0.0;  ///< |F^-1 P - 1| / sqrt(n)
};

/// \param seen F \param ideal G \param known P, each n x n, of one unit
WireError wire_error_of(const Eigen::MatrixXd& seen, const Eigen::MatrixXd& ideal,
                        const Eigen::MatrixXd& known);

}  // namespace invar::tile

#endif
