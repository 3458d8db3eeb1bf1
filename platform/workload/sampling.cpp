#include <fmt/format.h>
#include <invar/platform/workload/generated_factor.h>
#include <invar/platform/workload/sampling.h>
#include <invar/solver/stored_matrix.h>
#include <invar/tile/tile_model.h>
#include <invar/tile_model/shot_cost.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <memory>
#include <random>
#include <set>

namespace invar::platform {
namespace {

using Eigen::MatrixXd;

constexpr int k_right_hand_sides = 16;
/// Factors like those of the network are numbered so much beyond them.
constexpr int k_others = 1 << 16;
/// Slices after which a size is given up.
constexpr int k_most_slices = 4;

MatrixXd normal_matrix(Eigen::Index rows, Eigen::Index columns, std::uint64_t seed) {
  // Not std::normal_distribution: it differs between standard libraries.
  std::mt19937_64 generator(seed);
  const auto uniform = [&] { return (static_cast<double>(generator() >> 11) + 0.5) * 0x1p-53; };
  MatrixXd matrix(rows, columns);
  for (double& value : matrix.reshaped()) {
    const double radius = std::sqrt(-2.0 * std::log(uniform()));
    value = radius * std::cos(2.0 * 3.14159265358979323846 * uniform());
  }
  return matrix;
}

/// Sums over samples.
struct Sums {
  double stored = 0.0, solved = 0.0;
  double iterations = 0.0, settling_s = 0.0, conductance_s = 0.0, minus_share = 0.0;
  double array_j = 0.0, amplifier_j = 0.0, bias_j = 0.0, retries = 0.0;
  double writings = 0.0, written = 0.0, cells = 0.0, set = 0.0, pulses = 0.0;

