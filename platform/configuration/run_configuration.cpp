#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/dataset/input_error.h>

#include <charconv>
#include <cmath>
#include <stdexcept>
#include <string>

namespace invar::platform {
namespace {

void require_given(const std::string& value, const char* flag, const char* what) {
  if (value.empty()) {
    throw InputError(std::string(flag) + " is missing: " + what);
  }
}

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

/// A machine for large networks where the user asks for nothing else.
void complete_workload(RunConfiguration& configuration) {
  const auto unless_given = [&](const char* key, auto& field, auto value) {
    if (!configuration.is_given(key)) {
      field = value;
    }
  };
  unless_given("accelerator.tiles", configuration.accelerator.tiles, 4096);
  unless_given("tile.fidelity", configuration.accelerator.tile.fidelity, tile::Fidelity::timing);
  digital_engine::EngineParameters& engine = configuration.engine;
  unless_given("engine.mac_rows", engine.mac_rows, 128);
  unless_given("engine.mac_columns", engine.mac_columns, 128);
  unless_given("engine.vector_lanes", engine.vector_lanes, 1024);
  unless_given("engine.function_lanes", engine.function_lanes, 128);
  unless_given("engine.scratchpad_bytes", engine.scratchpad_bytes, std::uint64_t{32} << 20);
  unless_given("engine.scratchpad_bytes_per_cycle", engine.scratchpad_bytes_per_cycle, 4096);
  unless_given("engine.dma_burst_bytes", engine.dma_burst_bytes, 1 << 18);
  unless_given("accelerator.dma_burst_bytes", configuration.accelerator.dma_burst_bytes, 1 << 18);
  unless_given("bus.width_bytes", configuration.bus.width_bytes, 1024);
  unless_given("memory.bytes_per_cycle", configuration.memory.bytes_per_cycle, 1024);
  // As many lanes in all as the engine has: the two systems differ in what they are made of, not in
  // how much digital hardware they get.
  const int lanes = engine.mac_rows * engine.mac_columns / configuration.accelerator.tiles;
  unless_given("sequencer.mac_lanes", configuration.accelerator.sequencer.mac_lanes,
               lanes < 1 ? 1 : lanes);
  engine.timing_only = true;
  if (configuration.accelerator.tile.fidelity != tile::Fidelity::timing) {
    throw InputError("tile.fidelity: workload runs at timing; its samples at behavioural");
  }
  if (configuration.run.inverter == Inverter::exact) {
    throw InputError(
        "run.inverter = \"exact\": workload carries no numbers: must be rram or digital");
  }
}

}  // namespace

namespace {

/// A command for more slices than a tile has would be refused by the accelerator.
void require_slices(const RunConfiguration& configuration) {
  const int most = configuration.accelerator.tile.slices;
  const auto require = [&](const char* key, Command command, int slices) {
    if (configuration.command == command && slices > most) {
      throw InputError(std::string(key) + " = " + std::to_string(slices) +
                       ": must be from 0 to tile.slices, " + std::to_string(most));
    }
  };
  require("train.slices", Command::train, configuration.train.slices);
  require("solve.slices", Command::solve, configuration.solve.slices);
  require("workload.slices", Command::workload, configuration.workload.slices);
}

void complete_core(RunConfiguration& configuration) {
  RunParameters& run = configuration.run;
  if (configuration.command == Command::program ||
      (!configuration.is_given("run.core") && !run.firmware.empty())) {
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
  parse_time_window(trace.window, trace.window_start_s, trace.window_end_s,
                    "instruction_trace.window");
}

}  // namespace

void complete_parameters(RunConfiguration& configuration) {
  TrainParameters& train = configuration.train;
  if (!configuration.is_given("train.learning_rate")) {
    // Tuned on handwritten letters under one equal budget: docs/results.md.
    train.learning_rate = train.optimizer == Optimizer::kfac  ? 0.008
                          : train.optimizer == Optimizer::sgd ? 0.17
                                                              : 0.023;
  }
  if (configuration.command == Command::workload) {
    complete_workload(configuration);
  } else if (configuration.accelerator.tile.fidelity == tile::Fidelity::timing) {
    throw InputError("tile.fidelity = \"timing\": carries no numbers: for workload only");
  }
  if (configuration.command == Command::train && !train.dump_factors.empty() &&
      (train.optimizer != Optimizer::kfac || configuration.run.inverter == Inverter::digital)) {
    throw InputError("--dump-factors " + train.dump_factors +
                     ": must go with --optimizer kfac and --inverter rram or exact, which have the "
                     "factors programmed into the accelerator");
  }
  CircuitParameters& circuit = configuration.circuit;
  if (!configuration.is_given("circuit.row_resistance_ohm")) {
    circuit.row_resistance_ohm = circuit.wire_resistance_ohm;
  }
  if (!configuration.is_given("circuit.column_resistance_ohm")) {
    circuit.column_resistance_ohm = circuit.wire_resistance_ohm;
  }
  complete_core(configuration);
  require_slices(configuration);
  configuration.accelerator.seed = configuration.run.seed;
  configuration.accelerator.exact = configuration.run.inverter == Inverter::exact;
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
    configuration.bus.check();
    configuration.memory.check();
    configuration.peripherals.check();
    configuration.host_core.check();
  } catch (const std::invalid_argument& error) {
    throw InputError(error.what());
  }
}

void require_inputs(const RunConfiguration& configuration) {
  switch (configuration.command) {
    case Command::train:
      require_given(configuration.train.dataset, "--dataset",
                    "a directory of IDX files, or one of the names mnist, emnist-letters");
      break;
    case Command::solve: {
      const SolveParameters& solve = configuration.solve;
      require_given(solve.matrix, "--matrix", "a Matrix Market file with the matrix");
      require_given(solve.rhs, "--rhs", "a Matrix Market file with the right-hand sides");
      require_given(solve.out, "--out", "the Matrix Market file to write the solution to");
      break;
    }
    case Command::program:
      require_given(configuration.run.firmware, "FILE", "the RISC-V image (ELF) to run");
      break;
    case Command::workload:
      require_given(configuration.workload.network, "FILE",
                    "a TOML file with the network's layers");
      break;
    case Command::circuit: {
      const CircuitParameters& circuit = configuration.circuit;
      require_given(configuration.is_given("circuit.operation") ? "given" : "", "--operation",
                    "inv or mvm");
      require_given(circuit.conductance, "--conductance",
                    "a Matrix Market file with the conductances of the array");
      require_given(circuit.input, "--input",
                    "a Matrix Market file with the input currents (inv) or row voltages (mvm)");
      require_given(circuit.out, "--out", "the Matrix Market file to write the outputs to");
      break;
    }
  }
}

const char* to_string(Command command) {
  switch (command) {
    case Command::train:
      return "train";
    case Command::solve:
      return "solve";
    case Command::workload:
      return "workload";
    case Command::program:
      return "run";
    default:
      return "circuit";
  }
}

}  // namespace invar::platform
