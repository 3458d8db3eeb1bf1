#ifndef INVAR_SOLVER_SINGLE_SHOT_H
#define INVAR_SOLVER_SINGLE_SHOT_H

#include <invar/solver/analog_inverse.h>
#include <invar/solver/refinement.h>
#include <invar/solver/solve_result.h>

#include <Eigen/Core>

namespace invar::device {
class KeyedRandom;
}

namespace invar::solver {

/// One shot for each right-hand side at the ranges fixed beforehand: scaled, inverted, scaled back,
/// and a second one at a quarter of the input where an output clips. One that clips again is 0 and
/// `saturated`. No residual: how good solutions are is what probes told.
/// \param rhs n x k \param request its `row_scale` and lanes, and whether solutions are binary32
SolveResult shoot(AnalogInverse& inverse, const Eigen::MatrixXd& rhs,
                  const RefinementRequest& request);

/// What probe shots tell of an inverse.
struct ProbeOutcome {
  int range = 0;         ///< 2^range is the largest attenuation of its inputs
  double quality = 0.0;  ///< root mean square of |S (b - A y)| / |S b| over the probes
};

/// Fixes the ranges of single shots by probes with random right-hand sides, S b standard normal,
/// and measures how good solutions y of single shots for them are. \param row_scale S, n \param
/// step what it took
ProbeOutcome probe(AnalogInverse& inverse, const Eigen::MatrixXd& matrix,
                   const Eigen::VectorXd& row_scale, int probes, const device::KeyedRandom& random,
                   std::uint64_t event, WorkTally& work, WorkStep& step);
/// What one probe asks of the lanes besides its shot: its residual and its norm.
LaneWork probe_work(double n);

/// One shot for each right-hand side, and a check of groups: with the columns r_j of the residual
/// over |S b_j| and random signs z_j, |S sum z_j r_j| / sqrt(group) within the tolerance. Groups
/// that fail are refined to the tolerance.
///
/// The square of that figure has the mean square of the columns' relative residuals for its mean
/// over the signs. A group of g whose columns are right but for one, off by e, shows e / sqrt(g):
/// what a tolerance t lets pass is at most one column off by t sqrt(g) (docs/decisions/services.md
/// has probabilities).
/// \param event part of the key of the signs
SolveResult shoot_and_check(AnalogInverse& inverse, const Eigen::MatrixXd& matrix,
                            const Eigen::MatrixXd& rhs, const RefinementRequest& request,
                            const RefinementParameters& parameters,
                            const device::KeyedRandom& random, std::uint64_t event);

}  // namespace invar::solver

#endif
