#ifndef INVAR_SOLVER_BLOCK_PRODUCT_H
#define INVAR_SOLVER_BLOCK_PRODUCT_H

#include <invar/solver/analog_inverse.h>
#include <invar/solver/input_range.h>
#include <invar/tile_model/tile_model.h>

#include <Eigen/Core>
#include <vector>

namespace invar::solver {

/// Products with an off-diagonal block: on a grid of tiles, or digitally.
class BlockProduct {
 public:
  /// A piece of the block on a tile of its own, transposed because a tile multiplies by the
  /// transpose of what it holds, and made square by zeros.
  struct Part {
    tile::TileModel* model = nullptr;
    int tile = 0;
    Eigen::Index row = 0, column = 0;  ///< of its first element in the block
    Eigen::Index rows = 0, columns = 0;
    double peak = 1.0;  ///< its largest magnitude: it is held divided by that
    InputRange range{0};
  };

  /// Exact products on the lanes.
  explicit BlockProduct(Eigen::MatrixXd block);
  /// \param parts those that are not zero
  BlockProduct(Eigen::Index rows, Eigen::Index columns, std::vector<Part> parts);

  void begin(Eigen::Index columns);
  int fix_ranges();
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application);
  Eigen::MatrixXd read_back(WorkTally& work) const;
  /// See AnalogInverse.
  Eigen::MatrixXd stored_value() const;
  /// Of one vector: all tiles work at once.
  double latency_s() const { return shot_time_s_; }

 private:
  /// The block made of its parts as `held` says that each tile holds it.
  template <typename Held>
  Eigen::MatrixXd assembled(const Held& held) const;

  Eigen::Index rows_, columns_;
  Eigen::MatrixXd digital_;
  std::vector<Part> parts_;
  double shot_time_s_ = 0.0;
};

}  // namespace invar::solver

#endif
