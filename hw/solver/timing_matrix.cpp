#include <invar/parameters/range_check.h>
#include <invar/solver/digital_operations.h>
#include <invar/solver/timing_cost.h>
#include <invar/solver/timing_matrix.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>

namespace invar::solver {
namespace {

using Eigen::Index;

/// Per row and shot of a tile: largest magnitude, scaling to the DAC and back, sum.
constexpr double k_shot_operations = 4.0;
/// Per element and search direction, and of each iteration with directions.
constexpr double k_direction_operations = 4.0;
/// Largest magnitude of a vector, scaling to the DAC and back.
constexpr double k_product_operations = 4.0;
/// Measured quantities may be anything finite.
constexpr double k_any = 1e30;
/// Applications from which the contraction is estimated after a programming.
constexpr double k_contraction_applications = 10.0;

std::uint64_t to_count(double value) {
  return static_cast<std::uint64_t>(std::llround(value));
}

/// Everything that does not depend on the command, for one dimension and number of slices.
struct Plan {
  BlockPlan block;
  TimingSample sample;
  int seed_slices = 0;
  ShotCost inv, mvm;
  programming::ProgrammingResult leaf;
  double write_s = 0.0;
};

class TimingMatrix : public StoredMatrix {
 public:
  TimingMatrix(const StoredMatrixParameters& parameters, const TimingEstimate& estimate)
      : parameters_(parameters), estimate_(estimate) {
    estimate_.check();
  }

  ProgramOutcome program(const Eigen::MatrixXd& /*matrix*/,
                         const ProgramRequest& request) override {
    plan_ = plan(request);
    ProgramOutcome outcome;
    outcome.settling_time_s = plan_->sample.settling_time_s;
    outcome.steps = program_steps(*plan_);
    return outcome;
  }

  SolveResult solve(const Eigen::MatrixXd& rhs, const SolveRequest& request) override {
    require_stored();
    const Index k = rhs.cols();
    SolveResult result;
    result.solution = rhs;  // of the right shape, and not to be used
    result.relative_residual = Eigen::VectorXd::Zero(k);
    result.converged = static_cast<std::uint32_t>(k);
    const int limit = request.iteration_limit > 0 ? request.iteration_limit
                                                  : parameters_.refinement.iteration_limit;
    const double iterations = std::min(plan_->sample.iterations, static_cast<double>(limit));
    // Whole iterations that add up to the expectation.
    const std::uint64_t total = to_count(iterations * static_cast<double>(k));
    for (Index column = 0; column < k; ++column) {
      const auto upto = [&](Index count) {
        return total * static_cast<std::uint64_t>(count) / static_cast<std::uint64_t>(k);
      };
      result.iterations.push_back(static_cast<std::uint32_t>(upto(column + 1) - upto(column)));
    }
    result.retries = to_count(plan_->sample.retry_share * iterations * static_cast<double>(k));
    result.steps = {solve_step(*plan_, iterations, static_cast<double>(k)),
                    check_step(*plan_, static_cast<double>(k))};
    for (const TileActivity& activity : result.steps.front().tiles) {
      result.energy += activity.energy;
      result.counts += activity.counts;
    }
    return result;
  }

  ProductResult multiply(const Eigen::MatrixXd& vectors) override {
    require_stored();
    ProductResult result;
    if (plan_->block.leaves > 1) {
      result.supported = false;  // blocks on the diagonal are held for INV alone
      return result;
    }
    const double k = static_cast<double>(vectors.cols());
    const double operations = k_product_operations * k * plan_->block.n;
    WorkStep step;
    step.multiply_accumulates = to_count(operations);
    step.duration_s = operations / lane_rate_hz(*plan_) + k * plan_->mvm.time_s;
    step.tiles = {shots(0, plan_->mvm, k, 1.0)};
    result.value = vectors;
    result.steps = {step};
    return result;
  }

  ProductResult read_back() override {
    ProductResult result;
    result.supported = false;
    return result;
  }

