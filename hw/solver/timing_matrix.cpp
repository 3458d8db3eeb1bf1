#include <invar/solver/expected_count.h>
#include <invar/solver/timing_matrix.h>
#include <invar/solver/timing_plan.h>

#include <algorithm>
#include <optional>
#include <stdexcept>

namespace invar::solver {
namespace {

using Eigen::Index;

class TimingMatrix : public StoredMatrix {
 public:
  TimingMatrix(const StoredMatrixParameters& parameters, const TimingEstimate& estimate)
      : parameters_(parameters), estimate_(estimate) {
    estimate_.check();
  }

  ProgramOutcome program(const Eigen::MatrixXd& /*matrix*/,
                         const ProgramRequest& request) override {
    plan_.emplace(parameters_, estimate_, request);
    ProgramOutcome outcome;
    outcome.settling_time_s = settling_time_s();
    outcome.steps = plan_->programming();
    return outcome;
  }

  SolveResult solve(const Eigen::MatrixXd& rhs, const SolveRequest& request) override {
    const Index k = rhs.cols();
    SolveResult result;
    result.solution = rhs;  // of the right shape, and not to be used
    result.relative_residual = Eigen::VectorXd::Zero(k);
    result.converged = static_cast<std::uint32_t>(k);
    const double limit = request.iteration_limit > 0 ? request.iteration_limit
                                                     : parameters_.refinement.iteration_limit;
    const double iterations = std::min(stored().sample().iterations, limit);
    result.iterations = whole_iterations(iterations, k);
    result.retries = to_count(stored().sample().retry_share * iterations * static_cast<double>(k));
    result.steps = stored().refinement(result.iterations, request.in_units);
    for (const WorkStep& step : result.steps) {
      for (const TileActivity& activity : step.tiles) {
        result.energy += activity.energy;
        result.counts += activity.counts;
      }
    }
    return result;
  }

  ProductResult multiply(const Eigen::MatrixXd& vectors) override {
    ProductResult result;
    result.supported = !stored().general() || size() == 1;
    if (result.supported) {
      result.value = vectors;
      result.steps = {stored().product(static_cast<double>(vectors.cols()))};
    }
    return result;
  }

  ProductResult read_back() override {
    ProductResult result;
    result.value = Eigen::MatrixXd::Zero(size(), size());  // of the right shape, and not to be used
    result.steps = {stored().reading()};
    return result;
  }

  ProgramOutcome calibrate() override {
    ProgramOutcome outcome;
    outcome.steps = stored().calibration();
    outcome.settling_time_s = settling_time_s();
    return outcome;
  }

  int size() const override { return plan_ ? plan_->blocks().size() : 0; }
  double settling_time_s() const override { return plan_ ? plan_->sample().settling_time_s : 0.0; }

  double least_program_time_s(const ProgramRequest& request) const override {
    return duration_s(TimingPlan(parameters_, estimate_, request).programming());
  }
  double least_solve_time_s(Index columns) const override {
    return plan_ ? plan_->first_round(static_cast<double>(columns)).duration_s : 0.0;
  }

 private:
  const TimingPlan& stored() const {
    if (!plan_) {
      throw std::logic_error("solver: no matrix is stored");
    }
    return *plan_;
  }

  StoredMatrixParameters parameters_;
  TimingEstimate estimate_;
  std::optional<TimingPlan> plan_;
};

}  // namespace

std::unique_ptr<StoredMatrix> make_timing_matrix(const StoredMatrixParameters& parameters,
                                                 const TimingEstimate& estimate) {
  return std::make_unique<TimingMatrix>(parameters, estimate);
}

}  // namespace invar::solver
