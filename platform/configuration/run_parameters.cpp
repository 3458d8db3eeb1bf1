#include <invar/parameters/description.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

const char* name_of(Inverter inverter) {
  switch (inverter) {
    case Inverter::rram:
      return "rram";
    case Inverter::digital:
      return "digital";
    case Inverter::cg:
      return "cg";
    case Inverter::exact:
      return "exact";
  }
  return "";
}

const parameters::Description<RunParameters>& RunParameters::description() {
  static const auto all =
      parameters::Description<RunParameters>("run")
          .text(
              "preset", &RunParameters::preset,
              "technology or machine whose parameters are read before everything else: prototype, "
              "integrated-40nm, integrated-28nm or training, or several with + between "
              "(integrated-40nm+training); empty = none",
              "choice")
          .with_flag("--preset", "NAME")
          .choice(
              "inverter", &RunParameters::inverter,
              {{"rram", Inverter::rram},
               {"digital", Inverter::digital},
               {"cg", Inverter::cg},
               {"exact", Inverter::exact}},
              "what inverts: the RRAM accelerator, the digital engine, conjugate gradients on the "
              "accelerator's lanes without tiles, or FP64 free of time and energy (a bound)",
              "choice")
          .with_flag("--inverter", "NAME")
          .text("equal_area", &RunParameters::equal_area,
                "report of another system whose chip area (area.chip_mm2) this one gets: MAC units "
                "and scratchpad bandwidth in proportion, or tiles where there is an accelerator; "
                "empty = none",
                "choice")
          .with_flag("--equal-area", "FILE")
          .host_only()
          .text("equal_power", &RunParameters::equal_power,
                "report of another system whose mean power (mean_power_w) the engine gets to first "
                "order, with MAC units; empty = none",
                "choice")
          .with_flag("--equal-power", "FILE")
          .host_only()
          .text("power_reference", &RunParameters::power_reference,
                "report of this system, of any size: --equal-power scales its MAC units by mean "
                "power; the next report as reference comes closer",
                "choice")
          .with_flag("--power-reference", "FILE")
          .host_only()
          .integer("seed", &RunParameters::seed, {0, 9e15}, "",
                   "seed of all randomness; same seed, same bits", "choice")
          .with_flag("--seed", "S")
          .integer("threads", &RunParameters::threads, {0, 1024}, "threads",
                   "host threads, 0 = one a processor; above 1, tiles that are busy together are "
                   "computed together, and test accuracy is evaluated beside the simulation; no "
                   "effect on results",
                   "choice")
          .with_flag("--threads", "N")
          .host_only()
          .real("timeout_s", &RunParameters::timeout_s, {0, 1e9}, "s",
                "host time after which the run stops with a partial report, 0 = none", "choice")
          .with_flag("--timeout", "T")
          .host_only()
          .flag("quiet", &RunParameters::quiet, "no progress line and no summary", "choice")
          .with_flag("--quiet", "")
          .host_only()
          .text("report", &RunParameters::report,
                "report.json to write, - = standard output, empty = none", "choice")
          .with_flag("--report", "FILE")
          .host_only()
          .choice(
              "core", &RunParameters::core,
              {{"native", HostCoreKind::native}, {"riscv", HostCoreKind::riscv}},
              "host core that runs the firmware: as code of this host, or its RISC-V image on an "
              "instruction-set simulator",
              "choice")
          .with_flag("--core", "NAME")
          .with_dependent_default()
          .text(
              "firmware", &RunParameters::firmware,
              "RISC-V image (ELF) that the riscv core runs, empty = the one that comes with invar",
              "choice")
          .with_flag("--firmware", "FILE")
          .host_only()
          .text("simulator", &RunParameters::simulator,
                "instruction-set simulator of the riscv core (a shared library), empty = the one "
                "beside invar",
                "choice")
          .host_only()
          .real("quantum_s", &RunParameters::quantum_s, {0, 1}, "s",
                "how far the host core runs ahead of simulated time; no effect on results while "
                "host_core.synchronise_registers holds",
                "choice")
          .host_only()
          .real("simulated_timeout_s", &RunParameters::simulated_timeout_s, {0, 1e9}, "s",
                "simulated time after which the run is cut off with a partial report, 0 = none",
                "choice")
          .with_flag("--simulated-timeout", "T");
  return all;
}

const parameters::Description<VcdParameters>& VcdParameters::description() {
  static const auto all =
      parameters::Description<VcdParameters>("vcd")
          .text("file", &VcdParameters::file, "waveform to write, empty = none", "choice")
          .with_flag("--vcd", "FILE")
          .host_only()
          .text("scope", &VcdParameters::scope,
                "names to trace, a pattern with * and ?, empty = all", "choice")
          .with_flag("--vcd-scope", "PATTERN")
          .host_only()
          .text("window", &VcdParameters::window,
                "simulated time to trace, T0:T1 with ps, ns, us, ms or s, empty = all", "choice")
          .with_flag("--vcd-window", "T0:T1")
          .host_only()
          .integer("rows", &VcdParameters::rows, {0, 512}, "rows",
                   "rows of each tile whose converter codes are traced", "choice")
          .host_only()
          .integer(
              "settling_tile", &VcdParameters::settling_tile, {-1, 1023}, "",
              "tile whose outputs are traced on their way to each result, for vcd.rows rows; -1 = "
              "none",
              "choice")
          .with_flag("--vcd-settling", "TILE")
          .host_only()
          .integer("settling_samples", &VcdParameters::settling_samples, {2, 1000}, "samples",
                   "of each output in each shot", "choice")
          .host_only()
          .real("maximum_bytes", &VcdParameters::maximum_bytes, {4096, 1e12}, "byte",
                "the waveform ends at this size and says so", "choice")
          .host_only();
  return all;
}

const parameters::Description<TimelineParameters>& TimelineParameters::description() {
  static const auto all =
      parameters::Description<TimelineParameters>("timeline")
          .text("file", &TimelineParameters::file,
                "timeline to write, for ui.perfetto.dev or chrome://tracing, empty = none",
                "choice")
          .with_flag("--timeline", "FILE")
          .host_only()
          .text("window", &TimelineParameters::window,
                "simulated time to show, T0:T1 with ps, ns, us, ms or s, empty = all", "choice")
          .with_flag("--timeline-window", "T0:T1")
          .host_only()
          .real("maximum_bytes", &TimelineParameters::maximum_bytes, {4096, 1e12}, "byte",
                "the timeline ends at this size and says so", "choice")
          .host_only();
  return all;
}

}  // namespace invar::platform
