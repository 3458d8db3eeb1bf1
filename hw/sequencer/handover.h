#ifndef INVAR_SEQUENCER_HANDOVER_H
#define INVAR_SEQUENCER_HANDOVER_H

#include <invar/registers/accelerator_registers.h>
#include <invar/simulation/systemc_compatibility.h>

#include <Eigen/Core>
#include <optional>

namespace invar::sequencer {

/// What the first matrix of a command that works with two leaves to the second, whose turn it is
/// then. Each has its half in the queue of its commands, so that both keep their order.
struct Handover {
  Eigen::MatrixXd vectors;  ///< columns x n, where numbers are carried
  invar_completion record{};
  std::optional<sc_core::sc_time> started;
  bool is_done = false;  ///< the first half; its record says how
  sc_core::sc_event done;
};

}  // namespace invar::sequencer

#endif
