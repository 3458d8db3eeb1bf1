#include <invar/number_format/block_rounding.h>
#include <invar/programming/programming_cost.h>
#include <invar/solver/analog_stored_matrix.h>
#include <invar/solver/block_builder.h>
#include <invar/solver/bordered_inverse.h>
#include <invar/solver/contraction.h>
#include <invar/solver/deflated_inverse.h>
#include <invar/solver/single_shot.h>
#include <invar/tile_model/tile_model.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::solver {

using Eigen::Index;
using Eigen::MatrixXd;

namespace {

/// Where a seed diverges, it is damped so much more, and at least so much (choice).
constexpr double k_damping_step = 4.0;
constexpr double k_smallest_damping = 0.02;

}  // namespace

std::int64_t tiles_for(int n, const StoredMatrixParameters& parameters,
                       BlockArrangement arrangement) {
  return layout_for(n, parameters, arrangement).tiles();
}

std::unique_ptr<StoredMatrix> make_analog_matrix(const StoredMatrixParameters& parameters,
                                                 std::vector<tile::TileModel*> tiles) {
  return std::make_unique<AnalogStoredMatrix>(parameters, std::move(tiles));
}

AnalogStoredMatrix::AnalogStoredMatrix(const StoredMatrixParameters& parameters,
                                       std::vector<tile::TileModel*> tiles)
    : parameters_(parameters), tiles_(std::move(tiles)) {
  parameters_.refinement.check();
}

BlockLayout AnalogStoredMatrix::layout_of(const ProgramRequest& request) const {
  return layout_for(rows_held(request), parameters_, request.arrangement);
}

ProgramOutcome AnalogStoredMatrix::program(const MatrixXd& matrix, const ProgramRequest& request) {
  const BlockLayout layout = layout_of(request);
  const std::int64_t tiles = layout.tiles() * request.replicas;
  if (matrix.rows() != request.n || matrix.cols() != request.n || request.replicas < 1 ||
      tiles > static_cast<std::int64_t>(tiles_.size())) {
    throw std::invalid_argument("solver: a matrix of " + std::to_string(request.n) +
                                " rows takes " + std::to_string(tiles) + " tiles");
  }
  if (request.seed_slices < 1 || request.seed_slices > parameters_.tile.slices) {
    throw std::invalid_argument("solver: tiles have no " + std::to_string(request.seed_slices) +
                                " slices");
  }
  if (request.eliminates_last && (request.n < 2 || request.general)) {
    throw std::invalid_argument("solver: no row to eliminate");
  }
  if (request.rank < 0 || request.rank > largest_deflation_rank(rows_held(request)) ||
      (request.rank > 0 && request.general)) {
    throw std::invalid_argument("solver: no deflation of rank " + std::to_string(request.rank));
  }
  drop_inverse();
  ProgramOutcome outcome;
  outcome.verdict = JacobiScaling(matrix, request.general).verdict;
  if (outcome.verdict != MatrixVerdict::ok) {
    return outcome;
  }
  layout_ = layout;
  request_ = request;
  is_sampled_ = false;
  matrix_ = matrix;
  row_scale_ = row_weights(matrix, request.general);
  reference_.reset();
  damping_ = first_damping();
  if (request.adds_damping) {
    WorkTally work(all_lanes_rate_hz());
    work.add(1, sum_work(request.n));
    outcome.steps.push_back(work.close(0.0));
  }
  for (;;) {
    ++outcome.attempts;
    build(outcome);
    // More than 1: noise and errors are larger than what the smallest eigenvalues leave room for.
    const double next = std::max(k_damping_step * damping_, k_smallest_damping);
    if (!inverse_ || outcome.contraction <= 1.0 || uses_analog_residual() ||
        request_.services.shoots() || next > parameters_.refinement.largest_seed_damping) {
      return outcome;
    }
    damping_ = next;
  }
}

double AnalogStoredMatrix::first_damping() const {
  if (uses_analog_residual()) {
    return 0.0;
  }
  if (request_.seed_damping >= 0.0) {
    return request_.seed_damping;
  }
  return request_.services.shoots() ? 0.0 : parameters_.refinement.seed_damping;
}

