#ifndef INVAR_TILE_MODEL_ANALOG_MATRIX_H
#define INVAR_TILE_MODEL_ANALOG_MATRIX_H

#include <invar/tile_model/analog_work.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::tile {

/// A batch of INV or MVM shots.
struct AnalogBatch : AnalogWork {
  /// Results, n x k, in the units of the inputs (the programmed matrix is normalised to 1).
  Eigen::MatrixXd output;
  /// For each shot whether an output clipped at the supply or the ADC: the result is not to be
  /// used.
  std::vector<std::uint8_t> clipped;
  /// INV: for each shot the largest output code relative to the ADC's largest, 0 to 1.
  std::vector<float> peak;
  /// INV: converter codes of the first rows of each shot (rows x shots), when they are watched.
  Eigen::MatrixXi dac_codes;
  Eigen::MatrixXi adc_codes;
  /// INV: outputs of the first rows on their way, volts, when that is watched: one column a shot,
  /// the rows at the first sample, then at the second, ...
  Eigen::MatrixXd settling_v;
};

/// The part of a tile that a solver sees: a stored matrix that can be applied and inverted, each
/// imperfectly, at a known price.
class AnalogMatrix {
 public:
  virtual ~AnalogMatrix() = default;

  /// Dimension of the stored matrix.
  virtual int size() const = 0;

  /// INV: approximately M^-1 input for each column.
  /// \param input n x k, magnitudes up to 1 (beyond, the DAC clips and counts)
  /// \param range k: the input is attenuated by 2^range in front of the array, and the result
  /// scaled
  ///        back, so that large solutions fit the outputs; 0 to 15
  virtual AnalogBatch invert(const Eigen::MatrixXd& input, const std::vector<int>& range) = 0;

  /// MVM: approximately M^T input for each column (the rows are driven, the columns summed), which
  /// is M input for the symmetric matrices of a solver; magnitudes of `input` up to 1.
  virtual AnalogBatch multiply(const Eigen::MatrixXd& input) = 0;

  /// Converter codes of the first `rows` rows go along with every batch, for traces.
  virtual void watch_codes(int rows) { (void)rows; }

  /// Outputs of the first `rows` rows on their way to each shot's result, at `samples` equal
  /// distances of the settling time.
  virtual void watch_settling(int rows, int samples) {
    (void)rows;
    (void)samples;
  }

  /// Analog time of one INV shot until the outputs have settled; 0 when the loop is not stable.
  virtual double settling_time_s() const = 0;
  virtual bool stable() const = 0;
};

}  // namespace invar::tile

#endif
