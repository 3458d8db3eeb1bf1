#include <invar/platform/report/sections.h>
#include <invar/registers/accelerator_registers.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace invar::platform {
namespace {

using Quality = SolutionQuality;
using WireErrors = SolutionQuality::WireErrors;

#define INVAR_COUNTER_FIGURE(field, key, label, meaning) \
  .figure({key, "", label, meaning}, [](const Quality& q) { return q.counters.field; })

std::vector<std::pair<std::string, std::uint64_t>> status_counts(const Quality& quality) {
  std::vector<std::pair<std::string, std::uint64_t>> counts;
#define INVAR_STATUS_ENTRY(name, value, key, words, meaning)                         \
  if (value != INVAR_STATUS_PENDING && quality.counters.status_counts[value] != 0) { \
    counts.emplace_back(key, quality.counters.status_counts[value]);                 \
  }
  INVAR_STATUSES(INVAR_STATUS_ENTRY)
#undef INVAR_STATUS_ENTRY
  return counts;
}

const Section<WireErrors>& wire_error_section() {
  static const auto section =
      Section<WireErrors>()
          .figure({"inv_before"}, [](const WireErrors& e) { return e.inv_before; })
          .figure({"inv_after"}, [](const WireErrors& e) { return e.inv_after; })
          .define("inv_definition", {"inv_before", "inv_after"},
                  "|F^-1 X - 1| / sqrt(n), Frobenius: relative error that wires bring to an INV "
                  "shot; F what the loop sees of its cells, X = G (before) the same cells with "
                  "ideal wires, X = P (after) what the controller takes the cells for, "
                  "compensation included; mean over programmings with a stable loop")
          .figure({"matrix_before"}, [](const WireErrors& e) { return e.matrix_before; })
          .figure({"matrix_after"}, [](const WireErrors& e) { return e.matrix_after; })
          .define("matrix_definition", {"matrix_before", "matrix_after"},
                  "|F - X| / |X|, Frobenius, mean over all programmings");
  return section;
}

const Section<solver::ShotSamples>& shot_section() {
  using Samples = solver::ShotSamples;
  static const auto section =
      Section<Samples>()
          .figure({"columns", "", "", "the first right-hand side after each programming"},
                  [](const Samples& s) { return s.columns; })
          .figure({"effective_bits", "bit", "effective bits of a shot"},
                  [](const Samples& s) { return s.effective_bits(); })
          .figure({"stored_effective_bits", "bit"},
                  [](const Samples& s) { return s.stored_effective_bits(); })
          .define(
              "effective_bits_definition", {"effective_bits", "stored_effective_bits"},
              "-log2 of the mean relative error of sampled solutions against FP64 ones, outside "
              "of the machine and its accounting: with the damped matrix that was asked for; "
              "stored: with what cells and deflation hold");
  return section;
}

const Section<Quality>& fallback_section() {
  static const auto section = Section<Quality>() INVAR_FALLBACK_COUNTERS(INVAR_COUNTER_FIGURE);
  return section;
}

/// The exact inverter takes no iterations and has no seed.
bool is_iterated(const Quality& quality) {
  return quality.counters.total_iterations > 0;
}

std::optional<double> mean_iterations(const Quality& quality) {
  return is_iterated(quality) ? ratio(static_cast<double>(quality.counters.total_iterations),
                                      static_cast<double>(quality.counters.right_hand_sides))
                              : std::nullopt;
}

std::optional<double> seed_bits(const Quality& quality) {
  return is_iterated(quality) && quality.counters.sum_seed_effective_bits != 0.0
             ? ratio(quality.counters.sum_seed_effective_bits,
                     static_cast<double>(quality.counters.solves))
             : std::nullopt;
}

std::optional<double> largest_residual(const Quality& quality) {
  const bool told =
      quality.counters.right_hand_sides > quality.counters.single_shots ||
      (quality.engine_tells_residuals && quality.counters.digital_right_hand_sides > 0);
  return told ? std::optional(quality.counters.max_residual) : std::nullopt;
}

Section<Quality> accelerator_figures() {
  Section<Quality> section;
  return section INVAR_COMMAND_COUNTERS(INVAR_COUNTER_FIGURE)
      .figure({"iterations_mean"}, mean_iterations)
      .define("iterations_mean_definition", {"iterations_mean"},
              "iterations of all attempts, failed ones included, / right-hand sides solved")
      .figure({"residual_missed"},
              [](const Quality& q) {
                return q.counters.missed_residual > 0.0 ? std::optional(q.counters.missed_residual)
                                                        : std::nullopt;
              })
      .define("residual_missed_definition", {"residual_missed"},
              "largest residual that a solve command which did not converge came down to, over all "
              "attempts")
      .figure({"iterations_max"}, [](const Quality& q) { return q.counters.max_iterations; })
      .define("iterations_max_definition", {"iterations_max"},
              "most iterations of one right-hand side in one attempt")
      .figure({"seed_effective_bits", "bit"}, seed_bits)
      .define(
          "seed_effective_bits_definition", {"seed_effective_bits"},
          "-log2 of the mean relative error of the first analog shots against the FP64 solution "
          "with the matrix asked for, which costs the machine nothing; mean over solve commands")
      .object({"shot_samples", "", "", "single shots beside FP64 solutions"}, shot_section(),
              [](const Quality& q) {
                return q.shots.columns > 0 ? std::optional(q.shots) : std::nullopt;
              })
      .object({"wire_error"}, wire_error_section(), [](const Quality& q) { return q.wire_errors; });
}

}  // namespace

