#ifndef INVAR_CIRCUIT_WIRED_LOOP_H
#define INVAR_CIRCUIT_WIRED_LOOP_H

#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/wired_array.h>

#include <Eigen/Core>
#include <optional>
#include <vector>

namespace invar::circuit {

/// One array on the op-amp row of an INV loop.
struct LoopArray {
  Eigen::MatrixXd conductance_s;  ///< n x n
  /// Drivers of the columns: attenuation times the outputs v, or times the inverted outputs p.
  double attenuation = 1.0;
  bool inverted = false;
  /// The end of its rows that is at the nodes M; if not given, the right one of the first array and
  /// the left one, beside column 0, of the others.
  std::optional<RowEnd> sensed_end = std::nullopt;
};

/// INV with wires. Every array hangs on the nodes M that the op-amps sense: with two, the row is
/// L - r - [first array] - r - M - r - [second array] - r - open; further arrays are further arms
/// of the same nodes M. The first array's other end L is where `far` currents enter. (With
/// `sensed_end` left, rows are sensed and columns driven at the same corner of an array: then a
/// symmetric matrix stays symmetric with its wires, if rows and columns have the same resistance.)
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
  double drivers_w = 0.0;  ///< from op-amps, inverters and buffers
  double inputs_w = 0.0;   ///< from the sources of the input currents
  double total_w() const { return drivers_w + inputs_w; }
};

/// Currents that the drivers of one array deliver: slope_s v + offset_a, v the outputs (n x n, n).
struct DriverCurrents {
  Eigen::MatrixXd slope_s;
  Eigen::VectorXd offset_a;
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
    /// What `power` and `driver_currents` need.
    bool power = false;
    /// Estimated effect of rounding on the outputs, relative to their norm, above which the march
    /// is given up. Infinity: never.
    double maximum_rounding_error = 1e-9;
    /// Of the op-amps that the loop will get, for that estimate: the higher, the more is lost.
    double gain = 1e6;
    /// The equation at the far end in any case, with `far_transfer`. Only the march gives it.
    bool at_far_end = false;
  };

  /// \throws std::invalid_argument naming the culprit, std::domain_error if the wires' resistance
  /// is too large for the march and the arrays are too large for the nodal method
  explicit WiredLoop(const LoopLayout& layout) : WiredLoop(layout, Options{}) {}
  WiredLoop(const LoopLayout& layout, const Options& options);

  /// Takes other conductances of one array, as after writing some of its cells. With Options::power
  /// only that array is marched again; the result has the bits of a loop built anew.
  /// \throws as the constructor does
  void rewrite(std::size_t array, const Eigen::MatrixXd& conductance_s);

  int size() const { return size_; }
  const LoopLayout& layout() const { return layout_; }
  const InvNetwork& network() const { return network_; }

  /// Largest voltage that 1 V at the start of a march grows to.
  double growth() const { return growth_; }
  Method method() const { return method_; }

  /// A': the transposed voltage transfer of the first array from L to M; empty if the equation is
  /// that of the nodes M.
  const Eigen::MatrixXd& far_transfer() const { return far_transfer_; }

  /// Power at each of k operating points: outputs v, n x k, and input currents, n x k. Needs
  /// Options::power.
  std::vector<NetworkPower> power(const AmplifierRow& amplifiers, const Eigen::MatrixXd& output_v,
                                  const Eigen::MatrixXd& current_a) const;
  /// Currents out of the drivers of array `array`; with the march another half of one. Needs
  /// Options::power.
  DriverCurrents driver_currents(const AmplifierRow& amplifiers, std::size_t array) const;
  /// Voltages of the drivers of array `array` at outputs v: attenuated, and inverted or not.
  Eigen::MatrixXd driver_voltage(const AmplifierRow& amplifiers, std::size_t array,
                                 const Eigen::MatrixXd& output_v) const;

  /// The end of the rows of array `array` that is at the nodes M.
  static RowEnd sensed_end(const LoopLayout& layout, std::size_t array);

 private:
  /// Reduces an array to its ports at M, or at L if the equation is that of L and it is the first.
  void reduce(std::size_t array);
  void assemble();
  void settle_accuracy();

  /// An array as its ports see it, for 1 V of the nodes M and of a driver.
  struct Ports {
    Eigen::MatrixXd load_s;
    Eigen::MatrixXd loop_s;
    double growth = 1.0;
  };

  LoopLayout layout_;
  Options options_;
  int size_;
  std::vector<Ports> ports_;  ///< kept with Options::power, otherwise while building
  InvNetwork network_;
  double growth_ = 1.0;
  Method method_ = Method::march;
  Eigen::MatrixXd far_transfer_;
  InstructionSet set_;
  /// By the nodal method, of each array: current into the nodes M for 1 V of a driver, the nodes M
  /// at 0 V, and current out of the drivers at the same time.
  std::vector<Eigen::MatrixXd> driver_to_sense_s_;
  std::vector<Eigen::MatrixXd> driver_to_driver_s_;
};

}  // namespace invar::circuit

#endif
