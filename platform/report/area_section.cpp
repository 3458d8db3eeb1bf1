#include <invar/platform/report/sections.h>
#include <invar/tile/tile_area.h>

namespace invar::platform {
namespace {

constexpr double k_mm2 = 1e6;  ///< of a square metre

Json accelerator_area(const RunConfiguration& configuration, const RunResult& result) {
  const int tiles = static_cast<int>(result.tiles_used);
  const accelerator::AcceleratorParameters& parameters = configuration.accelerator;
  tile::AreaParameters area = configuration.area;
  // Products are analog where residuals are, or where blocks of a matrix lie on several tiles.
  area.mvm = parameters.solver.residual == solver::ResidualPath::analog ||
             (tiles > 1 && parameters.solver.block_product == solver::BlockProductPath::analog);
  const tile::TileArea parts =
      tile::area_of(parameters.tile, area, tiles, parameters.sequencer.tiles_per_adc);
  const digital_engine::DigitalAreaParameters& digital = configuration.digital_area;
  const double lanes_m2 = tiles * parameters.sequencer.mac_lanes * digital.double_precision_factor *
                          digital.multiply_accumulate_m2;
  // The residual needs the requested matrix, in FP64.
  const double buffer_m2 =
      8.0 * static_cast<double>(result.matrix_elements) * digital.memory_m2_per_byte;
  // Two vectors a direction for each right-hand side of a piece.
  const double directions_m2 = 8.0 * 2.0 * parameters.solver.krylov_directions *
                               parameters.sequencer.stream_columns *
                               static_cast<double>(result.matrix_rows) * digital.memory_m2_per_byte;
  Json section;
  section["tiles"] = tiles;
  section["cells_mm2"] = k_mm2 * parts.cells_m2;
  section["amplifiers_mm2"] =
      k_mm2 * (parts.loop_amplifiers_m2 + parts.buffers_m2 + parts.mvm_amplifiers_m2);
  section["converters_mm2"] = k_mm2 * (parts.dac_m2 + parts.adc_m2 + parts.sample_hold_m2);
  section["write_drivers_mm2"] = k_mm2 * parts.write_drivers_m2;
  section["analog_mm2"] = k_mm2 * parts.total_m2();
  section["mac_lanes_mm2"] = k_mm2 * lanes_m2;
  section["matrix_buffers_mm2"] = k_mm2 * buffer_m2;
  section["search_directions_mm2"] = k_mm2 * directions_m2;
  section["total_mm2"] = k_mm2 * (parts.total_m2() + lanes_m2 + buffer_m2 + directions_m2);
  return section;
}

}  // namespace

void add_area(Json& report, const RunConfiguration& configuration, const RunResult& result) {
  const Inverter inverter = configuration.run.inverter;
  if (inverter == Inverter::exact) {
    return;  // a bound is no machine
  }
  Json section;
  section["definition"] =
      "silicon of what inverts: for rram the tiles that held a matrix, their MAC lanes, and "
      "buffers "
      "for the matrices held at once and their search directions; for digital the engine. At 40 nm "
      "(tiles) and 45 nm (digital). Most figures are assumptions (area.*). Control, wiring and "
      "memory outside are left out";
  if (inverter == Inverter::rram) {
    if (result.tiles_used == 0) {
      return;
    }
    section.update(accelerator_area(configuration, result));
  } else {
    section["total_mm2"] =
        k_mm2 * digital_engine::area_of(configuration.engine, configuration.digital_area);
  }
  report["area"] = section;
}

}  // namespace invar::platform
