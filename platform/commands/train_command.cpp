#include <invar/platform/command_line/interruptible.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/evaluator.h>
#include <invar/platform/soc/factor_dump.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/simulation.h>

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace invar::platform {
namespace {

int simulate_training(const CommandLine& line) {
  const RunConfiguration& configuration = line.configuration;
  const HostClock clock;
  const Dataset dataset = interruptible([&train = configuration.train] {
    Dataset loaded = load_dataset(train.dataset);
    loaded.truncate(train.training_images, train.test_images);
    return loaded;
  });
  TrainSetup setup(configuration, dataset);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);

  const int threads = configuration.run.host_threads();
  Evaluator evaluator(dataset.test, setup.network().layers, setup.parameters(), threads > 1);
  ProgressLine progress_line(configuration.run.quiet);
  TrainingResult training;
  training.steps_per_epoch = setup.parameters().steps_per_epoch;
  training.factors = setup.network().factors().size();
  soc.host_control.on_progress = [&](std::uint64_t address, const sc_core::sc_time& at) {
    const invar_progress record = *soc.memory_as<invar_progress>(address);
    training.steps = record.step;
    Progress progress;
    progress.step = record.step;
    progress.steps = setup.parameters().steps;
    progress.epoch = static_cast<double>(record.step) / setup.parameters().steps_per_epoch;
    progress.simulated_time_s = at.to_seconds();
    progress.loss = record.smoothed_loss;
    if (record.evaluate != 0) {
      const float* first = soc.memory_as<float>(record.weights_address, record.weight_count);
      std::vector<float> weights(first, first + record.weight_count);
      training.weights_hash =
          ContentHash().add(weights.data(), weights.size() * sizeof(float)).text();
      evaluator.start(record.step, std::move(weights));
      training.evaluations.push_back(
          {progress.epoch, record.step, progress.simulated_time_s, progress.loss, 0.0});
    }
    progress.test_accuracy = evaluator.latest_accuracy();
    progress_line.update(progress);
  };
  FactorDump factors(configuration.train, setup.network().factors().size(), soc);
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, k_stop_grace_s);
  soc.accelerator.core().finish_numbers();
  progress_line.finish();

  const std::vector<Evaluator::Result>& evaluated = evaluator.results();
  for (std::size_t i = 0; i < evaluated.size(); ++i) {
    training.evaluations[i].test_accuracy = evaluated[i].accuracy;
  }
  training.images = training.steps * setup.parameters().batch;
  RunResult result;
  result.training = training;
  result.host_threads = threads;
  setup.collect(soc, result);
  return conclude(line, soc, ending, clock, traces, result, factors.finish());
}

/// `invar train`.
class TrainCommand : public Subcommand {
 public:
  Command command() const override { return Command::train; }
  const char* help() const override { return "train a network on images"; }

  void complete(RunConfiguration& configuration) const override {
    TrainParameters& train = configuration.train;
    if (!configuration.is_given("train.learning_rate")) {
      // Tuned on handwritten letters under one equal budget: docs/results.md.
      train.learning_rate = train.optimizer == Optimizer::kfac  ? 0.008
                            : train.optimizer == Optimizer::sgd ? 0.17
                                                                : 0.023;
    }
    if (!train.dump_factors.empty() &&
        (train.optimizer != Optimizer::kfac || configuration.run.inverter == Inverter::digital)) {
      throw InputError("--dump-factors " + train.dump_factors +
                       ": must go with --optimizer kfac and --inverter rram or exact, which have "
                       "the factors programmed into the accelerator");
    }
    require_slices(configuration, "train.slices", train.slices);
  }

  void require_inputs(const RunConfiguration& configuration) const override {
    require_given(configuration.train.dataset, "--dataset",
                  "a directory of IDX files, or one of the names mnist, emnist-letters");
  }

  std::vector<CommandFile> files(const RunConfiguration& configuration) const override {
    const TrainParameters& train = configuration.train;
    std::vector<CommandFile> files;
    if (!train.dump_factors.empty()) {
      files.push_back({"--dump-factors", train.dump_factors, true, "step*_factor*_n*.mtx"});
    }
    if (!train.network.empty()) {
      files.push_back({"--network", train.network});
    }
    for (const std::string& file : dataset_files(train.dataset)) {
      files.push_back({"--dataset " + train.dataset, file});
    }
    return joined({files, machine_files(configuration)});
  }

  std::string system(const RunConfiguration& configuration) const override {
    if (configuration.train.optimizer == Optimizer::kfac) {
      return inverter_and_core(configuration, "kfac, ");
    }
    return (configuration.train.optimizer == Optimizer::sgd ? "sgd" : "adam") +
           core_text(configuration);
  }

  int run(const CommandLine& line) const override { return simulate_training(line); }
};

}  // namespace

const Subcommand& train_command() {
  static const TrainCommand command;
  return command;
}

}  // namespace invar::platform