  ProgramOutcome calibrate() override {
    require_stored();
    ProgramOutcome outcome;
    outcome.settling_time_s = plan_->sample.settling_time_s;
    WorkStep step;
    step.duration_s = plan_->inv.time_s;
    step.tiles = {shots(0, plan_->inv, plan_->block.leaves, plan_->block.leaves)};
    outcome.steps = {step};
    return outcome;
  }

  int size() const override { return plan_ ? plan_->block.n : 0; }
  double settling_time_s() const override { return plan_ ? plan_->sample.settling_time_s : 0.0; }

  double least_program_time_s(const ProgramRequest& request) const override {
    double sum = 0.0;
    for (const WorkStep& step : program_steps(plan(request))) {
      sum += step.duration_s;
    }
    return sum;
  }
  double least_solve_time_s(Index columns) const override {
    return plan_ ? solve_step(*plan_, 1.0, static_cast<double>(columns)).duration_s : 0.0;
  }

 private:
  void require_stored() const {
    if (!plan_) {
      throw std::logic_error("solver: no matrix is stored");
    }
  }

  bool analog_residual(const Plan& plan) const {
    return plan.block.leaves == 1 && parameters_.refinement.residual == ResidualPath::analog;
  }

  Plan plan(const ProgramRequest& request) const {
    if (request.n < 1) {
      throw std::invalid_argument("solver: a matrix has at least one row");
    }
    Plan plan;
    plan.block = block_plan(request.n, parameters_.tile.rows, parameters_.refinement.block_split,
                            parameters_.refinement.block_product);
    plan.sample = estimate_.at(request.n);
    plan.seed_slices = request.seed_slices > 0 ? request.seed_slices : parameters_.tile.seed_slices;
    const int slices = analog_residual(plan) ? parameters_.tile.slices : plan.seed_slices;
    const double rows = plan.block.leaf_rows;
    plan.inv = inv_shot(parameters_.tile, plan.sample, rows, plan.seed_slices);
    const int product_slices = parameters_.refinement.product_slices;
    plan.mvm = mvm_shot(parameters_.tile, plan.sample, rows,
                        plan.block.leaves > 1 && product_slices > 0
                            ? std::min(product_slices, parameters_.tile.slices)
                            : slices);
    plan.leaf = expected_writing(parameters_, plan.sample, rows, slices);
    return plan;
  }

  double lane_rate_hz(const Plan& plan) const {
    return parameters_.lane_rate_hz * plan.block.tiles;
  }

  /// `total` operations spread over `tiles` tiles. `busy_s` is the mean of one of them.
  static TileActivity shots(int first, const ShotCost& shot, double total, double tiles) {
    TileActivity activity;
    activity.tile = first;
    activity.tiles = static_cast<int>(tiles);
    activity.busy_s = total / tiles * shot.time_s;
    activity.conversion_s = total / tiles * shot.conversion_s;
    activity.energy = scaled(shot.energy, total);
    activity.counts.shots = to_count(total);
    activity.counts.dac_conversions = to_count(total * static_cast<double>(shot.dac_conversions));
    activity.counts.adc_conversions = to_count(total * static_cast<double>(shot.adc_conversions));
    return activity;
  }

  /// The INV tiles' and the product tiles' share of a step.
  static std::vector<TileActivity> activities(const Plan& plan, double inv_shots,
                                              double mvm_shots) {
    std::vector<TileActivity> list;
    list.push_back(shots(0, plan.inv, inv_shots, plan.block.leaves));
    if (plan.block.product_tiles() > 0) {
      list.push_back(shots(plan.block.leaves, plan.mvm, mvm_shots, plan.block.product_tiles()));
    }
    return list;
  }

  /// One application for each of k right-hand sides after another, `digital_s` of lanes each: what
  /// the slowest stage does not hide, then the pace of the busiest tile.
  static double pipelined_s(double latency_s, double interval_s, double digital_s, double k) {
    return latency_s + digital_s + (k - 1.0) * std::max(interval_s, digital_s);
  }

  /// Digital work of one application: scaling around shots, sums, products on the lanes.
  static double application_operations(const Plan& plan) {
    const BlockPlan& block = plan.block;
    const double sums = block.leaves > 1 ? block.inv_depth - block.leaves + 1.0 : 0.0;
    return k_shot_operations * block.leaf_rows * (block.inv_shots + block.mvm_shots) +
           sums * block.leaf_rows + block.lane_products;
  }

