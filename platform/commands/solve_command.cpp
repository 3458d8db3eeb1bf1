#include <fmt/format.h>
#include <invar/platform/command_line/interruptible.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/solve_accuracy.h>
#include <invar/platform/configuration/solve_problem.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/soc/conclude.h>
#include <invar/platform/soc/run_setup.h>
#include <invar/platform/soc/simulation.h>

#include <stdexcept>

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
  if (solved && !good.all() && configuration.solve.service == SolveService::refined) {
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

int simulate_solve(const CommandLine& line) {
  const RunConfiguration& configuration = line.configuration;
  const HostClock clock;
  const SolveProblem problem = interruptible([&configuration] {
    return load_solve_problem(
        configuration.solve.matrix, configuration.solve.rhs, configuration.solve.general,
        [&configuration](Eigen::Index rows) { require_room_to_solve(configuration, rows); });
  });
  if (configuration.solve.deflation_rank >= problem.matrix.rows()) {
    throw InputError(
        fmt::format("solve.deflation_rank = {}: must be from 0 to {}, below the rows of the matrix",
                    configuration.solve.deflation_rank, problem.matrix.rows() - 1));
  }
  SolveSetup setup(configuration, problem);
  Soc soc("soc", setup.soc_parameters());
  setup.load(soc);
  RunTraces traces(configuration, soc);
  const Ending ending = simulate(soc, configuration.run, 0.0);
  soc.accelerator.core().finish_numbers();

  RunResult result;
  std::string failure;
  setup.collect(soc, result);
  result.quality.engine_tells_residuals = true;
  const bool ended = ending == Ending::finished && soc.has_ended();
  const bool solved = ended && soc.exit_code() == INVAR_EXIT_OK;
  if (solved || (ended && soc.exit_code() == INVAR_EXIT_SOLVE_FAILED)) {
    failure = keep_solution(configuration, problem, setup.solution(soc), solved, result);
  }
  return conclude(line, soc, ending, clock, traces, result, failure);
}

/// `invar solve`.
class SolveCommand : public Subcommand {
 public:
  Command command() const override { return Command::solve; }
  const char* help() const override { return "solve A X = B, A symmetric positive definite"; }

  void complete(RunConfiguration& configuration) const override {
    require_slices(configuration, "solve.slices", configuration.solve.slices);
  }

  void require_inputs(const RunConfiguration& configuration) const override {
    const SolveParameters& solve = configuration.solve;
    require_given(solve.matrix, "--matrix", "a Matrix Market file with the matrix");
    require_given(solve.rhs, "--rhs", "a Matrix Market file with the right-hand sides");
    require_given(solve.out, "--out", "the Matrix Market file to write the solution to");
  }

  std::vector<CommandFile> files(const RunConfiguration& configuration) const override {
    const SolveParameters& solve = configuration.solve;
    return joined({{{"--matrix", solve.matrix}, {"--rhs", solve.rhs}, {"--out", solve.out, true}},
                   machine_files(configuration)});
  }

  std::string system(const RunConfiguration& configuration) const override {
    return inverter_and_core(configuration);
  }

  std::optional<std::string> describe_exit(int code) const override {
    return code == INVAR_EXIT_OUT_OF_MEMORY
               ? std::optional<std::string>("the firmware ran out of memory")
               : std::nullopt;
  }

  int run(const CommandLine& line) const override { return simulate_solve(line); }
};

}  // namespace

const Subcommand& solve_command() {
  static const SolveCommand command;
  return command;
}

}  // namespace invar::platform
