#include <invar/parameters/description.h>
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

const parameters::Description<AreaParameters>& AreaParameters::description() {
  static const auto all =
      parameters::Description<AreaParameters>("area")
          .real("feature_size_m", &AreaParameters::feature_size_m, {1e-9, 1e-5}, "m",
                "of the cells", "Zuo et al. (secondary source)")
          .of("40 nm", 2025)
          .real("cell_feature_squares", &AreaParameters::cell_feature_squares, {1, 1e4}, "F^2",
                "1T1R cell", "NeuroSim, as taken by CiMLoop")
          .real("amplifier_m2", &AreaParameters::amplifier_m2, {0, 1e-6}, "m^2",
                "op-amp of a loop or of an MVM column", "assumption")
          .believed(1e-10, 1.6e-09)
          .real("buffer_m2", &AreaParameters::buffer_m2, {0, 1e-6}, "m^2",
                "inverter or attenuating buffer", "assumption")
          .believed(1.2e-10, 2e-09)
          .real("dac_m2_per_bit", &AreaParameters::dac_m2_per_bit, {0, 1e-6}, "m^2",
                "DAC, each bit", "assumption")
          .believed(1e-11, 1e-10)
          .real("sample_hold_m2", &AreaParameters::sample_hold_m2, {0, 1e-6}, "m^2",
                "sample-and-hold, a column", "PUMA constants")
          .of("32 nm", 2019)
          .real("write_driver_m2", &AreaParameters::write_driver_m2, {0, 1e-6}, "m^2",
                "write driver, a row or a column of each array", "assumption")
          .believed(5e-12, 4e-11)
          .flag("mvm", &AreaParameters::mvm,
                "an amplifier and a sample-and-hold for each column and slice, to multiply",
                "choice");
  return all;
}

void AreaParameters::check() const {
  description().check(*this);
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
  // Reference columns beside the plus arrays, with a driver and an amplifier each.
  const double references = tile.minus_array == MinusArray::as_needed ? tile.slices : 0.0;
  result.cells_m2 = count * (arrays * rows + references) * rows * area.cell_feature_squares *
                    area.feature_size_m * area.feature_size_m;
  result.loop_amplifiers_m2 = count * rows * area.amplifier_m2;
  result.buffers_m2 =
      count * (rows * (1 + 2 * std::max(tile.seed_slices - 1, 0)) + references) * area.buffer_m2;
  if (area.mvm) {
    result.mvm_amplifiers_m2 = count * rows * tile.slices * area.amplifier_m2;
  }
  result.dac_m2 = count * rows * tile.dac.bits * area.dac_m2_per_bit;
  result.adc_m2 = static_cast<double>(adc_sets) * adc_count * adc_area_m2(tile.adc.bits);
  result.sample_hold_m2 = count * rows * (area.mvm ? tile.slices : 1) * area.sample_hold_m2;
  result.write_drivers_m2 = count * (arrays * 2.0 * rows + references) * area.write_driver_m2;
  return result;
}

}  // namespace invar::tile
