#include <invar/platform/configuration/boot_ranges.h>

namespace invar::platform {

void add_workload_parameters(ParameterTable& table) {
  const std::size_t first = table.parameters().size();
  table
      .integer("workload.batch", INVAR_FIELD(workload.batch), {1, 4096}, "images",
               "images, or sequences, a step", "assumption: what one accelerator gets of a batch")
      .with_flag("--batch", "N")
      .defining_the_task();
  table
      .integer("workload.sequence_length", INVAR_FIELD(workload.sequence_length), {1, 65536},
               "tokens", "of a transformer's inputs", "GPT-2: 1024")
      .defining_the_task();
  table
      .choice("workload.apply", INVAR_FIELD(workload.apply),
              std::vector<std::pair<std::string, KfacApply>>{{"solve", KfacApply::solve},
                                                             {"inverse", KfacApply::inverse}},
              "solve for every gradient, or form the explicit inverse once an inverse interval; "
              "solving programs factors for every step unless all fit side by side",
              "choice")
      .with_flag("--kfac-apply", "NAME");
  table
      .integer("workload.factor_interval", INVAR_FIELD(workload.factor_interval), {1, 100000},
               "steps", "steps between factor updates", "assumption: practice 1 to 50")
      .defining_the_task();
  table
      .integer("workload.inverse_interval", INVAR_FIELD(workload.inverse_interval), {1, 100000},
               "steps", "steps between inversions (T_inv)", "kfac-jax, ResNet-50: 50")
      .with_flag("--inverse-interval", "N")
      .defining_the_task();
  table
      .real("workload.damping", INVAR_FIELD(workload.damping), {1e-12, 1e6}, "",
            "factored Tikhonov damping: each factor gets its root, over its mean eigenvalue",
            "practice: 1e-3 to 3e-2")
      .with_flag("--damping", "X")
      .defining_the_task();
  table
      .real("workload.tolerance", INVAR_FIELD(workload.tolerance), workload_ranges::tolerance, "",
            "relative residual asked of the accelerator", "choice")
      .with_flag("--tolerance", "X");
  table.integer("workload.iteration_limit", INVAR_FIELD(workload.iteration_limit),
                workload_ranges::iteration_limit, "iterations",
                "of a solve, 0 = solver.iteration_limit", "choice");
  table.integer("workload.slices", INVAR_FIELD(workload.slices), workload_ranges::slices_a,
                "slices", "slices in the INV loop, 0 = as many as the samples of a size needed",
                "choice");
  table
      .integer("workload.samples", INVAR_FIELD(workload.samples), {0, 100}, "matrices",
               "synthetic factors of each size that are programmed and solved at behavioural "
               "fidelity first, for iterations, settling and conductance; 0 = assumptions",
               "choice")
      .with_flag("--sample", "N");
  table
      .integer("workload.sample_limit", INVAR_FIELD(workload.sample_limit), {1, 1024}, "rows",
               "largest size that is sampled; larger ones are taken to behave like it", "choice")
      .with_flag("--sample-limit", "N");
  table.real("workload.sample_exponent", INVAR_FIELD(workload.sample_exponent), {0, 10}, "",
             "samples have eigenvalues i^-exponent before damping", "assumption");
  table.limit_to(Command::workload, first);
}

}  // namespace invar::platform
