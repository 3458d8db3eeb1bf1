#include <invar/platform/report/sections.h>

#include <cmath>

namespace invar::platform {
namespace {

/// What the accelerator stands for.
constexpr ledger::Phase k_inversion_phases[] = {INVAR_PHASE_PROGRAMMING, INVAR_PHASE_INVERSION};

/// Time and energy of these phases.
struct InversionShare {
  std::uint64_t time_ps = 0;
  ledger::Attojoules energy_aj = 0;

  explicit InversionShare(const ledger::Ledger& ledger) {
    for (const ledger::Phase phase : k_inversion_phases) {
      time_ps += picoseconds(ledger.phase_time(phase));
      energy_aj += ledger.phase_energy_aj(phase);
    }
  }
  double seconds() const { return 1e-12 * static_cast<double>(time_ps); }
  double joules() const { return energy_aj.joules(); }
};

Json inversion_only(const RunConfiguration& configuration, const RunResult& result,
                    const InversionShare& share) {
  std::uint64_t matrices = 0;
  std::uint64_t right_hand_sides = 0;
  double operations = 0.0;
  Json sizes = Json::array();
  for (const InversionWork& work : result.inversion_work) {
    const double n = work.n;
    matrices += work.matrices;
    right_hand_sides += work.right_hand_sides;
    operations += static_cast<double>(work.matrices) * n * n * n / 3.0 +
                  static_cast<double>(work.right_hand_sides) * 2.0 * n * n;
    sizes.push_back(
        {{"n", work.n}, {"matrices", work.matrices}, {"right_hand_sides", work.right_hand_sides}});
  }
  const double solved = static_cast<double>(right_hand_sides);

  Json figures;
  figures["definition"] =
      "one window for every inverter: all that the run does in the phases programming and "
      "inversion, for time and energy alike. Matrices are prepared, carried to the inverter, "
      "programmed or factorised; right-hand sides are carried, scaled, solved for and refined, "
      "results carried back; the host drives it. Not in it: checks of results that are there "
      "already (phase verification) and all other phases";
  figures["phases"] = Json::array();
  for (const ledger::Phase phase : k_inversion_phases) {
    figures["phases"].push_back(ledger::phase_key(phase));
  }
  if (configuration.run.inverter == Inverter::exact) {
    figures["note"] = "a bound: FP64 inversion free of time and energy";
  }
  figures["matrices"] = matrices;
  figures["matrices_definition"] =
      "matrices programmed and factorised, each time that it ended well: in place and repeated too";
  figures["right_hand_sides"] = right_hand_sides;
  figures["right_hand_sides_definition"] =
      "solved for, on tiles or on the digital engine, each once however many iterations it takes";
  figures["sizes"] = sizes;
  figures["time_s"] = share.seconds();
  figures["time_ps"] = share.time_ps;
  figures["time_definition"] =
      "simulated time that the run spends in these phases; no instant counts twice, and where "
      "several phases are busy at once these two come first";
  figures["throughput_rhs_per_s"] = ratio(solved, share.seconds());
  figures["throughput_definition"] = "right_hand_sides / time_s";
  figures["energy_j"] = share.joules();
  figures["energy_aj"] = exactly(share.energy_aj);
  figures["energy_definition"] = "energy of all components in these phases";
  figures["energy_per_rhs_j"] = ratio(share.joules(), solved);
  figures["energy_per_rhs_definition"] = "energy_j / right_hand_sides";
  figures["digital_operations"] = operations;
  figures["digital_operations_definition"] =
      "what a digital machine would compute: n^3/3 a matrix (Cholesky, SPD) and 2 n^2 a right-hand "
      "side (two triangular solves)";
  figures["equivalent_operations_per_s"] = ratio(operations, share.seconds());
  figures["equivalent_operations_per_j"] = ratio(operations, share.joules());
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
  const double other_s = time_s - share.seconds();
  const double other_j = energy_j - share.joules();
  Json bound;
  bound["definition"] =
      "the run if inversion and programming cost nothing: simulated time and total energy less the "
      "phases programming and inversion; the largest gain that any other inverter can bring to "
      "this run";
  bound["time_s"] = other_s;
  bound["energy_j"] = other_j;
  bound["inversion_share_of_time"] = ratio(share.seconds(), time_s);
  bound["inversion_share_of_energy"] = ratio(share.joules(), energy_j);
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
  const InversionShare share(ledger);
  const double time_s = report["simulated_time_s"];
  const double energy_j = report["total_energy_j"];
  report["inversion_only"] = inversion_only(configuration, result, share);
  if (result.workload) {
    add_workload_figures(report, configuration, *result.workload);
    return;
  }
  report["whole_iteration"] = whole_iteration(result, time_s, energy_j);
  report["amdahl_bound"] = amdahl_bound(share, time_s, energy_j);
}

void add_verification(Json& report, const ledger::Ledger& ledger) {
  Json& section = report["verification"];
  section["definition"] =
      "the phase verification: what only tells how good results are, which neither system needs to "
      "get them. The accelerator's check at the end of every solve; the residuals that the "
      "firmware of `solve` takes of the digital engine's solutions, unless it expects to correct "
      "them. In the whole run, not in inversion_only";
  section["time_s"] = ledger.phase_time(INVAR_PHASE_VERIFICATION).to_seconds();
  section["energy_j"] = ledger.phase_energy_aj(INVAR_PHASE_VERIFICATION).joules();
}

}  // namespace invar::platform
