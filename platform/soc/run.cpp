#include <fmt/format.h>
#include <invar/platform/command_line/command_line.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/solve_problem.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/report/report.h>
#include <invar/platform/soc/evaluator.h>
#include <invar/platform/soc/factor_dump.h>
#include <invar/platform/soc/memory_layout.h>
#include <invar/platform/soc/run.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/simulation.h>
#include <invar/platform/soc/timeline.h>
#include <invar/platform/soc/waveform.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <cstring>
#include <ctime>

namespace invar::platform {
namespace {

/// Host seconds that firmware may take to notice a STOP.
constexpr double k_stop_grace_s = 60.0;

/// Wall and processor seconds of the host since construction.
class HostClock {
 public:
  double wall_s() const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - wall_).count();
  }
  double cpu_s() const { return static_cast<double>(std::clock() - cpu_) / CLOCKS_PER_SEC; }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  std::clock_t cpu_ = std::clock();
};

const char* describe_exit(int code) {
  switch (code) {
    case INVAR_EXIT_OK:
      return "";
    case INVAR_EXIT_BAD_BOOT_BLOCK:
      return "the firmware refused its parameters";
    case INVAR_EXIT_OUT_OF_MEMORY:
      return "the network does not fit the digital engine's scratchpad (engine.scratchpad_bytes): "
             "fewer "
             "channels, a smaller batch, or a larger scratchpad";
    case INVAR_EXIT_DEVICE_ERROR:
      return "a device failed";
    case INVAR_EXIT_SOLVE_FAILED:
      return "the accelerator could not solve the system";
    case INVAR_EXIT_DIVERGED:
      return "training diverged: the loss is not finite";
    case INVAR_EXIT_STOPPED:
      return "stopped early";
    default:
      return "the firmware failed";
  }
}

/// Fills in how the run ended; writes the report. \return exit status
/// \param failure what went wrong outside the machine, if anything
int conclude(const RunConfiguration& configuration, Soc& soc, Ending ending, const HostClock& clock,
             Waveform& waveform, Timeline& timeline, RunResult& result,
             const std::string& failure = {}) {
  switch (ending) {
    case Ending::finished:
      result.reason = describe_exit(soc.exit_code());
      break;
    case Ending::interrupted:
      result.reason = "interrupted by the user";
      break;
    case Ending::timed_out:
      result.reason = fmt::format("stopped by --timeout {:g}", configuration.run.timeout_s);
      break;
    case Ending::deadlocked:
      result.reason = "the machine has nothing left to do but the firmware has not ended";
      break;
  }
  if (result.reason.empty()) {
    result.reason = failure;
  }
  const std::string omission = waveform.close();
  const std::string timeline_omission = timeline.close();
  if (result.reason.empty()) {
    result.reason = waveform.failure().empty() ? timeline.failure() : waveform.failure();
  }
  result.complete = result.reason.empty();
  result.host_wall_s = clock.wall_s();
  result.host_cpu_s = clock.cpu_s();
  const Json report = make_report(configuration, soc.ledger(), result);
  if (!configuration.run.report.empty()) {
    write_report(configuration.run.report, report);
  }
  if (!configuration.run.quiet) {
    std::fputs(summarise(report).c_str(), stdout);
  }
  const auto tell = [](const std::string& file, const std::string& left_out) {
    if (!left_out.empty()) {
      std::fprintf(stderr, "%s: %s\n", file.c_str(), left_out.c_str());
    }
  };
  tell(configuration.vcd.file, omission);
  tell(configuration.timeline.file, timeline_omission);
  if (!soc.console().empty() && !configuration.run.quiet) {
    std::fputs(soc.console().c_str(), stderr);
  }
  if (result.complete) {
    return k_exit_done;
  }
  std::fprintf(stderr, "invar: %s\n", result.reason.c_str());
  return k_exit_failed;
}

}  // namespace

int run_solve(const RunConfiguration& configuration) {
  const HostClock clock;
  const SolveProblem problem = load_solve_problem(
      configuration.solve.matrix, configuration.solve.rhs, configuration.solve.general);
  SolveSetup setup(configuration, problem);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  Waveform waveform(configuration.vcd, soc);
  Timeline timeline(configuration.timeline, soc);
  const Ending ending = simulate(soc, configuration.run.timeout_s, 0.0, [] {});

  RunResult result;
  std::string failure;
  setup.collect(soc, result);
  const bool solved = ending == Ending::finished && soc.exit_code() == INVAR_EXIT_OK;
  if (solved) {
    const Eigen::MatrixXd solution = setup.solution(soc);
    const Eigen::MatrixXd residual = problem.rhs - problem.matrix * solution;
    double largest = 0.0;
    for (Eigen::Index column = 0; column < residual.cols(); ++column) {
      const double norm = problem.rhs.col(column).norm();
      largest = std::max(largest, norm > 0.0 ? residual.col(column).norm() / norm : 0.0);
    }
    result.quality.checked_residual = largest;
    try {
      write_matrix_market(configuration.solve.out, solution);
    } catch (const std::runtime_error& error) {
      failure = error.what();
    }
  }
  return conclude(configuration, soc, ending, clock, waveform, timeline, result, failure);
}

int run_train(const RunConfiguration& configuration) {
  const HostClock clock;
  Dataset dataset = load_dataset(configuration.train.dataset);
  dataset.truncate(configuration.train.training_images, configuration.train.test_images);
  TrainSetup setup(configuration, dataset);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);

  const int threads = configuration.run.host_threads();
  Evaluator evaluator(dataset.test, setup.parameters(), threads > 1);
  ProgressLine line(configuration.run.quiet);
  TrainingResult training;
  training.steps_per_epoch = setup.parameters().steps_per_epoch;
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
      const auto copy = [&](std::uint64_t from, std::size_t count) {
        const float* first = soc.memory_as<float>(from, count);
        return std::vector<float>(first, first + count);
      };
      evaluator.start(record.step, copy(record.conv_weights_address, evaluator.conv_weight_count()),
                      copy(record.dense_weights_address, evaluator.dense_weight_count()));
      training.evaluations.push_back(
          {progress.epoch, record.step, progress.simulated_time_s, progress.loss, 0.0});
    }
    progress.test_accuracy = evaluator.latest_accuracy();
    line.update(progress);
  };
  FactorDump factors(configuration.train, soc);
  Waveform waveform(configuration.vcd, soc);
  Timeline timeline(configuration.timeline, soc);
  const Ending ending = simulate(soc, configuration.run.timeout_s, k_stop_grace_s, [] {});
  line.finish();

  const std::vector<Evaluator::Result>& evaluated = evaluator.results();
  for (std::size_t i = 0; i < evaluated.size(); ++i) {
    training.evaluations[i].test_accuracy = evaluated[i].accuracy;
  }
  training.images = training.steps * setup.parameters().batch;
  RunResult result;
  result.training = training;
  result.host_threads = threads;
  setup.collect(soc, result);
  return conclude(configuration, soc, ending, clock, waveform, timeline, result, factors.finish());
}

}  // namespace invar::platform
