#include <invar/platform/report/sections.h>

#include <algorithm>
#include <cmath>

namespace invar::platform {
namespace {

/// Accuracies whose first crossing is told.
constexpr double k_targets[] = {0.80, 0.83};

const Section<RaisedDamping>& raised_damping_section() {
  using Raised = RaisedDamping;
  static const auto section =
      Section<Raised>()
          .figure({"factors", "", "", "that had it at some time"},
                  [](const Raised& r) { return r.factors; })
          .figure({"factors_in_all", "", "", "of the network"},
                  [](const Raised& r) { return r.all_factors; })
          .figure({"refreshes", "", "", "inversions with it in force before the next"},
                  [](const Raised& r) { return r.refreshes; })
          .figure({"refreshes_in_all", "", "", "of the run"},
                  [](const Raised& r) { return r.all_refreshes; })
          .figure({"steps", "", "steps with more damping than configured (fall-backs)",
                   "taken with it"},
                  [](const Raised& r) { return r.steps; })
          .figure({"steps_in_all", "", "", "of the run"},
                  [](const Raised& r) { return r.all_steps; })
          .figure({"largest_multiple", "", "- largest, as a multiple of train.damping",
                   "of train.damping"},
                  [](const Raised& r) { return r.largest_multiple; })
          .define_whole(
              "where a fall-back damped Kronecker factors more than train.damping asks: factors "
              "that had it at some time, inversions with it in force in some step before the "
              "next, steps with it, and the largest damping in force as a multiple of "
              "train.damping (of whose root each factor gets its part: 3 times on the diagonal is "
              "9 times the damping)");
  return section;
}

const Section<Evaluation>& evaluation_section() {
  static const auto section =
      Section<Evaluation>()
          .figure({"epoch", "epochs", "", "passes over the training images until then"},
                  [](const Evaluation& e) { return e.epoch; })
          .figure({"step", "", "", "steps until then"}, [](const Evaluation& e) { return e.step; })
          .figure({"simulated_time_s", "s", "", "until then"},
                  [](const Evaluation& e) { return e.simulated_time_s; })
          .figure({"loss", "", "", "of training, smoothed; null: not finite"},
                  [](const Evaluation& e) {
                    return std::isfinite(e.loss) ? std::optional(e.loss) : std::nullopt;
                  })
          .figure({"test_accuracy", "fraction", "", "of the test images that are told right"},
                  [](const Evaluation& e) { return e.test_accuracy; });
  return section;
}

/// The last evaluation of each epoch: at its end, or before it where they do not come that often.
std::vector<Evaluation> history_of(const TrainingResult& training) {
  std::vector<Evaluation> history;
  const std::vector<Evaluation>& all = training.evaluations;
  const auto epoch_of = [&](std::size_t i) {
    const std::uint64_t steps = std::max<std::uint64_t>(training.steps_per_epoch, 1);
    return (all[i].step + steps - 1) / steps;
  };
  for (std::size_t i = 0; i < all.size(); ++i) {
    const bool is_last_of_epoch =
        i + 1 < all.size() && all[i].step != 0 && epoch_of(i) < epoch_of(i + 1);
    if (is_last_of_epoch || i + 1 == all.size()) {
      history.push_back(all[i]);
    }
  }
  return history;
}

/// The first evaluation at or above an accuracy, if there is one.
struct Crossing {
  double target;
  std::optional<Evaluation> reached;
};

std::vector<Crossing> crossings_of(const TrainingResult& training) {
  std::vector<Crossing> crossings;
  const std::vector<Evaluation>& all = training.evaluations;
  for (const double target : k_targets) {
    const auto reached = std::find_if(all.begin(), all.end(), [target](const Evaluation& e) {
      return e.test_accuracy >= target;
    });
    crossings.push_back({target, reached == all.end() ? std::nullopt : std::optional(*reached)});
  }
  return crossings;
}

const Section<Crossing>& crossing_section() {
  static const auto section =
      Section<Crossing>()
          .figure({"target", "fraction", "", "test accuracy"},
                  [](const Crossing& c) { return c.target; })
          .figure({"epochs", "epochs", "epochs to {target}", "null: not reached"},
                  [](const Crossing& c) {
                    return c.reached ? std::optional(c.reached->epoch) : std::nullopt;
                  })
          .figure({"simulated_time_s", "s", "simulated time to {target}", "null: not reached"},
                  [](const Crossing& c) {
                    return c.reached ? std::optional(c.reached->simulated_time_s) : std::nullopt;
                  });
  return section;
}

const Section<TrainingResult>& outcome_section() {
  using Training = TrainingResult;
  static const auto section =
      Section<Training>()
          .figure({"steps", "", "", "taken"}, [](const Training& t) { return t.steps; })
          .figure({"steps_per_epoch", "", "", "full batches of the training images"},
                  [](const Training& t) { return t.steps_per_epoch; })
          .figure({"images", "", "", "trained on, repeats counted"},
                  [](const Training& t) { return t.images; })
          .figure(
              {"final_test_accuracy", "fraction", "final test accuracy", "of the last evaluation"},
              [](const Training& t) {
                return t.evaluations.empty() ? std::nullopt
                                             : std::optional(t.evaluations.back().test_accuracy);
              })
          .figure({"weights_hash"}, [](const Training& t) { return t.weights_hash; })
          .define("weights_hash_definition", {"weights_hash"},
                  "FNV-1a of the bits of all weights at the last evaluation: equal where two runs "
                  "trained to the same bits")
          .figure(
              {"optimizer_as_configured", "", "",
               "false: fall-backs made it another one, see raised_damping"},
              [](const Training& t) { return !t.raised_damping || t.raised_damping->steps == 0; })
          .object({"raised_damping"}, raised_damping_section(),
                  [](const Training& t) { return t.raised_damping; });
  return section;
}

}  // namespace

const Section<TrainingResult>& training_section() {
  using Training = TrainingResult;
  static const auto section =
      Section<Training>()
          .object({"training", "", "", "what came of it"}, outcome_section(), itself)
          .list({"history"}, evaluation_section(), history_of)
          .define(
              "history_definition", {"history"},
              "the last evaluation of each epoch, at its end where evaluations_per_epoch divides "
              "its steps")
          .list({"evaluations", "", "", "all of them"}, evaluation_section(),
                [](const Training& t) { return t.evaluations; })
          .list({"epochs_to_target"}, crossing_section(), crossings_of)
          .define("epochs_to_target_definition", {"epochs_to_target"},
                  "epoch of the first evaluation with test_accuracy at or above the target; null: "
                  "not reached");
  return section;
}

}  // namespace invar::platform
