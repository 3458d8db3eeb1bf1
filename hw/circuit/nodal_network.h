#ifndef INVAR_CIRCUIT_NODAL_NETWORK_H
#define INVAR_CIRCUIT_NODAL_NETWORK_H

#include <invar/circuit/wired_loop.h>

#include <Eigen/Core>
#include <vector>

namespace invar::circuit {

/// The most inner nodes an array may have to be reduced by the nodal method, which takes seconds
/// and hundreds of megabytes there: two a cell, or one if only the rows or only the columns have
/// resistance.
constexpr int k_nodal_node_limit = 2 * 256 * 256;

/// An INV loop reduced to its ports by sparse elimination of all inner nodes: slower than
/// `WiredLoop`, but as good however large the wires' resistance is.
struct NodalReduction {
  InvNetwork network;  ///< its equations are those of the nodes M
  /// Of each array, for 1 V of a driver while the nodes M are at 0 V: current into these, and
  /// current out of the drivers. Empty without `power`.
  std::vector<Eigen::MatrixXd> driver_to_sense_s;
  std::vector<Eigen::MatrixXd> driver_to_driver_s;
  /// Estimate of the relative error of the inner voltages.
  double error = 0.0;
};

/// \throws std::invalid_argument naming the culprit, std::domain_error if an array has more than
/// k_nodal_node_limit inner nodes or its matrix is singular to working precision
NodalReduction nodal_reduction(const LoopLayout& layout, bool power = false);
InvNetwork nodal_network(const LoopLayout& layout);

/// Operating points by sparse elimination of the inner nodes and a dense system of the outputs,
/// without the refinement that `nodal_reduction` affords: the yardstick for the cost of the march.
/// On a decaying matrix of n = 128 with 1 ohm wires it takes 2/3 of the time of Eigen's SparseLU
/// with COLAMD on the whole circuit, op-amps included, and 1/3 at n = 32.
/// \param current_a n x k \throws as `nodal_reduction` and InvCircuit do
Eigen::MatrixXd nodal_operating_point(const LoopLayout& layout, const AmplifierRow& amplifiers,
                                      const Eigen::MatrixXd& current_a);

/// What cells, wires and input conductances turn into heat, current times voltage summed over every
/// one of them, with the voltages at the ports imposed (all n; `inverted_v` ignored without
/// inverted arrays).
double nodal_dissipation_w(const LoopLayout& layout, const Eigen::VectorXd& output_v,
                           const Eigen::VectorXd& inverted_v, const Eigen::VectorXd& sensed_v,
                           const Eigen::VectorXd& current_a);

}  // namespace invar::circuit

#endif
