#ifndef INVAR_SOLVER_SCALED_INVERSE_H
#define INVAR_SOLVER_SCALED_INVERSE_H

#include <invar/number_format/number_format.h>
#include <invar/solver/analog_inverse.h>
#include <invar/solver/input_range.h>
#include <invar/tile_model/tile_model.h>

#include <Eigen/Core>
#include <vector>

namespace invar::solver {

/// What of a matrix a tile holds: M = S A S / peak, magnitudes up to 1.
struct TileScale {
  Eigen::VectorXd scale;  ///< S, n
  double peak = 1.0;
};

/// The inverse of a matrix on one tile: A^-1 = S M^-1 S / peak.
class ScaledInverse final : public AnalogInverse {
 public:
  /// \param matrix what a tile holds \param tile its place
  /// \param symmetric of the matrix: a tile multiplies by its transpose
  ScaledInverse(tile::AnalogMatrix& matrix, TileScale scale, int tile, int largest_range,
                bool symmetric = true);
  /// \param model may compensate wires: its INV is that of D M D, which is folded into the scale
  /// \param lanes what vectors are scaled in
  ScaledInverse(tile::TileModel& model, TileScale scale, int tile, int largest_range,
                bool symmetric = true,
                number_format::NumberFormat lanes = number_format::NumberFormat::fp64);

  Eigen::Index size() const override { return stored_.scale.size(); }
  void begin(Eigen::Index columns) override { range_.begin(columns); }
  int fix_ranges() override { return range_.fix(); }
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) override;
  bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) override;
  bool read_back(WorkTally& work, Eigen::MatrixXd& value) override;
  bool stored_value(Eigen::MatrixXd& value) const override;
  void settle(WorkTally& work) override;
  double latency_s() const override { return shot_time_s_; }
  double settling_time_s() const override { return matrix_.settling_time_s(); }
  double interval_s(int passes) const override { return passes * interval_s_; }

 private:
  /// S^-1 M S^-1 peak.
  Eigen::MatrixXd unscaled(const Eigen::MatrixXd& value) const;

  tile::AnalogMatrix& matrix_;
  tile::TileModel* model_ = nullptr;
  TileScale stored_;
  Eigen::VectorXd loop_scale_;
  int tile_;
  bool symmetric_;
  number_format::NumberFormat lanes_ = number_format::NumberFormat::fp64;
  InputRange range_;
  double shot_time_s_ = 0.0, interval_s_ = 0.0;
};

}  // namespace invar::solver

#endif
