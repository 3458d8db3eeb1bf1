#ifndef INVAR_SOLVER_ANALOG_INVERSE_H
#define INVAR_SOLVER_ANALOG_INVERSE_H

#include <invar/solver/work_tally.h>

#include <Eigen/Core>
#include <cstdint>
#include <vector>

namespace invar::solver {

/// One application of an approximate inverse to some of the right-hand sides of a solve.
struct Application {
  /// Which they are: what is remembered of a right-hand side is kept under this number.
  const std::vector<Eigen::Index>& columns;
  WorkTally& work;
  /// For each of them whether outputs clip however small the input: the result is not to be used.
  std::vector<std::uint8_t> saturated;
  /// Which of its uses within the application a stage is in: inputs of different uses differ.
  int use = 1;
  /// One shot each at the ranges that `fix_ranges` found, and one more where outputs clip.
  bool single_shot = false;
};

/// An approximate inverse made of tiles: of a matrix A as it was asked for, scaling undone.
class AnalogInverse {
 public:
  virtual ~AnalogInverse() = default;

  virtual Eigen::Index size() const = 0;
  /// A solve for so many right-hand sides begins: what was remembered of others is forgotten.
  virtual void begin(Eigen::Index columns) = 0;
  /// What most right-hand sides of the last solve needed is the range of single shots.
  /// \return the largest
  virtual int fix_ranges() = 0;
  /// About A^-1 x for each column. \param input n x (columns of the application)
  virtual Eigen::MatrixXd apply(const Eigen::MatrixXd& input, Application& application) = 0;

  /// About A x for each column, n x k, after the pipeline of a step. \return whether it can
  virtual bool multiply(const Eigen::MatrixXd& input, WorkTally& work, Eigen::MatrixXd& output) = 0;
  /// A as the cells hold it now. \return whether it can
  virtual bool read_back(WorkTally& work, Eigen::MatrixXd& value) = 0;
  /// A as the loops see it now, for figures outside of any machine: nothing is read, nothing
  /// charged. \return whether it can
  virtual bool stored_value(Eigen::MatrixXd& value) const = 0;
  /// One shot of a step on all rows of each loop, for the controller to watch it settle.
  virtual void settle(WorkTally& work) = 0;

  /// Of one right-hand side from stage to stage.
  virtual double latency_s() const = 0;
  /// Settling time of the slowest loop.
  virtual double settling_time_s() const = 0;
  /// Time of the busiest tile for a right-hand side that passes so many times.
  virtual double interval_s(int passes) const = 0;
};

}  // namespace invar::solver

#endif
