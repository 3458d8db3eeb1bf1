#include <invar/parameters/range_check.h>
#include <invar/solver/refinement.h>

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

constexpr double k_unused_range = 0.25;
constexpr double k_divergence = 1e3;
/// Iterations without a better residual after which a right-hand side is given up.
constexpr int k_stagnation = 8;

/// Digital work besides the residual, per element of a right-hand side and iteration.
/// S r, its largest magnitude, the scaling to the DAC, S dx.
constexpr int k_scaling_operations = 4;
/// x + dx, r - A dx, |r|^2.
constexpr int k_update_operations = 3;
/// An analog product: S^-1 dx, its largest magnitude, the scaling to the DAC, S^-1 y.
constexpr int k_product_operations = 4;
/// The final check: b - A x, |r|^2.
constexpr int k_check_operations = 2;

MatrixXd gather(const MatrixXd& matrix, const std::vector<Index>& columns) {
  return matrix(Eigen::all, columns);
}

template <typename Matrix>
void append_columns(Matrix& all, const Matrix& more) {
  if (more.cols() > 0) {
    all.conservativeResize(more.rows(), all.cols() + more.cols());
    all.rightCols(more.cols()) = more;
  }
}

/// The loop over all right-hand sides of one command.
class Refinement {
 public:
  Refinement(tile::AnalogMatrix& seed, const MatrixXd& matrix, const VectorXd& scale,
             const MatrixXd& rhs, double tolerance, int limit, bool single_precision,
             const RefinementParameters& parameters)
      : seed_(seed),
        matrix_(matrix),
        scale_(scale),
        rhs_(rhs),
        tolerance_(tolerance),
        limit_(limit),
        single_precision_(single_precision),
        parameters_(parameters) {}

