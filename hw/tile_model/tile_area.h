#ifndef INVAR_TILE_MODEL_TILE_AREA_H
#define INVAR_TILE_MODEL_TILE_AREA_H

#include <invar/parameters/description_fwd.h>
#include <invar/tile_model/tile_parameters.h>

namespace invar::tile {

/// Silicon area of the parts of a tile, in m^2.
struct AreaParameters {
  /// Of the 1T1R cell and the ADC table.
  double feature_size_m = 40e-9;
  /// 1T1R cell, in F^2.
  double cell_feature_squares = 48.0;
  /// Op-amp of the loop or of an MVM column, most of it compensation capacitor.
  double amplifier_m2 = 400e-12;
  /// Inverter or attenuating buffer: an op-amp with its resistors.
  double buffer_m2 = 500e-12;
  /// Multi-bit DAC, each bit of it.
  double dac_m2_per_bit = 25e-12;
  /// Sample-and-hold, a column.
  double sample_hold_m2 = 0.039e-12;
  /// Write driver with its level shifter, one for each row and each column of each array.
  double write_driver_m2 = 10e-12;
  /// Whether the tile can multiply: an amplifier and a sample-and-hold for each column and slice.
  bool mvm = true;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<AreaParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// Area by part, in m^2.
struct TileArea {
  double cells_m2 = 0.0;
  double loop_amplifiers_m2 = 0.0;  ///< one a row
  double buffers_m2 = 0.0;          ///< an inverter a row; two buffers for each further seed slice
  double mvm_amplifiers_m2 = 0.0;   ///< one for each column and slice
  double dac_m2 = 0.0;              ///< one a row
  double adc_m2 = 0.0;              ///< one for each `adc.columns_per_adc` rows
  double sample_hold_m2 = 0.0;
  double write_drivers_m2 = 0.0;

  double total_m2() const {
    return cells_m2 + loop_amplifiers_m2 + buffers_m2 + mvm_amplifiers_m2 + dac_m2 + adc_m2 +
           sample_hold_m2 + write_drivers_m2;
  }
};

/// One SAR ADC at 40 nm and 100 MS/s: Accelergy's regression of Murmann's survey ("best possible")
/// at 4, 8, 10 and 12 bits, linear between; below 4 bits as at 4, beyond 12 as the last segment
/// goes on (assumption).
double adc_area_m2(int bits);

/// Area of one tile. The loop has buffers for `seed_slices` slices; a tile whose commands close it
/// over more needs those too. Wiring between the parts, decoders, control and the digital side are
/// left out.
TileArea area_of(const TileParameters& tile, const AreaParameters& area = {});

/// Area of the tiles of an accelerator. \param tiles 1 or more
/// \param tiles_per_adc tiles that share their ADCs: each ADC of one also converts the same rows of
///        the others, in turn
/// \throws std::invalid_argument for numbers below 1
TileArea area_of(const TileParameters& tile, const AreaParameters& area, int tiles,
                 int tiles_per_adc);

}  // namespace invar::tile

#endif
