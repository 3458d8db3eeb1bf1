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
    const bool is_warm = rank_ == request.rank;
    plan_.emplace(parameters_, estimate_, request);
    request_ = request;
    rank_ = request.rank;
    ProgramOutcome outcome;
    outcome.settling_time_s = settling_time_s();
    outcome.steps = plan_->programming(is_warm);
    return outcome;
  }

  SolveResult solve(const Eigen::MatrixXd& rhs, const SolveRequest& request) override {
    const Index k = rhs.cols();
    SolveResult result;
    result.solution = rhs;  // of the right shape, and not to be used
    result.relative_residual = Eigen::VectorXd::Zero(k);
    result.converged = static_cast<std::uint32_t>(k);
    if (request.service != Service::refined) {
      const auto columns = static_cast<double>(k);
      result.iterations.assign(static_cast<std::size_t>(k), 1);
      result.retries = to_count(stored().sample().retry_share * columns);
      result.steps = request.service == Service::checked ? stored().checked_shots(columns)
                                                         : stored().shots(columns);
      add_up(result);
      return result;
    }
    const double limit = request.iteration_limit > 0 ? request.iteration_limit
                                                     : parameters_.refinement.iteration_limit;
    const double iterations = std::min(stored().sample().iterations, limit);
    result.iterations = whole_iterations(iterations, k);
    result.retries = to_count(stored().sample().retry_share * iterations * static_cast<double>(k));
    result.steps = stored().refinement(result.iterations, request.in_units);
    add_up(result);
    return result;
  }

  ProductResult multiply(const Eigen::MatrixXd& vectors) override {
    ProductResult result;
    result.supported = (!stored().general() && !is_diagonal()) || size() == 1;
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

  bool gives(Service service) const override { return request_.services.has(service); }
  double quality() const override { return 0.0; }
  const ShotSamples& shot_samples() const override { return samples_; }
  int size() const override { return plan_ ? plan_->size() : 0; }
  int replicas() const override { return request_.replicas; }
  double settling_time_s() const override { return plan_ ? plan_->sample().settling_time_s : 0.0; }

  /// The plan tells, which programming makes: the outcome is there as soon as it is asked for.
  double least_program_time_s(const ProgramRequest& /*request*/) const override { return 0.0; }
  double least_solve_time_s(Index columns) const override {
    const auto count = static_cast<double>(columns);
    return !plan_ ? 0.0
                  : std::min(plan_->first_round(count).duration_s,
                             plan_->shots(count).front().duration_s);
  }

 private:
  const TimingPlan& stored() const {
    if (!plan_) {
      throw std::logic_error("solver: no matrix is stored");
    }
    return *plan_;
  }

  bool is_diagonal() const {
    return request_.arrangement == BlockArrangement::diagonal && plan_->blocks().leaves() > 1;
  }
  static void add_up(SolveResult& result) {
    for (const WorkStep& step : result.steps) {
      for (const TileActivity& activity : step.tiles) {
        result.energy += activity.energy;
        result.counts += activity.counts;
      }
    }
  }

  StoredMatrixParameters parameters_;
  TimingEstimate estimate_;
  std::optional<TimingPlan> plan_;
  ProgramRequest request_;
  int rank_ = 0;         ///< of the deflation before
  ShotSamples samples_;  ///< none: there are no numbers
};

}  // namespace

std::unique_ptr<StoredMatrix> make_timing_matrix(const StoredMatrixParameters& parameters,
                                                 const TimingEstimate& estimate) {
  return std::make_unique<TimingMatrix>(parameters, estimate);
}

}  // namespace invar::solver