double AnalogStoredMatrix::replica_lane_rate_hz() const {
  return lane_rate_hz(parameters_, layout_);
}

void AnalogStoredMatrix::build(ProgramOutcome& outcome) {
  MatrixXd held = matrix_;
  held.diagonal() *= 1.0 + damping_;
  if (request_.eliminates_last && !eliminate_last(held, outcome)) {
    drop_inverse();
    return;
  }
  Deflation deflation;
  Eigen::VectorXd scale;
  if (request_.rank > 0) {
    deflation = deflate_held(held, scale, outcome);
  }
  std::vector<WorkStep> before = std::move(outcome.steps);
  std::vector<std::vector<WorkStep>> steps;
  std::vector<std::unique_ptr<AnalogInverse>> built;
  for (int place = 0; place < request_.replicas; ++place) {
    outcome.steps.clear();
    built.push_back(request_.rank > 0
                        ? build_deflated(held, scale, deflation, place, outcome)
                        : BlockBuilder(parameters_, layout_, tiles_, request_, first_tile(place))
                              .build(held, outcome));
    steps.push_back(std::move(outcome.steps));
  }
  std::vector<WorkStep> together = side_by_side(steps);
  outcome.steps = std::move(before);
  std::move(together.begin(), together.end(), std::back_inserter(outcome.steps));
  if (std::any_of(built.begin(), built.end(), [](const auto& one) { return one == nullptr; })) {
    drop_inverse();
    return;
  }
  if (request_.eliminates_last) {
    for (std::unique_ptr<AnalogInverse>& one : built) {
      one = std::make_unique<BorderedInverse>(
          std::move(one), matrix_.topRightCorner(rows_held(request_), 1),
          matrix_.bottomRightCorner(1, 1).value() * (1.0 + damping_), parameters_.lane_precision);
    }
  }
  inverse_ = std::make_unique<ReplicatedInverse>(std::move(built));
  outcome.settling_time_s = inverse_->settling_time_s();
  estimate(outcome);
}

void AnalogStoredMatrix::drop_inverse() {
  inverse_.reset();
  for (tile::TileModel* tile : tiles_) {
    tile->disconnect();
  }
}

bool AnalogStoredMatrix::eliminate_last(MatrixXd& held, ProgramOutcome& outcome) const {
  WorkTally work(all_lanes_rate_hz());
  work.add(1, border_elimination_work(request_.n));
  outcome.steps.push_back(work.close(0.0));
  held = without_last_row(held);
  if (JacobiScaling(held).verdict == MatrixVerdict::ok) {
    return true;
  }
  // What no definite matrix leaves.
  outcome.status = programming::ProgrammingStatus::unstable;
  return false;
}

Deflation AnalogStoredMatrix::deflate_held(MatrixXd& held, Eigen::VectorXd& scale,
                                           ProgramOutcome& outcome) {
  JacobiScaling scaling(held);
  number_format::round_matrix(parameters_.lane_precision, scaling.normalised);
  Deflation deflation =
      deflate(scaling.normalised, request_.rank, subspace_,
              parameters_.refinement.deflation_iterations, parameters_.lane_precision);
  subspace_ = std::move(deflation.subspace);
  const double n = rows_held(request_);
  WorkTally work(all_lanes_rate_hz());
  work.add(1, matrix_scaling_work(n, false, false));
  work.add(1, deflation.work);
  work.add(1, deflated_matrix_work(n, request_.rank));
  outcome.steps.push_back(work.close(0.0));
  held = scaling.normalised - deflation.u * deflation.u.transpose();
  number_format::round_matrix(parameters_.lane_precision, held);
  scale = std::move(scaling.scale);
  return deflation;
}

