#ifndef INVAR_TILE_MODEL_INV_LOOP_H
#define INVAR_TILE_MODEL_INV_LOOP_H

#include <invar/circuit/amplifier_row.h>
#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/output_transition.h>
#include <invar/tile_model/cell_arrays.h>
#include <invar/tile_model/tile_parameters.h>

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace invar::tile {

/// What the DACs put on the rows in a batch of shots.
struct InvDrive {
  Eigen::MatrixXd voltage_v;     ///< n x k
  double square_sum_v2 = 0.0;    ///< of all of them
  std::uint64_t first_shot = 0;  ///< its number, part of the random key
};

/// Summed over the shots of a batch.
struct InvPower {
  double cells_w = 0.0;          ///< in cells and wires, from columns and inputs
  double output_stages_w = 0.0;  ///< in drivers, besides what amplifiers always take
};

/// Outputs on their way that somebody wants to see.
struct SettlingWatch {
  int rows = 0;  ///< the first ones; 0: none
  int samples = 0;
};

struct LoopCells;

/// What a loop is made of.
struct LoopSetup {
  const TileParameters& parameters;
  const CellArrays& cells;
  const circuit::AmplifierRow& amplifiers;  ///< of the lines in use
  const device::KeyedRandom& random;
  int seed_slices = 1;  ///< slices in the loop
  SettlingWatch watch;
};

/// The closed loop of a tile that holds a matrix, as one fidelity computes it: from input voltages
/// to output voltages and the power on the way. Every row is loaded by all arrays of the slices in
/// the loop and the input conductance, which is a cell's span as well.
///
/// Time is the same at all fidelities: settling to half a step of the ADC or of
/// `amplifier.settling_bits`, by the loop's poles and the slew rate.
class InvLoop {
 public:
  virtual ~InvLoop() = default;

  /// Whether the loop settles; if not, nothing else may be asked of it.
  bool stable() const { return stable_; }
  double settling_time_s() const { return settling_time_s_; }

  /// Output voltages before any bound, n x k; NaN in a shot whose network has no solution that
  /// could be found.
  virtual Eigen::MatrixXd outputs(const InvDrive& drive) const = 0;
  /// \param output_v as they are, bounded by the supply
  virtual InvPower power(const Eigen::MatrixXd& output_v, const InvDrive& drive) const = 0;
  /// Magnitudes that outputs are bounded by, n: the supply, or what the current limit allows.
  const Eigen::VectorXd& bound_v() const { return bound_v_; }
  /// Whether the amplifier of a reference column would have to exceed its bounds at these outputs.
  bool reference_clips(const Eigen::VectorXd& output_v) const;
  /// Of settled outputs, shot after shot, what they are when they are sampled: where settling is
  /// not to the ADC's accuracy, a rest of the way from the shot before is left.
  Eigen::MatrixXd sampled(Eigen::MatrixXd settled_v);
  /// n x n: what the loop sees of the cells, plus less minus arrays, where wires make that another
  /// matrix than theirs; nullptr: nothing of that kind.
  virtual const Eigen::MatrixXd* seen_s() const { return nullptr; }

  /// The way to each of these outputs from what the loop held before, as AnalogBatch has it; empty
  /// unless it is watched.
  Eigen::MatrixXd settle(const Eigen::MatrixXd& output_v);

 protected:
  /// Poles and settling time. \return whether the loop is stable
  bool analyse(const circuit::InvCircuit& circuit, const LoopSetup& setup);
  /// \param supply_v infinite: outputs have no bound
  void set_bounds(const LoopSetup& setup, const LoopCells& cells, double supply_v);

 private:
  void settle_by(const circuit::LoopDynamics& dynamics, const circuit::InvCircuit& circuit,
                 const LoopSetup& setup);

  bool stable_ = false;
  double settling_time_s_ = 0.0;
  Eigen::VectorXd bound_v_;
  /// Magnitudes that bound the sum of the outputs, for the reference columns.
  std::vector<double> sum_bounds_v_;
  std::optional<circuit::OutputTransition> rest_;  ///< to the sample; none: nothing is left
  Eigen::VectorXd sampled_v_;                      ///< of the last shot
  std::optional<circuit::OutputTransition> transition_;
  Eigen::VectorXd last_output_v_;  ///< that the loop holds
};

/// The loop at the tile's fidelity. \throws std::domain_error for a singular network
std::unique_ptr<InvLoop> make_inv_loop(const LoopSetup& setup);

}  // namespace invar::tile

#endif
