#include <invar/platform/report/sections.h>

namespace invar::platform {
namespace {

struct Totals {
  double seconds = 0.0, energy_j = 0.0;
  double inversion_s = 0.0, inversion_j = 0.0;

  explicit Totals(const WorkloadStep& step) {
    for (std::size_t i = 0; i < step.phases.size(); ++i) {
      seconds += step.phases[i].seconds;
      energy_j += step.phases[i].energy_j;
      if (i == INVAR_PHASE_PROGRAMMING || i == INVAR_PHASE_INVERSION) {
        inversion_s += step.phases[i].seconds;
        inversion_j += step.phases[i].energy_j;
      }
    }
  }
};

Json step_entry(const WorkloadStep& step) {
  const Totals totals(step);
  Json phases = Json::array();
  for (std::size_t i = 0; i < step.phases.size(); ++i) {
    phases.push_back({{"name", ledger::phase_key(static_cast<ledger::Phase>(i))},
                      {"seconds", step.phases[i].seconds},
                      {"energy_j", step.phases[i].energy_j}});
  }
  return {{"time_s", totals.seconds}, {"energy_j", totals.energy_j}, {"phases", phases}};
}

/// How far the samples are apart, in the figure that rests on them; null without samples.
Json spread(const WorkloadResult& workload) {
  if (!workload.fastest || !workload.slowest) {
    return nullptr;
  }
  Json entry = {{"definition",
                 "the amortised step simulated again with each size of factors inverted as the "
                 "fastest and as the slowest of its samples (sizes without samples: of all "
                 "samples); tells how much the figure depends on which matrices were drawn, not "
                 "how far sizes above the largest sampled one are from it"}};
  for (const auto& [key, step] :
       {std::pair{"fastest", &*workload.fastest}, std::pair{"slowest", &*workload.slowest}}) {
    const Totals totals(*step);
    entry[key] = {{"time_s", totals.seconds}, {"energy_j", totals.energy_j}};
  }
  return entry;
}

Json sample_entry(const WorkloadResult::Sample& sample) {
  return {{"n", sample.n},
          {"matrices", sample.matrices},
          {"stable", sample.stored},
          {"right_hand_sides", sample.right_hand_sides},
          {"solved", sample.solved},
          {"solved_share",
           ratio(static_cast<double>(sample.solved), static_cast<double>(sample.right_hand_sides))},
          {"iterations_mean", sample.iterations_mean},
          {"iterations_of_each", sample.iterations_of_each},
          {"iterations_max", sample.iterations_max},
          {"slices", sample.slices},
          {"writings", sample.writings},
          {"settling_time_s", sample.settling_time_s},
          {"settling_time_of_each_s", sample.settling_time_of_each_s},
          {"mean_conductance_s", sample.mean_conductance_s}};
}

}  // namespace

Json workload_measured(const RunConfiguration& configuration, const WorkloadResult& workload) {
  Json section;
  section["parameters"] = workload.parameters;
  section["forward_macs"] = workload.forward_macs;
  section["forward_macs_definition"] = "multiply-accumulates of the forward pass of a batch";
  section["preconditioned_layers"] = workload.preconditioned_layers;
  section["factors"] = Json::array();
  for (const auto& [n, count] : workload.factors) {
    section["factors"].push_back({{"n", n}, {"count", count}});
  }
  section["apply"] = configuration.workload.apply == KfacApply::solve ? "solve" : "inverse";
  section["tiles"] = configuration.accelerator.tiles;
  section["tiles_for_all_factors"] = workload.tiles_for_all;
  section["step_with_refresh"] = step_entry(workload.with_refresh);
  section["step_with_refresh_definition"] =
      "a step that updates the factors and inverts all of them, programming included";
  section["step_with_factors"] = step_entry(workload.with_factors);
  section["step"] = step_entry(workload.plain);
  section["step_definition"] = "a step with neither";
  section["amortised"] = step_entry(workload.amortised);
  section["amortised_definition"] =
      "step + (step_with_factors - step) / factor_interval + (step_with_refresh - "
      "step_with_factors) / inverse_interval";
  section["amortised"]["spread"] = spread(workload);
  section["timing_source"] = workload.sampled;
  section["samples"] = Json::array();
  for (const WorkloadResult::Sample& sample : workload.samples) {
    section["samples"].push_back(sample_entry(sample));
  }
  section["samples_definition"] =
      "matrices programmed and solved with beforehand: means over the right-hand sides solved, and "
      "matrix by matrix (of_each); slices in the INV loop of factors of that size; writings: times "
      "that a PROGRAM stores the matrix";
  section["extrapolated_sizes"] = workload.extrapolated;
  section["extrapolated_definition"] =
      "sizes of factors without samples: the nearest sampled size stands for them";
  section["assumptions"] = workload.assumptions;
  return section;
}

void add_workload_figures(Json& report, const RunConfiguration& configuration,
                          const WorkloadResult& workload) {
  const Totals totals(workload.amortised);
  const double images = configuration.workload.batch;
  Json& iteration = report["whole_iteration"];
  iteration["definition"] =
      "the amortised step (workload/measured): forward, backward, factors, programming, inversion, "
      "update, data movement, host";
  iteration["time_s"] = totals.seconds;
  iteration["energy_j"] = totals.energy_j;
  iteration["throughput_iterations_per_s"] = ratio(1.0, totals.seconds);
  iteration["throughput_images_per_s"] = ratio(images, totals.seconds);
  iteration["energy_per_image_j"] = ratio(totals.energy_j, images);
  iteration["spread"] = spread(workload);
  Json& bound = report["amdahl_bound"];
  bound["definition"] =
      "the amortised step if inversion and programming cost nothing; the largest gain that any "
      "other inverter can bring to it";
  bound["time_s"] = totals.seconds - totals.inversion_s;
  bound["energy_j"] = totals.energy_j - totals.inversion_j;
  bound["inversion_share_of_time"] = ratio(totals.inversion_s, totals.seconds);
  bound["inversion_share_of_energy"] = ratio(totals.inversion_j, totals.energy_j);
  bound["largest_speedup"] = ratio(totals.seconds, totals.seconds - totals.inversion_s);
  bound["largest_energy_gain"] = ratio(totals.energy_j, totals.energy_j - totals.inversion_j);
}

}  // namespace invar::platform
