#ifndef INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_STEPS_H
#define INVAR_PLATFORM_CIRCUIT_COMMAND_CIRCUIT_STEPS_H

#include <invar/circuit/inv_circuit.h>
#include <invar/platform/circuit_command/circuit_result.h>

#include <string>

namespace invar::platform {

/// Settling times are left out where states^3 times right-hand sides, the cost of all poles with
/// their modes, is beyond this: 16 right-hand sides of 512 states, some tens of seconds.
constexpr double k_largest_settling_effort = 0x1p31;

/// Adds settling times to the solutions of a stable loop, as far as its step responses are those of
/// the linear loop (no output reaches a supply), and the step response if it is asked for. Sets the
/// reason if that one is not.
void add_step_responses(const CircuitParameters& parameters, const CircuitProblem& problem,
                        const circuit::InvCircuit& circuit, bool with_settling,
                        CircuitResult& result);

/// CSV with the columns t_s, v0, v1, ...: digits that read back to the same bits.
std::string transient_table(const CircuitTransient& transient);

}  // namespace invar::platform

#endif
