#include <fmt/format.h>
#include <invar/platform/command_line/interruptible.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/file_place.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/checkpoint_file.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/evaluator.h>
#include <invar/platform/soc/factor_dump.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/simulation.h>
#include <invar/platform/soc/training_checkpoints.h>

#include <cstdint>
#include <cstdio>
#include <string>
#include <utility>
#include <vector>

namespace invar::platform {
namespace {

/// Steps from one checkpoint to the next, where nothing else is asked for (choice).
constexpr int k_checkpoint_interval = 200;

/// Their interval, and what they cannot go with.
void complete_checkpoints(RunConfiguration& configuration) {
  TrainParameters& train = configuration.train;
  if (train.checkpoint.empty() && train.resume.empty()) {
    return;
  }
  if (!configuration.is_given("train.checkpoint_interval")) {
    train.checkpoint_interval = k_checkpoint_interval;
  }
  if (train.checkpoint_interval == 0) {
    throw InputError(
        "train.checkpoint_interval = 0: must be from 1 on with --checkpoint or "
        "--resume");
  }
  if (train.optimizer == Optimizer::kfac && configuration.run.inverter == Inverter::rram &&
      train.checkpoint_interval <= train.refresh_delay_steps) {
    throw InputError(
        fmt::format("train.checkpoint_interval = {}: after a checkpoint the engine inverts until "
                    "tiles are written anew; must be above train.refresh_delay_steps, {}",
                    train.checkpoint_interval, train.refresh_delay_steps));
  }
  if (!configuration.host_core.synchronise_registers) {
    throw InputError(
        "host_core.synchronise_registers = false: must be true with --checkpoint or "
        "--resume, which need the time at which the firmware restarts");
  }
  if (!train.dump_factors.empty()) {
    throw InputError("--dump-factors " + train.dump_factors +
                     ": cannot go with --checkpoint or --resume");
  }
  if (configuration.run.simulated_timeout_s > 0.0) {
    throw InputError(
        "--simulated-timeout: cannot go with --checkpoint or --resume, whose clock "
        "starts anew");
  }
  if (is_standard_output(train.checkpoint) || is_special_file(train.checkpoint)) {
    throw InputError("--checkpoint " + train.checkpoint + ": must be a regular file");
  }
}

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
    progress.simulated_time_s =
        (soc.ledger().time() + (at - sc_core::sc_time_stamp())).to_seconds();
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
  const auto take_accuracies = [&] {
    const std::vector<Evaluator::Result>& evaluated = evaluator.results();
    // Those before a checkpoint have theirs.
    const std::size_t first = training.evaluations.size() - evaluated.size();
    for (std::size_t i = 0; i < evaluated.size(); ++i) {
      training.evaluations[first + i].test_accuracy = evaluated[i].accuracy;
    }
  };
  const auto result_so_far = [&] {
    take_accuracies();
    training.images = training.steps * setup.parameters().batch;
    RunResult result;
    result.training = training;
    result.host_threads = threads;
    setup.collect(soc, result);
    return result;
  };
  TrainingCheckpoints checkpoints(
      soc,
      {configuration.train.resume, configuration.train.checkpoint,
       checkpoint_identity(configuration, setup.data(), setup.firmware_hash())},
      setup.checkpoint_address(), training, take_accuracies);
  checkpoints.on_written = [&] {
    RunResult result = result_so_far();
    result.reason = checkpoints.note();
    write_partial_report(line, soc, clock, result, configuration.train.checkpoint + ".report.json");
  };
  FactorDump factors(configuration.train, setup.network().factors().size(), soc);
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, k_stop_grace_s);
  soc.accelerator.core().finish_numbers();
  progress_line.finish();

  if (ending != Ending::finished && !checkpoints.note().empty()) {
    std::fprintf(stderr, "%s\n", checkpoints.note().c_str());
  }
  RunResult result = result_so_far();
  const std::string& lost_factors = factors.finish();
  return conclude(line, soc, ending, clock, traces, result,
                  lost_factors.empty() ? checkpoints.failure() : lost_factors);
}

/// `invar train`.
class TrainCommand : public Subcommand {
 public:
  Command command() const override { return Command::train; }
  const char* help() const override { return "train a network on images"; }

  std::string* network(RunConfiguration& configuration) const override {
    return &configuration.train.network;
  }

  void complete(RunConfiguration& configuration) const override {
    TrainParameters& train = configuration.train;
    if (!configuration.is_given("train.learning_rate")) {
      train.learning_rate = tuned_learning_rate(train.optimizer);
    }
    // Solves with factors have no use for INT8.
    if (configuration.engine.inversion_precision == digital_engine::Precision::int8 &&
        !configuration.is_given("train.kfac_apply")) {
      train.kfac_apply = KfacApply::inverse;
    }
    complete_checkpoints(configuration);
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
    if (!train.checkpoint.empty()) {
      files.push_back({"--checkpoint", train.checkpoint, true});
      files.push_back({"--checkpoint", train.checkpoint + ".report.json", true});
    }
    if (!train.resume.empty() && resolved_path(train.resume) != resolved_path(train.checkpoint)) {
      files.push_back({"--resume", train.resume});
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
    return name_of(configuration.train.optimizer) + core_text(configuration);
  }

  int run(const CommandLine& line) const override { return simulate_training(line); }
};

}  // namespace

const Subcommand& train_command() {
  static const TrainCommand command;
  return command;
}

}  // namespace invar::platform
