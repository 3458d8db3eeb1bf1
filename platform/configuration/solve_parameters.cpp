#include <invar/platform/configuration/app_description.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {
namespace {

parameters::Description<SolveParameters> solve_description() {
  using Structure = SolveParameters;
  parameters::Description<Structure> all("solve");
  all.text("matrix", &SolveParameters::matrix,
           "Matrix Market file, square; symmetric and positive definite unless --general", "choice")
      .with_flag("--matrix", "FILE")
      .host_only()
      .text("rhs", &SolveParameters::rhs, "Matrix Market file, one right-hand side a column",
            "choice")
      .with_flag("--rhs", "FILE")
      .host_only()
      .text("out", &SolveParameters::out, "Matrix Market file to write the solution to", "choice")
      .with_flag("--out", "FILE")
      .host_only();
  describe_service(all);
  INVAR_SOLVE_PARAMETERS(INVAR_DESCRIBE)
  all.with_dependent_default("tolerance");
  return all;
}

}  // namespace

const parameters::Description<SolveParameters>& SolveParameters::description() {
  static const auto all = solve_description();
  return all;
}

}  // namespace invar::platform
