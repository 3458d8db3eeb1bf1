#include <invar/solver/digital_operations.h>
#include <invar/solver/krylov.h>
#include <invar/solver/refinement.h>
#include <invar/solver/scaled_inverse.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <stdexcept>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr double k_divergence = 1e3;
/// Iterations without a residual 1 % better after which a right-hand side is given up: plain, and
/// with search directions, which may need a while to gather the modes that a seed misses.
constexpr int k_stagnation = 8;
constexpr int k_directed_stagnation = 24;
/// The same, after which the search directions are dropped.
constexpr int k_restart = 12;

MatrixXd gather(const MatrixXd& matrix, const std::vector<Index>& columns) {
  return matrix(Eigen::all, columns);
}

/// Fixed-point numbers of so many bits relative to each column's power of two.
void round_to_bits(int bits, MatrixXd& solution) {
  const double largest_code = std::ldexp(1.0, bits - 1) - 1.0;
  for (Index column = 0; column < solution.cols(); ++column) {
    const double peak = solution.col(column).cwiseAbs().maxCoeff();
    if (!(peak > 0.0) || !std::isfinite(peak)) {
      continue;
    }
    int exponent = 0;
    std::frexp(peak, &exponent);
    const double step = std::ldexp(1.0, exponent - (bits - 1));
    for (double& value : solution.col(column)) {
      value = step * std::clamp(std::nearbyint(value / step), -largest_code, largest_code);
    }
  }
}

/// Columns and the power of two of each, so that norms neither overflow nor vanish. Every number of
/// a refinement is proportional to its right-hand side: no other bit changes.
class ColumnScale {
 public:
  explicit ColumnScale(const MatrixXd& columns) {
    for (Index column = 0; column < columns.cols(); ++column) {
      const double peak = columns.rows() == 0 ? 0.0 : columns.col(column).cwiseAbs().maxCoeff();
      exponents_.push_back(peak > 0.0 ? std::ilogb(peak) : 0);
    }
  }
  /// Columns with peaks from 1 to 2.
  MatrixXd normalised(const MatrixXd& columns) const { return times(columns, -1); }
  /// As they were asked for; what is too small or too large for FP64 is lost.
  MatrixXd restored(const MatrixXd& columns) const { return times(columns, 1); }

 private:
  MatrixXd times(const MatrixXd& columns, int sign) const {
    MatrixXd result = columns;
    for (Index column = 0; column < columns.cols(); ++column) {
      const int exponent = sign * exponents_[column];
      if (exponent != 0) {
        // In two steps: 2^1074 is no number.
        result.col(column) *= std::ldexp(1.0, exponent / 2);
        result.col(column) *= std::ldexp(1.0, exponent - exponent / 2);
      }
    }
    return result;
  }

  std::vector<int> exponents_;
};

/// The loop over all right-hand sides of one command.
class Refinement {
 public:
  Refinement(AnalogInverse& seed, const MatrixXd& matrix, const MatrixXd& rhs,
             const RefinementRequest& request, const RefinementParameters& parameters)
      : seed_(seed),
        matrix_(matrix),
        column_scale_(rhs),
        rhs_(column_scale_.normalised(rhs)),
        tolerance_(request.tolerance),
        limit_(static_cast<std::uint32_t>(
            request.iteration_limit > 0 ? request.iteration_limit : parameters.iteration_limit)),
        single_precision_(request.single_precision),
        reference_(request.reference),
        parameters_(parameters),
        work_(request.lane_rate_hz) {}

  SolveResult run() {
    const Index k = rhs_.cols();
    result_.solution = MatrixXd::Zero(rhs_.rows(), k);
    result_.iterations.assign(k, 0);
    norm_ = rhs_.colwise().norm();
    residual_ = rhs_;
    best_ = MatrixXd::Zero(rhs_.rows(), k);
    best_norm_ = norm_;
    stagnant_.assign(k, 0);
    seed_.begin(k);
    if (parameters_.krylov_directions > 0) {
      directions_.assign(k, SearchDirections(parameters_.krylov_directions));
    }
    failed_.assign(k, SolveStatus::ok);
    first_ = MatrixXd::Zero(rhs_.rows(), k);

    std::vector<Index> active;
    for (Index column = 0; column < k; ++column) {
      if (norm_[column] > 0.0) {
        active.push_back(column);
      }
    }
    while (!active.empty()) {
      iterate(active);
      if (active.empty()) {
        active = verify();
      }
    }
    finish();
    return std::move(result_);
  }

