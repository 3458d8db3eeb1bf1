#include <invar/solver/work_tally.h>

#include <algorithm>
#include <utility>

namespace invar::solver {
namespace {

template <typename Matrix>
void append_columns(Matrix& all, const Matrix& more) {
  if (more.cols() > 0) {
    all.conservativeResize(more.rows(), all.cols() + more.cols());
    all.rightCols(more.cols()) = more;
  }
}

/// Shots of the same tile that come after those of `all`.
void append(ShotTrace& all, const ShotTrace& more) {
  if (all.dac_codes.cols() == 0) {
    all.start_s = more.start_s;
  }
  all.shot_time_s = std::max(all.shot_time_s, more.shot_time_s);
  all.interval_s = std::max(all.interval_s, more.interval_s);
  append_columns(all.dac_codes, more.dac_codes);
  append_columns(all.adc_codes, more.adc_codes);
  append_columns(all.settling_v, more.settling_v);
}

double shots_of(const tile::AnalogBatch& batch) {
  return static_cast<double>(batch.counts.shots);
}

}  // namespace

double pipeline_time_s(const PipelineLoad& load) {
  if (load.busiest_s == 0.0) {
    return load.lanes_s;
  }
  const double interval_s = load.first_s / load.columns;
  const double analog_s = load.busiest_s + std::max(load.latency_s - interval_s, 0.0);
  return std::max(analog_s, load.lanes_s) +
         std::min(load.latency_s, load.lanes_s * interval_s / load.busiest_s);
}

WorkTally::TileWork& WorkTally::work_of(int tile) {
  TileWork& work = tiles_[tile];
  work.activity.tile = tile;
  return work;
}

WorkTally::TileWork& WorkTally::add_shots(int tile, const tile::AnalogBatch& batch) {
  TileWork& work = work_of(tile);
  work.activity.busy_s += shots_of(batch) * batch.interval_s;
  work.activity.conversion_s += shots_of(batch) * batch.conversion_time_s;
  work.activity.energy += batch.energy;
  work.activity.counts += batch.counts;
  energy_ += batch.energy;
  counts_ += batch.counts;
  return work;
}

void WorkTally::add_pipelined(int tile, const tile::AnalogBatch& batch, bool again) {
  TileWork& work = add_shots(tile, batch);
  const double busy_s = shots_of(batch) * batch.interval_s;
  work.pipeline_s += busy_s;
  if (!again) {
    work.first_s += busy_s;
  }
}

void WorkTally::add_inv(int tile, const tile::AnalogBatch& batch, bool again) {
  add_pipelined(tile, batch, again);
  append(work_of(tile).activity.shots, {reached_s_, batch.shot_time_s, batch.interval_s,
                                        batch.dac_codes, batch.adc_codes, batch.settling_v});
  if (tile == 0) {
    step_.inv_shots += static_cast<std::uint32_t>(batch.counts.shots);
    step_.inv_shot_time_s = batch.shot_time_s;
  }
  pass_stage(batch, again);
}

void WorkTally::add_product(int tile, const tile::AnalogBatch& batch, bool again) {
  add_pipelined(tile, batch, again);
  pass_stage(batch, again);
}

void WorkTally::pass_stage(const tile::AnalogBatch& batch, bool again) {
  if (!again) {
    reached_s_ += batch.shot_time_s;
  }
}

void WorkTally::add_serial_product(int tile, const tile::AnalogBatch& batch) {
  add_shots(tile, batch);
  serial_s_ += shots_of(batch) * batch.shot_time_s;
}

void WorkTally::add_write(int tile, const programming::ProgrammingResult& written) {
  TileActivity& activity = work_of(tile).activity;
  activity.busy_s += written.duration_s;
  activity.conversion_s += written.conversion_s;
  activity.written = written;
  cells_s_ = std::max(cells_s_, written.duration_s);
}

void WorkTally::add_read(int tile, tile::ReadBack read) {
  TileActivity& activity = work_of(tile).activity;
  read.value.resize(0, 0);
  activity.busy_s += read.duration_s;
  activity.conversion_s += read.conversion_s;
  cells_s_ = std::max(cells_s_, read.duration_s);
  activity.read = std::move(read);
}

WorkStep WorkTally::close(double latency_s) {
  const TileWork* busiest = nullptr;
  for (const auto& [tile, work] : tiles_) {
    if (work.pipeline_s > 0.0 && (busiest == nullptr || work.pipeline_s > busiest->pipeline_s)) {
      busiest = &work;
    }
  }
  PipelineLoad load;
  load.columns = static_cast<double>(std::max(columns_, Eigen::Index{1}));
  load.latency_s = latency_s;
  load.lanes_s = static_cast<double>(step_.multiply_accumulates) / lane_rate_hz_;
  if (busiest != nullptr) {
    load.busiest_s = busiest->pipeline_s;
    load.first_s = busiest->first_s;
  }
  step_.duration_s = pipeline_time_s(load) + serial_s_ + cells_s_;
  for (auto& [tile, work] : tiles_) {
    step_.tiles.push_back(std::move(work.activity));
  }
  tiles_.clear();
  reached_s_ = 0.0;
  serial_s_ = 0.0;
  cells_s_ = 0.0;
  return std::exchange(step_, WorkStep{});
}

WorkStep merge(const std::vector<WorkStep>& steps) {
  WorkStep all;
  std::map<int, TileActivity> tiles;
  for (const WorkStep& step : steps) {
    const double start_s = all.duration_s;
    all.duration_s += step.duration_s;
    all.multiply_accumulates += step.multiply_accumulates;
    all.fetched_elements += step.fetched_elements;
    all.largest_residual = step.largest_residual;
    all.inv_shots += step.inv_shots;
    all.inv_shot_time_s = std::max(all.inv_shot_time_s, step.inv_shot_time_s);
    for (const TileActivity& activity : step.tiles) {
      TileActivity& sum = tiles[activity.tile];
      sum.tile = activity.tile;
      sum.tiles = activity.tiles;
      sum.busy_s += activity.busy_s;
      sum.conversion_s += activity.conversion_s;
      sum.energy += activity.energy;
      sum.counts += activity.counts;
      ShotTrace shots = activity.shots;
      shots.start_s += start_s;
      append(sum.shots, shots);
    }
  }
  for (auto& [tile, activity] : tiles) {
    all.tiles.push_back(std::move(activity));
  }
  return all;
}

std::vector<WorkStep> side_by_side(const std::vector<std::vector<WorkStep>>& steps) {
  std::vector<WorkStep> all;
  for (const std::vector<WorkStep>& own : steps) {
    all.resize(std::max(all.size(), own.size()));
    for (std::size_t i = 0; i < own.size(); ++i) {
      WorkStep& step = all[i];
      step.duration_s = std::max(step.duration_s, own[i].duration_s);
      step.multiply_accumulates += own[i].multiply_accumulates;
      step.fetched_elements += own[i].fetched_elements;
      step.largest_residual = std::max(step.largest_residual, own[i].largest_residual);
      step.verification = own[i].verification;
      step.tiles.insert(step.tiles.end(), own[i].tiles.begin(), own[i].tiles.end());
      if (step.inv_shots == 0) {
        step.inv_shots = own[i].inv_shots;
        step.inv_shot_time_s = own[i].inv_shot_time_s;
      }
    }
  }
  return all;
}

}  // namespace invar::solver