std::unique_ptr<AnalogInverse> AnalogStoredMatrix::build_deflated(const MatrixXd& rest,
                                                                  const Eigen::VectorXd& scale,
                                                                  const Deflation& deflation,
                                                                  int place,
                                                                  ProgramOutcome& outcome) {
  auto inverse =
      BlockBuilder(parameters_, layout_, tiles_, request_, first_tile(place)).build(rest, outcome);
  if (!inverse) {
    return nullptr;
  }
  auto deflated = std::make_unique<DeflatedInverse>(std::move(inverse), scale, deflation.u,
                                                    parameters_.lane_precision);
  WorkTally work(replica_lane_rate_hz());
  WorkStep step;
  const bool is_usable = deflated->learn(parameters_.refinement.deflation_averages, work, step);
  outcome.steps.push_back(std::move(step));
  if (!is_usable) {
    outcome.status = programming::ProgrammingStatus::unstable;
    return nullptr;
  }
  return deflated;
}

bool AnalogStoredMatrix::uses_analog_residual() const {
  return parameters_.refinement.uses_analog_residual(layout_.leaves(), request_.general);
}

void AnalogStoredMatrix::estimate(ProgramOutcome& outcome) {
  std::vector<std::vector<WorkStep>> steps(static_cast<std::size_t>(request_.replicas));
  double square = 0.0;
  outcome.contraction = 0.0;
  outcome.range = 0;
  for (int place = 0; place < request_.replicas; ++place) {
    AnalogInverse& replica = inverse_->replica(place);
    std::vector<WorkStep>& own = steps[static_cast<std::size_t>(place)];
    if (request_.services.refines()) {
      WorkTally work(replica_lane_rate_hz());
      WorkStep step;
      outcome.contraction = std::max(
          outcome.contraction, estimate_contraction(replica, matrix_, row_scale_, work, step));
      own.push_back(std::move(step));
    }
    if (request_.services.shoots()) {
      WorkTally work(replica_lane_rate_hz());
      WorkStep step;
      const tile::TileModel& first = *tiles_[static_cast<std::size_t>(first_tile(place))];
      const ProbeOutcome probed = probe(replica, matrix_, row_scale_, parameters_.refinement.probes,
                                        first.random(), first.shots(), work, step);
      square += probed.quality * probed.quality;
      outcome.range = std::max(outcome.range, probed.range);
      own.push_back(std::move(step));
    }
  }
  if (request_.services.shoots()) {
    outcome.quality = quality_ = std::sqrt(square / request_.replicas);
  }
  std::vector<WorkStep> together = side_by_side(steps);
  std::move(together.begin(), together.end(), std::back_inserter(outcome.steps));
}

SolveResult AnalogStoredMatrix::solve(const MatrixXd& rhs, const SolveRequest& request) {
  if (!inverse_) {
    throw std::logic_error("solver: there is no matrix to solve with");
  }
  if (!gives(request.service)) {
    throw std::logic_error("solver: the matrix was not stored for this service");
  }
  RefinementParameters parameters = parameters_.refinement;
  if (!uses_analog_residual()) {
    parameters.residual = ResidualPath::digital;
  }
  RefinementRequest refinement;
  refinement.tolerance = request.tolerance;
  refinement.iteration_limit = request.iteration_limit;
  refinement.single_precision = request.single_precision;
  refinement.row_scale = row_scale_;
  if (request.in_units && !request_.general) {
    refinement.column_scale = row_scale_;
  }
  refinement.direction_memory = parameters_.direction_memory;
  refinement.lane_rate_hz = all_lanes_rate_hz();
  if (request.service != Service::refined) {
    return shoot(rhs, request, refinement);
  }
  refinement.reference = &reference();
  return refine(*inverse_, matrix_, rhs, refinement, parameters);
}

const SeedReference& AnalogStoredMatrix::reference() {
  if (!reference_) {
    reference_.emplace(matrix_, !request_.general);
  }
  return *reference_;
}

SolveResult AnalogStoredMatrix::shoot(const MatrixXd& rhs, const SolveRequest& request,
                                      const RefinementRequest& refinement) {
  if (request.service == Service::single_shot) {
    SolveResult result = solver::shoot(*inverse_, rhs, refinement);
    sample(rhs, result);
    return result;
  }
  RefinementRequest checked = refinement;
  if (checked.tolerance == 0.0) {
    checked.tolerance = parameters_.refinement.check_tolerance;
  }
  const tile::TileModel& first = *tiles_.front();
  return shoot_and_check(*inverse_, matrix_, rhs, checked, parameters_.refinement, first.random(),
                         first.shots());
}

