#ifndef INVAR_CIRCUIT_INV_CIRCUIT_H
#define INVAR_CIRCUIT_INV_CIRCUIT_H

#include <Eigen/Core>
#include <Eigen/LU>

namespace invar::circuit {

/// The closed-loop INV network as its op-amps see it: what the arrays do to the outputs, what they
/// load each row with, and what the minus array does alone (it is driven through inverters).
///
/// With ideal wires these follow from the conductances by addition; with wires another builder
/// fills the same struct, and nothing above it changes.
struct InvNetwork {
  /// G, n x n, siemens: current into row k for a volt at output j (plus arrays less minus arrays).
  Eigen::MatrixXd loop_s;
  /// D, n, siemens: everything that hangs on row k, the input conductance included.
  Eigen::VectorXd row_load_s;
  /// The minus arrays' part of `loop_s`, with positive sign; empty without minus arrays.
  Eigen::MatrixXd minus_s;

  /// Ideal wires. \param minus_s may be empty \param input_conductance_s g_in on each row
  /// \throws std::invalid_argument for conductances that are negative or not finite, or matrices
  /// of unequal size
  static InvNetwork with_ideal_wires(const Eigen::MatrixXd& plus_s, const Eigen::MatrixXd& minus_s,
                                     double input_conductance_s);
};

/// How outputs approach the supply.
enum class SaturationLaw { hard, tanh };

/// Operating points of the INV circuit: (G + D / A0) v = -i + D V_os (Kirchhoff at the rows, single
/// op-amps with gain A0 and input offset V_os).
///
/// One factorisation serves every right-hand side until the network changes.
class InvCircuit {
 public:
  /// \param gain open-loop gain A0, above 0; infinity is ideal
  /// \param offset_v input offset of each op-amp, n
  /// \throws std::invalid_argument for wrong sizes, std::domain_error if the network is singular
  InvCircuit(InvNetwork network, double gain, Eigen::VectorXd offset_v);

  int size() const { return static_cast<int>(network_.row_load_s.size()); }
  const InvNetwork& network() const { return network_; }

  /// Output voltages, n x k, for input currents i, n x k, in amperes into the rows.
  Eigen::MatrixXd operating_point(const Eigen::MatrixXd& current_a) const;

  /// The same with outputs that saturate at +-saturation_v: v = vsat tanh(u / vsat) or clamp(u)
  /// with u = A0 (V_os - V_M), self-consistently for one input: damped Newton steps for tanh, an
  /// exact search for the set of clamped outputs for the hard law.
  /// \throws std::runtime_error if it does not converge
  Eigen::VectorXd saturated_operating_point(const Eigen::VectorXd& current_a, double saturation_v,
                                            SaturationLaw law) const;

  /// Estimate of the 1-norm condition number's reciprocal of G + D / A0.
  double reciprocal_condition() const { return factor_.rcond(); }
  /// (G + D / A0)^-1 in ohms.
  Eigen::MatrixXd inverse_ohm() const { return factor_.inverse(); }
  const Eigen::PartialPivLU<Eigen::MatrixXd>& factor() const { return factor_; }

 private:
  Eigen::MatrixXd driven(const Eigen::MatrixXd& current_a) const;
  Eigen::VectorXd clamped_output(const Eigen::VectorXd& drive, double saturation_v) const;
  Eigen::VectorXd tanh_output(const Eigen::VectorXd& drive, double saturation_v) const;

  InvNetwork network_;
  double gain_;
  Eigen::VectorXd offset_v_;
  Eigen::PartialPivLU<Eigen::MatrixXd> factor_;
};

}  // namespace invar::circuit

#endif
