#include <invar/parameters/description.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

const parameters::Description<TrainParameters>& TrainParameters::description() {
  static const auto all =
      parameters::Description<TrainParameters>("train")
          .text("dataset", &TrainParameters::dataset,
                "directory of IDX files, or mnist, or emnist-letters", "choice")
          .with_flag("--dataset", "DIR|NAME")
          .host_only()
          .integer("training_images", &TrainParameters::training_images, {0, 1e9}, "images",
                   "use the first so many, 0 = all", "choice")
          .integer("test_images", &TrainParameters::test_images, {0, 1e9}, "images",
                   "use the first so many, 0 = all", "choice")
          .real("epochs", &TrainParameters::epochs, {0, 10000, true}, "epochs",
                "passes over the training images; may be a fraction", "choice")
          .with_flag("--epochs", "N")
          .integer("batch", &TrainParameters::batch, train_ranges::batch, "images", "images a step",
                   "common practice")
          .with_flag("--batch", "N")
          .integer("evaluations_per_epoch", &TrainParameters::evaluations_per_epoch, {1, 1000}, "",
                   "evaluations on the test images an epoch", "choice")
          .integer("channels", &TrainParameters::channels, train_ranges::channels, "filters",
                   "filters of the convolution", "assumption: the paper gives no shapes")
          .with_flag("--channels", "N")
          .integer("kernel", &TrainParameters::kernel, train_ranges::kernel, "pixels",
                   "side of the convolution kernel", "assumption: the paper gives no shapes")
          .integer("stride", &TrainParameters::stride, train_ranges::stride, "pixels",
                   "stride of the convolution", "assumption: the paper gives no shapes")
          .real("pixel_scale", &TrainParameters::pixel_scale, train_ranges::pixel_scale, "",
                "network input = scale * byte + offset", "bytes to 0..1")
          .real("pixel_offset", &TrainParameters::pixel_offset, train_ranges::pixel_offset, "",
                "network input = scale * byte + offset",
                "0: keeps the input factor without negative entries")
          .choice("optimizer", &TrainParameters::optimizer,
                  {{"kfac", Optimizer::kfac}, {"sgd", Optimizer::sgd}, {"adam", Optimizer::adam}},
                  "K-FAC, SGD with momentum, or Adam",
                  "K-FAC: arXiv 1503.05671, 1602.01407; Adam: arXiv 1412.6980")
          .with_flag("--optimizer", "NAME")
          .real("learning_rate", &TrainParameters::learning_rate, train_ranges::learning_rate, "",
                "step size; default by optimizer: kfac 0.008, sgd 0.17, adam 0.023",
                "tuned on letters under one equal budget (docs/results.md)")
          .with_flag("--learning-rate", "X")
          .with_dependent_default()
          .real("learning_rate_decay", &TrainParameters::learning_rate_decay,
                train_ranges::learning_rate_decay, "",
                "multiplied into the step size once an epoch", "choice")
          .real("momentum", &TrainParameters::momentum, train_ranges::momentum, "",
                "of sgd and kfac", "kfac-pytorch, kfac-jax")
          .with_flag("--momentum", "X")
          .real("weight_decay", &TrainParameters::weight_decay, train_ranges::weight_decay, "",
                "L2 coefficient added to the gradient", "choice")
          .real("adam_beta1", &TrainParameters::adam_beta1, train_ranges::adam_beta1, "",
                "decay of the first moment", "arXiv 1412.6980")
          .real("adam_beta2", &TrainParameters::adam_beta2, train_ranges::adam_beta2, "",
                "decay of the second moment", "arXiv 1412.6980")
          .real("adam_epsilon", &TrainParameters::adam_epsilon, train_ranges::adam_epsilon, "",
                "added to the root of the second moment", "arXiv 1412.6980")
          .choice("kfac_apply", &TrainParameters::kfac_apply,
                  {{"solve", KfacApply::solve}, {"inverse", KfacApply::inverse}},
                  "solve for every gradient, or form the explicit inverse once an inverse interval",
                  "measured on letters: solve is faster on rram, the two are within 1 % on digital")
          .with_flag("--kfac-apply", "NAME")
          .real("damping", &TrainParameters::damping, train_ranges::damping, "",
                "factored Tikhonov damping", "practice: 1e-3 to 3e-2; tuned on letters")
          .with_flag("--damping", "X")
          .real("kl_clip", &TrainParameters::kl_clip, train_ranges::kl_clip, "",
                "bound on the quadratic KL of a step, 0 = off", "kfac-pytorch; tuned on letters")
          .with_flag("--kl-clip", "X")
          .real("factor_decay", &TrainParameters::factor_decay, train_ranges::factor_decay, "",
                "weight of the old factor in the moving average", "kfac-pytorch, kfac-jax")
          .integer("factor_interval", &TrainParameters::factor_interval,
                   train_ranges::factor_interval, "steps", "steps between factor updates", "choice")
          .integer("inverse_interval", &TrainParameters::inverse_interval,
                   train_ranges::inverse_interval, "steps", "steps between inversions (T_inv)",
                   "practice: 1 to 100")
          .with_flag("--inverse-interval", "N")
          .real("tolerance", &TrainParameters::tolerance, train_ranges::solve_tolerance, "",
                "relative residual asked of the accelerator", "choice")
          .with_flag("--tolerance", "X")
          .integer("iteration_limit", &TrainParameters::iteration_limit,
                   train_ranges::iteration_limit, "iterations",
                   "of a solve, 0 = solver.iteration_limit", "choice")
          .integer("slices", &TrainParameters::slices, train_ranges::slices, "slices",
                   "slices in the INV loop, 0 = tile.seed_slices", "choice")
          .integer("slices_limit", &TrainParameters::slices_limit, train_ranges::slices_limit,
                   "slices", "most slices that the driver's fall-back tries", "choice")
          .real("contraction_limit", &TrainParameters::contraction_limit,
                train_ranges::contraction_limit, "",
                "estimated contraction above which a seed gets more slices, 0 = never", "choice")
          .integer(
              "damping_retries", &TrainParameters::damping_retries, train_ranges::damping_retries,
              "retries",
              "times the fall-back multiplies what damping adds to a factor by 3, which acts as 9 "
              "times train.damping until the next inversion (the report counts it), before it goes "
              "digital with train.damping",
              "choice")
          .text("dump_factors", &TrainParameters::dump_factors,
                "directory for the damped factors as they are programmed, one Matrix Market file "
                "each, "
                "empty = none",
                "choice")
          .with_flag("--dump-factors", "DIR")
          .host_only()
          .integer("dump_interval", &TrainParameters::dump_interval, {1, 1e9}, "refreshes",
                   "from one dump of the factors to the next", "choice")
          .with_flag("--dump-interval", "K")
          .host_only();
  return all;
}

}  // namespace invar::platform
