// The bound: exact inversion, free of time and energy.
#include <invar/solver/stored_matrix.h>

#include <Eigen/Cholesky>
#include <Eigen/LU>
#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace invar::solver {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

class ExactMatrix final : public StoredMatrix {
 public:
  ProgramOutcome program(const MatrixXd& matrix, const ProgramRequest& request) override {
    if (matrix.rows() != request.n || matrix.cols() != request.n || request.n < 1) {
      throw std::invalid_argument("solver: the matrix does not have the size of the request");
    }
    size_ = 0;
    ProgramOutcome outcome;
    general_ = request.general;
    if (general_) {
      // No loop has to settle: any regular matrix will do.
      outcome.verdict = matrix.allFinite() ? MatrixVerdict::ok : MatrixVerdict::not_finite;
    } else {
      outcome.verdict = JacobiScaling(matrix).verdict;
    }
    if (outcome.verdict != MatrixVerdict::ok) {
      return outcome;
    }
    if (general_) {
      lu_.compute(matrix);
      if (!(lu_.matrixLU().diagonal().cwiseAbs().minCoeff() > 0.0)) {
        outcome.status = programming::ProgrammingStatus::unstable;
        return outcome;
      }
    } else {
      llt_.compute(matrix);
      if (llt_.info() != Eigen::Success) {
        outcome.status = programming::ProgrammingStatus::unstable;
        return outcome;
      }
    }
    matrix_ = matrix;
    row_scale_ = row_weights(matrix, general_);
    size_ = request.n;
    return outcome;
  }

  SolveResult solve(const MatrixXd& rhs, const SolveRequest& request) override {
    require_matrix(rhs);
    SolveResult result;
    result.iterations.assign(static_cast<std::size_t>(rhs.cols()), 0);
    result.solution = general_ ? MatrixXd(lu_.solve(rhs)) : MatrixXd(llt_.solve(rhs));
    if (request.single_precision) {
      result.solution = result.solution.cast<float>().cast<double>();
    }
    const MatrixXd residual = rhs - matrix_ * result.solution;
    result.relative_residual = VectorXd::Zero(rhs.cols());
    for (Index column = 0; column < rhs.cols(); ++column) {
      if (!rhs.col(column).allFinite()) {
        result.solution.col(column).setZero();
        result.relative_residual[column] = 1.0;
        result.status = SolveStatus::not_finite;
        continue;
      }
      const double norm = row_scale_.cwiseProduct(rhs.col(column)).stableNorm();
      if (norm > 0.0) {
        result.relative_residual[column] =
            row_scale_.cwiseProduct(residual.col(column)).stableNorm() / norm;
      }
      if (request.service != Service::refined ||
          result.relative_residual[column] <= request.tolerance) {
        ++result.converged;
      } else {
        result.status = std::max(result.status, SolveStatus::not_converged);
      }
    }
    return result;
  }

  ProductResult multiply(const MatrixXd& vectors) override {
    require_matrix(vectors);
    ProductResult result;
    result.finite = vectors.allFinite();
    if (result.finite) {
      result.value = matrix_ * vectors;
    }
    return result;
  }

  ProductResult read_back() override {
    require_matrix(matrix_);
    ProductResult result;
    result.value = matrix_;
    return result;
  }

  ProgramOutcome calibrate() override { return {}; }
  bool gives(Service) const override { return true; }
  double quality() const override { return 0.0; }
  const ShotSamples& shot_samples() const override { return samples_; }
  int replicas() const override { return 1; }
  int size() const override { return size_; }
  double settling_time_s() const override { return 0.0; }
  double least_program_time_s(const ProgramRequest&) const override { return 0.0; }
  double least_solve_time_s(Index) const override { return 0.0; }

 private:
  void require_matrix(const MatrixXd& operand) const {
    if (size_ == 0 || operand.rows() != size_) {
      throw std::invalid_argument("solver: the operand does not match the matrix");
    }
  }

  ShotSamples samples_;  ///< none: there are no shots
  int size_ = 0;
  bool general_ = false;
  MatrixXd matrix_;
  VectorXd row_scale_;
  Eigen::LLT<MatrixXd> llt_;
  Eigen::PartialPivLU<MatrixXd> lu_;
};

}  // namespace

std::unique_ptr<StoredMatrix> make_exact_matrix() {
  return std::make_unique<ExactMatrix>();
}

}  // namespace invar::solver
