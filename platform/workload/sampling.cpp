#include <fmt/format.h>
#include <invar/platform/workload/sampling.h>
#include <invar/solver/stored_matrix.h>
#include <invar/tile/tile_model.h>

#include <Eigen/QR>
#include <algorithm>
#include <cmath>
#include <memory>
#include <random>
#include <set>

namespace invar::platform {
namespace {

using Eigen::MatrixXd;

constexpr int k_right_hand_sides = 16;
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

/// Sums over the samples of a size.
struct Sums {
  double iterations = 0.0, settling_s = 0.0, conductance_s = 0.0;
  double array_j = 0.0, amplifier_j = 0.0, retries = 0.0;
  double written = 0.0, cells = 0.0, set = 0.0, pulses = 0.0;
};

void add_written(const std::vector<solver::WorkStep>& steps, Sums& sums) {
  for (const solver::WorkStep& step : steps) {
    for (const solver::TileActivity& activity : step.tiles) {
      if (activity.written) {
        sums.written += static_cast<double>(activity.written->written_cells);
        sums.set += static_cast<double>(activity.written->set_pulses);
        sums.pulses += static_cast<double>(activity.written->set_pulses) +
                       static_cast<double>(activity.written->reset_pulses);
      }
    }
  }
}

/// One factor written over another and solved with: the only place that knows how a sample is
/// stored.
void run_sample(const RunConfiguration& configuration, int n, int slices, std::uint64_t seed,
                SampledSize& size, Sums& sums) {
  const WorkloadParameters& workload = configuration.workload;
  solver::StoredMatrixParameters parameters =
      configuration.accelerator.sequencer_configuration().stored_matrix();
  parameters.tile.fidelity = tile::Fidelity::behavioural;
  std::vector<std::unique_ptr<tile::TileModel>> models;
  std::vector<tile::TileModel*> tiles;
  for (int i = 0; i < solver::tiles_for(n, parameters); ++i) {
    models.push_back(
        std::make_unique<tile::TileModel>(parameters.tile, seed, static_cast<std::uint32_t>(i)));
    tiles.push_back(models.back().get());
  }
  const auto stored = solver::make_analog_matrix(parameters, tiles);
  const auto program = [&](std::uint64_t number) {
    return stored->program(synthetic_factor(n, workload.sample_exponent, workload.damping, number),
                           {n, slices, false});
  };
  program(seed + 1);
  const solver::ProgramOutcome outcome = program(seed);
  ++size.matrices;
  size.right_hand_sides += k_right_hand_sides;
  if (outcome.verdict != solver::MatrixVerdict::ok ||
      outcome.status != programming::ProgrammingStatus::ok) {
    return;
  }
  ++size.stored;
  sums.cells += 2.0 * slices * n * n;
  add_written(outcome.steps, sums);
  sums.settling_s += stored->settling_time_s();
  const int leaves = (n + parameters.tile.rows - 1) / parameters.tile.rows;
  const int held = n / leaves;
  for (tile::TileModel* tile : tiles) {
    for (int slice = 0; slice < slices; ++slice) {
      for (const int sign : {0, 1}) {
        sums.conductance_s +=
            tile->array(slice, sign).conductance_s().topLeftCorner(held, held).mean() /
            (2.0 * slices * static_cast<double>(tiles.size()));
      }
    }
  }
  const solver::SolveResult solved =
      stored->solve(normal_matrix(n, k_right_hand_sides, seed + 2),
                    {workload.tolerance, workload.iteration_limit, true});
  size.solved += solved.converged;
  sums.array_j += solved.energy.array_j;
  sums.amplifier_j += solved.energy.amplifier_j;
  // Of all shots, those that were repeats of others.
  const double shots = static_cast<double>(solved.counts.shots);
  const double retries = static_cast<double>(solved.retries);
  sums.retries += shots > retries ? retries / (shots - retries) : 0.0;
  for (Eigen::Index column = 0; column < k_right_hand_sides; ++column) {
    if (solved.relative_residual[column] <= workload.tolerance) {
      sums.iterations += solved.iterations[column];
      size.iterations_max = std::max(size.iterations_max, solved.iterations[column]);
    }
  }
}

SampledSize sample_size(const RunConfiguration& configuration, int n, int slices,
                        SamplingProgress& progress) {
  progress.n = n;
  progress.slices = slices;
  progress.samples = configuration.workload.samples;
  SampledSize size;
  size.n = n;
  size.slices = slices;
  Sums sums;
  for (int number = 0; number < configuration.workload.samples; ++number) {
    const std::uint64_t seed =
        configuration.run.seed * 1000003 + static_cast<std::uint64_t>(1000 * n + 10 * number);
    progress.sample = number + 1;
    run_sample(configuration, n, slices, seed, size, sums);
  }
  solver::TimingSample& timing = size.timing;
  timing.n = n;
  if (size.solved == 0) {
    return size;
  }
  size.iterations_mean = sums.iterations / static_cast<double>(size.solved);
  timing.iterations = size.iterations_mean;
  timing.settling_time_s = sums.settling_s / size.stored;
  timing.mean_conductance_s = sums.conductance_s / size.stored;
  timing.array_share = sums.amplifier_j > 0.0 ? sums.array_j / sums.amplifier_j : 0.0;
  timing.retry_share = sums.retries / size.stored;
  timing.written_share = sums.written / sums.cells;
  timing.set_share = sums.pulses > 0.0 ? sums.set / sums.pulses : 0.0;
  return size;
}

}  // namespace

MatrixXd synthetic_factor(int n, double exponent, double damping, std::uint64_t seed) {
  const MatrixXd rotation =
      Eigen::HouseholderQR<MatrixXd>(normal_matrix(n, n, seed)).householderQ();
  Eigen::VectorXd spectrum(n);
  for (int i = 0; i < n; ++i) {
    spectrum[i] = std::pow(i + 1.0, -exponent);
  }
  spectrum.array() += std::sqrt(damping) * spectrum.mean();
  const MatrixXd factor = rotation * spectrum.asDiagonal() * rotation.transpose();
  return 0.5 * (factor + factor.transpose());
}

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
  const int first =
      workload.slices != 0 ? workload.slices : configuration.accelerator.tile.seed_slices;
  Sampling sampling;
  sampling.slices = first;
  const int largest = workload.sample_limit;
  std::vector<solver::TimingSample> samples;
  std::set<int> sizes;
  for (const auto& [n, count] : table.factors) {
    static_cast<void>(count);
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
    // What one size needs, all get: a step is as fast as its slowest factors.
    int slices = sampling.slices;
    SampledSize size = sample_size(configuration, n, slices, progress);
    while (workload.slices == 0 && size.solved < size.right_hand_sides && slices < k_most_slices) {
      size = sample_size(configuration, n, ++slices, progress);
    }
    sampling.slices = std::max(sampling.slices, slices);
    if (size.solved > 0) {
      samples.push_back(size.timing);
    }
    sampling.sizes.push_back(size);
  }
  if (!samples.empty()) {
    sampling.estimate = {samples, "sampled"};
  }
  return sampling;
}

}  // namespace invar::platform
