#include <invar/platform/report/sections.h>
#include <invar/tile/tile_area.h>

namespace invar::platform {
namespace {

constexpr double k_mm2 = 1e6;  ///< of a square metre

/// Silicon of the accelerator, in square metres.
struct AcceleratorArea {
  int tiles = 0;
  tile::TileArea parts;
  double lanes_m2 = 0.0, buffer_m2 = 0.0, directions_m2 = 0.0;

  double total_m2() const { return parts.total_m2() + lanes_m2 + buffer_m2 + directions_m2; }
};

AcceleratorArea accelerator_area(const RunFacts& facts) {
  const RunConfiguration& configuration = facts.configuration;
  const RunResult& result = facts.result;
  AcceleratorArea silicon;
  silicon.tiles = static_cast<int>(result.tiles_used);
  const accelerator::AcceleratorParameters& parameters = configuration.accelerator;
  const bool has_arrays = configuration.run.inverter == Inverter::rram;
  tile::AreaParameters area = configuration.area;
  // Products are analog where residuals are, or where blocks of a matrix lie on several tiles.
  area.mvm =
      parameters.solver.residual == solver::ResidualPath::analog ||
      (silicon.tiles > 1 && parameters.solver.block_product == solver::BlockProductPath::analog);
  if (has_arrays) {
    silicon.parts =
        tile::area_of(parameters.tile, area, silicon.tiles, parameters.sequencer.tiles_per_adc);
  }
  const digital_engine::DigitalAreaParameters& digital = configuration.digital_area;
  silicon.lanes_m2 = silicon.tiles * parameters.sequencer.mac_lanes *
                     digital.unit_m2(parameters.sequencer.lane_precision);
  // The requested matrix, in what the lanes compute in.
  silicon.buffer_m2 = number_format::bytes_of(parameters.sequencer.lane_precision) *
                      static_cast<double>(result.matrix_elements) * digital.memory_m2_per_byte;
  // For each right-hand side of a piece: two vectors a direction, or the solution, the residual,
  // the direction and its image of conjugate gradients.
  const double vector_bytes =
      has_arrays ? 8.0 * 2.0 * parameters.solver.krylov_directions
                 : 4.0 * number_format::bytes_of(parameters.sequencer.lane_precision);
  silicon.directions_m2 = vector_bytes * parameters.sequencer.stream_columns *
                          static_cast<double>(result.matrix_rows) * digital.memory_m2_per_byte;
  return silicon;
}

const Section<AcceleratorArea>& accelerator_section() {
  using Area = AcceleratorArea;
  static const auto section =
      Section<Area>()
          .figure({"tiles", "", "", "tiles that held a matrix at some time"},
                  [](const Area& a) { return a.tiles; })
          .figure({"cells_mm2", "mm^2", "", "of the arrays"},
                  [](const Area& a) { return k_mm2 * a.parts.cells_m2; })
          .figure({"amplifiers_mm2", "mm^2", "", "of loops and products, and buffers"},
                  [](const Area& a) {
                    return k_mm2 * (a.parts.loop_amplifiers_m2 + a.parts.buffers_m2 +
                                    a.parts.mvm_amplifiers_m2);
                  })
          .figure({"converters_mm2", "mm^2", "", "DACs, ADCs, sample and hold"},
                  [](const Area& a) {
                    return k_mm2 * (a.parts.dac_m2 + a.parts.adc_m2 + a.parts.sample_hold_m2);
                  })
          .figure({"write_drivers_mm2", "mm^2", "", "what programs the cells"},
                  [](const Area& a) { return k_mm2 * a.parts.write_drivers_m2; })
          .figure({"analog_mm2", "mm^2", "", "all of the above"},
                  [](const Area& a) { return k_mm2 * a.parts.total_m2(); })
          .figure({"mac_lanes_mm2", "mm^2", "", "lanes that compute residuals in FP64"},
                  [](const Area& a) { return k_mm2 * a.lanes_m2; })
          .figure({"matrix_buffers_mm2", "mm^2", "",
                   "memory of the matrices asked for, in sequencer.lane_precision"},
                  [](const Area& a) { return k_mm2 * a.buffer_m2; })
          .figure({"search_directions_mm2", "mm^2", "", "memory of the refinement's directions"},
                  [](const Area& a) { return k_mm2 * a.directions_m2; })
          .figure({"total_mm2", "mm^2", "area of what inverts, mm^2",
                   "analog parts, lanes and memories"},
                  [](const Area& a) { return k_mm2 * a.total_m2(); });
  return section;
}

const Section<RunFacts>& engine_section() {
  static const auto section = Section<RunFacts>().figure(
      {"total_mm2", "mm^2", "area of what inverts, mm^2", "the digital engine"},
      [](const RunFacts& facts) {
        return k_mm2 * digital_engine::area_of(facts.configuration.engine,
                                               facts.configuration.digital_area);
      });
  return section;
}

/// Of what inverts, if it is a machine and was used.
const RunFacts* facts_with_area(const RunFacts& facts) {
  const Inverter inverter = facts.configuration.run.inverter;
  const bool is_machine =
      inverter == Inverter::digital ||
      ((inverter == Inverter::rram || inverter == Inverter::cg) && facts.result.tiles_used != 0);
  return is_machine ? &facts : nullptr;
}

Section<RunFacts> parts_section() {
  Section<RunFacts> section;
  return section
      .define_whole(
          "silicon of what inverts: for rram the tiles that held a matrix, their MAC lanes, and "
          "buffers for the matrices held at once and their search directions; for cg these lanes "
          "and buffers alone; for digital the engine. At 40 nm (tiles) and 45 nm (digital). Most "
          "figures are assumptions (area.*). "
          "Control, wiring and memory outside are left out")
      .members("rram", accelerator_section(),
               [](const RunFacts& facts) {
                 return facts.configuration.run.inverter == Inverter::rram
                            ? std::optional(accelerator_area(facts))
                            : std::nullopt;
               })
      .members("cg", accelerator_section(),
               [](const RunFacts& facts) {
                 return facts.configuration.run.inverter == Inverter::cg
                            ? std::optional(accelerator_area(facts))
                            : std::nullopt;
               })
      .members("digital", engine_section(), [](const RunFacts& facts) {
        return facts.configuration.run.inverter == Inverter::digital ? &facts : nullptr;
      });
}

}  // namespace

const Section<RunFacts>& area_section() {
  static const auto section =
      Section<RunFacts>().object({"area"}, parts_section(), facts_with_area);
  return section;
}

}  // namespace invar::platform
