#ifndef INVAR_CIRCUIT_WIRED_MVM_H
#define INVAR_CIRCUIT_WIRED_MVM_H

#include <invar/circuit/dense_algebra.h>
#include <invar/circuit/wired_array.h>

#include <Eigen/Core>
#include <optional>
#include <string>

namespace invar::circuit {

/// MVM with wires: rows are driven at their left ends through r_row, their right ends are open;
/// columns are grounded beside the last row through r_column, their other ends are open. The result
/// is the current into ground: G' v with ideal wires. Any number of rows and columns.
///
/// Where voltages grow on the march so far that rounding may show, its effect on the currents is
/// estimated; beyond 1e-9 the inner nodes are eliminated by a sparse LDL' instead, as long as there
/// are no more than k_nodal_node_limit of them. Columns so long that the march of all rows at once
/// is much dearer are eliminated too.
class WiredMvm {
 public:
  /// \throws std::invalid_argument naming the culprit
  WiredMvm(const Eigen::MatrixXd& conductance_s, const WireParameters& wires,
           InstructionSet set = best_instruction_set());

  /// Column currents for each column of row voltages, columns x k, in amperes. A few vectors go
  /// through GMRES over the voltages of the open row ends (a march each step); many through
  /// `effective_conductance_s`.
  /// \param row_voltage_v rows x k
  /// \param tolerance relative residual of the driven voltages
  /// \throws std::invalid_argument for wrong sizes or values, std::domain_error if the wires'
  /// resistance is too large for the march and the array too large for the nodal method
  Eigen::MatrixXd operating_point(const Eigen::MatrixXd& row_voltage_v,
                                  double tolerance = 1e-12) const;

  /// columns x rows: the currents for 1 V at one row each. Dense algebra of rows^3.
  const Eigen::MatrixXd& effective_conductance_s() const;
  /// rows x rows: the currents that the rows take, which with the voltages are all the power.
  const Eigen::MatrixXd& driven_conductance_s() const;

 private:
  /// Currents of columns and rows for voltages of the rows; columns x k and rows x k.
  struct Currents {
    Eigen::MatrixXd column_a;
    Eigen::MatrixXd row_a;
  };
  /// The most rows whose responses are kept at once: 1 GiB a matrix.
  static constexpr int k_most_rows_at_once = 11585;

  void reduce() const;
  bool grows() const;
  /// Inner nodes.
  long nodes() const;
  bool prefers_nodal() const;
  [[noreturn]] void refuse(const std::string& what) const;
  /// The march of all rows at once. \throws std::domain_error if they are too many
  MarchResponse respond() const;
  /// By the march with an estimate of rounding; none where that is too large.
  std::optional<Currents> march_currents(const Eigen::MatrixXd& row_voltage_v) const;
  Currents nodal_currents(const Eigen::MatrixXd& row_voltage_v) const;
  Currents careful_currents(const Eigen::MatrixXd& row_voltage_v) const;
  Eigen::VectorXd iterate(const Eigen::VectorXd& row_voltage_v, double tolerance) const;

  Eigen::MatrixXd conductance_s_;
  WiredArray array_;  ///< rows in reverse order: its drivers are beside row 0
  mutable Eigen::MatrixXd effective_s_, driven_s_;
};

}  // namespace invar::circuit

#endif
