#ifndef INVAR_SIMULATION_OPERAND_PORT_H
#define INVAR_SIMULATION_OPERAND_PORT_H

#include <invar/simulation/dma_port.h>
#include <tlm_utils/simple_target_socket.h>

namespace invar::simulation {

/// Width of the link between an accelerator and the scratchpad that holds its operands, in bits:
/// that of the scratchpad's own port.
constexpr unsigned int k_operand_bits = 2048;

/// The accelerator's end: addresses are offsets in the scratchpad.
using OperandPort = DmaPort<k_operand_bits, sc_core::SC_ZERO_OR_MORE_BOUND>;
/// The scratchpad's.
template <typename MODULE>
using ScratchpadSocket = tlm_utils::simple_target_socket_optional<MODULE, k_operand_bits>;

}  // namespace invar::simulation

#endif
