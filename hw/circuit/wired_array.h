#ifndef INVAR_CIRCUIT_WIRED_ARRAY_H
#define INVAR_CIRCUIT_WIRED_ARRAY_H

#include <invar/circuit/instruction_set.h>
#include <invar/circuit/kernels/march_kernels.h>
#include <invar/circuit/wire_parameters.h>

#include <Eigen/Core>

namespace invar::circuit {

/// The end of the rows at which a march starts.
enum class RowEnd {
  left,  ///< beside column 0
  right  ///< beside the last column, where the op-amps of INV sense
};

constexpr RowEnd opposite(RowEnd end) {
  return end == RowEnd::left ? RowEnd::right : RowEnd::left;
}

/// Which responses of a march are wanted.
struct MarchOutputs {
  bool voltage = true;
  bool current = true;
  bool column_current = false;
};

/// Responses at the end of a march, one row a basis vector.
struct MarchResponse {
  Eigen::MatrixXd voltage_v;         ///< basis x rows, at the rows' other end
  Eigen::MatrixXd current_a;         ///< basis x rows, into the array there
  Eigen::MatrixXd column_current_a;  ///< basis x columns, out of the columns' drivers
};

/// A crosspoint array with wires of finite resistance, as a linear map between its ends.
///
/// Row k: terminal, r_row, n cell nodes with r_row between neighbours, r_row, terminal. Column j:
/// driver, r_column, cell nodes with r_column between neighbours, the far end open; the driver is
/// beside row 0. The method (marching): with the voltage and the current at one end of every row
/// known, each column is a tridiagonal system by itself (its elimination, done from the open end,
/// holds no subtraction), which gives the cell currents and with them voltages and currents of the
/// rows one column further on. Resistances of 0 are no special case.
///
/// A march carries rounding errors along as far as the voltages grow on the way, about
/// exp(columns sqrt(row_ohm G)).
class WiredArray {
 public:
  /// \param conductance_s rows x columns, each finite and at least 0
  /// \throws std::invalid_argument naming the culprit
  WiredArray(const Eigen::MatrixXd& conductance_s, const WireParameters& wires,
             InstructionSet set = best_instruction_set());

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  const WireParameters& wires() const { return wires_; }
  InstructionSet instruction_set() const { return set_; }

  /// Takes other conductances of the same size.
  void assign(const Eigen::MatrixXd& conductance_s);

  /// Responses to 1 V at terminal i of `start` (i = 0 ... rows - 1) that carries no current,
  /// drivers at 0 V.
  MarchResponse respond_to_terminals(RowEnd start, MarchOutputs outputs = {}) const;
  /// Responses to 1 V of driver j, terminals of `start` at 0 V and without current.
  MarchResponse respond_to_drivers(RowEnd start, MarchOutputs outputs = {}) const;

  /// One state of the array.
  struct State {
    Eigen::VectorXd voltage_v;         ///< terminals at the start; after the march at the other end
    Eigen::VectorXd current_a;         ///< out of the array at the start; after the march into it
    Eigen::VectorXd column_current_a;  ///< out: of the drivers
    Eigen::MatrixXd cell_voltage_v;    ///< out, if wanted: column less row node of each cell
  };
  /// Marches `state` from `start` to the other end.
  /// \param drive_v columns
  /// \param cell_current_a rows x columns, flows through each cell from column to row besides G V;
  ///        null: none
  void march(RowEnd start, const Eigen::VectorXd& drive_v, State& state,
             const Eigen::MatrixXd* cell_current_a = nullptr, bool want_cells = false) const;

 private:
  int stride() const { return (rows_ + 7) / 8 * 8 + 8; }
  kernels::MarchArray view() const {
    return {conductance_s_.data(), transfer_.data(), pull_.data(), rows_, columns_, stride(),
            wires_.row_ohm,        wires_.column_ohm};
  }
  MarchResponse respond(RowEnd start, bool drivers, MarchOutputs outputs) const;

  int rows_;
  int columns_;
  WireParameters wires_;
  InstructionSet set_;
  const kernels::MarchKernels& kernels_;
  /// stride() x columns
  Eigen::MatrixXd conductance_s_, transfer_, pull_;
};

}  // namespace invar::circuit

#endif
