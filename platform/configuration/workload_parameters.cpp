#include <invar/platform/configuration/app_description.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {
namespace {

parameters::Description<WorkloadParameters> workload_description() {
  using Structure = WorkloadParameters;
  parameters::Description<Structure> all("workload");
  all.integer("batch", &WorkloadParameters::batch, {1, 4096}, "images",
              "images, or sequences, a step", "assumption: what one accelerator gets of a batch")
      .with_flag("--batch", "N")
      .integer("sequence_length", &WorkloadParameters::sequence_length, {1, 65536}, "tokens",
               "of a transformer's inputs", "GPT-2: 1024")
      .choice("apply", &WorkloadParameters::apply,
              {{"solve", KfacApply::solve}, {"inverse", KfacApply::inverse}},
              "solve for every gradient, or form the explicit inverse once an inverse interval; "
              "solving programs factors for every step unless all fit side by side",
              "choice")
      .with_flag("--kfac-apply", "NAME");
  describe_service(all);
  all.integer("factor_interval", &WorkloadParameters::factor_interval, {1, 100000}, "steps",
              "steps between factor updates", "assumption: practice 1 to 50")
      .integer("inverse_interval", &WorkloadParameters::inverse_interval, {1, 100000}, "steps",
               "steps between inversions (T_inv)", "kfac-jax, ResNet-50: 50")
      .with_flag("--inverse-interval", "N")
      .real("damping", &WorkloadParameters::damping, {1e-12, 1e6}, "",
            "factored Tikhonov damping: each factor gets its root, over its mean eigenvalue",
            "practice: 1e-3 to 3e-2")
      .with_flag("--damping", "X");
  INVAR_WORKLOAD_PARAMETERS(INVAR_DESCRIBE)
  all.with_dependent_default("tolerance");
  all.integer("slices", &WorkloadParameters::slices, workload_ranges::slices_a, "slices",
              "slices in the INV loop, 0 = as many as the samples of a size needed", "choice")
      .integer("samples", &WorkloadParameters::samples, {0, 100}, "matrices",
               "synthetic factors of each size that are programmed and solved at behavioural "
               "fidelity first, for iterations, settling and conductance; 0 = assumptions",
               "choice")
      .with_flag("--sample", "N")
      .integer("sample_limit", &WorkloadParameters::sample_limit, {1, 1024}, "rows",
               "largest size that is sampled; larger ones are taken to behave like it", "choice")
      .with_flag("--sample-limit", "N")
      .integer("largest_factor", &WorkloadParameters::largest_factor,
               {1, WorkloadParameters::k_largest_factor}, "rows",
               "larger factors are the engine's, whatever tiles there are", "choice");
  return all;
}

}  // namespace

const parameters::Description<FeatureParameters>& FeatureParameters::description() {
  static const char* const k_source =
      "measured on factors of trained networks (benchmarks/factor_spectra.py, docs/workload.md)";
  static const auto all =
      parameters::Description<FeatureParameters>("features")
          .real("input_exponent", &FeatureParameters::input_exponent, {0, 10}, "",
                "generated inputs of layers are mixed of components with variances k^-exponent; "
                "behind a ReLU covariances come out at about 1.4",
                k_source)
          .believed(1.2, 2)
          .real("gradient_exponent", &FeatureParameters::gradient_exponent, {0, 10}, "",
                "the same of gradients at outputs", k_source)
          .believed(0.1, 0.8)
          .real("mean_share", &FeatureParameters::mean_share, {0.01, 0.99}, "",
                "of the mean square of inputs behind a ReLU, the share of their mean", k_source)
          .believed(0.28, 0.52)
          .real("input_power", &FeatureParameters::input_power, {1e-9, 1e6}, "",
                "mean diagonal of an input factor", k_source)
          .real("gradient_power", &FeatureParameters::gradient_power, {1e-9, 1e6}, "",
                "mean diagonal of an output factor; damping is relative to the root of the two's "
                "product",
                k_source);
  return all;
}

const parameters::Description<WorkloadParameters>& WorkloadParameters::description() {
  static const auto all = workload_description();
  return all;
}

}  // namespace invar::platform
