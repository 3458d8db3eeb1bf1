#include <invar/solver/block_builder.h>
#include <invar/solver/bordered_inverse.h>
#include <invar/solver/contraction.h>
#include <invar/solver/deflation.h>
#include <invar/solver/expected_count.h>
#include <invar/solver/expected_writing.h>
#include <invar/solver/single_shot.h>
#include <invar/solver/timing_plan.h>
#include <invar/solver/work_tally.h>
#include <invar/tile_model/shot_cost.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <set>
#include <stdexcept>

namespace invar::solver {
namespace {

/// `work` spread over `tiles` tiles that do the same, from `first` on.
TileActivity activity(int first, int tiles, const tile::AnalogWork& work, double shots) {
  TileActivity activity;
  activity.tile = first;
  activity.tiles = tiles;
  activity.busy_s = shots / tiles * work.interval_s;
  activity.conversion_s = shots / tiles * work.conversion_time_s;
  activity.energy = work.energy;
  activity.counts = work.counts;
  return activity;
}

TileActivity writing(int first, int tiles, const programming::ProgrammingResult& one) {
  TileActivity activity;
  activity.tile = first;
  activity.tiles = tiles;
  activity.busy_s = one.duration_s;
  activity.conversion_s = one.conversion_s;
  activity.written = on_tiles(one, tiles);
  return activity;
}

/// Makes of a step one that is taken `count` times; 1 leaves it to the bit.
void repeat(WorkStep& step, double count) {
  step.duration_s *= count;
  step.multiply_accumulates = times(step.multiply_accumulates, count);
  step.fetched_elements = times(step.fetched_elements, count);
  for (TileActivity& activity : step.tiles) {
    activity.busy_s *= count;
    activity.conversion_s *= count;
    activity.energy *= count;
    tile::AnalogCounts& counts = activity.counts;
    for (std::uint64_t* number :
         {&counts.shots, &counts.dac_conversions, &counts.adc_conversions}) {
      *number = times(*number, count);
    }
    if (activity.written) {
      activity.written = on_tiles(*activity.written, count);
      activity.written->duration_s *= count;
      activity.written->conversion_s *= count;
    }
  }
}

}  // namespace

std::vector<std::uint32_t> whole_iterations(double mean, std::int64_t columns) {
  const std::uint64_t total = to_count(mean * static_cast<double>(columns));
  const auto upto = [&](std::int64_t count) {
    return total * static_cast<std::uint64_t>(count) / static_cast<std::uint64_t>(columns);
  };
  std::vector<std::uint32_t> iterations;
  for (std::int64_t column = 0; column < columns; ++column) {
    iterations.push_back(static_cast<std::uint32_t>(upto(column + 1) - upto(column)));
  }
  return iterations;
}

TimingPlan::TimingPlan(const StoredMatrixParameters& parameters, const TimingEstimate& estimate,
                       const ProgramRequest& request)
    : parameters_(parameters),
      request_(request),
      blocks_(layout_for(rows_held(request), parameters, request.arrangement),
              parameters.refinement, request.arrangement),
      sample_(estimate.at(request.n)) {
  if (request_.seed_slices <= 0) {
    request_.seed_slices = parameters.tile.seed_slices;
  }
  leaf_slices_ = leaf_slices(parameters, blocks_.leaves(), request_);
  product_slices_ = product_slices(parameters, request_);
  leaf_ = expected_writing(parameters, sample_, blocks_.leaf_rows(), leaf_slices_);
  product_ = expected_writing(parameters, sample_, blocks_.leaf_rows(), product_slices_);
}

TimingPlan::Refinement TimingPlan::of_matrix(bool in_units) const {
  return {0, blocks_.leaves(), in_units && !general(), analog_residual(), request_.replicas};
}

double TimingPlan::rows_of(const Refinement& refinement) const {
  return refinement.leaves == blocks_.leaves() ? size() : blocks_.rows(refinement.leaves);
}

bool TimingPlan::analog_residual() const {
  return parameters_.refinement.uses_analog_residual(blocks_.leaves(), general());
}

tile::ArrayCount TimingPlan::arrays(int slices) const {
  const double minus = parameters_.tile.minus_array == tile::MinusArray::always
                           ? slices
                           : sample_.minus_share * slices;
  return {static_cast<double>(slices), minus, slices - minus};
}

tile::AnalogWork TimingPlan::inv(double shots) const {
  tile::AnalogWork work = tile::inv_work(parameters_.tile, shots, blocks_.leaf_rows(),
                                         arrays(request_.seed_slices), sample_.settling_time_s);
  work.energy.amplifier_j *= 1.0 + sample_.output_stage_share;
  work.energy.array_j = sample_.array_share * work.energy.amplifier_j;
  return work;
}

tile::AnalogWork TimingPlan::mvm(double shots, int slices) const {
  const double rows = blocks_.leaf_rows();
  tile::AnalogWork work = tile::mvm_work(parameters_.tile, shots, rows, arrays(slices));
  const double full_scale =
      tile::mvm_steps(parameters_.tile, static_cast<int>(std::ceil(rows))).input_full_scale;
  // Inputs spread evenly over the range: a third of the full scale's square.
  const double square = full_scale * full_scale / 3.0;
  const double row_load_s = arrays(slices).arrays() * rows * sample_.mean_conductance_s;
  work.energy.array_j =
      tile::mvm_energy_j_per_siemens(parameters_.tile) * shots * rows * row_load_s * square;
  return work;
}

WorkStep TimingPlan::lane_step(const LaneWork& lanes, int replicas) const {
  WorkStep step;
  step.multiply_accumulates = to_count(lanes.operations);
  step.fetched_elements = to_count(lanes.fetched);
  step.duration_s = static_cast<double>(step.multiply_accumulates) / lane_rate_hz(replicas);
  return step;
}

WorkStep TimingPlan::of_all_replicas(WorkStep step) const {
  std::vector<std::vector<WorkStep>> all(1, {std::move(step)});
  for (int place = 1; place < request_.replicas; ++place) {
    all.push_back(all.front());
    for (TileActivity& activity : all.back().front().tiles) {
      activity.tile += place * blocks_.tiles();
    }
  }
  return std::move(side_by_side(all).front());
}

WorkStep TimingPlan::pass_step(int offset, int leaves, const BlockPass& pass, double columns,
                               const LaneWork& lanes, double repeats, int replicas) const {
  const double inv_shots = repeats * columns * pass.inv_shots;
  const double mvm_shots = repeats * columns * pass.mvm_shots;
  const tile::AnalogWork inverting = inv(inv_shots / replicas);
  const tile::AnalogWork multiplying = mvm(mvm_shots / replicas, product_slices_);
  WorkStep step = lane_step(columns * (pass.lanes + lanes), replicas);
  PipelineLoad load;
  load.columns = columns;
  load.latency_s =
      pass.inv_depth * inverting.shot_time_s + pass.mvm_depth * multiplying.shot_time_s;
  const double busiest = std::ceil(columns / replicas);
  load.first_s = busiest * std::max(pass.busiest_inv * inverting.interval_s,
                                    pass.busiest_mvm * multiplying.interval_s);
  load.busiest_s = repeats * load.first_s;
  load.lanes_s = step.duration_s;
  step.duration_s = pipeline_time_s(load);
  for (int place = 0; place < replicas; ++place) {
    const int first = place * blocks_.tiles();
    if (inv_shots > 0.0) {
      step.tiles.push_back(activity(first + offset, leaves, inverting, inv_shots / replicas));
    }
    if (mvm_shots > 0.0) {
      step.tiles.push_back(activity(first + blocks_.leaves(), blocks_.product_tiles(), multiplying,
                                    mvm_shots / replicas));
    }
  }
  if (offset == 0 && inv_shots > 0.0) {
    step.inv_shots =
        static_cast<std::uint32_t>(std::min(repeats * busiest * pass.busiest_inv, 4e9));
    step.inv_shot_time_s = inverting.shot_time_s;
  }
  return step;
}

void TimingPlan::add_leaf_products(WorkStep& step, double columns) const {
  const double shots = columns * blocks_.leaves();
  const tile::AnalogWork work = mvm(shots, leaf_slices_);
  step.duration_s += shots * work.shot_time_s;
  step.tiles.push_back(activity(0, blocks_.leaves(), work, shots));
}

WorkStep TimingPlan::round_step(const Refinement& refinement, int round, double columns) const {
  const double n = rows_of(refinement);
  LaneWork lanes = update_work(n, refinement.in_units) +
                   (refinement.analog_residual ? tile_scaling_work(n) : residual_work(n));
  if (refinement.leaves == blocks_.leaves()) {
    lanes += correction_work(columns_of_replica(columns));
  }
  const int directions = parameters_.refinement.krylov_directions;
  if (directions > 0) {
    const double kept = std::min(round - 1, directions);
    lanes += orthogonalisation_work(n, kept) + step_length_work(n) + kept_direction_work(n);
  }
  WorkStep step =
      pass_step(refinement.offset, refinement.leaves, blocks_.application(refinement.leaves),
                columns, lanes, 1.0 + sample_.retry_share, refinement.replicas);
  if (refinement.analog_residual) {
    add_leaf_products(step, columns);
  }
  return step;
}

WorkStep TimingPlan::check_step(const Refinement& refinement, double columns) const {
  const double n = rows_of(refinement);
  WorkStep step = lane_step(columns * (residual_work(n) + check_work(n, refinement.in_units)),
                            refinement.replicas);
  step.verification = true;
  return step;
}

std::vector<WorkStep> TimingPlan::rounds(const Refinement& refinement,
                                         const std::vector<std::uint32_t>& iterations) const {
  std::vector<WorkStep> steps;
  for (std::uint32_t round = 1;; ++round) {
    const auto columns = std::count_if(iterations.begin(), iterations.end(),
                                       [round](std::uint32_t own) { return own >= round; });
    if (columns == 0) {
      break;
    }
    steps.push_back(round_step(refinement, static_cast<int>(round), static_cast<double>(columns)));
  }
  steps.push_back(check_step(refinement, static_cast<double>(iterations.size())));
  return steps;
}

std::vector<WorkStep> TimingPlan::refinement(const std::vector<std::uint32_t>& iterations,
                                             bool in_units) const {
  return rounds(of_matrix(in_units), iterations);
}

WorkStep TimingPlan::first_round(double columns) const {
  return round_step(of_matrix(false), 1, columns);
}

LaneWork TimingPlan::correction_work(double columns) const {
  LaneWork work;
  if (request_.rank > 0) {
    work += deflation_correction_work(blocks_.size(), request_.rank, columns);
  }
  if (request_.eliminates_last) {
    work += border_work(size(), columns);
  }
  return work;
}

WorkStep TimingPlan::shot_step(double columns) const {
  return pass_step(0, blocks_.leaves(), blocks_.shot(), columns,
                   correction_work(columns_of_replica(columns)), 1.0 + sample_.retry_share,
                   request_.replicas);
}

std::vector<WorkStep> TimingPlan::shots(double columns) const {
  return {shot_step(columns)};
}

std::vector<WorkStep> TimingPlan::checked_shots(double columns) const {
  const double n = size();
  const double groups = std::ceil(columns / parameters_.refinement.check_group);
  WorkStep check =
      lane_step(columns * signed_sum_work(n) + groups * (residual_work(n) + check_work(n, false)),
                request_.replicas);
  return {shot_step(columns), check};
}

WorkStep TimingPlan::deflation_step(bool is_warm) const {
  const double n = blocks_.size();
  const double iterations = is_warm ? 0.0 : parameters_.refinement.deflation_iterations;
  return lane_step(matrix_scaling_work(n, false, false) +
                       deflation_work(n, request_.rank, iterations) +
                       deflated_matrix_work(n, request_.rank),
                   request_.replicas);
}

WorkStep TimingPlan::learning_step() const {
  const double averages = parameters_.refinement.deflation_averages;
  const double columns = request_.rank * averages;
  const LaneWork once = capacitance_work(blocks_.size(), request_.rank, averages);
  return pass_step(0, blocks_.leaves(), blocks_.application(blocks_.leaves()), columns,
                   (1.0 / columns) * once, 1.0 + sample_.retry_share);
}

WorkStep TimingPlan::probe_step() const {
  // Each once to find its range and once at that of all.
  BlockPass pass = blocks_.application(blocks_.leaves());
  pass += blocks_.shot();
  return pass_step(0, blocks_.leaves(), pass, parameters_.refinement.probes,
                   probe_work(size()) + 2.0 * correction_work(parameters_.refinement.probes),
                   1.0 + sample_.retry_share);
}

LaneWork TimingPlan::scaling_work() const {
  const bool on_tiles = blocks_.product_tiles() > 0;
  LaneWork work = static_cast<double>(blocks_.leaves()) *
                  matrix_scaling_work(blocks_.leaf_rows(), general(), false);
  for (const BlockPlan::Node& node : blocks_.nodes()) {
    const double n1 = blocks_.rows(node.first);
    const double n2 = blocks_.rows(node.rest);
    work += schur_work(n1, n2, general());
    if (on_tiles) {
      work += 2.0 * matrix_block_scaling_work(n1, n2);
    }
  }
  return work;
}

WorkStep TimingPlan::write_step() const {
  // Leaves follow one another: each holds a Schur complement of those before it. The blocks beside
  // the diagonal are written with the first leaf of those they lie beside.
  std::set<int> with_blocks;
  if (blocks_.product_tiles() > 0) {
    for (const BlockPlan::Node& node : blocks_.nodes()) {
      with_blocks.insert(node.offset);
    }
  }
  const double longer_s = std::max(product_.duration_s - leaf_.duration_s, 0.0);
  WorkStep step;
  const int turns = request_.arrangement == BlockArrangement::diagonal ? 1 : blocks_.leaves();
  step.duration_s = turns * leaf_.duration_s + static_cast<double>(with_blocks.size()) * longer_s;
  step.tiles.push_back(writing(0, blocks_.leaves(), leaf_));
  if (blocks_.product_tiles() > 0) {
    step.tiles.push_back(writing(blocks_.leaves(), blocks_.product_tiles(), product_));
  }
  return step;
}

WorkStep TimingPlan::contraction_step() const {
  const double n = size();
  const BlockPass pass = blocks_.application(blocks_.leaves());
  std::vector<WorkStep> steps;
  for (Eigen::Index size = 0; size < contraction_applications(request_.n); ++size) {
    steps.push_back(pass_step(0, blocks_.leaves(), pass, 1.0,
                              contraction_work(n, static_cast<double>(size)) + correction_work(1.0),
                              1.0));
  }
  return merge(steps);
}

std::vector<WorkStep> TimingPlan::programming(bool is_warm) const {
  std::vector<WorkStep> steps;
  steps.push_back(lane_step(scaling_work()));
  steps.push_back(write_step());
  for (const BlockPlan::Node& node : blocks_.nodes()) {
    const double columns = std::round(blocks_.rows(node.rest));
    std::vector<WorkStep> solved =
        rounds({node.offset, node.first},
               whole_iterations(sample_.iterations, static_cast<std::int64_t>(columns)));
    std::move(solved.begin(), solved.end(), std::back_inserter(steps));
  }
  if (request_.rank > 0) {
    steps.push_back(learning_step());
  }
  if (request_.services.refines()) {
    steps.push_back(contraction_step());
  }
  if (request_.services.shoots()) {
    steps.push_back(probe_step());
  }
  for (WorkStep& step : steps) {
    step = of_all_replicas(std::move(step));
  }
  if (request_.rank > 0) {
    steps.insert(steps.begin(), deflation_step(is_warm));
  }
  if (request_.eliminates_last) {
    steps.insert(steps.begin(), lane_step(border_elimination_work(size()), request_.replicas));
  }
  for (WorkStep& step : steps) {
    repeat(step, sample_.writings);
  }
  if (request_.adds_damping) {
    steps.insert(steps.begin(), lane_step(sum_work(size()), request_.replicas));
  }
  return steps;
}

bool TimingPlan::damped() const {
  const double damping =
      request_.seed_damping >= 0.0 ? request_.seed_damping : parameters_.refinement.seed_damping;
  return damping > 0.0 && !analog_residual() && !request_.services.shoots();
}

WorkStep TimingPlan::product(double columns) const {
  WorkStep step = pass_step(0, blocks_.leaves(), blocks_.product(), columns,
                            sum_work(damped() ? size() : 0.0) + correction_work(columns),
                            1.0 + sample_.retry_share);
  add_leaf_products(step, columns);
  return step;
}

std::vector<WorkStep> TimingPlan::calibration() const {
  const tile::AnalogWork work = inv(blocks_.leaves());
  WorkStep settling;
  settling.duration_s = work.shot_time_s;
  settling.tiles = {activity(0, blocks_.leaves(), work, blocks_.leaves())};
  settling.inv_shots = 1;
  settling.inv_shot_time_s = work.shot_time_s;
  return {of_all_replicas(settling), of_all_replicas(contraction_step())};
}

TileActivity TimingPlan::reading(int first, int tiles, int slices, LaneWork& lanes) const {
  tile::ReadBack one = tile::read_cost(parameters_.tile, blocks_.leaf_rows(), arrays(slices));
  one.cell_energy_j = static_cast<double>(one.reads) * sample_.mean_conductance_s *
                      parameters_.tile.device.verify_energy_j_per_siemens();
  lanes += tiles * read_back_work(static_cast<double>(one.reads), 0.0);
  TileActivity activity;
  activity.tile = first;
  activity.tiles = tiles;
  activity.busy_s = one.duration_s;
  activity.conversion_s = one.conversion_s;
  one.reads *= static_cast<std::uint64_t>(tiles);
  one.cell_energy_j *= tiles;
  one.adc_energy_j *= tiles;
  activity.read = std::move(one);
  return activity;
}

WorkStep TimingPlan::reading() const {
  LaneWork lanes = sum_work(damped() ? size() : 0.0);
  if (request_.rank > 0) {
    lanes += deflated_matrix_work(blocks_.size(), request_.rank);
  }
  if (request_.eliminates_last) {
    lanes += border_elimination_work(size());
  }
  std::vector<TileActivity> tiles{reading(0, blocks_.leaves(), leaf_slices_, lanes)};
  if (blocks_.product_tiles() > 0) {
    tiles.push_back(reading(blocks_.leaves(), blocks_.product_tiles(), product_slices_, lanes));
  }
  for (const BlockPlan::Node& node : blocks_.nodes()) {
    lanes += block_read_back_work(blocks_.rows(node.first), blocks_.rows(node.rest));
  }
  // All tiles at once, then the lanes.
  WorkStep step = lane_step(lanes);
  double longest_s = 0.0;
  for (const TileActivity& activity : tiles) {
    longest_s = std::max(longest_s, activity.busy_s);
  }
  step.duration_s += longest_s;
  step.tiles = std::move(tiles);
  return step;
}

}  // namespace invar::solver