  SolveResult run() {
    const Index k = rhs_.cols();
    result_.solution = MatrixXd::Zero(rhs_.rows(), k);
    result_.iterations.assign(k, 0);
    norm_ = rhs_.colwise().norm();
    residual_ = rhs_;
    best_ = MatrixXd::Zero(rhs_.rows(), k);
    best_norm_ = norm_;
    stagnant_.assign(k, 0);
    range_.assign(k, 0);
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
    RefinementRound round;
    MatrixXd correction = seed_corrections(active, round);
    MatrixXd image = apply_matrix(correction, active, round);
    if (parameters_.krylov_directions > 0) {
      orthogonalise(active, correction, image, round);
    }
    count_work(active.size(), k_scaling_operations + k_update_operations, round);
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
      round.largest_residual = std::max(round.largest_residual, norm / norm_[column]);
      if (track(column, norm)) {
        next.push_back(column);
      }
    }
    result_.rounds.push_back(round);
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
    if (!std::isfinite(norm) || norm > k_divergence * norm_[column] ||
        stagnant_[column] >= k_stagnation ||
        result_.iterations[column] >= static_cast<std::uint32_t>(limit_)) {
      failed_[column] = SolveStatus::not_converged;
      return false;
    }
    return true;
  }

  /// Rounding the solution to binary32 adds an error of its own: leave it room.
  double target() const { return single_precision_ ? 0.9 * tolerance_ : tolerance_; }

  /// dx = S M^-1 S r with each column scaled to the DAC; clipped shots are repeated.
  MatrixXd seed_corrections(const std::vector<Index>& active, RefinementRound& round) {
    const MatrixXd scaled = scale_.asDiagonal() * gather(residual_, active);
    const VectorXd peak = scaled.cwiseAbs().colwise().maxCoeff();
    const MatrixXd input = scaled * peak.cwiseInverse().asDiagonal();
    MatrixXd output = MatrixXd::Zero(input.rows(), input.cols());

    std::vector<Index> pending(active.size());
    std::iota(pending.begin(), pending.end(), Index{0});
    bool first_try = true;
    while (!pending.empty()) {
      std::vector<int> range;
      for (const Index i : pending) {
        range.push_back(range_[active[i]]);
      }
      const tile::AnalogBatch batch =
          first_try ? seed_.invert(input, range) : seed_.invert(gather(input, pending), range);
      account(batch, round.inv_shots, round.inv_shot_time_s);
      append_columns(round.dac_codes, batch.dac_codes);
      append_columns(round.adc_codes, batch.adc_codes);
      append_columns(round.settling_v, batch.settling_v);
      if (!first_try) {
        result_.retries += pending.size();
      }
      first_try = false;
      std::vector<Index> again;
      for (std::size_t j = 0; j < pending.size(); ++j) {
        const Index i = pending[j];
        int& column_range = range_[active[i]];
        if (batch.clipped[j] != 0) {
          if (column_range < parameters_.largest_range) {
            ++column_range;
            again.push_back(i);
          } else {
            failed_[active[i]] = SolveStatus::saturated;
          }
          continue;
        }
        output.col(i) = batch.output.col(j);
        if (batch.peak[j] < k_unused_range && column_range > 0) {
          --column_range;
        }
      }
      pending = std::move(again);
    }
    return scale_.asDiagonal() * (output * peak.asDiagonal());
  }

  MatrixXd apply_matrix(const MatrixXd& correction, const std::vector<Index>& active,
                        RefinementRound& round) {
    if (parameters_.residual == ResidualPath::digital) {
      count_residuals(active.size(), round);
      return matrix_ * correction;
    }
    // A x = S^-1 (S A S) S^-1 x on the tile, the vector scaled to the DAC.
    MatrixXd scaled = scale_.cwiseInverse().asDiagonal() * correction;
    VectorXd peak = scaled.cwiseAbs().colwise().maxCoeff();
    peak = (peak.array() > 0.0).select(peak, 1.0);
    const tile::AnalogBatch batch = seed_.multiply(scaled * peak.cwiseInverse().asDiagonal());
    account(batch, round.mvm_shots, round.mvm_shot_time_s);
    count_work(active.size(), k_product_operations, round);
    return scale_.cwiseInverse().asDiagonal() * (batch.output * peak.asDiagonal());
  }

  /// Generalised conjugate residuals, truncated: makes the image orthogonal to earlier ones and
  /// takes the step that minimises the residual.
  void orthogonalise(const std::vector<Index>& active, MatrixXd& correction, MatrixXd& image,
                     RefinementRound& round) {
    directions_.resize(rhs_.cols());
    const std::size_t largest = static_cast<std::size_t>(parameters_.krylov_directions);
    for (std::size_t i = 0; i < active.size(); ++i) {
      std::vector<Direction>& history = directions_[active[i]];
      for (const Direction& earlier : history) {
        const double overlap = earlier.image.dot(image.col(i));
        correction.col(i) -= overlap * earlier.correction;
        image.col(i) -= overlap * earlier.image;
      }
      const double norm = image.col(i).norm();
      count_work(1, 4 * history.size() + 3, round);
      if (!(norm > 0.0)) {
        continue;
      }
      Direction direction{correction.col(i) / norm, image.col(i) / norm};
      const double step = direction.image.dot(residual_.col(active[i]));
      correction.col(i) = step * direction.correction;
      image.col(i) = step * direction.image;
      if (history.size() >= largest) {
        history.erase(history.begin());
      }
      history.push_back(std::move(direction));
    }
  }

  /// Recomputes every residual from the solution as it will be stored. Right-hand sides that
  /// drifted above the tolerance are returned for more iterations.
  std::vector<Index> verify() {
    if (single_precision_) {
      best_ = best_.cast<float>().cast<double>();
    }
    RefinementRound round;
    count_residuals(rhs_.cols(), round);
    count_work(rhs_.cols(), k_check_operations, round);
    const MatrixXd residual = rhs_ - matrix_ * best_;
    std::vector<Index> again;
    result_.relative_residual = VectorXd::Zero(rhs_.cols());
    for (Index column = 0; column < rhs_.cols(); ++column) {
      if (norm_[column] == 0.0) {
        continue;
      }
      const double relative = residual.col(column).norm() / norm_[column];
      result_.relative_residual[column] = relative;
      round.largest_residual = std::max(round.largest_residual, relative);
      if (!(relative <= tolerance_) && failed_[column] == SolveStatus::ok) {
        result_.solution.col(column) = best_.col(column);
        residual_.col(column) = residual.col(column);
        best_norm_[column] = residual.col(column).norm();
        if (!directions_.empty()) {
          directions_[column].clear();
        }
        if (++restarts_ > 4 * rhs_.cols()) {
          failed_[column] = SolveStatus::not_converged;
        } else {
          again.push_back(column);
        }
      }
    }
    result_.rounds.push_back(round);
    return again;
  }

  void finish() {
    if (result_.relative_residual.size() == 0) {
      verify();
    }
    double error_sum = 0.0;
    Index counted = 0;
    for (Index column = 0; column < rhs_.cols(); ++column) {
      const bool within = result_.relative_residual[column] <= tolerance_;
      if (within) {
        ++result_.converged;
        failed_[column] = SolveStatus::ok;
      }
      result_.status = std::max(result_.status, failed_[column]);
      const double solution_norm = best_.col(column).norm();
      if (within && solution_norm > 0.0) {
        error_sum += (first_.col(column) - best_.col(column)).norm() / solution_norm;
        ++counted;
      }
    }
    if (counted > 0 && error_sum > 0.0) {
      result_.seed_effective_bits = -std::log2(error_sum / static_cast<double>(counted));
    }
    result_.solution = best_;
  }

  void count_residuals(Index columns, RefinementRound& round) {
    round.residuals += static_cast<std::uint32_t>(columns);
    count_work(columns, rhs_.rows(), round);
  }

  /// Books so many operations per element of each column.
  void count_work(std::uint64_t columns, std::uint64_t operations, RefinementRound& round) const {
    round.multiply_accumulates += columns * operations * static_cast<std::uint64_t>(rhs_.rows());
  }

  void account(const tile::AnalogBatch& batch, std::uint32_t& shots, double& shot_time_s) {
    shots += static_cast<std::uint32_t>(batch.counts.shots);
    shot_time_s = batch.shot_time_s;
    result_.energy += batch.energy;
    result_.counts += batch.counts;
  }

  struct Direction {
    VectorXd correction;
    VectorXd image;
  };

  tile::AnalogMatrix& seed_;
  const MatrixXd& matrix_;
  const VectorXd& scale_;
  const MatrixXd& rhs_;
  double tolerance_;
  int limit_;
  bool single_precision_;
  RefinementParameters parameters_;
  SolveResult result_;
  VectorXd norm_;
  MatrixXd residual_;
  MatrixXd best_;
  VectorXd best_norm_;
  MatrixXd first_;
  std::vector<int> stagnant_;
  std::vector<int> range_;
  std::vector<SolveStatus> failed_;
  std::vector<std::vector<Direction>> directions_;
  Index restarts_ = 0;
};

}  // namespace

