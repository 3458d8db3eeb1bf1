#include <invar/platform/report/sections.h>

#include <cmath>

namespace invar::platform {
namespace {

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

std::uint64_t right_hand_sides_of(const RunResult& result) {
  std::uint64_t right_hand_sides = 0;
  for (const InversionWork& work : result.inversion_work) {
    right_hand_sides += work.right_hand_sides;
  }
  return right_hand_sides;
}

struct InversionOnly {
  explicit InversionOnly(const RunFacts& facts)
      : share(facts.ledger),
        background_ps(picoseconds(facts.ledger.background_time())),
        right_hand_sides(right_hand_sides_of(facts.result)),
        is_bound(facts.configuration.run.inverter == Inverter::exact) {
    for (const InversionWork& work : facts.result.inversion_work) {
      const double n = work.n;
      matrices += work.matrices;
      operations += static_cast<double>(work.matrices) * n * n * n / 3.0 +
                    static_cast<double>(work.right_hand_sides) * 2.0 * n * n;
    }
  }
  double solved() const { return static_cast<double>(right_hand_sides); }
  double background_s() const { return 1e-12 * static_cast<double>(background_ps); }

  InversionShare share;
  std::uint64_t background_ps = 0;
  std::uint64_t matrices = 0, right_hand_sides = 0;
  double operations = 0.0;
  bool is_bound;
};

const Section<InversionWork>& size_section() {
  static const auto section =
      Section<InversionWork>()
          .figure({"n", "", "", "rows of the matrices"},
                  [](const InversionWork& work) { return work.n; })
          .figure({"matrices", "", "", "of this size, programmed and factorised"},
                  [](const InversionWork& work) { return work.matrices; })
          .figure({"right_hand_sides", "", "", "solved for with them"},
                  [](const InversionWork& work) { return work.right_hand_sides; });
  return section;
}

/// The same phases of the amortised step: what of it a workload can tell.
const Section<TimeAndEnergy>& amortised_inversion_section() {
  static const auto section =
      Section<TimeAndEnergy>()
          .figure({"time_s", "s", "time", "of the phases of the amortised step"},
                  [](const TimeAndEnergy& step) { return step.inversion_s; })
          .figure({"energy_j", "J", "energy", "of the phases of the amortised step"},
                  [](const TimeAndEnergy& step) { return step.inversion_j; });
  return section;
}

std::optional<InversionOnly> inversion_of_the_run(const RunFacts& facts) {
  return facts.result.workload ? std::nullopt : std::optional(InversionOnly(facts));
}

/// The window, for every command.
const Section<RunFacts>& inversion_window() {
  static const auto section =
      Section<RunFacts>()
          .define_whole(
              "one window for every inverter: all that the run does in the phases programming, "
              "inversion and background (programming that nobody waits for), for time and energy "
              "alike. Matrices are prepared, carried to the "
              "inverter, programmed or factorised; right-hand sides are carried, scaled, solved "
              "for and refined, results carried back; the host drives it. Not in it: checks of "
              "results that are there already (phase verification) and all other phases. Of a "
              "workload: of its amortised step")
          .figure({"phases", "", "", "whose time and energy these are"},
                  [](const RunFacts&) {
                    std::vector<std::string> names;
                    for (const ledger::Phase phase : k_inversion_phases) {
                      names.emplace_back(ledger::phase_key(phase));
                    }
                    return names;
                  })
          .list({"sizes", "", "", "all that the run inverts, by size of the matrices"},
                size_section(), [](const RunFacts& facts) { return facts.result.inversion_work; });
  return section;
}

const Section<InversionOnly>& inversion_section() {
  using Work = InversionOnly;
  static const auto section =
      Section<Work>()
          .figure_if_any({"note", "", "", "what keeps the figures from being those of a machine"},
                         [](const Work& w) {
                           return w.is_bound ? std::optional<std::string>(
                                                   "a bound: FP64 inversion free of time and "
                                                   "energy")
                                             : std::nullopt;
                         })
          .figure({"matrices", "", "matrices"}, [](const Work& w) { return w.matrices; })
          .define("matrices_definition", {"matrices"},
                  "matrices programmed and factorised, each time that it ended well: in place and "
                  "repeated too")
          .figure({"right_hand_sides", "", "right-hand sides"},
                  [](const Work& w) { return w.right_hand_sides; })
          .define(
              "right_hand_sides_definition", {"right_hand_sides"},
              "solved for, on tiles or on the digital engine, each once however many iterations "
              "it takes")
          .figure({"time_s", "s", "time"}, [](const Work& w) { return w.share.seconds(); })
          .figure({"time_ps", "ps"}, [](const Work& w) { return w.share.time_ps; })
          .define(
              "time_definition", {"time_s", "time_ps"},
              "simulated time that the run spends in these phases; no instant counts twice, and "
              "where several phases are busy at once programming and inversion come first")
          .figure_if_any({"background_s", "s", "programming that nobody waits for"},
                         [](const Work& w) {
                           return w.background_ps > 0 ? std::optional(w.background_s())
                                                      : std::nullopt;
                         })
          .define("background_definition", {"background_s"},
                  "simulated time with programming in the background under way; its energy is in "
                  "energy_j, its time in no phase's: what waits for it is in time_s")
          .figure_if_any({"throughput_in_series_rhs_per_s", "1/s"},
                         [](const Work& w) {
                           return w.background_ps > 0
                                      ? ratio(w.solved(), w.share.seconds() + w.background_s())
                                      : std::nullopt;
                         })
          .define("throughput_in_series_definition", {"throughput_in_series_rhs_per_s"},
                  "right_hand_sides / (time_s + background_s): as if all programming were waited "
                  "for")
          .former_figure({"exclusive_phase_s", "s", "time in its phases alone (schema 1)",
                          "simulated time of the phases programming and inversion"})
          .figure({"throughput_rhs_per_s", "1/s", "right-hand sides / s"},
                  [](const Work& w) { return ratio(w.solved(), w.share.seconds()); })
          .define("throughput_definition", {"throughput_rhs_per_s"}, "right_hand_sides / time_s")
          .figure({"energy_j", "J", "energy"}, [](const Work& w) { return w.share.joules(); })
          .figure({"energy_aj", "aJ"}, [](const Work& w) { return w.share.energy_aj; })
          .define(
              "energy_definition", {"energy_j", "energy_aj"},
              "energy of all components in these phases; what tiles and their memory of matrices "
              "draw all the time is in it, whatever phase time passes under")
          .former_figure({"energy_with_data_movement_j", "J",
                          "energy with data movement (schema 1)",
                          "energy of the phases programming, inversion and data movement"})
          .figure({"energy_per_rhs_j", "J", "energy / right-hand side"},
                  [](const Work& w) { return ratio(w.share.joules(), w.solved()); })
          .define("energy_per_rhs_definition", {"energy_per_rhs_j"}, "energy_j / right_hand_sides")
          .figure({"digital_operations", "op", "digital operations"},
                  [](const Work& w) { return w.operations; })
          .define(
              "digital_operations_definition", {"digital_operations"},
              "what a digital machine would compute: n^3/3 a matrix (Cholesky, SPD) and 2 n^2 a "
              "right-hand side (two triangular solves)")
          .figure({"equivalent_operations_per_s", "op/s", "equivalent operations / s"},
                  [](const Work& w) { return ratio(w.operations, w.share.seconds()); })
          .figure({"equivalent_operations_per_j", "op/J", "equivalent operations / J"},
                  [](const Work& w) { return ratio(w.operations, w.share.joules()); })
          .define("equivalent_definition",
                  {"equivalent_operations_per_s", "equivalent_operations_per_j"},
                  "digital_operations over time_s and over energy_j");
  return section;
}

/// Training steps, or the run as a whole.
struct Iteration {
  double time_s, energy_j;
  std::uint64_t count, images, right_hand_sides;