const Section<SolutionQuality>& solution_section() {
  static const auto section =
      Section<Quality>()
          .members("", accelerator_figures(), itself)
          .figure({"residual_max", "", "largest residual"}, largest_residual)
          .define("residual_definition", {"residual_max"},
                  "|S (b - A x)| / |S b| in FP64 against the matrix that was asked for, S = "
                  "diag(A)^-1/2 or the scales of the rows of a general matrix, as the machine "
                  "reports it; checked solves: of groups, whose signed sums the machine checks")
          .members("solve", accuracy_section(), [](const Quality& q) { return q.accuracy; })
          .figure({"not_converged"}, [](const Quality& q) { return q.counters.not_converged; })
          .define("not_converged_definition", {"not_converged"},
                  "right-hand sides left unsolved at the end; commands that failed and were "
                  "repeated stand in completions_by_status")
              INVAR_SHOT_COUNTERS(INVAR_COUNTER_FIGURE)
          .object({"fallbacks", "", "", "times that each was taken"}, fallback_section(), itself)
              INVAR_HOST_COUNTERS(INVAR_COUNTER_FIGURE)
          .object({"completions_by_status", "", "", "completions, by the status that they name"},
                  Section<Quality>().others({"*", "", "", "of that status"}, status_counts),
                  itself);
  return section;
}

namespace {

/// Writes to the cells of all tiles.
struct Wear {
  const std::vector<TileWear>& tiles;
  double endurance_writes, simulated_time_s;
  std::uint64_t cells = 0, writes = 0, most = 0;

  explicit Wear(const RunFacts& facts)
      : tiles(facts.result.wear),
        endurance_writes(facts.configuration.accelerator.tile.device.endurance_writes),
        simulated_time_s(facts.time_s()) {
    for (const TileWear& tile : tiles) {
      cells += tile.cells;
      writes += tile.total_writes;
      most = std::max(most, tile.max_writes);
    }
  }
};

const Section<TileWear>& tile_wear_section() {
  static const auto section =
      Section<TileWear>()
          .figure({"name", "", "", "of the tile"}, [](const TileWear& t) { return t.name; })
          .figure({"cells", "", "", "of the arrays in use"},
                  [](const TileWear& t) { return t.cells; })
          .figure({"writes_mean", "", "", "of a cell"},
                  [](const TileWear& t) {
                    return ratio(static_cast<double>(t.total_writes), static_cast<double>(t.cells));
                  })
          .figure({"writes_max", "", "", "of the most worn cell"},
                  [](const TileWear& t) { return t.max_writes; });
  return section;
}

const Section<Wear>& writes_section() {
  static const auto section =
      Section<Wear>()
          .figure({"writes_per_cell_mean", "", "", "over the cells of the arrays in use"},
                  [](const Wear& w) {
                    return ratio(static_cast<double>(w.writes), static_cast<double>(w.cells));
                  })
          .figure({"writes_per_cell_max", "", "", "of the most worn cell"},
                  [](const Wear& w) { return w.most; })
          .figure({"endurance_writes", "", "", "device.endurance_writes"},
                  [](const Wear& w) { return w.endurance_writes; })
          .figure({"projected_lifetime_s", "s"},
                  [](const Wear& w) {
                    return ratio(w.endurance_writes * w.simulated_time_s,
                                 static_cast<double>(w.most));
                  })
          .define(
              "projected_lifetime_definition", {"projected_lifetime_s"},
              "time until the most worn cell reaches endurance_writes if the run went on at its "
              "pace")
          .list({"tiles", "", "", "those that were written"}, tile_wear_section(),
                [](const Wear& w) { return w.tiles; });
  return section;
}

}  // namespace

const Section<RunFacts>& wear_section() {
  static const auto section =
      Section<RunFacts>().object({"wear", "", "", "writes to the cells of tiles"}, writes_section(),
                                 [](const RunFacts& f) { return Wear(f); });
  return section;
}

}  // namespace invar::platform