  Sums& operator+=(const Sums& other) {
    stored += other.stored;
    solved += other.solved;
    iterations += other.iterations;
    settling_s += other.settling_s;
    conductance_s += other.conductance_s;
    minus_share += other.minus_share;
    array_j += other.array_j;
    amplifier_j += other.amplifier_j;
    bias_j += other.bias_j;
    retries += other.retries;
    writings += other.writings;
    written += other.written;
    cells += other.cells;
    set += other.set;
    pulses += other.pulses;
    return *this;
  }
};

/// What a programming wrote. It may have stored the matrix more than once, each time all of it:
/// with more damping, or a tile's part on other lines.
void add_written(const solver::ProgramOutcome& outcome, double tiles, Sums& sums) {
  sums.writings += outcome.attempts;
  for (const solver::WorkStep& step : outcome.steps) {
    for (const solver::TileActivity& activity : step.tiles) {
      if (activity.written) {
        sums.writings += static_cast<double>(activity.written->rewrites) / tiles;
        sums.cells += static_cast<double>(activity.written->cells);
        sums.written += static_cast<double>(activity.written->written_cells);
        sums.set += static_cast<double>(activity.written->set_pulses);
        sums.pulses += static_cast<double>(activity.written->set_pulses) +
                       static_cast<double>(activity.written->reset_pulses);
      }
    }
  }
}

/// Mean over the cells of all arrays that hold something.
double mean_conductance_s(const std::vector<tile::TileModel*>& tiles) {
  double sum = 0.0, arrays = 0.0;
  for (tile::TileModel* tile : tiles) {
    const int held = tile->size();
    for (int slice = 0; held > 0 && slice < tile->slices_in_use(); ++slice) {
      for (int sign = 0; sign < (tile->cells().has_minus(slice) ? 2 : 1); ++sign) {
        sum += tile->cells().array(slice, sign).conductance_s().topLeftCorner(held, held).mean();
        arrays += 1.0;
      }
    }
  }
  return sum / arrays;
}

/// Of the slices that hold something, those with a minus array.
double minus_share(const std::vector<tile::TileModel*>& tiles) {
  double minus = 0.0, plus = 0.0;
  for (tile::TileModel* tile : tiles) {
    const tile::ArrayCount count =
        tile->cells().count(tile->size() > 0 ? tile->slices_in_use() : 0);
    minus += count.minus;
    plus += count.plus;
  }
  return minus / plus;
}

/// What the amplifiers of INV shots take without their output stages, all shots taken as the
/// longest.
double bias_j(const tile::TileParameters& tile, const std::vector<tile::TileModel*>& tiles,
              int slices, double shots, double settling_time_s) {
  double rows = 0.0;
  for (const tile::TileModel* model : tiles) {
    rows += model->has_loop() ? model->size() : 0.0;
  }
  const double each = rows / static_cast<double>(tiles.size());
  return tile::inv_work(tile, shots, each, tiles.front()->cells().count(slices), settling_time_s)
      .energy.amplifier_j;
}

/// The firmware's: a dominant eigenvalue is kept digitally for so many rows.
constexpr int k_rows_a_rank = 8;

solver::ProgramRequest request_of(const WorkloadParameters& workload, int n, int slices) {
  solver::ProgramRequest request{n, slices, false};
  request.services = solver::ServiceSet(INVAR_SERVES(static_cast<std::uint32_t>(workload.service)));
  request.rank = std::min(workload.deflation_rank, n / k_rows_a_rank);
  request.arrangement = arrangement_of(workload.block_layout);
  return request;
}

/// The factors of a size that stand for it, in turn: the network's own, and others like them; of a
/// size that it has not, inputs behind a ReLU and outputs.
FactorPlace place_of(const LayerTable& table, int n, int sample) {
  std::vector<FactorPlace> own;
  std::copy_if(table.places.begin(), table.places.end(), std::back_inserter(own),
               [n](const FactorPlace& place) { return place.n == n; });
  if (own.empty()) {
    own = {{0, n, true, false}, {1, n, false, false}};
    sample += static_cast<int>(own.size());
  }
  const int count = static_cast<int>(own.size());
  FactorPlace place = own[static_cast<std::size_t>(sample % count)];
  place.number += static_cast<std::uint32_t>(k_others * (sample / count));
  return place;
}

MatrixXd damped_factor(const RunConfiguration& configuration, const FactorPlace& place) {
  const GeneratedFactors generated(configuration.features, configuration.run.seed);
  MatrixXd factor = generated.factor(place);
  factor.diagonal().array() +=
      generated.damping_share(place) * std::sqrt(configuration.workload.damping);
  return factor;
}

/// One factor written over another and solved with: the only place that knows how a sample is
/// stored.
void run_sample(const RunConfiguration& configuration, const LayerTable& table, int n, int slices,
                int sample, SampledSize& size, Sums& sums) {
  const std::uint64_t seed =
      configuration.run.seed * 1000003 + static_cast<std::uint64_t>(1000 * n + 10 * sample);
  const WorkloadParameters& workload = configuration.workload;
  solver::StoredMatrixParameters parameters =
      configuration.accelerator.sequencer_configuration().stored_matrix();
  parameters.tile.fidelity = tile::Fidelity::behavioural;
  std::vector<std::unique_ptr<tile::TileModel>> models;
  std::vector<tile::TileModel*> tiles;
  const auto count = solver::tiles_for(n, parameters, arrangement_of(workload.block_layout));
  for (std::int64_t i = 0; i < count; ++i) {
    models.push_back(
        std::make_unique<tile::TileModel>(parameters.tile, seed, static_cast<std::uint32_t>(i)));
    tiles.push_back(models.back().get());
  }
  const auto stored = solver::make_analog_matrix(parameters, tiles);
  const solver::ProgramRequest request = request_of(workload, n, slices);
  FactorPlace place = place_of(table, n, sample);
  const auto program = [&] {
    return stored->program(damped_factor(configuration, place), request);
  };
  // Over that of another batch, as a refresh does.
  place.draw = 1;
  program();
  place.draw = 0;
  const solver::ProgramOutcome outcome = program();
  ++size.matrices;
  size.right_hand_sides += k_right_hand_sides;
  if (outcome.verdict != solver::MatrixVerdict::ok ||
      outcome.status != programming::ProgrammingStatus::ok ||
      (!request.services.refines() && outcome.quality > parameters.refinement.quality_limit)) {
    return;
  }
  ++size.stored;
  sums.stored += 1.0;
  add_written(outcome, static_cast<double>(tiles.size()), sums);
  sums.settling_s += stored->settling_time_s();
  sums.conductance_s += mean_conductance_s(tiles);
  sums.minus_share += minus_share(tiles);
  solver::SolveRequest solve{workload.tolerance, workload.iteration_limit, true};
  solve.service = static_cast<solver::Service>(workload.service);
  if (solve.service != solver::Service::refined) {
    solve.tolerance = 0.0;
  }
  const solver::SolveResult solved =
      stored->solve(normal_matrix(n, k_right_hand_sides, seed + 2), solve);
  size.solved += solved.converged;
  sums.solved += solved.converged;
  sums.array_j += solved.energy.array_j;
  sums.amplifier_j += solved.energy.amplifier_j;
  sums.bias_j += bias_j(parameters.tile, tiles, slices, static_cast<double>(solved.counts.shots),
                        stored->settling_time_s());
  // Of all shots, those that were repeats of others.
  const double shots = static_cast<double>(solved.counts.shots);
  const double retries = static_cast<double>(solved.retries);
  sums.retries += shots > retries ? retries / (shots - retries) : 0.0;
  if (solve.service != solver::Service::refined) {
    sums.iterations += solved.converged;
    size.iterations_max = 1;
    return;
  }
  for (Eigen::Index column = 0; column < k_right_hand_sides; ++column) {
    if (solved.relative_residual[column] <= workload.tolerance) {
      sums.iterations += solved.iterations[column];
      size.iterations_max = std::max(size.iterations_max, solved.iterations[column]);
    }
  }
}

solver::TimingSample timing_of(const Sums& sums, const tile::TileParameters& tile, int n,
                               int slices) {
  solver::TimingSample timing;
  timing.n = n;
  timing.slices = slices;
  timing.iterations = sums.iterations / sums.solved;
  timing.settling_time_s = sums.settling_s / sums.stored;
  timing.mean_conductance_s = sums.conductance_s / sums.stored;
  timing.minus_share = sums.minus_share / sums.stored;
  timing.array_share = sums.amplifier_j > 0.0 ? sums.array_j / sums.amplifier_j : 0.0;
  if (tile.amplifier.output_stages == circuit::OutputStages::always && sums.bias_j > 0.0) {
    timing.output_stage_share = std::max(sums.amplifier_j / sums.bias_j - 1.0, 0.0);
  }
  timing.retry_share = sums.retries / sums.stored;
  timing.writings = sums.writings / sums.stored;
  timing.written_share = sums.written / sums.cells;
  timing.set_share = sums.pulses > 0.0 ? sums.set / sums.pulses : 0.0;
  return timing;
}

SampledSize sample_size(const RunConfiguration& configuration, const LayerTable& table, int n,
                        int slices, SamplingProgress& progress) {
  progress.n = n;
  progress.slices = slices;
  progress.samples = configuration.workload.samples;
  SampledSize size;
  size.n = n;
  size.slices = slices;
  Sums sums;
  for (int number = 0; number < configuration.workload.samples; ++number) {
    progress.sample = number + 1;
    Sums matrix;
    run_sample(configuration, table, n, slices, number, size, matrix);
    if (matrix.solved > 0.0) {
      size.each.push_back(timing_of(matrix, configuration.accelerator.tile, n, slices));
    }
    sums += matrix;
  }
  if (size.solved > 0) {
    size.timing = timing_of(sums, configuration.accelerator.tile, n, slices);
    size.iterations_mean = size.timing.iterations;
  }
  return size;
}

/// Time to store a factor and to solve for its inverse, all alone.
double inversion_time_s(const RunConfiguration& configuration,
                        const solver::StoredMatrixParameters& parameters, int n,
                        const solver::TimingSample& sample) {
  const auto matrix = solver::make_timing_matrix(parameters, {{sample}, "sampled"});
  const solver::ProgramRequest request = request_of(configuration.workload, n, sample.slices);
  solver::SolveRequest solve{1.0, 0, true};
  solve.service = static_cast<solver::Service>(configuration.workload.service);
  const double stored_s = solver::duration_s(matrix->program({}, request).steps);
  return stored_s + matrix->solve(MatrixXd(0, n), solve).duration_s();
}

/// For each size of the table the sample that makes it fastest and slowest: of those of its own
/// size, or where there are none of all.
void find_extremes(const RunConfiguration& configuration, const LayerTable& table,
                   Sampling& sampling) {
  const solver::StoredMatrixParameters parameters =
      configuration.accelerator.sequencer_configuration().stored_matrix();
  std::vector<solver::TimingSample> fastest, slowest;
  for (const auto& entry : table.factors) {
    const int n = static_cast<int>(entry.first);
    const auto own = std::find_if(sampling.sizes.begin(), sampling.sizes.end(),
                                  [n](const SampledSize& size) { return size.n == n; });
    const bool sampled = own != sampling.sizes.end() && !own->each.empty();
    std::map<double, solver::TimingSample> candidates;
    for (const SampledSize& size : sampling.sizes) {
      for (solver::TimingSample sample : size.each) {
        if (!sampled || size.n == n) {
          sample.n = n;
          candidates.emplace(inversion_time_s(configuration, parameters, n, sample), sample);
        }
      }
    }
    fastest.push_back(candidates.begin()->second);
    slowest.push_back(candidates.rbegin()->second);
  }
  sampling.fastest = {fastest, "sampled"};
  sampling.slowest = {slowest, "sampled"};
}

}  // namespace

std::string describe(const SamplingProgress& progress) {
  return fmt::format("sampling size {}/{}  n {}  slices {}  sample {}/{}", progress.size.load(),
                     progress.sizes.load(), progress.n.load(), progress.slices.load(),
                     progress.sample.load(), progress.samples.load());
}

Sampling sample_factors(const RunConfiguration& configuration, const LayerTable& table,
                        SamplingProgress* listener) {
  SamplingProgress unseen;
  SamplingProgress& progress = listener != nullptr ? *listener : unseen;
  const WorkloadParameters& workload = configuration.workload;
  const tile::TileParameters& tile = configuration.accelerator.tile;
  const int first = workload.slices != 0 ? workload.slices : tile.seed_slices;
  const int most = std::min(k_most_slices, tile.slices);
  solver::TimingSample usual;
  usual.slices = first;
  const solver::TimingEstimate assumed{std::vector<solver::TimingSample>(1, usual), "assumption"};
  Sampling sampling{assumed, assumed, assumed, {}, {}};
  const int largest = workload.sample_limit;
  std::vector<solver::TimingSample> samples;
  std::set<int> sizes;
  const FactorTiles tiles = workload_tiles(configuration);
  const auto most_tiles = static_cast<std::uint64_t>(configuration.accelerator.tiles);
  for (const auto& [n, count] : table.factors) {
    static_cast<void>(count);
    const std::optional<std::uint64_t> takes = tiles.of(n, false);
    if (!takes || *takes > most_tiles) {
      continue;  // the engine inverts it
    }
    if (workload.samples > 0) {
      // What stands for the larger ones should be as large as it may.
      sizes.insert(std::min(static_cast<int>(n), largest));
    }
    if (workload.samples == 0 || static_cast<int>(n) > largest) {
      sampling.extrapolated.push_back(n);
    }
  }
  progress.sizes = static_cast<int>(sizes.size());
  for (const int n : sizes) {
    ++progress.size;
    int slices = first;
    SampledSize size = sample_size(configuration, table, n, slices, progress);
    while (workload.slices == 0 && size.solved < size.right_hand_sides && slices < most) {
      size = sample_size(configuration, table, n, ++slices, progress);
    }
    if (size.solved > 0) {
      samples.push_back(size.timing);
    }
    sampling.sizes.push_back(size);
  }
  if (!samples.empty()) {
    sampling.estimate = {samples, "sampled"};
    find_extremes(configuration, table, sampling);
  }
  return sampling;
}

}  // namespace invar::platform
