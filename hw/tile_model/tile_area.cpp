#include <invar/parameters/range_check.h>
#include <invar/tile_model/tile_area.h>

#include <algorithm>
#include <array>
#include <cstddef>

namespace invar::tile {
namespace {

using parameters::require_range;

struct AdcPoint {
  int bits;
  double area_m2;
};

constexpr std::array<AdcPoint, 4> k_adc_40nm = {
    {{4, 0.0046e-6}, {8, 0.0056e-6}, {10, 0.0068e-6}, {12, 0.013e-6}}};

}  // namespace

void AreaParameters::check() const {
  require_range("area.feature_size_m", feature_size_m, 1e-9, 1e-5);
  require_range("area.cell_feature_squares", cell_feature_squares, 1.0, 1e4);
  require_range("area.amplifier_m2", amplifier_m2, 0.0, 1e-6);
  require_range("area.buffer_m2", buffer_m2, 0.0, 1e-6);
  require_range("area.dac_m2_per_bit", dac_m2_per_bit, 0.0, 1e-6);
  require_range("area.sample_hold_m2", sample_hold_m2, 0.0, 1e-6);
  require_range("area.write_driver_m2", write_driver_m2, 0.0, 1e-6);
}

double adc_area_m2(int bits) {
  if (bits <= k_adc_40nm.front().bits) {
    return k_adc_40nm.front().area_m2;
  }
  std::size_t upper = 1;
  while (upper + 1 < k_adc_40nm.size() && bits > k_adc_40nm[upper].bits) {
    ++upper;
  }
  const AdcPoint& from = k_adc_40nm[upper - 1];
  const AdcPoint& to = k_adc_40nm[upper];
  return from.area_m2 + (bits - from.bits) * (to.area_m2 - from.area_m2) /
                            static_cast<double>(to.bits - from.bits);
}

TileArea area_of(const TileParameters& tile, const AreaParameters& area) {
  return area_of(tile, area, 1, 1);
}

TileArea area_of(const TileParameters& tile, const AreaParameters& area, int tiles,
                 int tiles_per_adc) {
  tile.check();
  area.check();
  require_range("area.tiles", tiles, 1, 1 << 20);
  require_range("area.tiles_per_adc", tiles_per_adc, 1, 1 << 20);
  const double count = tiles;
  const double rows = tile.rows;
  const double arrays = 2.0 * tile.slices;
  const int adc_count = (tile.rows + tile.adc.columns_per_adc - 1) / tile.adc.columns_per_adc;
  const int adc_sets = (tiles + tiles_per_adc - 1) / tiles_per_adc;
  TileArea result;
  result.cells_m2 = count * arrays * rows * rows * area.cell_feature_squares * area.feature_size_m *
                    area.feature_size_m;
  result.loop_amplifiers_m2 = count * rows * area.amplifier_m2;
  result.buffers_m2 = count * rows * (1 + 2 * std::max(tile.seed_slices - 1, 0)) * area.buffer_m2;
  if (area.mvm) {
    result.mvm_amplifiers_m2 = count * rows * tile.slices * area.amplifier_m2;
  }
  result.dac_m2 = count * rows * tile.dac.bits * area.dac_m2_per_bit;
  result.adc_m2 = static_cast<double>(adc_sets) * adc_count * adc_area_m2(tile.adc.bits);
  result.sample_hold_m2 = count * rows * (area.mvm ? tile.slices : 1) * area.sample_hold_m2;
  result.write_drivers_m2 = count * arrays * 2.0 * rows * area.write_driver_m2;
  return result;
}

}  // namespace invar::tile
