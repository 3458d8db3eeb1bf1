#ifndef INVAR_SOLVER_TIMING_ESTIMATE_H
#define INVAR_SOLVER_TIMING_ESTIMATE_H

#include <string>
#include <vector>

namespace invar::solver {

/// What the expected cost of one matrix depends on besides the parameters of the machine.
struct TimingSample {
  int n = 0;       ///< dimension of the matrices that it was taken from; 0 = none
  int slices = 0;  ///< in their INV loops; 0 = the accelerator's default
  /// Refinement iterations of a right-hand side (assumption: as for damped K-FAC factors).
  double iterations = 6.0;
  /// Of one INV shot (assumption).
  double settling_time_s = 500e-9;
  /// Mean over the cells of a stored matrix (assumption: most entries lie near the lowest level).
  double mean_conductance_s = 3e-6;
  /// Of the slices, those with a minus array, where these are there as needed (assumption: all).
  double minus_share = 1.0;
  /// Energy in the array of an INV shot over that in its amplifiers (assumption).
  double array_share = 0.02;
  /// What the output stages of an INV shot take over the bias of its amplifiers, where they are
  /// charged below circuit fidelity (assumption: they are not).
  double output_stage_share = 0.0;
  /// Shots repeated because an output clipped, for each that counts (assumption).
  double retry_share = 0.05;
  /// Times that a PROGRAM stores the matrix: once more where a seed would diverge and is damped
  /// more, or where cells fail and other lines take it (assumption).
  double writings = 1.0;
  /// Of the cells of one such writing, those that are written; the others stand at their level
  /// already (assumption).
  double written_share = 1.0;
  /// Of the written cells, those whose conductance rises; the others are reset (assumption).
  double set_share = 0.5;
};

/// What `timing` fidelity takes for the behaviour of the matrices it does not compute.
struct TimingEstimate {
  /// By dimension; the sample of the nearest dimension (by ratio) stands for the sizes between.
  std::vector<TimingSample> samples = std::vector<TimingSample>(1);
  std::string source = "assumption";  ///< or "sampled"

  const TimingSample& at(int n) const;
  /// \throws std::invalid_argument naming the field and its range
  void check() const;
};

}  // namespace invar::solver

#endif
