#include <fmt/format.h>
#include <invar/platform/command_line/interruptible.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/workload_machine.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/workload_steps.h>
#include <invar/platform/workload/generated_factor.h>
#include <invar/platform/workload/network.h>

#include <algorithm>
#include <cmath>
#include <memory>

namespace invar::platform {
namespace {

std::vector<std::string> assumptions(const RunConfiguration& configuration,
                                     const Sampling& sampling) {
  const digital_engine::EngineParameters& engine = configuration.engine;
  const accelerator::AcceleratorParameters& accelerator = configuration.accelerator;
  const bool has_numbers = accelerator.tile.fidelity != tile::Fidelity::timing;
  std::vector<std::string> list = {
      has_numbers ? "the engine computes no numbers; those of factors and gradients on tiles are "
                    "generated, and no training is claimed of them"
                  : "no numbers are computed: every right-hand side of a factor that goes to tiles "
                    "counts as solved in the expected number of iterations",
      "what the firmware reads of the engine is 0: no KL clip; targets are drawn from classes that "
      "are "
      "all as likely",
      "where not even one image fits the scratchpad, operands live in one shared region of memory "
      "and "
      "move once for each use and change, however large; transfers do not overlap with computing",
      fmt::format("engine: {} x {} MACs; tiles: {} lanes each for residuals, {} in all",
                  engine.mac_rows, engine.mac_columns, accelerator.sequencer.mac_lanes,
                  accelerator.sequencer.mac_lanes * accelerator.tiles),
      fmt::format(
          "factors are inverted after the backward pass, as many at once as fit on {} tiles "
          "of {} rows; the step waits for them",
          accelerator.tiles, accelerator.tile.rows),
      "amortised = plain step + (step with factors - plain) / factor_interval + (step with refresh "
      "- step with factors) / inverse_interval"};
  const FeatureParameters& features = configuration.features;
  if (sampling.estimate.source == "sampled" || has_numbers) {
    list.push_back(fmt::format(
        "factors: of {} generated features, of inputs with variances k^-{:g} (behind a ReLU with a "
        "mean of {:g} of the mean square), of outputs k^-{:g}; mean diagonals {:g} and {:g}",
        GeneratedFactors::k_samples, features.input_exponent, features.mean_share,
        features.gradient_exponent, features.input_power, features.gradient_power));
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

WorkloadResult::Sample sample_of(const SampledSize& size) {
  WorkloadResult::Sample sample;
  sample.n = size.n;
  sample.matrices = size.matrices;
  sample.stored = size.stored;
  sample.right_hand_sides = size.right_hand_sides;
  sample.solved = size.solved;
  sample.iterations_mean = size.iterations_mean;
  sample.iterations_max = size.iterations_max;
  sample.slices = size.slices;
  sample.writings = size.timing.writings;
  sample.settling_time_s = size.timing.settling_time_s;
  sample.mean_conductance_s = size.timing.mean_conductance_s;
  for (const solver::TimingSample& one : size.each) {
    sample.iterations_of_each.push_back(one.iterations);
    sample.settling_time_of_each_s.push_back(one.settling_time_s);
  }
  return sample;
}

int simulate_workload(const CommandLine& command_line) {
  const RunConfiguration& configuration = command_line.configuration;
  const HostClock clock;
  const Network network = read_network(configuration.workload.network, NetworkUse::workload);
  // What it refuses is refused before anything that takes long.
  WorkloadSetup setup(configuration, make_timed_shapes(network, configuration.workload.batch,
                                                       configuration.workload.sequence_length));
  const LayerTable& table = setup.table();
  Sampling sampling;
  std::unique_ptr<AmortisedElsewhere> fastest, slowest;
  const bool rram = configuration.run.inverter == Inverter::rram;
  const bool has_numbers =
      rram && configuration.accelerator.tile.fidelity != tile::Fidelity::timing;
  if (rram && !has_numbers) {
    sampling = sample_in_sight(configuration, table);
    setup.expect(sampling.estimate);
  }
  const double sampling_s = clock.wall_s();
  if (sampling.estimate.source == "sampled") {
    fastest = std::make_unique<AmortisedElsewhere>(configuration, setup, sampling.fastest);
    slowest = std::make_unique<AmortisedElsewhere>(configuration, setup, sampling.slowest);
  }

  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  ProgressLine line(configuration.run.quiet);
  const WorkloadSteps steps(
      soc, configuration, [&line](std::size_t ended, const sc_core::sc_time& at) {
        line.show(fmt::format("step {}/{}  {} simulated", ended, INVAR_WORKLOAD_STEPS,
                              format_simulated(at.to_seconds())));
      });
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
  workload.tiles_for_all = setup.tiles_for_all();
  workload.sampled = has_numbers ? "computed" : rram ? sampling.estimate.source : "not sampled";
  for (const SampledSize& size : sampling.sizes) {
    workload.samples.push_back(sample_of(size));
  }
  workload.extrapolated = sampling.extrapolated;
  workload.assumptions = assumptions(configuration, sampling);
  workload.sampling_host_s = sampling_s;
  if (steps.complete()) {
    workload.steps = {steps.step(0), steps.step(1), steps.step(2),
                      steps.amortised(configuration.workload)};
    if (fastest) {
      workload.fastest = fastest->result();
      workload.slowest = slowest->result();
    }
  }
  result.workload = workload;
  return conclude(command_line, soc, ending, clock, traces, result);
}

/// `invar workload`.
class WorkloadCommand : public Subcommand {
 public:
  Command command() const override { return Command::workload; }
  const char* help() const override {
    return "one K-FAC step of a large network, at timing fidelity or with generated numbers";
  }
  std::optional<Argument> argument() const override {
    return Argument{"network", "FILE", "TOML file with the network's layers and parameters", 1};
  }
  void take(const std::vector<std::string>& words, RunConfiguration& configuration) const override {
    if (!words.empty()) {
      configuration.workload.network = words.front();
    }
  }

  std::string* network(RunConfiguration& configuration) const override {
    return &configuration.workload.network;
  }

  void complete(RunConfiguration& configuration) const override {
    complete_workload_machine(configuration);
    require_slices(configuration, "workload.slices", configuration.workload.slices);
  }

  void require_inputs(const RunConfiguration& configuration) const override {
    require_given(configuration.workload.network, "FILE", "a TOML file with the network's layers");
  }

  std::vector<CommandFile> files(const RunConfiguration& configuration) const override {
    return joined({{{"FILE", configuration.workload.network}}, machine_files(configuration)});
  }

  std::string system(const RunConfiguration& configuration) const override {
    return inverter_and_core(configuration, "kfac, ");
  }

  int run(const CommandLine& line) const override { return simulate_workload(line); }
};

}  // namespace

const Subcommand& workload_command() {
  static const WorkloadCommand command;
  return command;
}

}  // namespace invar::platform
