#ifndef INVAR_CIRCUIT_NONLINEAR_INV_H
#define INVAR_CIRCUIT_NONLINEAR_INV_H

#include <invar/circuit/loop_solver.h>

#include <Eigen/Core>

namespace invar::circuit {

/// I = G sinh(a V) / a: current of a cell; a in 1/V, 0 is ohmic. The stored conductance is that at
/// V = 0.
struct CellLaw {
  double nonlinearity_per_v = 0.0;

  double current_a(double conductance_s, double voltage_v) const;
  double slope_s(double conductance_s, double voltage_v) const;
  /// \throws std::invalid_argument naming the parameter and its range
  void check() const;
};

/// Operating point of an INV loop, with wires or without, whose cells follow `law`: Newton steps,
/// each a linear loop with the cells' slopes, solved through `LoopSolver`; damped where a full step
/// would not bring the cells nearer to their law.
///
/// \param tolerance of the change of the cell voltages relative to the largest
/// \return n x k outputs for n x k input currents
/// \throws std::domain_error for a singular network, std::runtime_error if it does not converge
Eigen::MatrixXd nonlinear_operating_point(const LoopLayout& layout, const AmplifierRow& amplifiers,
                                          const CellLaw& law, const Eigen::MatrixXd& current_a,
                                          double tolerance = 1e-12,
                                          InstructionSet set = best_instruction_set());

/// The loop that small changes see around an operating point: every cell at its slope. For the
/// dynamics of a non-linear loop.
LoopLayout linearised_layout(const LoopLayout& layout, const AmplifierRow& amplifiers,
                             const CellLaw& law, const Eigen::VectorXd& current_a,
                             double tolerance = 1e-12, InstructionSet set = best_instruction_set());

}  // namespace invar::circuit

#endif
