#include <fmt/format.h>
#include <invar/platform/command_line/interruptible.h>
#include <invar/platform/command_line/progress_line.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/solve_accuracy.h>
#include <invar/platform/configuration/solve_problem.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/dataset/dataset.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/evaluator.h>
#include <invar/platform/soc/factor_dump.h>
#include <invar/platform/soc/run.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/simulation.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <thread>

namespace invar::platform {
namespace {

/// Writes the solution, of what could not be solved as far as it came, and notes what it is worth.
/// \return what went wrong; empty: nothing
std::string keep_solution(const RunConfiguration& configuration, const SolveProblem& problem,
                          const Eigen::MatrixXd& solution, bool solved, RunResult& result) {
  const Eigen::MatrixXd residual = problem.rhs - problem.matrix * solution;
  const ColumnMask good = solved_columns(problem, residual, configuration.solve.tolerance);
  // What the machine says it has solved counts whatever became of it.
  const ColumnMask counted = solved ? ColumnMask(ColumnMask::Constant(good.size(), true)) : good;
  std::string failure;
  if (counted.any()) {
    result.quality.accuracy = measure_accuracy(problem, solution, residual, counted);
  }
  if (solved && !good.all()) {
    failure = fmt::format("the solution misses the tolerance: residual {:.3g}, asked for {:.3g}",
                          result.quality.accuracy->scaled_residual, configuration.solve.tolerance);
  }
  try {
    write_matrix_market(configuration.solve.out, solution);
  } catch (const std::runtime_error& error) {
    failure = error.what();
  }
  return failure;
}

}  // namespace

int run_solve(const RunConfiguration& configuration) {
  const HostClock clock;
  const SolveProblem problem = interruptible([&configuration] {
    return load_solve_problem(
        configuration.solve.matrix, configuration.solve.rhs, configuration.solve.general,
        [&configuration](Eigen::Index rows) { require_room_to_solve(configuration, rows); });
  });
  SolveSetup setup(configuration, problem);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, 0.0);
  soc.accelerator.core().finish_numbers();

  RunResult result;
  std::string failure;
  setup.collect(soc, result);
  const bool ended = ending == Ending::finished && soc.has_ended();
  const bool solved = ended && soc.exit_code() == INVAR_EXIT_OK;
  if (solved || (ended && soc.exit_code() == INVAR_EXIT_SOLVE_FAILED)) {
    failure = keep_solution(configuration, problem, setup.solution(soc), solved, result);
  }
  return conclude(configuration, soc, ending, clock, traces, result, failure);
}

int run_train(const RunConfiguration& configuration) {
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
  ProgressLine line(configuration.run.quiet);
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
    line.update(progress);
  };
  FactorDump factors(configuration.train, setup.network().factors().size(), soc);
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, k_stop_grace_s);
  soc.accelerator.core().finish_numbers();
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
  return conclude(configuration, soc, ending, clock, traces, result, factors.finish());
}

}  // namespace invar::platform