  double steps() const { return static_cast<double>(count); }
};

std::optional<Iteration> training_iteration(const RunFacts& facts) {
  if (!facts.result.training) {
    return std::nullopt;
  }
  const TrainingResult& training = *facts.result.training;
  return Iteration{facts.time_s(), facts.energy_j(), training.steps, training.images, 0};
}

std::optional<Iteration> run_as_iteration(const RunFacts& facts) {
  if (facts.result.training || facts.result.workload) {
    return std::nullopt;
  }
  return Iteration{facts.time_s(), facts.energy_j(), 1, 0, right_hand_sides_of(facts.result)};
}

const Section<Iteration>& training_iteration_section() {
  static const auto section =
      Section<Iteration>()
          .figure({"iterations", "", "iterations", "training steps"},
                  [](const Iteration& i) { return i.count; })
          .define_whole(
              "an iteration is a training step with all it takes: forward, backward, factors, "
              "programming, inversion, update, data movement, host; means over the run")
          .figure({"time_s", "s", "time"},
                  [](const Iteration& i) { return ratio(i.time_s, i.steps()); })
          .define("time_definition", {"time_s"}, "simulated_time_s / iterations")
          .figure({"energy_j", "J", "energy"},
                  [](const Iteration& i) { return ratio(i.energy_j, i.steps()); })
          .define("energy_definition", {"energy_j"}, "total_energy_j / iterations")
          .figure({"throughput_iterations_per_s", "1/s", "iterations / s"},
                  [](const Iteration& i) { return ratio(i.steps(), i.time_s); })
          .figure({"throughput_images_per_s", "1/s", "images / s"},
                  [](const Iteration& i) { return ratio(static_cast<double>(i.images), i.time_s); })
          .define("throughput_definition",
                  {"throughput_iterations_per_s", "throughput_images_per_s"},
                  "iterations, and images trained on, / simulated_time_s")
          .figure(
              {"energy_per_image_j", "J", "energy / image"},
              [](const Iteration& i) { return ratio(i.energy_j, static_cast<double>(i.images)); })
          .define("energy_per_image_definition", {"energy_per_image_j"},
                  "total_energy_j / images trained on");
  return section;
}

const Section<Iteration>& run_section() {
  static const auto section =
      Section<Iteration>()
          .figure({"iterations", "", "iterations", "1: the run is one"},
                  [](const Iteration& i) { return i.count; })
          .define_whole(
              "the whole run from reset to the end of the firmware, host and data movement "
              "included")
          .figure({"time_s", "s", "time", "simulated_time_s"},
                  [](const Iteration& i) { return i.time_s; })
          .figure({"energy_j", "J", "energy", "total_energy_j"},
                  [](const Iteration& i) { return i.energy_j; })
          .figure({"throughput_rhs_per_s", "1/s", "right-hand sides / s"},
                  [](const Iteration& i) {
                    return ratio(static_cast<double>(i.right_hand_sides), i.time_s);
                  })
          .define("throughput_definition", {"throughput_rhs_per_s"},
                  "right-hand sides solved / simulated_time_s")
          .figure({"energy_per_rhs_j", "J", "energy / right-hand side"},
                  [](const Iteration& i) {
                    return ratio(i.energy_j, static_cast<double>(i.right_hand_sides));
                  })
          .define("energy_per_rhs_definition", {"energy_per_rhs_j"},
                  "total_energy_j / right-hand sides solved");
  return section;
}

std::optional<TimeAndEnergy> run_with_inversion(const RunFacts& facts) {
  if (facts.result.workload) {
    return std::nullopt;
  }
  const InversionShare share(facts.ledger);
  return TimeAndEnergy{facts.time_s(), facts.energy_j(), share.seconds(), share.joules()};
}

/// The figures of a bound, which `Define` explains one by one where they are those of a run.
template <typename Define>
Section<TimeAndEnergy> bound_section(const char* definition, Define define) {
  Section<TimeAndEnergy> section;
  section.define_whole(definition)
      .figure(
          {"time_s", "s", "time left", "without the phases programming, inversion and background"},
          [](const TimeAndEnergy& t) { return t.seconds - t.inversion_s; })
      .figure({"energy_j", "J", "energy left",
               "without the phases programming, inversion and background"},
              [](const TimeAndEnergy& t) { return t.energy_j - t.inversion_j; })
      .figure({"inversion_share_of_time", "fraction", "share of inversion in time",
               "of the phases programming, inversion and background"},
              [](const TimeAndEnergy& t) { return ratio(t.inversion_s, t.seconds); })
      .figure({"inversion_share_of_energy", "fraction", "share of inversion in energy",
               "of the phases programming, inversion and background"},
              [](const TimeAndEnergy& t) { return ratio(t.inversion_j, t.energy_j); });
  define(section, "inversion_share_definition",
         {"inversion_share_of_time", "inversion_share_of_energy"},
         "phases programming, inversion and background / whole run");
  section.figure(
      {"largest_speedup", "", "speed-up if inversion were free", "time over time_s"},
      [](const TimeAndEnergy& t) { return ratio(t.seconds, t.seconds - t.inversion_s); });
  define(section, "largest_speedup_definition", {"largest_speedup"},
         "simulated_time_s / time_s of the bound");
  section.figure(
      {"largest_energy_gain", "", "energy gain if inversion were free", "energy over energy_j"},
      [](const TimeAndEnergy& t) { return ratio(t.energy_j, t.energy_j - t.inversion_j); });
  define(section, "largest_energy_gain_definition", {"largest_energy_gain"},
         "total_energy_j / energy_j of the bound");
  return section;
}

Section<RunFacts> amdahl_section() {
  const auto tell = [](Section<TimeAndEnergy>& section, const char* key,
                       const std::vector<std::string>& figures,
                       const char* text) { section.define(key, figures, text); };
  const auto skip = [](Section<TimeAndEnergy>&, const char*, const std::vector<std::string>&,
                       const char*) {};
  Section<RunFacts> section;
  return section
      .members("all but workload",
               bound_section(
                   "the run if inversion and programming cost nothing: simulated time "
                   "and total energy less the phases programming, inversion and background; the "
                   "largest gain that any other inverter can bring to this run",
                   tell),
               run_with_inversion)
      .members("workload",
               bound_section("the amortised step if inversion and programming cost nothing; the "
                             "largest gain that any other inverter can bring to it",
                             skip),
               amortised_step);
}

}  // namespace

std::optional<double> ratio(double value, double by) {
  const double quotient = value / by;
  return by > 0.0 && std::isfinite(quotient) ? std::optional(quotient) : std::nullopt;
}

const Section<RunFacts>& figures_section() {
  static const auto section =
      Section<RunFacts>()
          .object({"inversion_only", "", "inversion only"},
                  Section<RunFacts>()
                      .members("", inversion_window(), itself)
                      .members("all but workload", inversion_section(), inversion_of_the_run)
                      .members("workload", amortised_inversion_section(), amortised_step),
                  itself)
          .object({"whole_iteration", "", "whole iteration"},
                  Section<RunFacts>()
                      .members("train", training_iteration_section(), training_iteration)
                      .members("workload", workload_iteration_section(),
                               [](const RunFacts& facts) {
                                 return amortised_step(facts) ? &facts : nullptr;
                               })
                      .members("solve, run", run_section(), run_as_iteration),
                  itself)
          .object({"amdahl_bound", "", "Amdahl"}, amdahl_section(), itself);
  return section;
}

const Section<ledger::Ledger>& verification_section() {
  static const auto section =
      Section<ledger::Ledger>()
          .define_whole(
              "the phase verification: what only tells how good results are, which neither system "
              "needs to get them. The accelerator's check at the end of every solve; the residuals "
              "that the firmware of `solve` takes of the digital engine's solutions, unless it "
              "expects to correct them. In the whole run, not in inversion_only")
          .figure({"time_s", "s", "time", "simulated time of the phase"},
                  [](const ledger::Ledger& ledger) {
                    return ledger.phase_time(INVAR_PHASE_VERIFICATION).to_seconds();
                  })
          .figure({"energy_j", "J", "energy", "of all components in the phase"},
                  [](const ledger::Ledger& ledger) {
                    return ledger.phase_energy_aj(INVAR_PHASE_VERIFICATION).joules();
                  });
  return section;
}

}  // namespace invar::platform
