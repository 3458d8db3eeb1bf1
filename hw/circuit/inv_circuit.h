#ifndef INVAR_CIRCUIT_INV_CIRCUIT_H
#define INVAR_CIRCUIT_INV_CIRCUIT_H

#include <invar/circuit/amplifier_row.h>
#include <invar/circuit/dense_algebra.h>

#include <Eigen/Core>

namespace invar::circuit {

/// The closed-loop INV network as its op-amps see it. With v the outputs, p those of the inverters
/// and V_M the voltages that the op-amps sense, Kirchhoff at the rows reads
///
///   (loop + minus) v + minus p - load V_M = -T i.
///
/// With ideal wires the matrices follow from the conductances by addition; `WiredLoop` makes those
/// of an array with wires, and nothing above this struct changes.
struct InvNetwork {
  /// n x n, siemens: current into row k for a volt at output j (plus arrays less minus arrays).
  Eigen::MatrixXd loop_s;
  /// D, n, siemens: everything that hangs on row k, the input conductance included.
  Eigen::VectorXd row_load_s;
  /// n x n, siemens: the load of the rows where wires couple them; empty: the diagonal matrix of
  /// row_load_s.
  Eigen::MatrixXd load_s;
  /// The minus arrays' part of `loop_s`, with positive sign; empty without minus arrays.
  Eigen::MatrixXd minus_s;
  /// T, n x n: how an input current enters the equations; empty: the identity.
  Eigen::MatrixXd input_transfer;

  Eigen::Index size() const { return row_load_s.size(); }
  /// load x for each column of x.
  Eigen::MatrixXd load_times(const Eigen::MatrixXd& x) const;
  /// load^-1 x for each column of x. \throws std::domain_error if the load is singular
  Eigen::MatrixXd load_solve(const Eigen::MatrixXd& x) const;
  /// loop + load diag(1 / gain): what the outputs see with finite gains.
  Eigen::MatrixXd closed(const Eigen::VectorXd& gain) const;

  /// Ideal wires. \param minus_s may be empty \param input_conductance_s g_in on each row
  /// \throws std::invalid_argument for conductances that are negative or not finite, or matrices
  /// of unequal size
  static InvNetwork with_ideal_wires(const Eigen::MatrixXd& plus_s, const Eigen::MatrixXd& minus_s,
                                     double input_conductance_s);
};

/// How outputs approach the supply.
enum class SaturationLaw { hard, tanh };

/// Operating points of the INV circuit: (G + D / A0) v = -i + D V_os (Kirchhoff at the rows, single
/// op-amps with gain A0 and input offset V_os: V_M = V_os - v / A0).
///
/// One factorisation serves every right-hand side until the network changes.
class InvCircuit {
 public:
  /// \throws std::invalid_argument for wrong sizes, std::domain_error if the network is singular
  InvCircuit(InvNetwork network, AmplifierRow amplifiers,
             InstructionSet set = best_instruction_set());
  /// The same gain everywhere. \param offset_v input offset of each op-amp, n
  InvCircuit(InvNetwork network, double gain, const Eigen::VectorXd& offset_v);

  int size() const { return static_cast<int>(network_.row_load_s.size()); }
  const InvNetwork& network() const { return network_; }
  const AmplifierRow& amplifiers() const { return amplifiers_; }
  InstructionSet instruction_set() const { return set_; }

  /// Output voltages, n x k, for input currents i, n x k, in amperes into the rows.
  Eigen::MatrixXd operating_point(const Eigen::MatrixXd& current_a) const;

  /// The same with outputs that saturate at +-saturation_v: v = vsat tanh(u / vsat) or clamp(u)
  /// with u = A0 (V_os - V_M), self-consistently for one input: damped Newton steps for tanh, an
  /// exact search for the set of clamped outputs for the hard law.
  /// \throws std::runtime_error if it does not converge
  Eigen::VectorXd saturated_operating_point(const Eigen::VectorXd& current_a, double saturation_v,
                                            SaturationLaw law) const;

  /// What the op-amps sense when the outputs are v, not saturated: V_os - v / A0, n x k.
  Eigen::MatrixXd sensed_voltage(const Eigen::MatrixXd& output_v) const;
  /// The current into each row that offsets of op-amps and inverters amount to.
  const Eigen::VectorXd& offset_current_a() const { return offset_current_a_; }

  /// How far rounding may have moved an operating point, relative to its norm: the effect of
  /// relative errors of a few units in the last place in every entry of the system.
  double rounding_error(const Eigen::VectorXd& output_v) const;

  /// Estimate of the 1-norm condition number's reciprocal of G + D / A0.
  double reciprocal_condition() const { return factor_.reciprocal_condition(); }
  /// (G + D / A0)^-1 T in ohms: minus what 1 A into a row does to the outputs.
  Eigen::MatrixXd inverse_ohm() const;
  const DenseFactor& factor() const { return factor_; }

 private:
  Eigen::MatrixXd driven(const Eigen::MatrixXd& current_a) const;
  Eigen::VectorXd clamped_output(const Eigen::VectorXd& row_drive, double saturation_v) const;
  Eigen::VectorXd tanh_output(const Eigen::VectorXd& drive, double saturation_v) const;

  InvNetwork network_;
  AmplifierRow amplifiers_;
  InstructionSet set_;
  Eigen::VectorXd offset_current_a_;
  DenseFactor factor_;
};

}  // namespace invar::circuit

#endif
