#ifndef INVAR_SEQUENCER_DATA_PORTS_H
#define INVAR_SEQUENCER_DATA_PORTS_H

#include <invar/ledger/metered_dma.h>

namespace invar::sequencer {

/// What an accelerator moves data through.
struct DataPorts {
  ledger::MeteredDma& memory;    ///< the bus: rings, records, operands in memory
  ledger::MeteredDma& operands;  ///< operands in a scratchpad, see OperandWindow
};

}  // namespace invar::sequencer

#endif