 private:
  /// One round for the right-hand sides in `active`; those that are done leave it.
  void iterate(std::vector<Index>& active) {
    work_.set_columns(static_cast<Index>(active.size()));
    Application application{active, work_, std::vector<std::uint8_t>(active.size(), 0)};
    MatrixXd correction = seed_.apply(gather(residual_, active), application);
    for (std::size_t i = 0; i < active.size(); ++i) {
      if (application.saturated[i] != 0) {
        failed_[active[i]] = SolveStatus::saturated;
      }
    }
    MatrixXd image = apply_matrix(correction);
    if (!directions_.empty()) {
      for (std::size_t i = 0; i < active.size(); ++i) {
        directions_[active[i]].improve(residual_.col(active[i]), correction.col(i), image.col(i),
                                       work_);
      }
    }
    count_work(active.size(), k_update_operations);
    double largest_residual = 0.0;
    std::vector<Index> next;
    for (std::size_t i = 0; i < active.size(); ++i) {
      const Index column = active[i];
      ++result_.iterations[column];
      if (failed_[column] != SolveStatus::ok) {
        continue;
      }
      result_.solution.col(column) += correction.col(i);
      residual_.col(column) -= image.col(i);
      if (result_.iterations[column] == 1) {
        first_.col(column) = result_.solution.col(column);
      }
      const double norm = residual_.col(column).norm();
      largest_residual = std::max(largest_residual, norm / norm_[column]);
      if (track(column, norm)) {
        next.push_back(column);
      }
    }
    work_.set_residual(largest_residual);
    result_.steps.push_back(work_.close(seed_.latency_s()));
    active = std::move(next);
  }

  /// Keeps the best solution and decides whether the column goes on.
  bool track(Index column, double norm) {
    if (norm < best_norm_[column]) {
      stagnant_[column] = norm < 0.99 * best_norm_[column] ? 0 : stagnant_[column] + 1;
      best_norm_[column] = norm;
      best_.col(column) = result_.solution.col(column);
    } else {
      ++stagnant_[column];
    }
    if (norm <= target() * norm_[column]) {
      return false;
    }
    if (stagnant_[column] == k_restart && !directions_.empty()) {
      directions_[column].restart();
    }
    if (!std::isfinite(norm) || norm > k_divergence * norm_[column] ||
        stagnant_[column] >= (directions_.empty() ? k_stagnation : k_directed_stagnation) ||
        result_.iterations[column] >= limit_) {
      failed_[column] = SolveStatus::not_converged;
      return false;
    }
    return true;
  }

  /// Rounding the solution adds an error of its own: leave it room.
  double target() const {
    return single_precision_ || parameters_.result_bits > 0 ? 0.9 * tolerance_ : tolerance_;
  }

  MatrixXd apply_matrix(const MatrixXd& correction) {
    MatrixXd image;
    if (parameters_.residual == ResidualPath::analog && seed_.multiply(correction, work_, image)) {
      return image;
    }
    count_residuals(correction.cols());
    return matrix_ * correction;
  }

  /// Recomputes every residual from the solution as it will be stored. Right-hand sides that
  /// drifted above the tolerance are returned for more iterations.
  std::vector<Index> verify() {
    if (parameters_.result_bits > 0) {
      round_to_bits(parameters_.result_bits, best_);
    }
    MatrixXd stored = column_scale_.restored(best_);
    if (single_precision_) {
      stored = stored.cast<float>().cast<double>();
    }
    best_ = column_scale_.normalised(stored);
    count_residuals(rhs_.cols());
    count_work(rhs_.cols(), k_check_operations);
    double largest_residual = 0.0;
    const MatrixXd residual = rhs_ - matrix_ * best_;
    std::vector<Index> again;
    result_.relative_residual = VectorXd::Zero(rhs_.cols());
    for (Index column = 0; column < rhs_.cols(); ++column) {
      if (norm_[column] == 0.0) {
        continue;
      }
      const double relative = residual.col(column).norm() / norm_[column];
      result_.relative_residual[column] = relative;
      largest_residual = std::max(largest_residual, relative);
      if (!(relative <= tolerance_) && failed_[column] == SolveStatus::ok) {
        result_.solution.col(column) = best_.col(column);
        residual_.col(column) = residual.col(column);
        best_norm_[column] = residual.col(column).norm();
        if (!directions_.empty()) {
          directions_[column].restart();
        }
        if (++restarts_ > 4 * rhs_.cols()) {
          failed_[column] = SolveStatus::not_converged;
        } else {
          again.push_back(column);
        }
      }
    }
    work_.set_residual(largest_residual);
    result_.steps.push_back(work_.close(0.0));
    result_.steps.back().verification = true;
    return again;
  }

