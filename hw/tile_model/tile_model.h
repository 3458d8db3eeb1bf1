#ifndef INVAR_TILE_MODEL_TILE_MODEL_H
#define INVAR_TILE_MODEL_TILE_MODEL_H

#include <invar/circuit/amplifier_row.h>
#include <invar/tile_model/analog_matrix.h>
#include <invar/tile_model/cell_arrays.h>
#include <invar/tile_model/loop_compensation.h>
#include <invar/tile_model/tile_parameters.h>

#include <Eigen/Core>
#include <cstdint>
#include <memory>
#include <vector>

namespace invar::tile {

struct InvDrive;
class InvLoop;
class MvmArray;

/// The numbers of one tile, without time: the cells of both signs and all slices, the INV loop that
/// an op-amp row closes around them at the tile's fidelity, and the same cells as they multiply,
/// between the converters.
class TileModel : public AnalogMatrix {
 public:
  /// \param tile number of the tile, part of the random key
  TileModel(const TileParameters& parameters, std::uint64_t seed, std::uint32_t tile);
  TileModel(const TileModel&) = delete;
  TileModel& operator=(const TileModel&) = delete;
  ~TileModel() override;

  const TileParameters& parameters() const { return parameters_; }
  const device::KeyedRandom& random() const { return random_; }
  /// INV and MVM shots so far: no two batches have the same number.
  std::uint64_t shots() const { return shots_; }
  CellArrays& cells() { return cells_; }
  const CellArrays& cells() const { return cells_; }

  /// Slice `slice` by the controller's measurement, over the lines in use, weight not applied.
  Eigen::MatrixXd measured_slice(int slice) const;
  /// The value of the stored matrix over the slices in use, n x n, by measurement.
  Eigen::MatrixXd measured_matrix() const;
  /// See LoopCompensation.
  Eigen::MatrixXd loop_value(const Eigen::MatrixXd& plus_s, const Eigen::MatrixXd& minus_s) const {
    return compensation_.loop_value(plus_s, minus_s, cells_.range(), parameters_.wires);
  }

  /// How the cells that are written next stand for a matrix.
  void compensate(LoopCompensation compensation) { compensation_ = std::move(compensation); }
  const LoopCompensation& compensation() const { return compensation_; }
  /// D of the stored matrix M: INV is that of D M D. Solvers scale with it. n
  Eigen::VectorXd inv_row_scale() const;
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
  double settling_time_s() const override;
  bool stable() const override;

  /// Cells and the numbers that noise is keyed by, for a checkpoint, while no matrix is held.
  void exchange(state::Archive& archive);

 private:
  void close_loop();
  circuit::AmplifierRow amplifiers_in_use() const;
  WireError wire_error_of_loop(const Eigen::MatrixXd& seen_s) const;
  /// Through the DACs, each input attenuated by 2^range.
  InvDrive drive(const Eigen::MatrixXd& input, const std::vector<int>& range,
                 AnalogBatch& batch) const;
  /// Bounds outputs by the supply and takes them through the ADCs.
  void convert(Eigen::MatrixXd& output_v, const std::vector<int>& range, AnalogBatch& batch) const;

  TileParameters parameters_;
  device::KeyedRandom random_;
  CellArrays cells_;
  circuit::AmplifierRow amplifiers_;  ///< of all the tile's rows
  LoopCompensation compensation_;
  std::unique_ptr<InvLoop> loop_;  ///< null: none, or singular
  std::unique_ptr<MvmArray> mvm_;
  WireError wire_error_;

  int size_ = 0;
  int seed_slices_ = 0;
  int slices_in_use_ = 0;
  std::uint64_t shots_ = 0;
  int watched_rows_ = 0;
  int settling_rows_ = 0;
  int settling_samples_ = 0;
};

}  // namespace invar::tile

#endif
