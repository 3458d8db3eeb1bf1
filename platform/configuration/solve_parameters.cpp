#include <invar/parameters/description.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

const parameters::Description<SolveParameters>& SolveParameters::description() {
  static const auto all =
      parameters::Description<SolveParameters>("solve")
          .text("matrix", &SolveParameters::matrix,
                "Matrix Market file, square; symmetric and positive definite unless --general",
                "choice")
          .with_flag("--matrix", "FILE")
          .host_only()
          .text("rhs", &SolveParameters::rhs, "Matrix Market file, one right-hand side a column",
                "choice")
          .with_flag("--rhs", "FILE")
          .host_only()
          .text("out", &SolveParameters::out, "Matrix Market file to write the solution to",
                "choice")
          .with_flag("--out", "FILE")
          .host_only()
          .real("tolerance", &SolveParameters::tolerance, solve_ranges::tolerance, "",
                "relative residual with rows scaled, in FP64 against the matrix asked for",
                "choice")
          .with_flag("--tolerance", "X")
          .integer("iteration_limit", &SolveParameters::iteration_limit,
                   solve_ranges::iteration_limit, "iterations",
                   "of a solve, 0 = solver.iteration_limit", "choice")
          .integer("slices", &SolveParameters::slices, solve_ranges::slices, "slices",
                   "slices in the INV loop, 0 = tile.seed_slices", "choice")
          .integer("slices_limit", &SolveParameters::slices_limit, solve_ranges::slices_limit,
                   "slices", "most slices that the driver's fall-back tries", "choice")
          .real("contraction_limit", &SolveParameters::contraction_limit,
                solve_ranges::contraction_limit, "",
                "estimated contraction above which a seed gets more slices, 0 = never", "choice")
          .flag("general", &SolveParameters::general,
                "the matrix need not be symmetric nor definite, only regular", "choice")
          .with_flag("--general", "")
          .flag("digital_fallback", &SolveParameters::digital_fallback,
                "right-hand sides that the accelerator cannot solve go to the digital engine",
                "choice");
  return all;
}

}  // namespace invar::platform
