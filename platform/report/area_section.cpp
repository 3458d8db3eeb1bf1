#include <invar/platform/configuration/chip_area.h>
#include <invar/platform/report/sections.h>

#include <cstdint>
#include <optional>

namespace invar::platform {
namespace {

constexpr double k_mm2 = 1e6;  ///< of a square metre

/// Of what inverts, with what the run made of it.
struct InverterArea {
  AcceleratorArea silicon;
  std::uint64_t tiles_used = 0;
};

const Section<InverterArea>& accelerator_section() {
  using Area = InverterArea;
  static const auto section =
      Section<Area>()
          .figure({"tiles", "", "", "tiles that held a matrix at some time"},
                  [](const Area& a) { return a.tiles_used; })
          .figure({"tiles_built", "", "", "tiles of the design: what all areas here are of"},
                  [](const Area& a) { return a.silicon.tiles; })
          .figure({"cells_mm2", "mm^2", "", "of the arrays"},
                  [](const Area& a) { return k_mm2 * a.silicon.analog.cells_m2; })
          .figure({"amplifiers_mm2", "mm^2", "", "of loops and products, and buffers"},
                  [](const Area& a) {
                    const tile::TileArea& analog = a.silicon.analog;
                    return k_mm2 * (analog.loop_amplifiers_m2 + analog.buffers_m2 +
                                    analog.mvm_amplifiers_m2);
                  })
          .figure({"converters_mm2", "mm^2", "", "DACs, ADCs, sample and hold"},
                  [](const Area& a) {
                    const tile::TileArea& analog = a.silicon.analog;
                    return k_mm2 * (analog.dac_m2 + analog.adc_m2 + analog.sample_hold_m2);
                  })
          .figure({"write_drivers_mm2", "mm^2", "", "what programs the cells"},
                  [](const Area& a) { return k_mm2 * a.silicon.analog.write_drivers_m2; })
          .figure({"analog_mm2", "mm^2", "", "all of the above"},
                  [](const Area& a) { return k_mm2 * a.silicon.analog.total_m2(); })
          .figure({"mac_lanes_mm2", "mm^2", "", "lanes beside the tiles"},
                  [](const Area& a) { return k_mm2 * a.silicon.lanes_m2; })
          .figure({"matrix_buffers_mm2", "mm^2", "",
                   "memory of matrices: sequencer.matrix_buffer_bytes, or where that is 0 room for "
                   "all that are held (or, with services = single_shot, programmed) at once, in "
                   "sequencer.lane_precision"},
                  [](const Area& a) { return k_mm2 * a.silicon.matrices_m2; })
          .figure({"search_directions_mm2", "mm^2", "",
                   "memory of the refinement's directions; none where sequencer.services = "
                   "single_shot"},
                  [](const Area& a) { return k_mm2 * a.silicon.directions_m2; })
          .figure({"deflation_mm2", "mm^2", "",
                   "memory of what deflation keeps, for ranks up to sequencer.deflation_rank"},
                  [](const Area& a) { return k_mm2 * a.silicon.deflation_m2; })
          .figure({"total_mm2", "mm^2", "area of what inverts, mm^2",
                   "analog parts, lanes and memories"},
                  [](const Area& a) { return k_mm2 * a.silicon.total_m2(); });
  return section;
}

const Section<ChipArea>& engine_section() {
  static const auto section = Section<ChipArea>().figure(
      {"total_mm2", "mm^2", "area of what inverts, mm^2", "the digital engine"},
      [](const ChipArea& area) { return k_mm2 * area.total_m2(); });
  return section;
}

/// What a report says of silicon.
struct ReportedArea {
  ChipArea chip;
  std::uint64_t tiles_used = 0;
  bool engine_inverts = false;
  bool has_tiles = false;  ///< beside the lanes of an accelerator
  std::optional<double> asked_m2;
};

/// None of a bound.
std::optional<ReportedArea> reported_area(const RunFacts& facts) {
  const RunConfiguration& configuration = facts.configuration;
  if (configuration.run.inverter == Inverter::exact) {
    return std::nullopt;
  }
  return ReportedArea{chip_area(configuration, facts.result.matrix_buffer_bytes),
                      facts.result.tiles_used, configuration.run.inverter == Inverter::digital,
                      configuration.run.inverter == Inverter::rram, configuration.asked_chip_m2};
}

const Section<ReportedArea>& parts_section() {
  static const auto section =
      Section<ReportedArea>()
          .define_whole(
              "silicon as it is built, used or not. chip_mm2: engine, scratchpad and accelerator, "
              "what systems of equal area have equal; memory outside, host core, bus, control and "
              "wiring are left out. total_mm2 and the parts before it: of what inverts, for rram "
              "all tiles of the design with lanes and memories, for digital the engine. At 40 nm "
              "(tiles) and 45 nm (digital) unless a preset says otherwise. Most figures are "
              "assumptions (area.*)")
          .members(
              "rram", accelerator_section(),
              [](const ReportedArea& area) {
                return area.chip.accelerator && area.has_tiles
                           ? std::optional(InverterArea{*area.chip.accelerator, area.tiles_used})
                           : std::nullopt;
              })
          .members(
              "cg", accelerator_section(),
              [](const ReportedArea& area) {
                return area.chip.accelerator && !area.has_tiles
                           ? std::optional(InverterArea{*area.chip.accelerator, area.tiles_used})
                           : std::nullopt;
              })
          .members(
              "digital", engine_section(),
              [](const ReportedArea& area) { return area.engine_inverts ? &area.chip : nullptr; })
          .figure({"engine_mm2", "mm^2", "", "MAC array and lanes of the digital engine"},
                  [](const ReportedArea& area) { return k_mm2 * area.chip.engine_m2; })
          .figure({"scratchpad_mm2", "mm^2", "", "memory of the digital engine"},
                  [](const ReportedArea& area) { return k_mm2 * area.chip.scratchpad_m2; })
          .figure({"chip_mm2", "mm^2", "area of the chip, mm^2",
                   "engine, scratchpad and accelerator together"},
                  [](const ReportedArea& area) { return k_mm2 * area.chip.total_m2(); })
          .figure_if_any({"asked_chip_mm2", "mm^2", "",
                          "chip_mm2 of the report that run.equal_area named: reached but for less "
                          "than a MAC unit or a tile"},
                         [](const ReportedArea& area) {
                           return area.asked_m2 ? std::optional(k_mm2 * *area.asked_m2)
                                                : std::nullopt;
                         });
  return section;
}

}  // namespace

const Section<RunFacts>& area_section() {
  static const auto section = Section<RunFacts>().object({"area"}, parts_section(), reported_area);
  return section;
}

}  // namespace invar::platform
