#include <invar/solver/column_scale.h>
#include <invar/solver/krylov.h>
#include <invar/solver/refinement.h>
#include <invar/solver/residual_norms.h>
#include <invar/solver/scaled_inverse.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <utility>

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

/// The loop over all right-hand sides of one command.
class Refinement {
 public:
  /// \param rhs finite \param failed for each of them whether it has failed already
  Refinement(AnalogInverse& seed, const MatrixXd& matrix, const MatrixXd& rhs,
             std::vector<SolveStatus> failed, const RefinementRequest& request,
             const RefinementParameters& parameters)
      : seed_(seed),
        matrix_(matrix),
        norms_(request.row_scale.size() != 0 ? request.row_scale : VectorXd::Ones(rhs.rows()),
               request.column_scale),
        column_scale_(rhs, norms_.row_scale()),
        rhs_(column_scale_.normalised(rhs)),
        tolerance_(request.tolerance),
        limit_(static_cast<std::uint32_t>(
            request.iteration_limit > 0 ? request.iteration_limit : parameters.iteration_limit)),
        single_precision_(request.single_precision),
        reference_(request.reference),
        parameters_(parameters),
        work_(request.lane_rate_hz),
        failed_(std::move(failed)),
        memory_(request.direction_memory) {}

  SolveResult run() {
    const Index k = rhs_.cols();
    result_.solution = MatrixXd::Zero(rhs_.rows(), k);
    result_.iterations.assign(k, 0);
    norms_.begin(rhs_);
    residual_ = norms_.scaled(rhs_);
    best_ = MatrixXd::Zero(rhs_.rows(), k);
    best_norm_ = residual_.colwise().norm();
    stagnant_.assign(k, 0);
    reached_units_.assign(k, 0);
    seed_.begin(k);
    if (parameters_.krylov_directions > 0) {
      directions_.assign(k, SearchDirections(parameters_.krylov_directions));
      memory_ = std::max<Index>(memory_, parameters_.krylov_directions * k);
    }
    first_ = MatrixXd::Zero(rhs_.rows(), k);

    std::vector<Index> active;
    for (Index column = 0; column < k; ++column) {
      if (norms_.rhs_norm(column) > 0.0) {
        active.push_back(column);
      }
    }
    while (!active.empty()) {
      iterate(active);
      if (active.empty()) {
        active = resume();
      }
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
    MatrixXd correction = seed_.apply(norms_.unscaled(gather(residual_, active)), application);
    for (std::size_t i = 0; i < active.size(); ++i) {
      if (application.saturated[i] != 0) {
        failed_[active[i]] = SolveStatus::saturated;
      }
    }
    MatrixXd image = norms_.scaled(apply_matrix(correction));
    if (!directions_.empty()) {
      for (std::size_t i = 0; i < active.size(); ++i) {
        directions_[active[i]].improve(residual_.col(active[i]), correction.col(i), image.col(i),
                                       work_);
      }
    }
    work_.add(static_cast<Index>(active.size()), update_work(rows(), norms_.asks_for_units()));
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
      largest_residual = std::max(largest_residual, norm / norms_.rhs_norm(column));
      if (track(column, norm, static_cast<Index>(active.size()))) {
        next.push_back(column);
      }
    }
    work_.set_residual(largest_residual);
    result_.steps.push_back(work_.close(seed_.latency_s()));
    active = std::move(next);
  }

  /// Keeps the best solution and decides whether the column, one of so many, goes on.
  bool track(Index column, double norm, Index columns) {
    const bool within = norm <= target() * norms_.rhs_norm(column);
    const bool done = within && norms_.is_small_in_units(column, residual_.col(column),
                                                         result_.solution.col(column), target());
    if (norm < best_norm_[column] || done) {
      stagnant_[column] = norm < 0.99 * best_norm_[column] ? 0 : stagnant_[column] + 1;
      best_norm_[column] = norm;
      best_.col(column) = result_.solution.col(column);
    } else {
      ++stagnant_[column];
    }
    if (done) {
      return false;
    }
    if (!std::isfinite(norm) || norm > k_divergence * norms_.rhs_norm(column) ||
        result_.iterations[column] >= limit_) {
      return fail(column);
    }
    return directions_.empty() ? stagnant_[column] < k_stagnation || fail(column)
                               : stagnant_[column] < k_restart || go_on(column, columns);
  }

  /// Nothing more is to be had. What is promised may be there all the same, if not in the units.
  bool fail(Index column) {
    reached_units_[column] = 1;
    if (!(best_norm_[column] <= target() * norms_.rhs_norm(column))) {
      failed_[column] = SolveStatus::not_converged;
    }
    return false;
  }

