#include <invar/platform/report/sections.h>
#include <invar/registers/accelerator_registers.h>

#include <algorithm>
#include <cmath>

namespace invar::platform {
namespace {

Json status_counts(const SolutionQuality& quality) {
  Json counts = Json::object();
#define INVAR_STATUS_ENTRY(name, value, key, words, meaning)                \
  if (value != INVAR_STATUS_PENDING && quality.status_counts[value] != 0) { \
    counts[key] = quality.status_counts[value];                             \
  }
  INVAR_STATUSES(INVAR_STATUS_ENTRY)
#undef INVAR_STATUS_ENTRY
  return counts;
}

Json wire_error(const SolutionQuality::WireErrors& errors) {
  const auto number = [](const std::optional<double>& value) {
    return value ? Json(*value) : Json(nullptr);
  };
  return {{"inv_before", number(errors.inv_before)},
          {"inv_after", number(errors.inv_after)},
          {"inv_definition",
           "|F^-1 X - 1| / sqrt(n), Frobenius: relative error that wires bring to an INV shot; F "
           "what the loop sees of its cells, X = G (before) the same cells with ideal wires, X = P "
           "(after) what the controller takes the cells for, compensation included; mean over "
           "programmings with a stable loop"},
          {"matrix_before", errors.matrix_before},
          {"matrix_after", errors.matrix_after},
          {"matrix_definition", "|F - X| / |X|, Frobenius, mean over all programmings"}};
}

Json solution(const RunConfiguration& configuration, const SolutionQuality& quality) {
  const double right_hand_sides = static_cast<double>(quality.right_hand_sides);
  Json section;
  section["programs"] = quality.programs;
  section["program_failures"] = quality.program_failures;
  section["solve_commands"] = quality.solves;
  section["right_hand_sides"] = quality.right_hand_sides;
  // The exact inverter takes no iterations and has no seed.
  const bool iterated = quality.total_iterations > 0;
  section["iterations_mean"] =
      iterated ? ratio(static_cast<double>(quality.total_iterations), right_hand_sides)
               : Json(nullptr);
  section["iterations_mean_definition"] =
      "iterations of all attempts, failed ones included, / right-hand sides solved";
  section["residual_missed"] =
      quality.missed_residual > 0.0 ? Json(quality.missed_residual) : Json(nullptr);
  section["residual_missed_definition"] =
      "largest residual that a solve command which did not converge came down to, over all "
      "attempts";
  section["iterations_max"] = quality.max_iterations;
  section["iterations_max_definition"] = "most iterations of one right-hand side in one attempt";
  section["seed_effective_bits"] =
      iterated && quality.sum_seed_effective_bits != 0.0
          ? ratio(quality.sum_seed_effective_bits, static_cast<double>(quality.solves))
          : Json(nullptr);
  section["seed_effective_bits_definition"] =
      "-log2 of the mean relative error of the first analog shots against the FP64 solution with "
      "the "
      "matrix asked for, which costs the machine nothing; mean over solve commands";
  if (quality.wire_errors) {
    section["wire_error"] = wire_error(*quality.wire_errors);
  }
  // The digital engine tells none in `train`.
  const bool told = quality.right_hand_sides > 0 || (configuration.command == Command::solve &&
                                                     quality.digital_right_hand_sides > 0);
  section["residual_max"] = told ? Json(quality.max_residual) : Json(nullptr);
  section["residual_definition"] =
      "|S (b - A x)| / |S b| in FP64 against the matrix that was asked for, S = diag(A)^-1/2 or "
      "the "
      "scales of the rows of a general matrix, as the machine reports it";
  if (quality.accuracy) {
    add_accuracy(section, *quality.accuracy);
  }
  section["not_converged"] = quality.not_converged;
  section["not_converged_definition"] =
      "right-hand sides left unsolved at the end; commands that failed and were repeated stand in "
      "completions_by_status";
  section["retries"] = quality.retries;
  section["clipped_outputs"] = quality.clipped;
  section["failed_cells"] = quality.failed_cells;
  section["slices_for_quality"] = quality.quality_slices;
  section["fallbacks"] = {{"more_slices", quality.fallback_slices},
                          {"more_damping", quality.fallback_damping},
                          {"digital", quality.fallback_digital}};
  section["digital_factorizations"] = quality.digital_factorizations;
  section["digital_right_hand_sides"] = quality.digital_right_hand_sides;
  section["interrupts"] = quality.interrupts;
  section["completions_by_status"] = status_counts(quality);
  return section;
}

Json wear(const std::vector<TileWear>& tiles, double endurance_writes, double simulated_time_s) {
  Json section;
  std::uint64_t cells = 0;
  std::uint64_t writes = 0;
  std::uint64_t most = 0;
  Json list = Json::array();
  for (const TileWear& tile : tiles) {
    cells += tile.cells;
    writes += tile.total_writes;
    most = std::max(most, tile.max_writes);
    list.push_back({{"name", tile.name},
                    {"cells", tile.cells},
                    {"writes_mean", ratio(static_cast<double>(tile.total_writes),
                                          static_cast<double>(tile.cells))},
                    {"writes_max", tile.max_writes}});
  }
  section["writes_per_cell_mean"] = ratio(static_cast<double>(writes), static_cast<double>(cells));
  section["writes_per_cell_max"] = most;
  section["endurance_writes"] = endurance_writes;
  section["projected_lifetime_s"] =
      ratio(endurance_writes * simulated_time_s, static_cast<double>(most));
  section["projected_lifetime_definition"] =
      "time until the most worn cell reaches endurance_writes if the run went on at its pace";
  section["tiles"] = list;
  return section;
}

Json raised_damping(const RaisedDamping& raised) {
  return {{"factors", raised.factors},
          {"factors_in_all", raised.all_factors},
          {"refreshes", raised.refreshes},
          {"refreshes_in_all", raised.all_refreshes},
          {"steps", raised.steps},
          {"steps_in_all", raised.all_steps},
          {"largest_multiple", raised.largest_multiple},
          {"definition",
           "where a fall-back damped Kronecker factors more than train.damping asks: factors that "
           "had it at some time, inversions with it in force in some step before the next, steps "
           "with it, and the largest damping in force as a multiple of train.damping (of whose "
           "root each factor gets its part: 3 times on the diagonal is 9 times the damping)"}};
}

Json evaluation_entry(const Evaluation& evaluation) {
  return {{"epoch", evaluation.epoch},
          {"step", evaluation.step},
          {"simulated_time_s", evaluation.simulated_time_s},
          {"loss", evaluation.loss},
          {"test_accuracy", evaluation.test_accuracy}};
}

}  // namespace

void add_solution(Json& report, const RunConfiguration& configuration, const RunResult& result) {
  report["solution"] = solution(configuration, result.quality);
  report["wear"] = wear(result.wear, configuration.accelerator.tile.device.endurance_writes,
                        report["simulated_time_s"].get<double>());
}

void add_training(Json& report, const TrainingResult& training) {
  Json history = Json::array();
  Json evaluations = Json::array();
  const std::vector<Evaluation>& all = training.evaluations;
  for (std::size_t i = 0; i < all.size(); ++i) {
    evaluations.push_back(evaluation_entry(all[i]));
    const bool whole = training.steps_per_epoch != 0 && all[i].step != 0 &&
                       all[i].step % training.steps_per_epoch == 0;
    if (whole || i + 1 == all.size()) {
      history.push_back(evaluation_entry(all[i]));
    }
  }
  Json targets = Json::array();
  for (const double target : {0.80, 0.83}) {
    const auto reached = std::find_if(all.begin(), all.end(), [target](const Evaluation& e) {
      return e.test_accuracy >= target;
    });
    targets.push_back({{"target", target},
                       {"epochs", reached == all.end() ? Json(nullptr) : Json(reached->epoch)},
                       {"simulated_time_s",
                        reached == all.end() ? Json(nullptr) : Json(reached->simulated_time_s)}});
  }
  report["training"] = {
      {"steps", training.steps},
      {"steps_per_epoch", training.steps_per_epoch},
      {"images", training.images},
      {"final_test_accuracy", all.empty() ? Json(nullptr) : Json(all.back().test_accuracy)},
      {"weights_hash", training.weights_hash},
      {"weights_hash_definition",
       "FNV-1a of the bits of all weights at the last evaluation: equal where two runs trained to "
       "the same bits"}};
  const std::optional<RaisedDamping>& raised = training.raised_damping;
  report["training"]["optimizer_as_configured"] = !raised || raised->steps == 0;
  if (raised) {
    report["training"]["raised_damping"] = raised_damping(*raised);
  }
  report["history"] = history;
  report["history_definition"] = "the evaluation at the end of each epoch, and the last one";
  report["evaluations"] = evaluations;
  report["epochs_to_target"] = targets;
  report["epochs_to_target_definition"] =
      "epoch of the first evaluation with test_accuracy at or above the target; null: not reached";
}

}  // namespace invar::platform
