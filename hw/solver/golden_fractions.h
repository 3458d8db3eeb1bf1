#ifndef INVAR_SOLVER_GOLDEN_FRACTIONS_H
#define INVAR_SOLVER_GOLDEN_FRACTIONS_H

#include <Eigen/Core>

namespace invar::solver {

/// Fractional parts of 1, 2, ... times the golden ratio, 0 to 1: what vectors without a preferred
/// direction begin with, the same on every machine.
Eigen::VectorXd golden_fractions(Eigen::Index count);

}  // namespace invar::solver

#endif