  /// Per element of a right-hand side and iteration, on the mean over a solve.
  double iteration_operations(double iterations) const {
    const int directions = parameters_.refinement.krylov_directions;
    if (directions == 0) {
      return k_update_operations;
    }
    const double kept = std::min(0.5 * (iterations - 1.0), static_cast<double>(directions));
    return k_update_operations + k_direction_operations * kept + 3.0;
  }

  /// Elements of earlier directions read, and of new ones written, an iteration and element.
  double direction_elements(double iterations) const {
    const int directions = parameters_.refinement.krylov_directions;
    if (directions == 0) {
      return 0.0;
    }
    return 3.0 * std::min(0.5 * (iterations - 1.0), static_cast<double>(directions)) + 2.0;
  }

  WorkStep solve_step(const Plan& plan, double iterations, double k) const {
    const BlockPlan& block = plan.block;
    const double n = block.n;
    const double retries = 1.0 + plan.sample.retry_share;
    const bool analog = analog_residual(plan);
    const double residual = analog ? k_product_operations * n : n * n;
    const double per_iteration =
        residual + application_operations(plan) + iteration_operations(iterations) * n;

    const double inv_s = retries * plan.inv.time_s;
    const double mvm_s = retries * plan.mvm.time_s;
    const double latency_s = block.inv_depth * inv_s + block.mvm_depth * mvm_s;
    const double interval_s =
        std::max(block.busiest_inv_shots * inv_s, block.busiest_mvm_shots * mvm_s);
    WorkStep step;
    step.duration_s =
        iterations * pipelined_s(latency_s, interval_s, per_iteration / lane_rate_hz(plan), k);
    step.tiles = activities(plan, retries * iterations * k * block.inv_shots,
                            retries * iterations * k * block.mvm_shots);
    if (analog) {
      step.duration_s += iterations * k * plan.mvm.time_s;
      step.tiles.push_back(shots(0, plan.mvm, iterations * k, 1.0));
    }
    step.multiply_accumulates = to_count(k * iterations * per_iteration);
    step.fetched_elements = to_count(
        k * iterations *
        ((analog ? 0.0 : n * n) + block.lane_products + direction_elements(iterations) * n));
    step.inv_shots = static_cast<std::uint32_t>(
        std::min(retries * iterations * k * block.busiest_inv_shots, 4e9));
    step.inv_shot_time_s = plan.inv.time_s;
    return step;
  }

  /// b - A x of every right-hand side at the end.
  WorkStep check_step(const Plan& plan, double k) const {
    const double n = plan.block.n;
    const double operations = k * (n * n + k_check_operations * n);
    WorkStep step;
    step.verification = true;
    step.multiply_accumulates = to_count(operations);
    step.fetched_elements = to_count(k * n * n);
    step.duration_s = operations / lane_rate_hz(plan);
    return step;
  }

  /// Scaling and writing; where there are several leaves, forming the Schur complements.
  std::vector<WorkStep> program_steps(const Plan& plan) const {
    const BlockPlan& block = plan.block;
    const double n = block.n;
    const double scaling = 2.0 * n * n + k_scale_operations * n;
    WorkStep scale;
    scale.multiply_accumulates = to_count(scaling);
    scale.fetched_elements = to_count(n * n);
    scale.duration_s = scaling / lane_rate_hz(plan);

    WorkStep write;
    // Leaves follow one another: each holds a Schur complement of those before it. The blocks
    // beside the diagonal are written meanwhile.
    write.duration_s = block.leaves * plan.leaf.duration_s;
    const auto writing = [&](int first, int tiles) {
      TileActivity activity;
      activity.tile = first;
      activity.tiles = tiles;
      activity.busy_s = plan.leaf.duration_s;
      activity.conversion_s = plan.leaf.conversion_s;
      activity.written = on_tiles(plan.leaf, tiles);
      return activity;
    };
    write.tiles.push_back(writing(0, block.leaves));
    if (block.product_tiles() > 0) {
      write.tiles.push_back(writing(block.leaves, block.product_tiles()));
    }
    std::vector<WorkStep> steps{scale, write};
    if (block.leaves > 1) {
      steps.push_back(schur_step(plan));
    }
    steps.push_back(contraction_step(plan));
    for (WorkStep& step : steps) {
      repeat(step, plan.sample.writings);
    }
    return steps;
  }

