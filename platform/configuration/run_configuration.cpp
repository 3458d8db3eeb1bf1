#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/dataset/input_error.h>

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>

namespace invar::platform {
namespace {

double parse_time(const std::string& text, const std::string& whole, const std::string& key) {
  double value = 0.0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const std::string unit(end, text.data() + text.size());
  const double scale = unit.empty() || unit == "s" ? 1.0
                       : unit == "ms"              ? 1e-3
                       : unit == "us"              ? 1e-6
                       : unit == "ns"              ? 1e-9
                       : unit == "ps"              ? 1e-12
                                                   : 0.0;
  if (error != std::errc() || scale == 0.0 || !std::isfinite(value) || value < 0.0) {
    throw InputError(key + " = \"" + whole + "\": \"" + text +
                     "\" is no time; write T0:T1, for example 10us:25us (ps, ns, us, ms, s)");
  }
  return value * scale;
}

}  // namespace

void parse_time_window(const std::string& text, double& start_s, double& end_s,
                       const std::string& key) {
  start_s = 0.0;
  end_s = 0.0;
  if (text.empty()) {
    return;
  }
  const std::size_t colon = text.find(':');
  if (colon == std::string::npos) {
    throw InputError(key + " = \"" + text + "\": must be T0:T1, for example 10us:25us");
  }
  const std::string first = text.substr(0, colon);
  const std::string second = text.substr(colon + 1);
  start_s = first.empty() ? 0.0 : parse_time(first, text, key);
  end_s = second.empty() ? 0.0 : parse_time(second, text, key);
  if (!second.empty() && end_s <= start_s) {
    throw InputError(key + " = \"" + text + "\": the end must be after the start");
  }
}

namespace {

void complete_core(RunConfiguration& configuration) {
  RunParameters& run = configuration.run;
  if (!configuration.is_given("run.core") && !run.firmware.empty()) {
    run.core = HostCoreKind::riscv;
  }
  const bool riscv = run.core == HostCoreKind::riscv;
  if (!riscv && !run.firmware.empty()) {
    throw InputError("--firmware " + run.firmware + ": must go with --core riscv");
  }
  InstructionTraceParameters& trace = configuration.instruction_trace;
  if (trace.file.empty() && !trace.window.empty()) {
    throw InputError("--instruction-window " + trace.window + ": must go with --instruction-trace");
  }
  if (!riscv && !trace.file.empty()) {
    throw InputError("--instruction-trace " + trace.file +
                     ": the native core has no instructions; must go with --core riscv");
  }
  if (riscv && !configuration.function_profile.file.empty()) {
    throw InputError("--function-profile " + configuration.function_profile.file +
                     ": the riscv core knows no functions; must go with --core native "
                     "(--instruction-trace tells more)");
  }
  parse_time_window(trace.window, trace.window_start_s, trace.window_end_s,
                    "instruction_trace.window");
}

}  // namespace

namespace {

using sequencer::BuiltServices;

/// Only FP64 lanes refine: others are there for single shots.
void complete_services(RunConfiguration& configuration) {
  sequencer::SequencerParameters& hardware = configuration.accelerator.sequencer;
  if (hardware.lane_precision == number_format::NumberFormat::fp64 ||
      configuration.run.inverter == Inverter::cg) {
    return;
  }
  if (!configuration.is_given("sequencer.services")) {
    hardware.services = BuiltServices::single_shot;
  } else if (hardware.services == BuiltServices::all) {
    throw InputError(
        std::string("sequencer.services = all: must go with sequencer.lane_precision = "
                    "fp64, which is ") +
        number_format::name_of(hardware.lane_precision));
  }
}

/// What solves promise has to be what the hardware is built for.
void require_built(const sequencer::SequencerParameters& hardware, bool needs_refinement,
                   const std::string& group, int rank) {
  using number_format::NumberFormat;
  if (needs_refinement && !hardware.refines()) {
    const bool lacks_lanes = hardware.lane_precision != NumberFormat::fp64;
    throw InputError(
        (lacks_lanes
             ? std::string("sequencer.lane_precision = ") +
                   number_format::name_of(hardware.lane_precision) +
                   ": refined and checked solves and nested blocks need fp64"
             : std::string("sequencer.services = single_shot: the hardware is not built for "
                           "refined and checked solves and nested blocks")) +
        "; must go with the service single_shot and the block layout diagonal");
  }
  if (rank > hardware.deflation_rank) {
    throw InputError(group + ".deflation_rank = " + std::to_string(rank) +
                     ": must be at most sequencer.deflation_rank, " +
                     std::to_string(hardware.deflation_rank));
  }
}

/// What a command asks of the accelerator's solves.
struct AskedOfTiles {
  const char* group = "";
  bool any = true;  ///< whether it solves at all
  SolveService service = SolveService::refined;
  BlockLayout blocks = BlockLayout::nested;
  int rank = 0;
};

AskedOfTiles asked_of_tiles(const RunConfiguration& configuration) {
  const auto of = [](const char* group, const auto& parameters) {
    return AskedOfTiles{group, true, parameters.service, parameters.block_layout,
                        static_cast<int>(parameters.deflation_rank)};
  };
  const Command command = configuration.command;
  return command == Command::train      ? of("train", configuration.train)
         : command == Command::solve    ? of("solve", configuration.solve)
         : command == Command::workload ? of("workload", configuration.workload)
                                        : AskedOfTiles{"", false};
}

/// What the accelerator's solves promise has to fit what else is asked for.
void require_service(const RunConfiguration& configuration) {
  const AskedOfTiles asked = asked_of_tiles(configuration);
  const std::string group = asked.group;
  if (asked.service != SolveService::refined && configuration.is_given(group + ".tolerance")) {
    throw InputError(group + ".tolerance: is of refined solves; with " + group +
                     ".service = checked it is solver.check_tolerance, single_shot has none");
  }
  const bool solves = configuration.command == Command::solve;
  if (solves && configuration.solve.general &&
      (asked.service != SolveService::refined || configuration.solve.deflation_rank != 0)) {
    throw InputError(
        "--general: must go with solve.service = refined and solve.deflation_rank = 0");
  }
  const bool refines = asked.any && (asked.service != SolveService::single_shot ||
                                     asked.blocks == BlockLayout::nested);
  if (configuration.run.inverter == Inverter::rram) {
    require_built(configuration.accelerator.sequencer, refines, group, asked.rank);
  }
}

}  // namespace

void complete_parameters(RunConfiguration& configuration) {
  if (configuration.accelerator.tile.fidelity == tile::Fidelity::timing &&
      !configuration.engine.timing_only) {
    throw InputError("tile.fidelity = \"timing\": carries no numbers: for workload only");
  }
  CircuitParameters& circuit = configuration.circuit;
  if (!configuration.is_given("circuit.row_resistance_ohm")) {
    circuit.row_resistance_ohm = circuit.wire_resistance_ohm;
  }
  if (!configuration.is_given("circuit.column_resistance_ohm")) {
    circuit.column_resistance_ohm = circuit.wire_resistance_ohm;
  }
  complete_core(configuration);
  require_options_in_use(configuration);
  complete_services(configuration);
  require_service(configuration);
  configuration.accelerator.seed = configuration.run.seed;
  configuration.accelerator.exact = configuration.run.inverter == Inverter::exact;
  configuration.accelerator.conjugate_gradients = configuration.run.inverter == Inverter::cg;
  parse_time_window(configuration.vcd.window, configuration.vcd.window_start_s,
                    configuration.vcd.window_end_s);
  TimelineParameters& timeline = configuration.timeline;
  parse_time_window(timeline.window, timeline.window_start_s, timeline.window_end_s,
                    "timeline.window");

  if (configuration.vcd.settling_tile >= configuration.accelerator.tiles) {
    throw InputError("vcd.settling_tile = " + std::to_string(configuration.vcd.settling_tile) +
                     ": must be below accelerator.tiles, " +
                     std::to_string(configuration.accelerator.tiles));
  }

  try {
    configuration.accelerator.check();
    configuration.engine.check();
    configuration.area.check();
    configuration.digital_area.check();
    configuration.static_power.check();
    configuration.bus.check();
    configuration.memory.check();
    configuration.peripherals.check();
    configuration.host_core.check();
    complete_static_power(configuration);
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
}

void require_given(const std::string& value, const char* flag, const char* what) {
  if (value.empty()) {
    throw InputError(std::string(flag) + " is missing: " + what);
  }
}

void require_slices(const RunConfiguration& configuration, const char* key, int slices) {
  const int most = configuration.accelerator.tile.slices;
  if (slices > most) {
    throw InputError(std::string(key) + " = " + std::to_string(slices) +
                     ": must be from 0 to tile.slices, " + std::to_string(most));
  }
}

}  // namespace invar::platform
