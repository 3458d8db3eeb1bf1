#include <invar/platform/configuration/workload_machine.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <string>

namespace invar::platform {
namespace {

/// Each takes about a second of the host (choice).
constexpr int k_most_delay_steps = 1000;

}  // namespace

void complete_workload_machine(RunConfiguration& configuration) {
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
  if (configuration.accelerator.tile.fidelity == tile::Fidelity::circuit) {
    throw InputError("tile.fidelity = \"circuit\": workload runs at timing, ideal or behavioural");
  }
  const WorkloadParameters& workload = configuration.workload;
  if (workload.refresh_delay_steps != 0 && workload.apply == KfacApply::inverse &&
      configuration.run.inverter == Inverter::rram) {
    throw InputError(
        "workload.refresh_delay_steps: tiles are programmed in the background where gradients are "
        "solved for; must go with workload.apply = solve, or be 0");
  }
  if (const int delay = workload_delay_steps(configuration); delay > k_most_delay_steps) {
    throw InputError("workload.refresh_delay_steps: the " + std::to_string(delay) +
                     " steps up to the one that uses new inverses are simulated: must be at most " +
                     std::to_string(k_most_delay_steps) + ", or workload.inverse_interval be");
  }
  const Inverter inverter = configuration.run.inverter;
  if (inverter != Inverter::rram && inverter != Inverter::digital) {
    throw InputError(std::string("run.inverter = \"") + name_of(inverter) +
                     "\": workload carries no numbers: must be rram or digital");
  }
}

int workload_delay_steps(const RunConfiguration& configuration) {
  const WorkloadParameters& workload = configuration.workload;
  return configuration.run.inverter == Inverter::rram
             ? std::min(workload.refresh_delay_steps, workload.inverse_interval)
             : 0;
}

}  // namespace invar::platform