  void finish() {
    if (result_.relative_residual.size() == 0) {
      verify();
    }
    for (Index column = 0; column < rhs_.cols(); ++column) {
      if (result_.relative_residual[column] <= tolerance_) {
        ++result_.converged;
        failed_[column] = SolveStatus::ok;
      }
      result_.status = std::max(result_.status, failed_[column]);
    }
    if (reference_ != nullptr) {
      result_.seed_effective_bits = reference_->effective_bits(first_, rhs_);
    }
    result_.solution = column_scale_.restored(best_);
    result_.retries = work_.retries();
    result_.energy = work_.energy();
    result_.counts = work_.counts();
  }

  void count_residuals(Index columns) {
    work_.add_fetch(columns, rhs_.rows() * rhs_.rows());
    work_.add_operations(columns, rhs_.rows() * rhs_.rows());
  }

  /// Books so many operations per element of each column.
  void count_work(std::size_t columns, Index operations) {
    work_.add_operations(static_cast<Index>(columns), operations * rhs_.rows());
  }

  AnalogInverse& seed_;
  const MatrixXd& matrix_;
  ColumnScale column_scale_;
  const MatrixXd rhs_;
  double tolerance_;
  std::uint32_t limit_;
  bool single_precision_;
  const SeedReference* reference_;
  RefinementParameters parameters_;
  WorkTally work_;
  SolveResult result_;
  VectorXd norm_;
  MatrixXd residual_;
  MatrixXd best_;
  VectorXd best_norm_;
  MatrixXd first_;
  std::vector<int> stagnant_;
  std::vector<SolveStatus> failed_;
  std::vector<SearchDirections> directions_;
  Index restarts_ = 0;
};

}  // namespace

std::uint32_t SolveResult::largest_iterations() const {
  return iterations.empty() ? 0 : *std::max_element(iterations.begin(), iterations.end());
}

double SolveResult::largest_residual() const {
  return relative_residual.size() == 0 ? 0.0 : relative_residual.maxCoeff();
}

std::uint64_t SolveResult::total_iterations() const {
  return std::accumulate(iterations.begin(), iterations.end(), std::uint64_t{0});
}

std::uint64_t SolveResult::total_multiply_accumulates() const {
  return std::accumulate(
      steps.begin(), steps.end(), std::uint64_t{0},
      [](std::uint64_t sum, const WorkStep& step) { return sum + step.multiply_accumulates; });
}

std::uint64_t SolveResult::total_fetched_elements() const {
  return std::accumulate(
      steps.begin(), steps.end(), std::uint64_t{0},
      [](std::uint64_t sum, const WorkStep& step) { return sum + step.fetched_elements; });
}

double SolveResult::duration_s() const {
  return std::accumulate(steps.begin(), steps.end(), 0.0,
                         [](double sum, const WorkStep& step) { return sum + step.duration_s; });
}

SolveResult refine(AnalogInverse& seed, const MatrixXd& matrix, const MatrixXd& rhs,
                   const RefinementRequest& request, const RefinementParameters& parameters) {
  if (matrix.rows() != seed.size() || matrix.cols() != seed.size() || rhs.rows() != seed.size()) {
    throw std::invalid_argument("solver: matrix and right-hand sides must match the tiles");
  }
  if (!rhs.allFinite()) {
    SolveResult result;
    result.status = SolveStatus::not_finite;
    result.solution = MatrixXd::Zero(rhs.rows(), rhs.cols());
    result.relative_residual = VectorXd::Ones(rhs.cols());
    result.iterations.assign(rhs.cols(), 0);
    return result;
  }
  return Refinement(seed, matrix, rhs, request, parameters).run();
}

SolveResult refine(tile::AnalogMatrix& seed, const MatrixXd& matrix, const VectorXd& scale,
                   const MatrixXd& rhs, double tolerance, int iteration_limit,
                   bool single_precision, const RefinementParameters& parameters) {
  if (scale.size() != seed.size() || matrix.rows() != seed.size() || matrix.cols() != seed.size()) {
    throw std::invalid_argument("solver: matrix and scale must match the tile");
  }
  ScaledInverse inverse(seed, {scale, 1.0}, 0, parameters.largest_range);
  RefinementRequest request;
  request.tolerance = tolerance;
  request.iteration_limit = iteration_limit;
  request.single_precision = single_precision;
  const SeedReference reference(matrix, true);
  request.reference = &reference;
  return refine(inverse, matrix, rhs, request, parameters);
}

}  // namespace invar::solver
