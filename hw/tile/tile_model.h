#ifndef INVAR_TILE_TILE_MODEL_H
#define INVAR_TILE_TILE_MODEL_H

#include <invar/circuit/loop_dynamics.h>
#include <invar/circuit/output_transition.h>
#include <invar/circuit/wire_compensation.h>
#include <invar/device/rram_array.h>
#include <invar/tile/analog_matrix.h>
#include <invar/tile/line_map.h>
#include <invar/tile/tile_circuit.h>
#include <invar/tile/tile_parameters.h>

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace invar::tile {

/// How the cells of a tile stand for its matrix when they make up for the wires of the INV loop.
/// Without anything of this they hold it plainly.
struct LoopCompensation {
  /// Above 0: the loop sees D M D, as the estimate of so many sweeps has it.
  int sweeps = 0;
  Eigen::VectorXd row_scale;  ///< D, n; empty: 1
  Eigen::MatrixXd bias;       ///< n x n, what the cells hold besides M; empty: 0
};

/// What the wires do to a stored matrix, in numbers of the matrix. With F what the loop sees, G the
/// cells with ideal wires, P what the controller takes the cells for.
struct WireError {
  double matrix_before = 0.0;  ///< |F - G| / |G|, Frobenius
  double matrix_after = 0.0;   ///< |F - P| / |P|
  /// |F^-1 G - 1| / sqrt(n): relative error of an INV shot whose true outputs are white. 0 if F is
  /// singular.
  double inv_before = 0.0;
  double inv_after = 0.0;  ///< |F^-1 P - 1| / sqrt(n)
};

/// The numbers of one tile, without time: arrays of both signs and all slices, the op-amp row, and
/// the converters.
///
/// A value x of the normalised matrix (|x| <= 1) is held as
/// x = sum_k 2^-(bits k) (G_plus_k - G_minus_k) / span, span = G_max - G_min. In the INV loop the
/// columns of slice k are driven by copies of the outputs attenuated by 2^-(bits k); the minus
/// arrays' columns by inverted ones. Every row is loaded by all arrays and the input conductance,
/// which is `span` as well.
///
/// Read noise of a shot is lumped: the row's noise current has the variance of the sum over its
/// cells, read_noise^2 sum_j (attenuated G_kj v_j)^2, and goes through the loop once (exact to
/// first order in the noise).
///
/// An MVM sends the input in pieces of the DAC's width, drives `mvm_row_group` rows at once and
/// converts every partial sum of every slice; pieces, slices and groups are shifted and added.
class TileModel : public AnalogMatrix {
 public:
  /// \param tile number of the tile, part of the random key
  TileModel(const TileParameters& parameters, std::uint64_t seed, std::uint32_t tile);

  const TileParameters& parameters() const { return parameters_; }

  /// Conductance that stands for a value of 1 in slice 0.
  double span_s() const { return span_s_; }
  /// Weight of a slice: 2^-(bits k).
  double slice_weight(int slice) const;
  /// The array of a slice; sign 0 is plus, 1 is minus. Made at first use.
  device::RramArray& array(int slice, int sign);

  /// Chooses the lines that are written next: the first n, or those that leave out most of the
  /// cells that have failed before (the controller's record of its writes), by the weight of their
  /// slice. Lines that are left out are passed by: they load no row and add no wire. \return
  /// whether the lines are others than before
  bool map_lines(int n, bool around_failed_cells);
  const LineMap& lines() const { return lines_; }

  /// What slice `slice` holds by the controller's measurement, over the lines in use, weight
  /// not applied.
  Eigen::MatrixXd measured_slice(int slice) const;
  /// The value of the stored matrix over the slices in use, n x n, by measurement.
  Eigen::MatrixXd measured_matrix() const;

  /// What the loop, by the controller's knowledge, makes of a pair of arrays with these
  /// conductances (n x n); weight not applied.
  Eigen::MatrixXd loop_value(const Eigen::MatrixXd& plus_s, const Eigen::MatrixXd& minus_s) const;
  /// The matrix that a weighted sum of `loop_value` stands for: bias and row scale undone.
  Eigen::MatrixXd matrix_of(Eigen::MatrixXd loop_sum) const;

  /// How the cells that are written next stand for a matrix.
  void compensate(LoopCompensation compensation) { compensation_ = std::move(compensation); }
  const LoopCompensation& compensation() const { return compensation_; }
  /// D of the stored matrix M: INV is that of D M D. Solvers scale with it. n
  Eigen::VectorXd inv_row_scale() const;
  circuit::CellRange cell_range() const {
    return {parameters_.device.minimum_conductance_s, parameters_.device.maximum_conductance_s};
  }
  /// Of the loop that was connected last, at circuit fidelity.
  const WireError& wire_error() const { return wire_error_; }

  /// Takes the array's new conductances into the loop: the first `seed_slices` slices drive INV,
  /// all `slices` MVM. \return whether the loop is stable and regular; if not, INV is refused.
  /// With 0 seed slices the tile multiplies only: there is no loop, and nothing is analysed.
  bool connect(int n, int seed_slices, int slices);
  /// Holds no matrix any more (the cells keep their conductances).
  void disconnect() { size_ = 0; }

  int size() const override { return size_; }
  /// Whether the stored matrix has an INV loop: it may be there for products alone.
  bool has_loop() const { return size_ > 0 && seed_slices_ > 0; }
  int slices_in_use() const { return slices_in_use_; }
  AnalogBatch invert(const Eigen::MatrixXd& input, const std::vector<int>& range) override;
  AnalogBatch multiply(const Eigen::MatrixXd& input) override;
  void watch_codes(int rows) override { watched_rows_ = rows; }
  void watch_settling(int rows, int samples) override {
    settling_rows_ = rows;
    settling_samples_ = samples;
  }
  double settling_time_s() const override { return settling_time_s_; }
  bool stable() const override { return dynamics_.stable; }
  const circuit::LoopDynamics& dynamics() const { return dynamics_; }

  /// Writes to the most worn cell, and in all.
  std::uint32_t maximum_writes() const;
  std::uint64_t total_writes() const;
  bool worn_out() const;
  /// Arrays that have ever been written or read.
  std::uint64_t arrays_in_use() const;

 private:
  template <typename Scalar>
  struct Loop {
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> inverse_ohm;
    Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic> squared_s2;
    Eigen::Matrix<Scalar, Eigen::Dynamic, 1> offset_current_a;
  };

  template <typename Scalar>
  void invert_with(const Loop<Scalar>& loop, const Eigen::MatrixXd& input,
                   const std::vector<int>& range, AnalogBatch& batch);
  struct MvmPlan;
  MvmPlan mvm_plan() const;
  void multiply_lumped(const MvmPlan& plan, const Eigen::MatrixXd& codes, AnalogBatch& batch);
  void multiply_bit_serial(const MvmPlan& plan, const Eigen::MatrixXd& codes, AnalogBatch& batch);
  void account_mvm(const Eigen::MatrixXd& codes, AnalogBatch& batch) const;
  /// MVM at circuit fidelity: what columns and rows of an array see; made at first use after a
  /// programming.
  struct WiredProduct {
    Eigen::MatrixXd effective_s;  ///< rows x columns
    Eigen::MatrixXd driven_s;     ///< rows x rows
  };
  const WiredProduct& wired_product(int slice, int sign) const;
  /// Conductances of a slice, plus less minus, over the span; and the sum of their squares.
  Eigen::MatrixXd slice_value(int slice) const;
  Eigen::MatrixXd slice_square(int slice) const;
  /// Normal deviates for rows of shots first_shot ..., n x k.
  Eigen::MatrixXd read_noise(device::RandomStream stream, std::uint64_t first_shot, int shots);
  /// The way to each of these outputs, from what the loop holds.
  void sample_settling(const Eigen::MatrixXd& output_v, AnalogBatch& batch);
  /// Poles, settling time and inverse of a loop. \param squared_s2 for the lumped read noise
  void close_loop(const circuit::InvCircuit& circuit, const Eigen::MatrixXd& squared_s2);
  /// \param ideal_s plus less minus arrays as ideal wires would have them
  WireError compare(const Eigen::MatrixXd& loop_s, const Eigen::MatrixXd& ideal_s);
  /// Of a whole array what the lines in use hold.
  Eigen::MatrixXd cells_in_use(const Eigen::MatrixXd& array) const;
  circuit::LoopLayout loop_layout(int seed_slices);
  circuit::AmplifierRow amplifiers_in_use() const;

  /// Single precision (1e-7) is far below the converters' steps up to 12 bits.
  bool uses_single_precision() const { return parameters_.adc.bits <= 12; }
  bool has_noise() const { return parameters_.fidelity != Fidelity::ideal; }

  TileParameters parameters_;
  device::KeyedRandom random_;
  double span_s_;
  std::vector<std::unique_ptr<device::RramArray>> arrays_;
  circuit::AmplifierRow amplifiers_;  ///< of all the tile's rows
  LineMap lines_;

  int size_ = 0;
  int seed_slices_ = 0;
  int slices_in_use_ = 0;
  circuit::LoopDynamics dynamics_;
  double settling_time_s_ = 0.0;
  LoopCompensation compensation_;
  WireError wire_error_;
  std::unique_ptr<TileCircuit> circuit_;  ///< at circuit fidelity
  mutable std::vector<WiredProduct> wired_products_;
  Loop<float> loop_float_;
  Loop<double> loop_double_;
  /// sum over arrays of weight^2 x column sums: with v^2 the power that the columns deliver.
  Eigen::VectorXd column_power_s_;
  std::uint64_t shots_ = 0;
  int watched_rows_ = 0;
  int settling_rows_ = 0;
  int settling_samples_ = 0;
  std::unique_ptr<circuit::OutputTransition> transition_;  ///< when settling is watched
  Eigen::VectorXd last_output_v_;                          ///< that the loop holds
};

}  // namespace invar::tile

#endif
