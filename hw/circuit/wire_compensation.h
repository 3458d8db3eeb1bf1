#ifndef INVAR_CIRCUIT_WIRE_COMPENSATION_H
#define INVAR_CIRCUIT_WIRE_COMPENSATION_H

#include <invar/circuit/wire_parameters.h>

#include <Eigen/Core>
#include <cstdint>

namespace invar::circuit {

/// What a programming controller can work out, in O(n^2), of the currents that one array of an INV
/// loop sends into the nodes M: rows sensed beside column 0, columns driven beside row 0, each by a
/// wire with `WireParameters` between neighbouring cells.
///
/// With the nodes M at 0 V the array is a matrix F, current into row k for 1 V of driver j. It is
/// estimated as F_kj = t_kj s_kj G_kj + alpha_k beta_j (derived here from Kirchhoff's laws):
///
/// - t_kj is the voltage at cell j of row k's wire for 1 V at M_k, all columns grounded, s_kj that
///   at cell k of column j's wire for 1 V at O_j, all rows grounded: ladders of resistors. To first
///   order in the wires t_kj = 1 - r_row sum_l (min(j, l) + 1) G_kl, and s_kj likewise.
/// - alpha beta' is what reaches row k from driver j by way of other rows and columns. It is
/// smooth,
///   for the wires average over many cells, so one product of vectors holds nearly all of it; they
///   follow from F 1 and F' 1, which a few sweeps over rows and columns give.
///
/// On factors of a 289-wide layer, where half the current is lost on the way, F comes out to 0.2 %
/// (Frobenius) with three sweeps.
class LoopEstimate {
 public:
  /// \param conductance_s n x n, at least 0 \param sweeps over all rows and columns, at least 1
  LoopEstimate(const Eigen::MatrixXd& conductance_s, const WireParameters& wires, int sweeps);

  /// t s, n x n, from above 0 to 1.
  const Eigen::MatrixXd& transfer() const { return transfer_; }
  /// alpha beta', n x n, siemens.
  Eigen::MatrixXd collective_s() const { return row_part_s_ * column_part_.transpose(); }
  /// F, n x n, siemens. \param conductance_s what the estimate was made of
  Eigen::MatrixXd loop_s(const Eigen::MatrixXd& conductance_s) const;

  /// Multiply-accumulates that an estimate takes, a division counted as 10 (assumption).
  static std::uint64_t operations(int n, int sweeps);

 private:
  Eigen::MatrixXd transfer_;
  Eigen::VectorXd row_part_s_;   ///< alpha
  Eigen::VectorXd column_part_;  ///< beta
};

/// Conductances that a cell can be programmed to.
struct CellRange {
  double minimum_s;
  double maximum_s;
  double span_s() const { return maximum_s - minimum_s; }
};

/// Value (F_plus - F_minus) / span that a pair of arrays has in the loop, as estimated.
Eigen::MatrixXd estimated_value(const Eigen::MatrixXd& plus_s, const Eigen::MatrixXd& minus_s,
                                const CellRange& cells, const WireParameters& wires, int sweeps);

/// Targets for a pair of arrays: what to write so that the loop sees what is wanted.
struct CompensatedPair {
  /// n x n, G = G_min + span |value| in the array of its sign and G_min in the other; within +-1.
  Eigen::MatrixXd value;
  /// d, n, from above 0 to 1: the loop sees diag(d) wanted diag(d). Cells cannot be raised above
  /// G_max, so the far ends of the wires get their loss back outside the array: inputs and outputs
  /// are multiplied by d, which costs nothing where they are scaled anyway.
  Eigen::VectorXd row_scale;
};

/// \param wanted n x n, magnitudes up to 1 \param passes fixed-point corrections, at least 1
/// \param row_scale whether rows and columns may be scaled; if not, `row_scale` is 1 and values
/// that do not fit are clipped
CompensatedPair compensate_pair(const Eigen::MatrixXd& wanted, const CellRange& cells,
                                const WireParameters& wires, int sweeps, int passes,
                                bool row_scale);

/// Multiply-accumulates of one pass of `compensate_pair`.
std::uint64_t compensation_operations(int n, int sweeps);

/// The one number that, added to the magnitude of every entry that is not 0, brings the loop's
/// matrix closest to `wanted` (least squares, by the transfer of the wires). Proportional to the
/// wires' resistance and, for full matrices, to n^2 as long as it is small.
double best_bias(const Eigen::MatrixXd& wanted, const CellRange& cells,
                 const WireParameters& wires);
/// Multiply-accumulates of `best_bias` and `with_bias`.
std::uint64_t bias_operations(int n);

/// `wanted` with `bias` added to the magnitudes of all entries that are not 0, within +-1.
Eigen::MatrixXd with_bias(const Eigen::MatrixXd& wanted, double bias);

}  // namespace invar::circuit

#endif