void AnalogStoredMatrix::sample(const MatrixXd& rhs, const SolveResult& result) {
  const double norm = result.solution.col(0).norm();
  if (is_sampled_ || !(norm > 0.0)) {
    return;
  }
  is_sampled_ = true;
  MatrixXd stored;
  if (!inverse_->stored_value(stored)) {
    return;
  }
  ++samples_.columns;
  samples_.error_sum += reference().error(result.solution, rhs);
  samples_.stored_error_sum += SeedReference(stored, false).error(result.solution, rhs);
  reference_.reset();  // as large as the matrix, and made again if it is needed
}

ProductResult AnalogStoredMatrix::multiply(const MatrixXd& vectors) {
  if (!inverse_) {
    throw std::logic_error("solver: there is no matrix to multiply with");
  }
  ProductResult result;
  if (!vectors.allFinite()) {
    result.finite = false;
    return result;
  }
  WorkTally work(replica_lane_rate_hz());
  work.set_columns(vectors.cols());
  result.supported = inverse_->multiply(vectors, work, result.value);
  if (result.supported) {
    if (damping_ > 0.0) {
      const Eigen::VectorXd excess = damping_ * matrix_.diagonal();
      result.value -= excess.asDiagonal() * vectors;
      work.add(vectors.cols(), sum_work(request_.n));
    }
    result.steps.push_back(work.close(layout_.leaves() > 1 ? inverse_->latency_s() : 0.0));
    result.clipped = work.counts().dac_clips + work.counts().adc_clips;
  }
  return result;
}

ProductResult AnalogStoredMatrix::read_back() {
  if (!inverse_) {
    throw std::logic_error("solver: there is no matrix to read");
  }
  ProductResult result;
  WorkTally work(replica_lane_rate_hz());
  result.supported = inverse_->read_back(work, result.value);
  if (result.supported) {
    result.value.diagonal() -= damping_ * matrix_.diagonal();
    work.add(1, sum_work(damping_ > 0.0 ? request_.n : 0));
    result.steps.push_back(work.close(0.0));
  }
  return result;
}

ProgramOutcome AnalogStoredMatrix::calibrate() {
  if (!inverse_) {
    throw std::logic_error("solver: there is no matrix to calibrate");
  }
  ProgramOutcome outcome;
  WorkTally work(all_lanes_rate_hz());
  work.set_columns(1);
  inverse_->settle(work);
  outcome.steps.push_back(work.close(0.0));
  outcome.settling_time_s = inverse_->settling_time_s();
  estimate(outcome);
  return outcome;
}

double AnalogStoredMatrix::settling_time_s() const {
  return inverse_ ? inverse_->settling_time_s() : 0.0;
}

double AnalogStoredMatrix::least_program_time_s(const ProgramRequest& request) const {
  // The first leaf: its scaling, then a verify read of each row and slice. (It may fail there.)
  const BlockLayout layout = layout_of(request);
  const int leaf_rows = static_cast<int>(layout.leaf_size(0));
  const int slices = leaf_slices(parameters_, layout.leaves(), request);
  programming::ProgrammingResult least;
  least.row_verifies = static_cast<std::uint64_t>(leaf_rows) * slices;
  const double arrays = parameters_.tile.minus_array == tile::MinusArray::always ? 2.0 : 1.0;
  least.row_conversions =
      least.row_verifies * static_cast<std::uint64_t>(programming::verify_conversions(
                               1.0, arrays, parameters_.programming));
  tile::set_cost(least, parameters_.tile, parameters_.programming, leaf_rows);
  const LaneWork scaling = matrix_scaling_work(leaf_rows, false, false);
  return scaling.operations / lane_rate_hz(parameters_, layout) + least.duration_s;
}

double AnalogStoredMatrix::least_solve_time_s(Index columns) const {
  return inverse_ ? static_cast<double>(columns) * inverse_->interval_s(1) : 0.0;
}

}  // namespace invar::solver
