#include <invar/platform/configuration/app_description.h>
#include <invar/platform/configuration/boot_ranges.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {
namespace {

#define INVAR_OPTIMIZER_WORDS(name, number, key, parameters, rate, moments, words) words "; "
#define INVAR_OPTIMIZER_CHOICE(name, number, key, ...) {#key, Optimizer::key},

parameters::Description<TrainParameters> train_description() {
  using Structure = TrainParameters;
  parameters::Description<Structure> all("train");
  all.text("dataset", &TrainParameters::dataset,
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
      .text("network", &TrainParameters::network,
            "TOML file with the network's layers and parameters, empty = the two layers of "
            "train.channels, train.kernel and train.stride",
            "choice")
      .with_flag("--network", "FILE")
      .host_only()
      .integer("channels", &TrainParameters::channels, {1, 1024}, "filters",
               "filters of the convolution", "assumption: the paper gives no shapes")
      .with_flag("--channels", "N")
      .integer("kernel", &TrainParameters::kernel, layer_ranges::kernel, "pixels",
               "side of the convolution kernel", "assumption: the paper gives no shapes")
      .integer("stride", &TrainParameters::stride, layer_ranges::stride, "pixels",
               "stride of the convolution", "assumption: the paper gives no shapes");
  INVAR_TRAIN_DATA_PARAMETERS(INVAR_DESCRIBE)
  all.choice("optimizer", &TrainParameters::optimizer, {INVAR_OPTIMIZERS(INVAR_OPTIMIZER_CHOICE)},
             "how weights are updated", INVAR_OPTIMIZERS(INVAR_OPTIMIZER_WORDS))
      .with_flag("--optimizer", "NAME");
  INVAR_TRAIN_STEP_PARAMETERS(INVAR_DESCRIBE)
  all.with_dependent_default("learning_rate");
  INVAR_TRAIN_MOMENTUM_PARAMETERS(INVAR_DESCRIBE)
  INVAR_TRAIN_DECAY_PARAMETERS(INVAR_DESCRIBE)
  INVAR_TRAIN_ADAM_PARAMETERS(INVAR_DESCRIBE)
  all.choice("kfac_apply", &TrainParameters::kfac_apply,
             {{"solve", KfacApply::solve}, {"inverse", KfacApply::inverse}},
             "solve for every gradient, or form the explicit inverse once an inverse interval",
             "measured on letters: solve is faster on rram, the two are within 1 % on digital "
             "(engine.inversion_precision int8: inverse)")
      .with_flag("--kfac-apply", "NAME");
  describe_service(all);
  INVAR_TRAIN_KFAC_PARAMETERS(INVAR_DESCRIBE)
  INVAR_TRAIN_TILE_PARAMETERS(INVAR_DESCRIBE)
  all.with_dependent_default("tolerance");
  INVAR_TRAIN_RESTART_PARAMETERS(INVAR_DESCRIBE)
  all.text("checkpoint", &TrainParameters::checkpoint,
           "checkpoint to write at each restart of the firmware, with a report beside it "
           "(FILE.report.json), empty = none",
           "choice")
      .with_flag("--checkpoint", "FILE")
      .host_only()
      .text("resume", &TrainParameters::resume, "checkpoint to go on from, empty = from the start",
            "choice")
      .with_flag("--resume", "FILE")
      .host_only();
  all.with_dependent_default("checkpoint_interval");
  all.text("dump_factors", &TrainParameters::dump_factors,
           "directory for the damped factors as they are programmed, one Matrix Market file each, "
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

}  // namespace

const char* name_of(Optimizer optimizer) {
  switch (optimizer) {
#define INVAR_OPTIMIZER_NAME(name, number, key, ...) \
  case Optimizer::key:                               \
    return #key;
    INVAR_OPTIMIZERS(INVAR_OPTIMIZER_NAME)
#undef INVAR_OPTIMIZER_NAME
  }
  return "";
}

double tuned_learning_rate(Optimizer optimizer) {
  switch (optimizer) {
#define INVAR_OPTIMIZER_RATE(name, number, key, parameters, learning_rate, ...) \
  case Optimizer::key:                                                          \
    return learning_rate;
    INVAR_OPTIMIZERS(INVAR_OPTIMIZER_RATE)
#undef INVAR_OPTIMIZER_RATE
  }
  return 0.0;
}

const parameters::Description<TrainParameters>& TrainParameters::description() {
  static const auto all = train_description();
  return all;
}

}  // namespace invar::platform
