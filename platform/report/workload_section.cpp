#include <invar/platform/report/sections.h>

#include <utility>

namespace invar::platform {
namespace {

using WorkloadSample = WorkloadResult::Sample;

struct StepPhase {
  const char* name;
  WorkloadStep::Phase of;
};

std::vector<StepPhase> phases_of_step(const WorkloadStep& step) {
  std::vector<StepPhase> phases;
  for (std::size_t i = 0; i < step.phases.size(); ++i) {
    phases.push_back({ledger::phase_key(static_cast<ledger::Phase>(i)), step.phases[i]});
  }
  return phases;
}

const Section<StepPhase>& step_phase_section() {
  static const auto section =
      Section<StepPhase>()
          .figure({"name", "", "", "of the phase"}, [](const StepPhase& p) { return p.name; })
          .figure({"seconds", "s", "", "exclusive: those of all phases add up to the step"},
                  [](const StepPhase& p) { return p.of.seconds; })
          .figure({"energy_j", "J", "", "of all components in the phase"},
                  [](const StepPhase& p) { return p.of.energy_j; });
  return section;
}

const Section<WorkloadStep>& step_section() {
  static const auto section =
      Section<WorkloadStep>()
          .figure({"time_s", "s", "time", "simulated time of the step"},
                  [](const WorkloadStep& step) { return total_of(step).seconds; })
          .figure({"energy_j", "J", "energy", "of all components in the step"},
                  [](const WorkloadStep& step) { return total_of(step).energy_j; })
          .list({"phases", "", "", "what it consists of"}, step_phase_section(), phases_of_step);
  return section;
}

/// The amortised step with one of the ends of the samples.
Section<WorkloadStep> end_section(const std::string& samples) {
  Section<WorkloadStep> section;
  return section
      .figure({"time_s", "s", "time with " + samples, "simulated time of that step"},
              [](const WorkloadStep& step) { return total_of(step).seconds; })
      .figure({"energy_j", "J", "energy with " + samples, "of all components in that step"},
              [](const WorkloadStep& step) { return total_of(step).energy_j; });
}

/// How far the samples are apart, in the figure that rests on them.
const Section<WorkloadResult>& spread_section() {
  static const auto section =
      Section<WorkloadResult>()
          .define_whole(
              "the amortised step simulated again with each size of factors inverted as the "
              "fastest and as the slowest of its samples (sizes without samples: of all "
              "samples); tells how much the figure depends on which matrices were drawn, not "
              "how far sizes above the largest sampled one are from it")
          .object({"fastest"}, end_section("the fastest samples"),
                  [](const WorkloadResult& w) -> const WorkloadStep& { return *w.fastest; })
          .object({"slowest"}, end_section("the slowest samples"),
                  [](const WorkloadResult& w) -> const WorkloadStep& { return *w.slowest; });
  return section;
}

const WorkloadResult* with_spread(const WorkloadResult& workload) {
  return workload.fastest && workload.slowest ? &workload : nullptr;
}

const Section<WorkloadResult>& amortised_section() {
  static const auto section = Section<WorkloadResult>()
                                  .members("", step_section(),
                                           [](const WorkloadResult& w) -> const WorkloadStep& {
                                             return w.steps->amortised;
                                           })
                                  .object_or_null({"spread"}, spread_section(), with_spread);
  return section;
}

const Section<WorkloadSample>& sample_section() {
  static const auto section =
      Section<WorkloadSample>()
          .figure({"n", "", "", "rows of the sampled factors"},
                  [](const WorkloadSample& s) { return s.n; })
          .figure({"matrices", "", "", "sampled"},
                  [](const WorkloadSample& s) { return s.matrices; })
          .figure({"stable", "", "", "of these, with a stable loop"},
                  [](const WorkloadSample& s) { return s.stored; })
          .figure({"right_hand_sides", "", "", "asked for"},
                  [](const WorkloadSample& s) { return s.right_hand_sides; })
          .figure({"solved", "", "", "of these, to the tolerance"},
                  [](const WorkloadSample& s) { return s.solved; })
          .figure({"solved_share", "fraction", "", "solved / right_hand_sides"},
                  [](const WorkloadSample& s) {
                    return ratio(static_cast<double>(s.solved),
                                 static_cast<double>(s.right_hand_sides));
                  })
          .figure({"iterations_mean", "", "", "of the right-hand sides solved"},
                  [](const WorkloadSample& s) { return s.iterations_mean; })
          .figure({"iterations_of_each", "", "", "means, matrix by matrix"},
                  [](const WorkloadSample& s) { return s.iterations_of_each; })
          .figure({"iterations_max", "", "", "of a right-hand side solved"},
                  [](const WorkloadSample& s) { return s.iterations_max; })
          .figure({"slices", "", "", "in the INV loop of factors of that size"},
                  [](const WorkloadSample& s) { return s.slices; })
          .figure({"writings", "", "", "times that a PROGRAM stores the matrix, mean"},
                  [](const WorkloadSample& s) { return s.writings; })
          .figure({"settling_time_s", "s", "", "of the loop, mean"},
                  [](const WorkloadSample& s) { return s.settling_time_s; })
          .figure({"settling_time_of_each_s", "s", "", "matrix by matrix"},
                  [](const WorkloadSample& s) { return s.settling_time_of_each_s; })
          .figure({"mean_conductance_s", "S", "", "of a cell"},
                  [](const WorkloadSample& s) { return s.mean_conductance_s; });
  return section;
}

using FactorCount = std::pair<std::uint32_t, std::uint64_t>;

const Section<FactorCount>& factor_section() {
  static const auto section =
      Section<FactorCount>()
          .figure({"n", "", "", "rows"}, [](const FactorCount& f) { return f.first; })
          .figure({"count", "", "", "Kronecker factors of that size"},
                  [](const FactorCount& f) { return f.second; });
  return section;
}

const WorkloadResult& found(const RunFacts& facts) {
  return *facts.result.workload;
}

const WorkloadResult::Steps* steps_of(const RunFacts& facts) {
  return found(facts).steps ? &*found(facts).steps : nullptr;
}

/// One of the steps, null where not all are simulated.
template <WorkloadStep WorkloadResult::Steps::*step>
const WorkloadStep* simulated_step(const RunFacts& facts) {
  return steps_of(facts) != nullptr ? &(steps_of(facts)->*step) : nullptr;
}

}  // namespace

WorkloadStep step_of(const ledger::Ledger& ledger) {
  WorkloadStep step;
  for (std::size_t i = 0; i < step.phases.size(); ++i) {
    const auto phase = static_cast<ledger::Phase>(i);
    step.phases[i] = {ledger.phase_time(phase).to_seconds(),
                      ledger.phase_energy_aj(phase).joules()};
  }
  return step;
}

TimeAndEnergy total_of(const WorkloadStep& step) {
  TimeAndEnergy total;
  for (std::size_t i = 0; i < step.phases.size(); ++i) {
    total.seconds += step.phases[i].seconds;
    total.energy_j += step.phases[i].energy_j;
  }
  for (const ledger::Phase phase : k_inversion_phases) {
    total.inversion_s += step.phases[phase].seconds;
    total.inversion_j += step.phases[phase].energy_j;
  }
  return total;
}

std::optional<TimeAndEnergy> amortised_step(const RunFacts& facts) {
  const WorkloadResult::Steps* steps = facts.result.workload ? steps_of(facts) : nullptr;
  return steps != nullptr ? std::optional(total_of(steps->amortised)) : std::nullopt;
}

const Section<RunFacts>& workload_measured_section() {
  static const auto section =
      Section<RunFacts>()
          .figure({"parameters", "", "", "weights of the network"},
                  [](const RunFacts& f) { return found(f).parameters; })
          .figure({"forward_macs"}, [](const RunFacts& f) { return found(f).forward_macs; })
          .define("forward_macs_definition", {"forward_macs"},
                  "multiply-accumulates of the forward pass of a batch")
          .figure({"preconditioned_layers", "", "", "layers with Kronecker factors"},
                  [](const RunFacts& f) { return found(f).preconditioned_layers; })
          .list({"factors", "", "", "Kronecker factors by size"}, factor_section(),
                [](const RunFacts& f) { return found(f).factors; })
          .figure({"apply", "", "", "workload.apply"},
                  [](const RunFacts& f) {
                    return f.configuration.workload.apply == KfacApply::solve ? "solve" : "inverse";
                  })
          .figure({"tiles", "", "", "of the accelerator"},
                  [](const RunFacts& f) { return f.configuration.accelerator.tiles; })
          .figure({"tiles_for_all_factors", "", "", "to hold all factors at once"},
                  [](const RunFacts& f) { return found(f).tiles_for_all; })
          .object_or_null({"step_with_refresh", "", "step with inversion"}, step_section(),
                          simulated_step<&WorkloadResult::Steps::with_refresh>)
          .define("step_with_refresh_definition", {"step_with_refresh"},
                  "a step that updates the factors and inverts all of them, programming included")
          .object_or_null({"step_with_factors", "", "step with factors",
                           "a step that updates the factors and inverts none"},
                          step_section(), simulated_step<&WorkloadResult::Steps::with_factors>)
          .object_or_null({"step", "", "step without"}, step_section(),
                          simulated_step<&WorkloadResult::Steps::plain>)
          .define("step_definition", {"step"}, "a step with neither")
          .object_or_null(
              {"amortised", "", "amortised step"}, amortised_section(),
              [](const RunFacts& f) { return steps_of(f) != nullptr ? &found(f) : nullptr; })
          .define("amortised_definition", {"amortised"},
                  "step + (step_with_factors - step) / factor_interval + (step_with_refresh - "
                  "step_with_factors) / inverse_interval")
          .figure({"timing_source", "", "", "where the timing of tiles is from"},
                  [](const RunFacts& f) { return found(f).sampled; })
          .list({"samples"}, sample_section(), [](const RunFacts& f) { return found(f).samples; })
          .define("samples_definition", {"samples"},
                  "matrices programmed and solved with beforehand: means over the right-hand sides "
                  "solved, and matrix by matrix (of_each); slices in the INV loop of factors of "
                  "that size; writings: times that a PROGRAM stores the matrix")
          .figure({"extrapolated_sizes"}, [](const RunFacts& f) { return found(f).extrapolated; })
          .define("extrapolated_definition", {"extrapolated_sizes"},
                  "sizes of factors without samples: the nearest sampled size stands for them")
          .figure({"assumptions", "", "", "what the step rests on"},
                  [](const RunFacts& f) { return found(f).assumptions; });
  return section;
}

const Section<RunFacts>& workload_iteration_section() {
  const auto total = [](const RunFacts& facts) { return *amortised_step(facts); };
  const auto images = [](const RunFacts& facts) {
    return static_cast<double>(facts.configuration.workload.batch);
  };
  static const auto section =
      Section<RunFacts>()
          .define_whole(
              "the amortised step (workload/measured): forward, backward, factors, programming, "
              "inversion, update, data movement, host")
          .figure({"time_s", "s", "time", "of the amortised step"},
                  [total](const RunFacts& f) { return total(f).seconds; })
          .figure({"energy_j", "J", "energy", "of the amortised step"},
                  [total](const RunFacts& f) { return total(f).energy_j; })
          .figure({"throughput_iterations_per_s", "1/s", "iterations / s", "1 / time_s"},
                  [total](const RunFacts& f) { return ratio(1.0, total(f).seconds); })
          .figure({"throughput_images_per_s", "1/s", "images / s", "workload.batch / time_s"},
                  [=](const RunFacts& f) { return ratio(images(f), total(f).seconds); })
          .figure({"energy_per_image_j", "J", "energy / image", "energy_j / workload.batch"},
                  [=](const RunFacts& f) { return ratio(total(f).energy_j, images(f)); })
          .object_or_null({"spread"}, spread_section(),
                          [](const RunFacts& f) { return with_spread(found(f)); });
  return section;
}

}  // namespace invar::platform