  /// The columns of all Schur complements, solved for with what stands already, and their products.
  WorkStep schur_step(const Plan& plan) const {
    const BlockPlan& block = plan.block;

    const BlockPlan::Schur& schur = block.schur;
    const double iterations = plan.sample.iterations * (1.0 + plan.sample.retry_share);
    const double operations =
        (plan.sample.iterations + 1.0) * schur.residual_operations + schur.product_operations +
        plan.sample.iterations *
            (k_shot_operations * block.leaf_rows * (schur.inv_shots + schur.mvm_shots) +
             iteration_operations(plan.sample.iterations) * schur.vector_elements +
             schur.lane_products);
    const double analog_s =
        iterations * (schur.inv_depth * plan.inv.time_s + schur.mvm_depth * plan.mvm.time_s +
                      std::max(schur.busiest_inv_shots * plan.inv.time_s,
                               schur.busiest_mvm_shots * plan.mvm.time_s));
    WorkStep form;
    form.multiply_accumulates = to_count(operations);
    form.fetched_elements =
        to_count((plan.sample.iterations + 1.0) * schur.fetched_elements +
                 plan.sample.iterations * schur.lane_products + schur.product_elements);
    form.duration_s = std::max(analog_s, operations / lane_rate_hz(plan));
    form.tiles = activities(plan, iterations * schur.inv_shots, iterations * schur.mvm_shots);
    return form;
  }

  /// One vector after another, through the seed and the lanes.
  WorkStep contraction_step(const Plan& plan) const {
    const BlockPlan& block = plan.block;
    const double n = block.n;
    const double count = std::min(n, k_contraction_applications);
    // A M^-1 r, the difference, two products with each earlier vector, the norm, the scaling.
    const double operations =
        count * (n * (n + 3.0 + (count + 1.0)) + application_operations(plan));
    WorkStep step;
    step.multiply_accumulates = to_count(operations);
    step.fetched_elements = to_count(count * (n * n + block.lane_products));
    step.duration_s =
        count * (block.inv_depth * plan.inv.time_s + block.mvm_depth * plan.mvm.time_s) +
        operations / lane_rate_hz(plan);
    step.tiles = activities(plan, count * block.inv_shots, count * block.mvm_shots);
    return step;
  }

  StoredMatrixParameters parameters_;
  TimingEstimate estimate_;
  std::optional<Plan> plan_;
};

}  // namespace

const TimingSample& TimingEstimate::at(int n) const {
  const auto distance = [n](const TimingSample& sample) {
    return std::abs(std::log(std::max(sample.n, 1) / static_cast<double>(n)));
  };
  return *std::min_element(
      samples.begin(), samples.end(),
      [&](const TimingSample& a, const TimingSample& b) { return distance(a) < distance(b); });
}

void TimingEstimate::check() const {
  using parameters::require_range;
  if (samples.empty()) {
    throw std::invalid_argument("timing.samples: at least one");
  }
  for (const TimingSample& sample : samples) {
    require_range("timing.iterations", sample.iterations, 1.0, 1000.0);
    require_range("timing.settling_time_s", sample.settling_time_s, 0.0, k_any);
    require_range("timing.mean_conductance_s", sample.mean_conductance_s, 0.0, 1.0);
    require_range("timing.array_share", sample.array_share, 0.0, k_any);
    require_range("timing.retry_share", sample.retry_share, 0.0, 100.0);
    require_range("timing.writings", sample.writings, 1.0, 1000.0);
    require_range("timing.written_share", sample.written_share, 0.0, 1.0);
    require_range("timing.set_share", sample.set_share, 0.0, 1.0);
  }
}

std::unique_ptr<StoredMatrix> make_timing_matrix(const StoredMatrixParameters& parameters,
                                                 const TimingEstimate& estimate) {
  return std::make_unique<TimingMatrix>(parameters, estimate);
}

}  // namespace invar::solver
