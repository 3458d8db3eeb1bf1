#ifndef INVAR_CIRCUIT_LOOP_SOLVER_H
#define INVAR_CIRCUIT_LOOP_SOLVER_H

#include <invar/circuit/wired_loop.h>

#include <Eigen/Core>
#include <memory>
#include <vector>

namespace invar::circuit {

/// Solutions of an INV loop whose cells deviate from those it was built of, without building it
/// again: GMRES over the outputs (and, with more than one array, the voltages of the other arrays'
/// open row ends), each step a march of one vector, with the factors of the nominal loop as
/// preconditioner. It serves a shot that sees its own read noise and the Newton steps of non-linear
/// cells.
class LoopSolver {
 public:
  /// The cells of one array: I = conductance V + current, from column to row.
  struct Cells {
    Eigen::MatrixXd conductance_s;
    Eigen::MatrixXd current_a;  ///< empty: none
  };
  /// A solution with what holds inside.
  struct State {
    Eigen::VectorXd output_v;
    std::vector<Eigen::MatrixXd> cell_voltage_v;  ///< of each array: column less row node
    int steps = 0;                                ///< of GMRES
    double relative_residual = 0.0;
  };

  /// \throws as WiredLoop and InvCircuit do
  LoopSolver(const LoopLayout& layout, AmplifierRow amplifiers,
             InstructionSet set = best_instruction_set());
  ~LoopSolver();
  LoopSolver(LoopSolver&&) noexcept;

  int size() const;
  const InvCircuit& circuit() const;
  const LoopLayout& layout() const;

  /// The operating point with other cells, one entry an array.
  /// \param tolerance of the residual relative to the drive
  /// \throws std::invalid_argument for wrong sizes, std::runtime_error if it does not converge
  State solve(const Eigen::VectorXd& current_a, const std::vector<Cells>& cells, double tolerance,
              bool want_cells = false) const;

 private:
  struct Implementation;
  std::unique_ptr<Implementation> self_;
};

}  // namespace invar::circuit

#endif
