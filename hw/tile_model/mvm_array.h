#ifndef INVAR_TILE_MODEL_MVM_ARRAY_H
#define INVAR_TILE_MODEL_MVM_ARRAY_H

#include <invar/tile_model/analog_matrix.h>
#include <invar/tile_model/cell_arrays.h>
#include <invar/tile_model/shot_cost.h>
#include <invar/tile_model/tile_parameters.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::tile {

/// The arrays of a tile as they multiply: bit-sliced products, lumped or conversion by conversion.
///
/// The input goes in pieces of the DAC's width, `mvm_row_group` rows are driven at once, and every
/// partial sum of every slice is converted; pieces, slices and groups are shifted and added.
class MvmArray {
 public:
  /// \param parameters, cells outlive this \param size of the matrix on the lines in use
  /// \param slices that hold it
  MvmArray(const TileParameters& parameters, const CellArrays& cells,
           const device::KeyedRandom& random, int size, int slices);

  /// See AnalogMatrix. \param first_shot number of the first shot, part of the random key
  AnalogBatch multiply(const Eigen::MatrixXd& input, std::uint64_t first_shot) const;

 private:
  struct Plan;
  Plan plan() const;
  void multiply_lumped(const Plan& plan, const Eigen::MatrixXd& codes, std::uint64_t first_shot,
                       AnalogBatch& batch) const;
  void multiply_bit_serial(const Plan& plan, const Eigen::MatrixXd& codes, std::uint64_t first_shot,
                           AnalogBatch& batch) const;
  /// Power in the cells over the square of an input code's volts, times it: summed over rows and
  /// shots.
  double loaded_squares(const Eigen::MatrixXd& codes) const;

  /// At circuit fidelity: what columns and rows of an array see; made at first use.
  struct WiredProduct {
    Eigen::MatrixXd effective_s;  ///< rows x columns
    Eigen::MatrixXd driven_s;     ///< rows x rows
  };
  const WiredProduct& wired_product(int slice, int sign) const;
  /// Conductances of a slice, plus less minus, over the span; and the sum of their squares.
  Eigen::MatrixXd slice_value(int slice) const;
  Eigen::MatrixXd slice_square(int slice) const;

  const TileParameters& parameters_;
  const CellArrays& cells_;
  device::KeyedRandom random_;
  int size_;
  int slices_;
  mutable std::vector<WiredProduct> wired_products_;
};

}  // namespace invar::tile

#endif
