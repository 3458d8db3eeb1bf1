#ifndef INVAR_SOLVER_INPUT_RANGE_H
#define INVAR_SOLVER_INPUT_RANGE_H

#include <invar/solver/analog_inverse.h>
#include <invar/tile_model/analog_matrix.h>

#include <Eigen/Core>
#include <functional>
#include <map>
#include <vector>

namespace invar::solver {

/// How right-hand sides get into one tile.
///
/// Each is scaled to the DAC's full range. When an output clips, the shot is repeated with the
/// input attenuated by two; the attenuation is kept for the next applications and taken back when
/// the outputs leave three quarters of the ADC's range unused.
///
/// Single shots are scaled by a power of two and have the attenuation that `fix` found: one that
/// clips is repeated once with a quarter of the input.
class InputRange {
 public:
  /// A batch of shots for inputs of magnitudes up to 1, each attenuated by 2^range; `again`: they
  /// clipped before.
  using Shots = std::function<tile::AnalogBatch(const Eigen::MatrixXd& input,
                                                const std::vector<int>& range, bool again)>;

  /// \param largest attenuation 2^range that is tried
  explicit InputRange(int largest) : largest_(largest) {}

  int largest() const { return largest_; }
  void begin(Eigen::Index columns) {
    columns_ = columns;
    ranges_.clear();
  }
  /// The attenuation of single shots is the least at which at most an eighth of the last right-hand
  /// sides would clip. \return the largest over the uses
  int fix();
  /// The tile's answers to the columns of `input`, in its units. \param rows of an answer
  Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Eigen::Index rows, Application& application,
                        const Shots& shots);

 private:
  Eigen::MatrixXd apply_once(const Eigen::MatrixXd& input, Eigen::Index rows,
                             Application& application, const Shots& shots) const;

  int largest_;
  Eigen::Index columns_ = 0;
  std::map<int, std::vector<int>> ranges_;  ///< for each use of the tile, for each right-hand side
  std::map<int, int> fixed_;                ///< of single shots, for each use of the tile
};

}  // namespace invar::solver

#endif
