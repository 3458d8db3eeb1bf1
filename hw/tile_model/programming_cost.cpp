#include <invar/programming/programming_cost.h>
#include <invar/tile_model/programming_cost.h>

#include <cmath>

namespace invar::tile {

double conversion_turn_s(const TileParameters& tile, programming::WriteOrder order, int rows) {
  return order == programming::WriteOrder::row_parallel ? tile.conversion_time_for(rows)
                                                        : tile.adc.conversion_time_s;
}

void set_cost(programming::ProgrammingResult& result, const TileParameters& tile,
              const programming::ProgrammingParameters& controller, int rows) {
  programming::set_controller_cost(result, tile.device, controller);
  result.conversion_s =
      static_cast<double>(result.row_conversions) * conversion_turn_s(tile, controller.order, rows);
  result.duration_s += result.conversion_s;
  if (controller.verify == programming::VerifyMethod::adc) {
    result.judging_energy_j =
        static_cast<double>(result.verify_reads) * tile.adc.conversion_energy_j();
    return;
  }
  result.duration_s += static_cast<double>(result.row_verifies) * controller.comparison_time_s;
  const std::uint64_t comparisons = result.verify_reads - result.measurement_reads;
  // Targets are set while the row before is written.
  result.judging_energy_j =
      static_cast<double>(result.measurement_reads) * tile.adc.conversion_energy_j() +
      static_cast<double>(comparisons) * controller.comparison_energy_j +
      static_cast<double>(result.cells) * tile.dac.energy_j();
}

ReadBack read_cost(const TileParameters& tile, double rows, const ArrayCount& arrays) {
  const double row_conversion_s =
      arrays.arrays() * tile.conversion_time_for(static_cast<int>(std::ceil(rows)));
  ReadBack result;
  result.reads = static_cast<std::uint64_t>(
      std::llround(arrays.arrays() * rows * rows + arrays.references * rows));
  result.adc_energy_j = static_cast<double>(result.reads) * tile.adc.conversion_energy_j();
  result.conversion_s = rows * row_conversion_s;
  result.duration_s = rows * (tile.device.verify_width_s + row_conversion_s);
  return result;
}

}  // namespace invar::tile
