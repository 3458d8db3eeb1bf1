#include <fmt/format.h>
#include <invar/platform/command_line/interruptible.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/run.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/workload/network.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace invar::platform {
namespace {

/// The ledger at the end of a step.
WorkloadStep snapshot(const ledger::Ledger& ledger) {
  WorkloadStep at;
  for (std::size_t i = 0; i < at.phases.size(); ++i) {
    const auto phase = static_cast<ledger::Phase>(i);
    at.phases[i] = {ledger.phase_time(phase).to_seconds(), ledger.phase_energy_aj(phase).joules()};
  }
  return at;
}

WorkloadStep combine(const WorkloadStep& a, double factor, const WorkloadStep& b) {
  WorkloadStep sum = a;
  for (std::size_t i = 0; i < sum.phases.size(); ++i) {
    sum.phases[i].seconds += factor * b.phases[i].seconds;
    sum.phases[i].energy_j += factor * b.phases[i].energy_j;
  }
  return sum;
}

/// A step without inversion and factors, and the share of both that falls to each step.
void amortise(const WorkloadParameters& parameters, WorkloadResult& result) {
  const WorkloadStep factors = combine(result.with_factors, -1.0, result.plain);
  const WorkloadStep refresh = combine(result.with_refresh, -1.0, result.with_factors);
  result.amortised = combine(combine(result.plain, 1.0 / parameters.factor_interval, factors),
                             1.0 / parameters.inverse_interval, refresh);
}

std::vector<std::string> assumptions(const RunConfiguration& configuration,
                                     const Sampling& sampling) {
  const digital_engine::EngineParameters& engine = configuration.engine;
  const accelerator::AcceleratorParameters& accelerator = configuration.accelerator;
  std::vector<std::string> list = {
      "no numbers are computed: every right-hand side of a factor that goes to tiles counts as "
      "solved in the expected number of iterations",
      "all operands share one region of memory; each moves once between memory and scratchpad, "
      "however large, and transfers do not overlap with the engine's computing",
      fmt::format("engine: {} x {} MACs; tiles: {} lanes each for residuals, {} in all",
                  engine.mac_rows, engine.mac_columns, accelerator.sequencer.mac_lanes,
                  accelerator.sequencer.mac_lanes * accelerator.tiles),
      fmt::format(
          "factors are inverted after the backward pass, as many at once as fit on {} tiles "
          "of {} rows, the largest first; the step waits for them",
          accelerator.tiles, accelerator.tile.rows),
      "amortised = plain step + (step with factors - plain) / factor_interval + (step with refresh "
      "- step with factors) / inverse_interval"};
  if (sampling.estimate.source == "sampled") {
    list.push_back(fmt::format(
        "samples: random rotations of the spectrum i^-{:g}, damped by {:g} of the mean eigenvalue",
        configuration.workload.sample_exponent, std::sqrt(configuration.workload.damping)));
  } else {
    list.emplace_back("iterations, settling and conductance are defaults: nothing was sampled");
  }
  return list;
}

/// Samples while the progress line tells how far that is.
Sampling sample_in_sight(const RunConfiguration& configuration, const LayerTable& table) {
  ProgressLine line(configuration.run.quiet);
  const auto progress = std::make_shared<SamplingProgress>();
  return interruptible([configuration, table,
                        progress] { return sample_factors(configuration, table, progress.get()); },
                       [&] { line.show(describe(*progress)); });
}

}  // namespace

int run_workload(const RunConfiguration& given) {
  const HostClock clock;
  RunConfiguration configuration = given;
  const Network network = read_network(configuration.workload.network);
  const LayerTable table = make_layer_table(network, configuration.workload.batch,
                                            configuration.workload.sequence_length);
  Sampling sampling;
  const bool rram = configuration.run.inverter == Inverter::rram;
  if (rram) {
    sampling = sample_in_sight(configuration, table);
    configuration.accelerator.timing = sampling.estimate;
  }
  const double sampling_s = clock.wall_s();

  WorkloadSetup setup(configuration, network, table, sampling);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  std::vector<WorkloadStep> ends;
  ProgressLine line(configuration.run.quiet);
  soc.host_control.on_progress = [&](std::uint64_t, const sc_core::sc_time& at) {
    ends.push_back(snapshot(soc.ledger()));
    line.show(fmt::format("step {}/{}  {} simulated", ends.size(), INVAR_WORKLOAD_STEPS,
                          format_simulated(at.to_seconds())));
  };
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, 0.0);
  line.finish();

  RunResult result;
  setup.collect(soc, result);
  WorkloadResult workload;
  workload.parameters = table.parameters;
  workload.forward_macs = table.forward_macs;
  workload.factors.assign(table.factors.begin(), table.factors.end());
  workload.preconditioned_layers = table.preconditioned_layers;
  workload.tiles_for_all = table.tiles(configuration.accelerator.tile.rows);
  workload.slices = sampling.slices;
  workload.sampled = rram ? sampling.estimate.source : "not sampled";
  for (const SampledSize& size : sampling.sizes) {
    workload.samples.push_back({size.n, size.matrices, size.stored, size.right_hand_sides,
                                size.solved, size.iterations_mean, size.iterations_max, size.slices,
                                size.timing.settling_time_s, size.timing.mean_conductance_s});
  }
  workload.extrapolated = sampling.extrapolated;
  workload.assumptions = assumptions(configuration, sampling);
  workload.sampling_host_s = sampling_s;
  if (ends.size() == 1 + INVAR_WORKLOAD_STEPS) {
    workload.with_refresh = combine(ends[1], -1.0, ends[0]);
    workload.with_factors = combine(ends[2], -1.0, ends[1]);
    workload.plain = combine(ends[3], -1.0, ends[2]);
    amortise(configuration.workload, workload);
  }
  result.workload = workload;
  return conclude(configuration, soc, ending, clock, traces, result);
}

}  // namespace invar::platform
