#include <invar/solver/golden_fractions.h>

#include <cmath>

namespace invar::solver {

Eigen::VectorXd golden_fractions(Eigen::Index count) {
  Eigen::VectorXd fractions(count);
  for (Eigen::Index i = 0; i < count; ++i) {
    const double turns = 0.6180339887498949 * static_cast<double>(i + 1);
    fractions[i] = turns - std::floor(turns);
  }
  return fractions;
}

}  // namespace invar::solver
