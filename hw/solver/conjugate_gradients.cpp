#include <invar/number_format/block_rounding.h>
#include <invar/solver/column_scale.h>
#include <invar/solver/conjugate_gradients.h>

#include <cmath>
#include <stdexcept>
#include <utility>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

/// One right-hand side under way, in the scaled basis.
struct Course {
  VectorXd solution, residual, direction;
  double norm = 0.0;    ///< of the right-hand side
  double square = 0.0;  ///< of the residual
  SolveStatus status = SolveStatus::ok;
};

class ConjugateGradientMatrix final : public StoredMatrix {
 public:
  ConjugateGradientMatrix(const StoredMatrixParameters& parameters, int units)
      : format_(parameters.lane_precision),
        iteration_limit_(parameters.refinement.iteration_limit),
        lane_rate_hz_(parameters.lane_rate_hz * units) {}

  ProgramOutcome program(const MatrixXd& matrix, const ProgramRequest& request) override {
    if (matrix.rows() != request.n || matrix.cols() != request.n || request.n < 1) {
      throw std::invalid_argument("solver: the matrix does not have the size of the request");
    }
    size_ = 0;
    ProgramOutcome outcome;
    JacobiScaling scaling(matrix);
    outcome.verdict = scaling.verdict;
    if (outcome.verdict != MatrixVerdict::ok) {
      return outcome;
    }
    matrix_ = matrix;
    scale_ = std::move(scaling.scale);
    held_ = std::move(scaling.normalised);
    number_format::round_matrix(format_, held_);
    size_ = request.n;
    outcome.attempts = 1;
    WorkTally work(lane_rate_hz_);
    work.add(1, matrix_scaling_work(rows(), false, false));
    // As it arrives, and scaled.
    work.add(1, {0.0, 2.0 * rows() * rows()});
    work.add(1, sum_work(request.adds_damping ? rows() : 0.0));
    outcome.steps.push_back(work.close(0.0));
    return outcome;
  }

  SolveResult solve(const MatrixXd& rhs, const SolveRequest& request) override {
    require_matrix(rhs);
    SolveResult result;
    std::vector<SolveStatus> failed;
    const MatrixXd finite = finite_columns(rhs, failed);
    const ColumnScale column_scale(finite, scale_);
    std::vector<Course> courses = begin(column_scale.normalised(finite), failed);
    WorkTally work(lane_rate_hz_);
    work.add(rhs.cols(), {3.0 * rows(), 0.0});
    result.steps.push_back(work.close(0.0));
    result.iterations.assign(static_cast<std::size_t>(rhs.cols()), 0);
    const int limit = request.iteration_limit > 0 ? request.iteration_limit : iteration_limit_;
    for (int iteration = 0;; ++iteration) {
      std::vector<Index> active;
      for (Index column = 0; column < rhs.cols(); ++column) {
        const Course& course = courses[column];
        if (course.status == SolveStatus::ok &&
            std::sqrt(course.square) > request.tolerance * course.norm) {
          active.push_back(column);
        }
      }
      if (active.empty()) {
        break;
      }
      if (iteration == limit) {
        for (const Index column : active) {
          courses[column].status = SolveStatus::not_converged;
        }
        break;
      }
      result.steps.push_back(iterate(courses, active));
      for (const Index column : active) {
        ++result.iterations[column];
      }
    }
    finish(column_scale, courses, rhs, request, result);
    return result;
  }

  ProductResult multiply(const MatrixXd& vectors) override {
    require_matrix(vectors);
    ProductResult result;
    result.finite = vectors.allFinite();
    if (result.finite) {
      MatrixXd scaled = scale_.cwiseInverse().asDiagonal() * vectors;
      number_format::round_vectors(format_, scaled);
      result.value = scale_.cwiseInverse().asDiagonal() * (held_ * scaled);
      WorkTally work(lane_rate_hz_);
      work.add(vectors.cols(), {rows() * rows() + 2.0 * rows(), 0.0});
      work.add(1, {0.0, rows() * rows()});
      result.steps.push_back(work.close(0.0));
    }
    return result;
  }

  ProductResult read_back() override {
    require_matrix(matrix_);
    ProductResult result;
    const auto unscale = scale_.cwiseInverse().asDiagonal();
    result.value = unscale * held_ * unscale;
    WorkTally work(lane_rate_hz_);
    work.add(1, {2.0 * rows() * rows(), rows() * rows()});
    result.steps.push_back(work.close(0.0));
    return result;
  }

