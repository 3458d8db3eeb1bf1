#ifndef INVAR_CIRCUIT_STABILITY_PROOF_H
#define INVAR_CIRCUIT_STABILITY_PROOF_H

#include <invar/circuit/loop_states.h>

#include <Eigen/Core>

namespace invar::circuit {

/// Whether a Lyapunov function proves that every mode of a loop outside `slow` decays faster than
/// exp(-w rate t), w = 2 pi GBWP. False means "not proven".
///
/// \param slow states x m, independent columns that span modes of the loop; m may be 0
bool others_decay_faster(const LoopStates& loop, double rate, const Eigen::MatrixXd& slow);

}  // namespace invar::circuit

#endif
