#include <invar/programming/programming_cost.h>
#include <invar/tile_model/programming_cost.h>

#include <cmath>

namespace invar::tile {

double verify_conversion_s(const TileParameters& tile, programming::WriteOrder order, int rows) {
  return order == programming::WriteOrder::row_parallel ? 2.0 * tile.adc.conversion_time_for(rows)
                                                        : tile.adc.conversion_time_s;
}

void set_cost(programming::ProgrammingResult& result, const TileParameters& tile,
              const programming::ProgrammingParameters& controller, int rows) {
  programming::set_controller_cost(result, tile.device, controller);
  result.conversion_s =
      static_cast<double>(result.row_verifies) * verify_conversion_s(tile, controller.order, rows);
  result.duration_s += result.conversion_s;
  result.adc_energy_j = static_cast<double>(result.verify_reads) * tile.adc.energy_j;
}

ReadBack read_cost(const TileParameters& tile, double rows, int slices) {
  const int arrays = 2 * slices;
  const double row_conversion_s =
      arrays * tile.adc.conversion_time_for(static_cast<int>(std::ceil(rows)));
  ReadBack result;
  result.reads = static_cast<std::uint64_t>(std::llround(arrays * rows * rows));
  result.adc_energy_j = static_cast<double>(result.reads) * tile.adc.energy_j;
  result.conversion_s = rows * row_conversion_s;
  result.duration_s = rows * (tile.device.verify_width_s + row_conversion_s);
  return result;
}

}  // namespace invar::tile