void RefinementParameters::check() const {
  parameters::require_range("solver.iteration_limit", iteration_limit, 1, 1000);
  parameters::require_range("solver.krylov_directions", krylov_directions, 0, 64);
  parameters::require_range("solver.largest_range", largest_range, 0, 15);
}

std::uint32_t SolveResult::largest_iterations() const {
  return iterations.empty() ? 0 : *std::max_element(iterations.begin(), iterations.end());
}

std::uint64_t SolveResult::total_iterations() const {
  return std::accumulate(iterations.begin(), iterations.end(), std::uint64_t{0});
}

std::uint64_t SolveResult::total_multiply_accumulates() const {
  return std::accumulate(rounds.begin(), rounds.end(), std::uint64_t{0},
                         [](std::uint64_t sum, const RefinementRound& round) {
                           return sum + round.multiply_accumulates;
                         });
}

std::uint64_t SolveResult::total_residuals() const {
  return std::accumulate(
      rounds.begin(), rounds.end(), std::uint64_t{0},
      [](std::uint64_t sum, const RefinementRound& round) { return sum + round.residuals; });
}

SolveResult refine(tile::AnalogMatrix& seed, const Eigen::MatrixXd& matrix,
                   const Eigen::VectorXd& scale, const Eigen::MatrixXd& rhs, double tolerance,
                   int iteration_limit, bool single_precision,
                   const RefinementParameters& parameters) {
  if (matrix.rows() != seed.size() || matrix.cols() != seed.size() || rhs.rows() != seed.size() ||
      scale.size() != seed.size()) {
    throw std::invalid_argument("solver: matrix, scale and right-hand sides must match the tile");
  }
  if (!rhs.allFinite()) {
    SolveResult result;
    result.status = SolveStatus::not_finite;
    result.solution = MatrixXd::Zero(rhs.rows(), rhs.cols());
    result.relative_residual = VectorXd::Ones(rhs.cols());
    result.iterations.assign(rhs.cols(), 0);
    return result;
  }
  const int limit = iteration_limit > 0 ? iteration_limit : parameters.iteration_limit;
  return Refinement(seed, matrix, scale, rhs, tolerance, limit, single_precision, parameters).run();
}

ResidualPath residual_path_from_string(const std::string& name) {
  if (name == "digital") {
    return ResidualPath::digital;
  }
  if (name == "analog") {
    return ResidualPath::analog;
  }
  throw std::invalid_argument("solver.residual = \"" + name + "\": must be digital or analog");
}

std::string to_string(ResidualPath path) {
  return path == ResidualPath::digital ? "digital" : "analog";
}

}  // namespace invar::solver
