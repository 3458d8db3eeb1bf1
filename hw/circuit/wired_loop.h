#ifndef INVAR_CIRCUIT_WIRED_LOOP_H
#define INVAR_CIRCUIT_WIRED_LOOP_H

#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/wired_array.h>

#include <Eigen/Core>
#include <Eigen/LU>
#include <vector>

namespace invar::circuit {

/// One array on the op-amp row of an INV loop.
struct LoopArray {
  Eigen::MatrixXd conductance_s;  ///< n x n
  /// Drivers of the columns: attenuation times the outputs v, or times the inverted outputs p.
  double attenuation = 1.0;
  bool inverted = false;
};

/// INV with wires. Every array hangs on the nodes M that the op-amps sense: with two, the row is
/// L - r - [first array] - r - M - r - [second array] - r - open; further arrays are further arms
/// of the same nodes M. The first array's right end is at M, and its left end L is where `far`
/// currents enter; the others' order of columns starts at M.
struct LoopLayout {
  std::vector<LoopArray> arrays;
  WireParameters wires;
  Injection injection = Injection::near;
  /// g_in from each node M to an input source, which loads the row; only with `near`.
  double input_conductance_s = 0.0;

  int size() const {
    return arrays.empty() ? 0 : static_cast<int>(arrays.front().conductance_s.rows());
  }
  /// Everything that hangs on each row, wires taken as ideal.
  Eigen::VectorXd row_load_s() const;
  /// \throws std::invalid_argument naming the culprit
  void check() const;
};

/// Power that the ports of a network deliver, which is what its cells and wires turn into heat.
struct NetworkPower {
  double outputs_w = 0.0;  ///< from op-amps and inverters
  double inputs_w = 0.0;   ///< from the sources of the input currents
  double total_w() const { return outputs_w + inputs_w; }
};

/// The linear network of an INV loop with wires, reduced to its ports.
///
/// Each array is marched once, from its open end and with all drivers at 0 V. What the drivers do
/// follows from that by reciprocity. The loop's equation is that of the nodes L where the first
/// array's rows end, as long as nothing else needs it at M: there it holds no inverse at all. It is
/// that of the nodes M times A', A the voltage transfer of the first array from L to M.
///
/// Where voltages grow so much on the way that rounding would show, the inner nodes are eliminated
/// by a sparse factorisation instead (nodal_network.h), as long as the arrays are small enough.
class WiredLoop {
 public:
  enum class Method { march, nodal };
  /// What besides the loop's equation is kept.
  struct Options {
    InstructionSet instruction_set = best_instruction_set();
    /// Column currents of every basis vector, for `power`.
    bool power = false;
    /// Estimated effect of rounding on the outputs, relative to their norm, above which the march
    /// is given up. Infinity: never.
    double maximum_rounding_error = 1e-9;
    /// The equation at the far end in any case, with `far_transfer`. Only the march gives it.
    bool at_far_end = false;
  };

  /// \throws std::invalid_argument naming the culprit, std::domain_error if the wires' resistance
  /// is too large for the march and the arrays are too large for the nodal method
  explicit WiredLoop(const LoopLayout& layout) : WiredLoop(layout, Options{}) {}
  WiredLoop(const LoopLayout& layout, const Options& options);

  int size() const { return size_; }
  const LoopLayout& layout() const { return layout_; }
  const InvNetwork& network() const { return network_; }

  /// Largest voltage that 1 V at the start of a march grows to.
  double growth() const { return growth_; }
  Method method() const { return method_; }

  /// A': the transposed voltage transfer of the first array from L to M; empty if the equation is
  /// that of the nodes M.
  const Eigen::MatrixXd& far_transfer() const { return far_transfer_; }

  /// Power at each of k operating points: outputs v, inverted outputs p (ignored without minus
  /// arrays), sensed voltages V_M, all n x k. Needs Options::power and `near` currents.
  std::vector<NetworkPower> power(const Eigen::MatrixXd& output_v,
                                  const Eigen::MatrixXd& inverted_v,
                                  const Eigen::MatrixXd& sensed_v,
                                  const Eigen::MatrixXd& current_a) const;

 private:
  void build(const Options& options);
  void settle_accuracy(const Options& options);

  LoopLayout layout_;
  int size_;
  InvNetwork network_;
  double growth_ = 1.0;
  Method method_ = Method::march;
  Eigen::MatrixXd far_transfer_;
  /// Currents out of the drivers for 1 V at an output, nodes M at 0 V; and for 1 V of an inverter.
  Eigen::MatrixXd output_output_s_;
  Eigen::MatrixXd inverted_inverted_s_;
};

}  // namespace invar::circuit

#endif
