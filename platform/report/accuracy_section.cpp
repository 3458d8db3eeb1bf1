#include <invar/platform/report/sections.h>

namespace invar::platform {

void add_accuracy(Json& section, const SolveAccuracy& accuracy) {
  section["residual_checked_outside"] = accuracy.scaled_residual;
  section["residual_checked_outside_definition"] =
      "|S (b - A x)| / |S b| in FP64 outside the machine, A and b as the files have them, S the "
      "weights of the rows: D^-1/2 with D = diag(A), or 1 over the largest magnitude of a general "
      "matrix's row; largest over the right-hand sides solved";
  section["residual_unscaled"] = accuracy.residual;
  section["residual_unscaled_definition"] =
      "|b - A x| / |b| as the files have it, of the same right-hand sides";
  section["scaled_condition"] = accuracy.condition;
  section["scaled_condition_definition"] =
      "1-norm condition of the scaled matrix, estimated from its FP64 factors: D^-1/2 on both "
      "sides, "
      "or scales that make the largest magnitudes of all rows and columns about 1";
  section["error_bound"] = accuracy.error_bound;
  section["error_bound_definition"] =
      "scaled_condition times the relative residual of the scaled system: about the largest "
      "relative error that such a residual allows";
  section["error_estimate"] = accuracy.scaled_error;
  section["error_estimate_definition"] =
      "|C^-1 (y - x)| / |C^-1 y|, y the solution by FP64 factors outside the machine, C the scales "
      "of the unknowns; largest over the right-hand sides solved";
  section["error_estimate_unscaled"] = accuracy.error;
  section["error_estimate_unscaled_definition"] = "|y - x| / |y| as the files have it";
  section["worst_component"] = {{"relative_error", accuracy.worst_component_error},
                                {"unknown", accuracy.worst_row},
                                {"right_hand_side", accuracy.worst_column},
                                {"definition",
                                 "largest |y_i - x_i| / |y_i| of an unknown of at least 1e-9 of "
                                 "the largest one, scaled or as "
                                 "the files have it"}};
}

}  // namespace invar::platform
