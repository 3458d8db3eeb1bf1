#ifndef INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_PROBLEM_H
#define INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_PROBLEM_H

#include <invar/circuit/amplifier_row.h>
#include <invar/circuit/instruction_set.h>
#include <invar/circuit/wire_parameters.h>
#include <invar/platform/configuration/run_configuration.h>

#include <Eigen/Core>
#include <string>

namespace invar::platform {

/// What `invar circuit` is asked, with its files read.
struct CircuitProblem {
  Eigen::MatrixXd plus_s;
  Eigen::MatrixXd minus_s;           ///< empty: no minus array
  Eigen::MatrixXd input;             ///< one right-hand side a column; A (inv) or V (mvm)
  circuit::AmplifierRow amplifiers;  ///< inv
  circuit::WireParameters wires;
  circuit::InstructionSet instruction_set = circuit::InstructionSet::baseline;
  std::string content_hash;  ///< of all files

  bool has_minus() const { return minus_s.size() != 0; }
};

/// Reads and checks all files. Messages count rows and columns from 1, as the files do.
/// \throws InputError naming files, sizes or the cell
CircuitProblem load_circuit_problem(const CircuitParameters& parameters);

}  // namespace invar::platform

#endif