  ProgramOutcome calibrate() override { return {}; }
  bool gives(Service service) const override { return service == Service::refined; }
  double quality() const override { return 0.0; }
  const ShotSamples& shot_samples() const override { return samples_; }
  int size() const override { return size_; }
  int replicas() const override { return 1; }
  double settling_time_s() const override { return 0.0; }
  double least_program_time_s(const ProgramRequest& request) const override {
    return matrix_scaling_work(request.n, false, false).operations / lane_rate_hz_;
  }
  double least_solve_time_s(Index columns) const override {
    return static_cast<double>(columns) * rows() / lane_rate_hz_;
  }

 private:
  double rows() const { return static_cast<double>(size_); }

  void require_matrix(const MatrixXd& operand) const {
    if (size_ == 0 || operand.rows() != size_) {
      throw std::invalid_argument("solver: the operand does not match the matrix");
    }
  }

  VectorXd rounded(VectorXd vector) const {
    number_format::round_vectors(format_, vector);
    return vector;
  }

  /// x = 0, r = p = S b.
  std::vector<Course> begin(const MatrixXd& rhs, const std::vector<SolveStatus>& failed) const {
    std::vector<Course> courses(static_cast<std::size_t>(rhs.cols()));
    for (Index column = 0; column < rhs.cols(); ++column) {
      Course& course = courses[column];
      course.solution = VectorXd::Zero(size_);
      course.residual = rounded(scale_.cwiseProduct(rhs.col(column)));
      course.direction = course.residual;
      course.square = course.residual.squaredNorm();
      course.norm = std::sqrt(course.square);
      course.status = failed[column];
    }
    return courses;
  }

  WorkStep iterate(std::vector<Course>& courses, const std::vector<Index>& active) const {
    double largest = 0.0;
    for (const Index column : active) {
      Course& course = courses[column];
      const VectorXd image = rounded(held_ * course.direction);
      const double curvature = course.direction.dot(image);
      const double step = course.square / curvature;
      if (!(curvature > 0.0) || !std::isfinite(step)) {
        // Not definite as the lanes see it.
        course.status = SolveStatus::not_converged;
        continue;
      }
      course.solution = rounded(course.solution + step * course.direction);
      course.residual = rounded(course.residual - step * image);
      const double square = course.residual.squaredNorm();
      course.direction = rounded(course.residual + square / course.square * course.direction);
      course.square = square;
      largest = std::max(largest, std::sqrt(square) / course.norm);
    }
    constexpr double k_vector_operations = 5.0;
    constexpr double k_division_operations = 20.0;
    WorkTally work(lane_rate_hz_);
    work.add(
        static_cast<Index>(active.size()),
        {rows() * rows() + k_vector_operations * rows() + k_division_operations, 2.0 * rows()});
    work.add(1, {0.0, rows() * rows()});
    work.set_residual(largest);
    return work.close(0.0);
  }

  /// Solutions as they are stored, and how good they are in FP64.
  void finish(const ColumnScale& column_scale, const std::vector<Course>& courses,
              const MatrixXd& rhs, const SolveRequest& request, SolveResult& result) const {
    MatrixXd solution(size_, rhs.cols());
    for (Index column = 0; column < rhs.cols(); ++column) {
      solution.col(column) = scale_.cwiseProduct(courses[column].solution);
    }
    result.solution = column_scale.restored(solution);
    if (request.single_precision) {
      result.solution = result.solution.cast<float>().cast<double>();
    }
    const MatrixXd residual = rhs - matrix_ * result.solution;
    result.relative_residual = VectorXd::Zero(rhs.cols());
    for (Index column = 0; column < rhs.cols(); ++column) {
      const SolveStatus status = courses[column].status;
      const double norm = scale_.cwiseProduct(rhs.col(column)).stableNorm();
      if (status == SolveStatus::not_finite) {
        result.relative_residual[column] = 1.0;
      } else if (norm > 0.0) {
        result.relative_residual[column] =
            scale_.cwiseProduct(residual.col(column)).stableNorm() / norm;
      }
      result.converged += status == SolveStatus::ok ? 1 : 0;
      result.status = std::max(result.status, status);
    }
  }

  number_format::NumberFormat format_;
  int iteration_limit_;
  double lane_rate_hz_;
  ShotSamples samples_;  ///< none: there are no shots
  int size_ = 0;
  MatrixXd matrix_;  ///< that was asked for
  VectorXd scale_;   ///< D^-1/2 of its diagonal
  MatrixXd held_;    ///< what the buffer holds: scaled, in the lanes' precision
};

}  // namespace

std::unique_ptr<StoredMatrix> make_conjugate_gradient_matrix(
    const StoredMatrixParameters& parameters, int units) {
  return std::make_unique<ConjugateGradientMatrix>(parameters, units);
}

}  // namespace invar::solver
