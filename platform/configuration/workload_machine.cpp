#include <invar/platform/configuration/workload_machine.h>
#include <invar/platform/dataset/input_error.h>

namespace invar::platform {

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
  if (configuration.accelerator.tile.fidelity != tile::Fidelity::timing) {
    throw InputError("tile.fidelity: workload runs at timing; its samples at behavioural");
  }
  const Inverter inverter = configuration.run.inverter;
  if (inverter != Inverter::rram && inverter != Inverter::digital) {
    throw InputError(std::string("run.inverter = \"") + name_of(inverter) +
                     "\": workload carries no numbers: must be rram or digital");
  }
}

}  // namespace invar::platform
