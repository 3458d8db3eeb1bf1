#include <invar/digital_engine/engine_parameters.h>
#include <invar/parameters/range_check.h>

namespace invar::digital_engine {

using parameters::require_range;

void EngineParameters::check() const {
  require_range("engine.clock_period_s", clock_period_s, 1e-12, 1e-3);
  require_range("engine.mac_rows", mac_rows, 1, 1024);
  require_range("engine.mac_columns", mac_columns, 1, 1024);
  require_range("engine.vector_lanes", vector_lanes, 1, 65536);
  require_range("engine.function_lanes", function_lanes, 1, 65536);
  require_range("engine.divide_latency_cycles", divide_latency_cycles, 1, 1000);
  require_range("engine.multiply_latency_cycles", multiply_latency_cycles, 1, 1000);
  require_range("engine.job_cycles", job_cycles, 0, 1000000);
  require_range<std::uint64_t>("engine.scratchpad_bytes", scratchpad_bytes, 4096, 0xFFFFF000u);
  require_range("engine.scratchpad_bytes_per_cycle", scratchpad_bytes_per_cycle, 4, 65536);
  require_range("engine.mac_energy_j", mac_energy_j, 0.0, 1e-6);
  require_range("engine.vector_energy_j", vector_energy_j, 0.0, 1e-6);
  require_range("engine.function_energy_j", function_energy_j, 0.0, 1e-6);
  require_range("engine.scratchpad_energy_per_byte_j", scratchpad_energy_per_byte_j, 0.0, 1e-6);
  require_range("engine.dma_energy_per_byte_j", dma_energy_per_byte_j, 0.0, 1e-6);
  require_range("engine.register_latency_s", register_latency_s, 0.0, 1.0);
  require_range("engine.dma_burst_bytes", dma_burst_bytes, 64, 1 << 20);
}

}  // namespace invar::digital_engine