  /// A column that stagnates keeps more directions if there is memory for them, begins anew with
  /// those it may have, or waits until the others leave it theirs.
  bool go_on(Index column, Index columns) {
    SearchDirections& directions = directions_[column];
    const Index wanted = std::min<Index>(2 * directions.largest(), rhs_.rows());
    const bool complete = wanted == directions.largest();
    if (!complete && wanted * columns <= memory_) {
      directions.grow(wanted);
      stagnant_[column] = 0;
    } else if (stagnant_[column] == k_restart) {
      directions.restart();
    }
    if (stagnant_[column] < k_directed_stagnation) {
      return true;
    }
    if (complete || wanted > memory_) {
      return fail(column);
    }
    waiting_.push_back(column);
    return false;
  }

  /// As many of the columns that wait as there is memory for twice their directions.
  std::vector<Index> resume() {
    std::vector<Index> resumed;
    Index used = 0;
    for (const Index column : std::exchange(waiting_, {})) {
      SearchDirections& directions = directions_[column];
      const Index wanted = std::min<Index>(2 * directions.largest(), rhs_.rows());
      if (used + wanted > memory_) {
        waiting_.push_back(column);
        continue;
      }
      used += wanted;
      directions.restart();
      directions.grow(wanted);
      stagnant_[column] = 0;
      result_.solution.col(column) = best_.col(column);
      residual_.col(column) = norms_.scaled(rhs_.col(column) - matrix_ * best_.col(column));
      resumed.push_back(column);
    }
    count_residuals(static_cast<Index>(resumed.size()));
    return resumed;
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
    work_.add(rhs_.cols(), check_work(rows(), norms_.asks_for_units()));
    double largest_residual = 0.0;
    const MatrixXd residual = norms_.scaled(rhs_ - matrix_ * best_);
    std::vector<Index> again;
    result_.relative_residual = VectorXd::Zero(rhs_.cols());
    for (Index column = 0; column < rhs_.cols(); ++column) {
      if (norms_.rhs_norm(column) == 0.0) {
        result_.relative_residual[column] = failed_[column] == SolveStatus::ok ? 0.0 : 1.0;
        continue;
      }
      const double relative = residual.col(column).norm() / norms_.rhs_norm(column);
      result_.relative_residual[column] = relative;
      largest_residual = std::max(largest_residual, relative);
      const bool good =
          relative <= tolerance_ &&
          (reached_units_[column] != 0 ||
           norms_.is_small_in_units(column, residual.col(column), best_.col(column), tolerance_));
      if (!good && failed_[column] == SolveStatus::ok) {
        result_.solution.col(column) = best_.col(column);
        residual_.col(column) = residual.col(column);
        best_norm_[column] = residual.col(column).norm();
        if (!directions_.empty()) {
          directions_[column].restart();
        }
        if (++restarts_ > 4 * rhs_.cols()) {
          fail(column);
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
      const bool within = result_.relative_residual[column] <= tolerance_ &&
                          failed_[column] != SolveStatus::not_finite;
      if (within) {
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

  double rows() const { return static_cast<double>(rhs_.rows()); }
  void count_residuals(Index columns) { work_.add(columns, residual_work(rows())); }

  AnalogInverse& seed_;
  const MatrixXd& matrix_;
  ResidualNorms norms_;
  ColumnScale column_scale_;
  const MatrixXd rhs_;
  double tolerance_;
  std::uint32_t limit_;
  bool single_precision_;
  const SeedReference* reference_;
  RefinementParameters parameters_;
  WorkTally work_;
  SolveResult result_;
  MatrixXd residual_;
  MatrixXd best_;
  VectorXd best_norm_;
  MatrixXd first_;
  std::vector<int> stagnant_;
  std::vector<std::uint8_t> reached_units_;  ///< or nothing better in the units is to be had
  std::vector<SolveStatus> failed_;
  std::vector<SearchDirections> directions_;
  Index memory_;                ///< search directions that there is room for, of all columns
  std::vector<Index> waiting_;  ///< columns that need more of them than they may have now
  Index restarts_ = 0;
};

}  // namespace

SolveResult refine(AnalogInverse& seed, const MatrixXd& matrix, const MatrixXd& rhs,
                   const RefinementRequest& request, const RefinementParameters& parameters) {
  if (matrix.rows() != seed.size() || matrix.cols() != seed.size() || rhs.rows() != seed.size()) {
    throw std::invalid_argument("solver: matrix and right-hand sides must match the tiles");
  }
  if (request.row_scale.size() != 0 && request.row_scale.size() != seed.size()) {
    throw std::invalid_argument("solver: the scale must match the tiles");
  }
  std::vector<SolveStatus> failed;
  const MatrixXd finite = finite_columns(rhs, failed);
  return Refinement(seed, matrix, finite, std::move(failed), request, parameters).run();
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
