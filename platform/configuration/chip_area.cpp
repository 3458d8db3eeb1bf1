#include <invar/platform/configuration/chip_area.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {
namespace {

/// Vectors of a search direction: a correction and its image.
constexpr double k_vectors_a_direction = 2.0;
/// Of a right-hand side of conjugate gradients: solution, residual, direction and its image.
constexpr double k_vectors_of_conjugate_gradients = 4.0;

/// Products are analog where residuals are, or where blocks of a matrix lie on several tiles.
bool multiplies(const accelerator::AcceleratorParameters& parameters) {
  const solver::RefinementParameters& solver = parameters.solver;
  return parameters.sequencer.refines() &&
         (solver.residual == solver::ResidualPath::analog ||
          (parameters.tiles > 1 && solver.block_product == solver::BlockProductPath::analog));
}

}  // namespace

bool has_accelerator(const RunConfiguration& configuration) {
  const bool inverts =
      configuration.command != Command::train || configuration.train.optimizer == Optimizer::kfac;
  const Inverter inverter = configuration.run.inverter;
  return inverts && (inverter == Inverter::rram || inverter == Inverter::cg);
}

AcceleratorMemory accelerator_memory(const RunConfiguration& configuration,
                                     std::uint64_t matrix_buffer_bytes) {
  const accelerator::AcceleratorParameters& parameters = configuration.accelerator;
  const sequencer::SequencerParameters& hardware = parameters.sequencer;
  const double bytes = number_format::bytes_of(hardware.lane_precision);
  const double rows = parameters.tile.rows;
  const double rank = hardware.deflation_rank;
  AcceleratorMemory memory;
  memory.matrices = hardware.matrix_buffer_bytes != 0
                        ? static_cast<double>(hardware.matrix_buffer_bytes)
                        : static_cast<double>(matrix_buffer_bytes);
  if (configuration.run.inverter == Inverter::cg) {
    memory.directions = bytes * k_vectors_of_conjugate_gradients * hardware.stream_columns * rows;
    return memory;
  }
  if (hardware.refines()) {
    memory.directions = bytes * k_vectors_a_direction * parameters.solver.krylov_directions *
                        hardware.stream_columns * rows;
  }
  if (rank > 0.0) {
    memory.deflation = bytes * (rows * (3.0 * rank + 1.0) + rank * rank);
  }
  return memory;
}

AcceleratorArea accelerator_area(const RunConfiguration& configuration,
                                 std::uint64_t matrix_buffer_bytes) {
  const accelerator::AcceleratorParameters& parameters = configuration.accelerator;
  const sequencer::SequencerParameters& hardware = parameters.sequencer;
  const digital_engine::DigitalAreaParameters& digital = configuration.digital_area;
  const AcceleratorMemory memory = accelerator_memory(configuration, matrix_buffer_bytes);
  tile::AreaParameters area = configuration.area;
  area.mvm = multiplies(parameters);
  AcceleratorArea silicon;
  silicon.tiles = parameters.tiles;
  if (configuration.run.inverter != Inverter::cg) {
    silicon.analog = tile::area_of(parameters.tile, area, silicon.tiles, hardware.tiles_per_adc);
  }
  silicon.lanes_m2 = silicon.tiles * hardware.mac_lanes * digital.unit_m2(hardware.lane_precision);
  silicon.matrices_m2 = memory.matrices * digital.memory_m2_per_byte;
  silicon.directions_m2 = silicon.tiles * memory.directions * digital.memory_m2_per_byte;
  silicon.deflation_m2 = silicon.tiles * memory.deflation * digital.memory_m2_per_byte;
  return silicon;
}

ChipArea chip_area(const RunConfiguration& configuration, std::uint64_t matrix_buffer_bytes) {
  const double engine_m2 =
      digital_engine::logic_area_of(configuration.engine, configuration.digital_area);
  ChipArea area;
  area.engine_m2 = engine_m2;
  area.scratchpad_m2 =
      digital_engine::area_of(configuration.engine, configuration.digital_area) - engine_m2;
  if (has_accelerator(configuration)) {
    area.accelerator = accelerator_area(configuration, matrix_buffer_bytes);
  }
  return area;
}

}  // namespace invar::platform
