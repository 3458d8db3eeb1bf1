#include <invar/platform/configuration/boot_ranges.h>

namespace invar::platform {
namespace {

void add_run(ParameterTable& table) {
  table
      .choice(
          "run.inverter", INVAR_FIELD(run.inverter),
          std::vector<std::pair<std::string, Inverter>>{
              {"rram", Inverter::rram}, {"digital", Inverter::digital}, {"exact", Inverter::exact}},
          "what inverts: the RRAM accelerator, the digital engine, or FP64 free of time and "
          "energy (a bound)",
          "choice")
      .with_flag("--inverter", "NAME");
  table
      .integer("run.seed", INVAR_FIELD(run.seed), {0, 9e15}, "",
               "seed of all randomness; same seed, same bits", "choice")
      .with_flag("--seed", "S");
  table
      .integer("run.threads", INVAR_FIELD(run.threads), {0, 1024}, "threads",
               "host threads, 0 = one a processor; above 1, tiles that are busy together are "
               "computed together, and test accuracy is evaluated beside the "
               "simulation; no effect on results",
               "choice")
      .with_flag("--threads", "N")
      .host_only();
  table
      .real("run.timeout_s", INVAR_FIELD(run.timeout_s), {0, 1e9}, "s",
            "host time after which the run stops with a partial report, 0 = none", "choice")
      .with_flag("--timeout", "T")
      .host_only();
  table.flag("run.quiet", INVAR_FIELD(run.quiet), "no progress line and no summary", "choice")
      .with_flag("--quiet", "")
      .also_for(Command::circuit)
      .host_only();
  table
      .text("run.report", INVAR_FIELD(run.report),
            "report.json to write, - = standard output, empty = none", "choice")
      .with_flag("--report", "FILE")
      .also_for(Command::circuit)
      .host_only();
}

void add_network_and_data(ParameterTable& table) {
  table
      .text("train.dataset", INVAR_FIELD(train.dataset),
            "directory of IDX files, or mnist, or emnist-letters", "choice")
      .with_flag("--dataset", "DIR|NAME")
      .only_for(Command::train)
      .host_only();
  table
      .integer("train.training_images", INVAR_FIELD(train.training_images), {0, 1e9}, "images",
               "use the first so many, 0 = all", "choice")
      .only_for(Command::train);
  table
      .integer("train.test_images", INVAR_FIELD(train.test_images), {0, 1e9}, "images",
               "use the first so many, 0 = all", "choice")
      .only_for(Command::train);
  table
      .real("train.epochs", INVAR_FIELD(train.epochs), {0, 10000, true}, "epochs",
            "passes over the training images; may be a fraction", "choice")
      .with_flag("--epochs", "N")
      .only_for(Command::train);
  table
      .integer("train.batch", INVAR_FIELD(train.batch), train_ranges::batch, "images",
               "images a step", "common practice")
      .with_flag("--batch", "N")
      .only_for(Command::train);
  table
      .integer("train.evaluations_per_epoch", INVAR_FIELD(train.evaluations_per_epoch), {1, 1000},
               "", "evaluations on the test images an epoch", "choice")
      .only_for(Command::train);
  table
      .text("train.network", INVAR_FIELD(train.network),
            "TOML file with the network's layers and parameters, empty = the two layers of "
            "train.channels, train.kernel and train.stride",
            "choice")
      .with_flag("--network", "FILE")
      .only_for(Command::train)
      .host_only();
  table
      .integer("train.channels", INVAR_FIELD(train.channels), {1, 1024}, "filters",
               "filters of the convolution", "assumption: the paper gives no shapes")
      .with_flag("--channels", "N")
      .only_for(Command::train);
  table
      .integer("train.kernel", INVAR_FIELD(train.kernel), layer_ranges::kernel, "pixels",
               "side of the convolution kernel", "assumption: the paper gives no shapes")
      .only_for(Command::train);
  table
      .integer("train.stride", INVAR_FIELD(train.stride), layer_ranges::stride, "pixels",
               "stride of the convolution", "assumption: the paper gives no shapes")
      .only_for(Command::train);
  table
      .real("train.pixel_scale", INVAR_FIELD(train.pixel_scale), train_ranges::pixel_scale, "",
            "network input = scale * byte + offset", "bytes to 0..1")
      .only_for(Command::train);
  table
      .real("train.pixel_offset", INVAR_FIELD(train.pixel_offset), train_ranges::pixel_offset, "",
            "network input = scale * byte + offset",
            "0: keeps the input factor without negative entries")
      .only_for(Command::train);
}

void add_optimizer(ParameterTable& table) {
  table
      .choice("train.optimizer", INVAR_FIELD(train.optimizer),
              std::vector<std::pair<std::string, Optimizer>>{
                  {"kfac", Optimizer::kfac}, {"sgd", Optimizer::sgd}, {"adam", Optimizer::adam}},
              "K-FAC, SGD with momentum, or Adam",
              "K-FAC: arXiv 1503.05671, 1602.01407; Adam: arXiv 1412.6980")
      .with_flag("--optimizer", "NAME")
      .only_for(Command::train);
  table
      .real("train.learning_rate", INVAR_FIELD(train.learning_rate), train_ranges::learning_rate,
            "", "step size; default by optimizer: kfac 0.008, sgd 0.17, adam 0.023",
            "tuned on letters under one equal budget (docs/results.md)")
      .with_flag("--learning-rate", "X")
      .with_dependent_default()
      .only_for(Command::train);
  table
      .real("train.learning_rate_decay", INVAR_FIELD(train.learning_rate_decay),
            train_ranges::learning_rate_decay, "", "multiplied into the step size once an epoch",
            "choice")
      .only_for(Command::train);
  table
      .real("train.momentum", INVAR_FIELD(train.momentum), train_ranges::momentum, "",
            "of sgd and kfac", "kfac-pytorch, kfac-jax")
      .with_flag("--momentum", "X")
      .only_for(Command::train);
  table
      .real("train.weight_decay", INVAR_FIELD(train.weight_decay), train_ranges::weight_decay, "",
            "L2 coefficient added to the gradient", "choice")
      .only_for(Command::train);
  table
      .real("train.adam_beta1", INVAR_FIELD(train.adam_beta1), train_ranges::adam_beta1, "",
            "decay of the first moment", "arXiv 1412.6980")
      .only_for(Command::train);
  table
      .real("train.adam_beta2", INVAR_FIELD(train.adam_beta2), train_ranges::adam_beta2, "",
            "decay of the second moment", "arXiv 1412.6980")
      .only_for(Command::train);
  table
      .real("train.adam_epsilon", INVAR_FIELD(train.adam_epsilon), train_ranges::adam_epsilon, "",
            "added to the root of the second moment", "arXiv 1412.6980")
      .only_for(Command::train);
}

void add_kfac(ParameterTable& table) {
  table
      .choice("train.kfac_apply", INVAR_FIELD(train.kfac_apply),
              std::vector<std::pair<std::string, KfacApply>>{{"solve", KfacApply::solve},
                                                             {"inverse", KfacApply::inverse}},
              "solve for every gradient, or form the explicit inverse once an inverse interval",
              "measured on letters: solve is faster on rram, the two are within 1 % on digital")
      .with_flag("--kfac-apply", "NAME")
      .only_for(Command::train);
  table
      .real("train.damping", INVAR_FIELD(train.damping), train_ranges::damping, "",
            "factored Tikhonov damping", "practice: 1e-3 to 3e-2; tuned on letters")
      .with_flag("--damping", "X")
      .only_for(Command::train);
  table
      .real("train.kl_clip", INVAR_FIELD(train.kl_clip), train_ranges::kl_clip, "",
            "bound on the quadratic KL of a step, 0 = off", "kfac-pytorch; tuned on letters")
      .with_flag("--kl-clip", "X")
      .only_for(Command::train);
  table
      .real("train.factor_decay", INVAR_FIELD(train.factor_decay), train_ranges::factor_decay, "",
            "weight of the old factor in the moving average", "kfac-pytorch, kfac-jax")
      .only_for(Command::train);
  table
      .integer("train.factor_interval", INVAR_FIELD(train.factor_interval),
               train_ranges::factor_interval, "steps", "steps between factor updates", "choice")
      .only_for(Command::train);
  table
      .integer("train.inverse_interval", INVAR_FIELD(train.inverse_interval),
               train_ranges::inverse_interval, "steps", "steps between inversions (T_inv)",
               "practice: 1 to 100")
      .with_flag("--inverse-interval", "N")
      .only_for(Command::train);
  table
      .real("train.tolerance", INVAR_FIELD(train.tolerance), train_ranges::solve_tolerance, "",
            "relative residual asked of the accelerator", "choice")
      .with_flag("--tolerance", "X")
      .only_for(Command::train);
  table
      .integer("train.iteration_limit", INVAR_FIELD(train.iteration_limit),
               train_ranges::iteration_limit, "iterations",
               "of a solve, 0 = solver.iteration_limit", "choice")
      .only_for(Command::train);
  table
      .integer("train.slices", INVAR_FIELD(train.slices), train_ranges::slices, "slices",
               "slices in the INV loop, 0 = tile.seed_slices", "choice")
      .only_for(Command::train);
  table
      .integer("train.slices_limit", INVAR_FIELD(train.slices_limit), train_ranges::slices_limit,
               "slices", "most slices that the driver's fall-back tries", "choice")
      .only_for(Command::train);
  table
      .real("train.contraction_limit", INVAR_FIELD(train.contraction_limit),
            train_ranges::contraction_limit, "",
            "estimated contraction above which a seed gets more slices, 0 = never", "choice")
      .only_for(Command::train);
  table
      .integer(
          "train.damping_retries", INVAR_FIELD(train.damping_retries),
          train_ranges::damping_retries, "retries",
          "times the fall-back multiplies what damping adds to a factor by 3, which acts as 9 "
          "times train.damping until the next inversion (the report counts it), before it goes "
          "digital with train.damping",
          "choice")
      .only_for(Command::train);
  table
      .text("train.dump_factors", INVAR_FIELD(train.dump_factors),
            "directory for the damped factors as they are programmed, one Matrix Market file each, "
            "empty = none",
            "choice")
      .with_flag("--dump-factors", "DIR")
      .only_for(Command::train)
      .host_only();
  table
      .integer("train.dump_interval", INVAR_FIELD(train.dump_interval), {1, 1e9}, "refreshes",
               "from one dump of the factors to the next", "choice")
      .with_flag("--dump-interval", "K")
      .only_for(Command::train)
      .host_only();
}

void add_solve(ParameterTable& table) {
  table
      .text("solve.matrix", INVAR_FIELD(solve.matrix),
            "Matrix Market file, square; symmetric and positive definite unless --general",
            "choice")
      .with_flag("--matrix", "FILE")
      .only_for(Command::solve)
      .host_only();
  table
      .text("solve.rhs", INVAR_FIELD(solve.rhs), "Matrix Market file, one right-hand side a column",
            "choice")
      .with_flag("--rhs", "FILE")
      .only_for(Command::solve)
      .host_only();
  table
      .text("solve.out", INVAR_FIELD(solve.out), "Matrix Market file to write the solution to",
            "choice")
      .with_flag("--out", "FILE")
      .only_for(Command::solve)
      .host_only();
  table
      .real("solve.tolerance", INVAR_FIELD(solve.tolerance), solve_ranges::tolerance, "",
            "relative residual with rows scaled, in FP64 against the matrix asked for", "choice")
      .with_flag("--tolerance", "X")
      .only_for(Command::solve);
  table
      .integer("solve.iteration_limit", INVAR_FIELD(solve.iteration_limit),
               solve_ranges::iteration_limit, "iterations",
               "of a solve, 0 = solver.iteration_limit", "choice")
      .only_for(Command::solve);
  table
      .integer("solve.slices", INVAR_FIELD(solve.slices), solve_ranges::slices, "slices",
               "slices in the INV loop, 0 = tile.seed_slices", "choice")
      .only_for(Command::solve);
  table
      .integer("solve.slices_limit", INVAR_FIELD(solve.slices_limit), solve_ranges::slices_limit,
               "slices", "most slices that the driver's fall-back tries", "choice")
      .only_for(Command::solve);
  table
      .real("solve.contraction_limit", INVAR_FIELD(solve.contraction_limit),
            solve_ranges::contraction_limit, "",
            "estimated contraction above which a seed gets more slices, 0 = never", "choice")
      .only_for(Command::solve);
  table
      .flag("solve.general", INVAR_FIELD(solve.general),
            "the matrix need not be symmetric nor definite, only regular", "choice")
      .with_flag("--general", "")
      .only_for(Command::solve);
  table
      .flag("solve.digital_fallback", INVAR_FIELD(solve.digital_fallback),
            "right-hand sides that the accelerator cannot solve go to the digital engine", "choice")
      .only_for(Command::solve);
}

void add_vcd(ParameterTable& table) {
  table.text("vcd.file", INVAR_FIELD(vcd.file), "waveform to write, empty = none", "choice")
      .with_flag("--vcd", "FILE")
      .host_only();
  table
      .text("vcd.scope", INVAR_FIELD(vcd.scope),
            "names to trace, a pattern with * and ?, empty = all", "choice")
      .with_flag("--vcd-scope", "PATTERN")
      .host_only();
  table
      .text("vcd.window", INVAR_FIELD(vcd.window),
            "simulated time to trace, T0:T1 with ps, ns, us, ms or s, empty = all", "choice")
      .with_flag("--vcd-window", "T0:T1")
      .host_only();
  table
      .integer("vcd.rows", INVAR_FIELD(vcd.rows), {0, 512}, "rows",
               "rows of each tile whose converter codes are traced", "choice")
      .host_only();
  table
      .integer("vcd.settling_tile", INVAR_FIELD(vcd.settling_tile), {-1, 1023}, "",
               "tile whose outputs are traced on their way to each result, for vcd.rows rows; -1 = "
               "none",
               "choice")
      .with_flag("--vcd-settling", "TILE")
      .host_only();
  table
      .integer("vcd.settling_samples", INVAR_FIELD(vcd.settling_samples), {2, 1000}, "samples",
               "of each output in each shot", "choice")
      .host_only();
  table
      .real("vcd.maximum_bytes", INVAR_FIELD(vcd.maximum_bytes), {4096, 1e12}, "byte",
            "the waveform ends at this size and says so", "choice")
      .host_only();
}

void add_timeline(ParameterTable& table) {
  table
      .text("timeline.file", INVAR_FIELD(timeline.file),
            "timeline to write, for ui.perfetto.dev or chrome://tracing, empty = none", "choice")
      .with_flag("--timeline", "FILE")
      .host_only();
  table
      .text("timeline.window", INVAR_FIELD(timeline.window),
            "simulated time to show, T0:T1 with ps, ns, us, ms or s, empty = all", "choice")
      .with_flag("--timeline-window", "T0:T1")
      .host_only();
  table
      .real("timeline.maximum_bytes", INVAR_FIELD(timeline.maximum_bytes), {4096, 1e12}, "byte",
            "the timeline ends at this size and says so", "choice")
      .host_only();
}

}  // namespace

void add_run_parameters(ParameterTable& table) {
  add_run(table);
  add_core_choice(table);
  add_network_and_data(table);
  add_optimizer(table);
  add_kfac(table);
  add_solve(table);
  add_vcd(table);
  add_timeline(table);
}

}  // namespace invar::platform
