#ifndef INVAR_SOLVER_SHOT_SAMPLES_H
#define INVAR_SOLVER_SHOT_SAMPLES_H

#include <cmath>
#include <cstdint>

namespace invar::solver {

/// How good single shots were: solutions of sampled right-hand sides beside FP64 ones.
///
/// For figures alone: it belongs to no machine, nothing is charged, no result depends on it.
struct ShotSamples {
  std::uint64_t columns = 0;
  double error_sum = 0.0;         ///< |x - A^-1 b| / |A^-1 b| of the matrix that was asked for
  double stored_error_sum = 0.0;  ///< the same of the matrix that cells and deflation hold

  ShotSamples& operator+=(const ShotSamples& other) {
    columns += other.columns;
    error_sum += other.error_sum;
    stored_error_sum += other.stored_error_sum;
    return *this;
  }
  /// -log2 of the mean error; 0 without samples.
  double effective_bits() const { return bits(error_sum); }
  double stored_effective_bits() const { return bits(stored_error_sum); }

 private:
  double bits(double sum) const {
    return sum > 0.0 && std::isfinite(sum) ? -std::log2(sum / static_cast<double>(columns)) : 0.0;
  }
};

}  // namespace invar::solver

#endif
