#include <invar/platform/report/sections.h>

namespace invar::platform {
namespace {

const Section<SolveAccuracy>& worst_component_section() {
  using Accuracy = SolveAccuracy;
  static const auto section =
      Section<Accuracy>()
          .figure({"relative_error", "", "", "|y_i - x_i| / |y_i|"},
                  [](const Accuracy& a) { return a.worst_component_error; })
          .figure({"unknown", "", "", "i, from 0"}, [](const Accuracy& a) { return a.worst_row; })
          .figure({"right_hand_side", "", "", "from 0"},
                  [](const Accuracy& a) { return a.worst_column; })
          .define_whole(
              "largest |y_i - x_i| / |y_i| of an unknown of at least 1e-9 of the largest one, "
              "scaled or as the files have it");
  return section;
}

}  // namespace

const Section<SolveAccuracy>& accuracy_section() {
  using Accuracy = SolveAccuracy;
  static const auto section =
      Section<Accuracy>()
          .figure({"residual_checked_outside"}, [](const Accuracy& a) { return a.scaled_residual; })
          .define("residual_checked_outside_definition", {"residual_checked_outside"},
                  "|S (b - A x)| / |S b| in FP64 outside the machine, A and b as the files have "
                  "them, S the weights of the rows: D^-1/2 with D = diag(A), or 1 over the largest "
                  "magnitude of a general matrix's row; largest over the right-hand sides solved")
          .figure({"residual_unscaled"}, [](const Accuracy& a) { return a.residual; })
          .define("residual_unscaled_definition", {"residual_unscaled"},
                  "|b - A x| / |b| as the files have it, of the same right-hand sides")
          .figure({"scaled_condition"}, [](const Accuracy& a) { return a.condition; })
          .define("scaled_condition_definition", {"scaled_condition"},
                  "1-norm condition of the scaled matrix, estimated from its FP64 factors: D^-1/2 "
                  "on both sides, or scales that make the largest magnitudes of all rows and "
                  "columns about 1")
          .figure({"error_bound"}, [](const Accuracy& a) { return a.error_bound; })
          .define("error_bound_definition", {"error_bound"},
                  "scaled_condition times the relative residual of the scaled system: about the "
                  "largest relative error that such a residual allows")
          .figure({"error_estimate"}, [](const Accuracy& a) { return a.scaled_error; })
          .define("error_estimate_definition", {"error_estimate"},
                  "|C^-1 (y - x)| / |C^-1 y|, y the solution by FP64 factors outside the machine, "
                  "C the scales of the unknowns; largest over the right-hand sides solved")
          .figure({"error_estimate_unscaled"}, [](const Accuracy& a) { return a.error; })
          .define("error_estimate_unscaled_definition", {"error_estimate_unscaled"},
                  "|y - x| / |y| as the files have it")
          .object({"worst_component"}, worst_component_section(), itself);
  return section;
}

}  // namespace invar::platform
