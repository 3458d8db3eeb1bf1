#include <invar/platform/report/sections.h>

#include <cmath>

namespace invar::platform {
namespace {

/// Time and energy of programming and inverting: what the accelerator stands for.
struct InversionShare {
  double seconds = 0.0;
  double energy_j = 0.0;
};

InversionShare inversion_share(const ledger::Ledger& ledger) {
  InversionShare share;
  for (const ledger::Phase phase : {INVAR_PHASE_PROGRAMMING, INVAR_PHASE_INVERSION}) {
    share.seconds += ledger.phase_time(phase).to_seconds();
    share.energy_j += ledger.phase_energy_aj(phase).joules();
  }
  return share;
}

Json inversion_only(const RunConfiguration& configuration, const RunResult& result,
                    const InversionShare& share, double data_movement_j) {
  std::uint64_t matrices = 0;
  std::uint64_t right_hand_sides = 0;
  double factor_operations = 0.0;
  double solve_operations = 0.0;
  Json sizes = Json::array();
  for (const InversionWork& work : result.inversion_work) {
    const double n = work.n;
    matrices += work.matrices;
    right_hand_sides += work.right_hand_sides;
    factor_operations += static_cast<double>(work.matrices) * n * n * n / 3.0;
    solve_operations += static_cast<double>(work.right_hand_sides) * 2.0 * n * n;
    sizes.push_back(
        {{"n", work.n}, {"matrices", work.matrices}, {"right_hand_sides", work.right_hand_sides}});
  }
  const double operations = factor_operations + solve_operations;
  const double solved = static_cast<double>(right_hand_sides);
  const double time_s = result.inversion_window_s;

  Json figures;
  if (configuration.run.inverter == Inverter::exact) {
    figures["note"] = "a bound: FP64 inversion free of time and energy";
  }
  if (result.quality.fallback_digital != 0) {
    figures["note"] =
        "fall-backs to the digital engine: their energy is in energy_j, their time and right-hand "
        "sides are not in time_s and right_hand_sides";
  }
  figures["matrices"] = matrices;
  figures["right_hand_sides"] = right_hand_sides;
  figures["sizes"] = sizes;
  figures["time_s"] = time_s;
  figures["time_definition"] =
      configuration.run.inverter == Inverter::digital
          ? "time of the digital engine in factorising and solving jobs, added up; their operands "
            "are in its scratchpad already"
          : "from the first doorbell to the last completion of each batch of inversion commands, "
            "programming included, batches added up; other work may run beside it";
  figures["throughput_rhs_per_s"] = ratio(solved, time_s);
  figures["throughput_definition"] = "right-hand sides solved / time_s";
  figures["exclusive_phase_s"] = share.seconds;
  figures["exclusive_phase_definition"] =
      "simulated time that the run spends in the phases programming and inversion";
  figures["energy_j"] = share.energy_j;
  figures["energy_definition"] = "all components' energy in the phases programming and inversion";
  figures["energy_with_data_movement_j"] = share.energy_j + data_movement_j;
  figures["energy_with_data_movement_definition"] =
      "energy_j and all components' energy in the phase data_movement: carrying operands and "
      "results "
      "to an inverter that does not share the engine's scratchpad; a training's weights and "
      "batches "
      "are in it too";
  figures["energy_per_rhs_j"] = ratio(share.energy_j, solved);
  figures["energy_per_rhs_definition"] = "energy_j / right_hand_sides";
  figures["digital_operations"] = operations;
  figures["digital_operations_definition"] =
      "what a digital machine would compute: n^3/3 a matrix (Cholesky, SPD) and 2 n^2 a right-hand "
      "side (two triangular solves)";
  figures["equivalent_operations_per_s"] = ratio(operations, time_s);
  figures["equivalent_operations_per_j"] = ratio(operations, share.energy_j);
  figures["equivalent_definition"] = "digital_operations over time_s and over energy_j";
  return figures;
}

Json whole_iteration(const RunResult& result, double time_s, double energy_j) {
  Json figures;
  if (result.training) {
    const double steps = static_cast<double>(result.training->steps);
    const double images = static_cast<double>(result.training->images);
    figures["iterations"] = result.training->steps;
    figures["definition"] =
        "an iteration is a training step with all it takes: forward, backward, factors, "
        "programming, inversion, update, data movement, host; means over the run";
    figures["time_s"] = ratio(time_s, steps);
    figures["time_definition"] = "simulated_time_s / iterations";
    figures["energy_j"] = ratio(energy_j, steps);
    figures["energy_definition"] = "total_energy_j / iterations";
    figures["throughput_iterations_per_s"] = ratio(steps, time_s);
    figures["throughput_images_per_s"] = ratio(images, time_s);
    figures["throughput_definition"] = "iterations, and images trained on, / simulated_time_s";
    figures["energy_per_image_j"] = ratio(energy_j, images);
    figures["energy_per_image_definition"] = "total_energy_j / images trained on";
  } else {
    std::uint64_t right_hand_sides = 0;
    for (const InversionWork& work : result.inversion_work) {
      right_hand_sides += work.right_hand_sides;
    }
    const double solved = static_cast<double>(right_hand_sides);
    figures["iterations"] = 1;
    figures["definition"] =
        "the whole run from reset to the end of the firmware, host and data movement included";
    figures["time_s"] = time_s;
    figures["energy_j"] = energy_j;
    figures["throughput_rhs_per_s"] = ratio(solved, time_s);
    figures["throughput_definition"] = "right-hand sides solved / simulated_time_s";
    figures["energy_per_rhs_j"] = ratio(energy_j, solved);
    figures["energy_per_rhs_definition"] = "total_energy_j / right-hand sides solved";
  }
  return figures;
}

Json amdahl_bound(const InversionShare& share, double time_s, double energy_j) {
  const double other_s = time_s - share.seconds;
  const double other_j = energy_j - share.energy_j;
  Json bound;
  bound["definition"] =
      "the run if inversion and programming cost nothing: simulated time and total energy less the "
      "phases programming and inversion; the largest gain that any other inverter can bring to "
      "this run";
  bound["time_s"] = other_s;
  bound["energy_j"] = other_j;
  bound["inversion_share_of_time"] = ratio(share.seconds, time_s);
  bound["inversion_share_of_energy"] = ratio(share.energy_j, energy_j);
  bound["inversion_share_definition"] = "phases programming and inversion / whole run";
  bound["largest_speedup"] = ratio(time_s, other_s);
  bound["largest_speedup_definition"] = "simulated_time_s / time_s of the bound";
  bound["largest_energy_gain"] = ratio(energy_j, other_j);
  bound["largest_energy_gain_definition"] = "total_energy_j / energy_j of the bound";
  return bound;
}

}  // namespace

Json ratio(double value, double by) {
  const double quotient = value / by;
  return by > 0.0 && std::isfinite(quotient) ? Json(quotient) : Json(nullptr);
}

void add_figures(Json& report, const RunConfiguration& configuration, const ledger::Ledger& ledger,
                 const RunResult& result) {
  const InversionShare share = inversion_share(ledger);
  const double time_s = report["simulated_time_s"];
  const double energy_j = report["total_energy_j"];
  report["inversion_only"] = inversion_only(
      configuration, result, share, ledger.phase_energy_aj(INVAR_PHASE_DATA_MOVEMENT).joules());
  if (result.workload) {
    add_workload_figures(report, configuration, *result.workload);
    return;
  }
  report["whole_iteration"] = whole_iteration(result, time_s, energy_j);
  report["amdahl_bound"] = amdahl_bound(share, time_s, energy_j);
}

}  // namespace invar::platform
