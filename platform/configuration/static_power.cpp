#include <invar/parameters/description.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/tile_model/shot_cost.h>

namespace invar::platform {
namespace {

double engine_power(const RunConfiguration& configuration) {
  const StaticPowerParameters& power = configuration.static_power;
  const digital_engine::EngineParameters& engine = configuration.engine;
  return power.logic_w_per_m2 * digital_engine::logic_area_of(engine, configuration.digital_area) +
         power.memory_w_per_byte * static_cast<double>(engine.scratchpad_bytes);
}

/// Of the lanes and the buffer beside a tile.
double lane_power(const RunConfiguration& configuration) {
  const StaticPowerParameters& power = configuration.static_power;
  const digital_engine::DigitalAreaParameters& digital = configuration.digital_area;
  const sequencer::SequencerParameters& sequencer = configuration.accelerator.sequencer;
  const double lanes_m2 = sequencer.mac_lanes * digital.unit_m2(sequencer.lane_precision);
  const double rows = configuration.accelerator.tile.rows;
  const double buffer_bytes = number_format::bytes_of(sequencer.lane_precision) * rows * rows;
  return power.logic_w_per_m2 * lanes_m2 + power.memory_w_per_byte * buffer_bytes;
}

double tile_power(const RunConfiguration& configuration) {
  const StaticPowerParameters& power = configuration.static_power;
  const tile::TileParameters& tile = configuration.accelerator.tile;
  const double rows = tile.rows;
  const int adcs = (tile.rows + tile.adc.columns_per_adc - 1) / tile.adc.columns_per_adc;
  return lane_power(configuration) +
         power.adc_w * adcs / configuration.accelerator.sequencer.tiles_per_adc +
         power.dac_w * rows + tile::static_power_w(tile);
}

}  // namespace

const parameters::Description<StaticPowerParameters>& StaticPowerParameters::description() {
  static const auto all =
      parameters::Description<StaticPowerParameters>("static_power")
          .real("logic_w_per_m2", &StaticPowerParameters::logic_w_per_m2, {0, 1e7}, "W/m^2",
                "leakage of digital arithmetic, by its area",
                "PUMA constants: an ALU of 5670 um^2 at 45 nm leaks 0.27 mW")
          .real("memory_w_per_byte", &StaticPowerParameters::memory_w_per_byte, {0, 1e-3}, "W",
                "leakage of on-chip memory, a byte",
                "PUMA constants: eDRAM, 64 KB, 32 nm leaks 0.46 mW")
          .real("adc_w", &StaticPowerParameters::adc_w, {0, 1}, "W", "leakage of a tile's ADC",
                "PUMA constants: 8-bit ADC, 32 nm, 0.2 mW")
          .real("dac_w", &StaticPowerParameters::dac_w, {0, 1}, "W", "leakage of a tile's DAC",
                "PUMA constants: 0.39 uW");
  return all;
}

void StaticPowerParameters::check() const {
  description().check(*this);
}

void complete_static_power(RunConfiguration& configuration) {
  if (!configuration.is_given("engine.static_power_w")) {
    configuration.engine.static_power_w = engine_power(configuration);
  }
  if (!configuration.is_given("sequencer.tile_static_power_w")) {
    const Inverter inverter = configuration.run.inverter;
    configuration.accelerator.sequencer.tile_static_power_w =
        inverter == Inverter::rram ? tile_power(configuration)
        : inverter == Inverter::cg ? lane_power(configuration)
                                   : 0.0;
  }
}

}  // namespace invar::platform
