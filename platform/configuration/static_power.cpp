#include <invar/parameters/description.h>
#include <invar/platform/configuration/chip_area.h>
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

/// What a tile draws all the time.
struct TilePower {
  double memories_w = 0.0;
  double rest_w = 0.0;  ///< can be switched off
};

TilePower tile_power(const RunConfiguration& configuration) {
  const StaticPowerParameters& power = configuration.static_power;
  const digital_engine::DigitalAreaParameters& digital = configuration.digital_area;
  const tile::TileParameters& tile = configuration.accelerator.tile;
  const sequencer::SequencerParameters& sequencer = configuration.accelerator.sequencer;
  const double lanes_m2 = sequencer.mac_lanes * digital.unit_m2(sequencer.lane_precision);
  const double rows = tile.rows;
  const int adcs = (tile.rows + tile.adc.columns_per_adc - 1) / tile.adc.columns_per_adc;
  const AcceleratorMemory memory = accelerator_memory(configuration);
  // Where the memory of matrices is not sized, each tile has room for one of its own rows.
  const double buffer_bytes =
      memory.matrices > 0.0 ? 0.0 : number_format::bytes_of(sequencer.lane_precision) * rows * rows;
  TilePower tile_power;
  tile_power.memories_w =
      power.memory_w_per_byte * (buffer_bytes + memory.directions + memory.deflation);
  tile_power.rest_w = power.logic_w_per_m2 * lanes_m2;
  if (configuration.run.inverter != Inverter::cg) {
    tile_power.rest_w += power.adc_w * adcs / sequencer.tiles_per_adc + power.dac_w * rows +
                         tile::static_power_w(tile);
  }
  return tile_power;
}

}  // namespace

const parameters::Description<StaticPowerParameters>& StaticPowerParameters::description() {
  static const auto all =
      parameters::Description<StaticPowerParameters>("static_power")
          .real("logic_w_per_m2", &StaticPowerParameters::logic_w_per_m2, {0, 1e7}, "W/m^2",
                "leakage of digital arithmetic, by its area",
                "PUMA constants: an ALU of 5670 um^2 leaks 0.27 mW")
          .of("45 nm")
          .real("memory_w_per_byte", &StaticPowerParameters::memory_w_per_byte, {0, 1e-3}, "W",
                "leakage of on-chip memory, a byte", "PUMA constants: eDRAM, 64 KB leaks 0.46 mW")
          .of("32 nm", 2019)
          .real("adc_w", &StaticPowerParameters::adc_w, {0, 1}, "W", "leakage of a tile's ADC",
                "PUMA constants: 8-bit ADC, 0.2 mW")
          .of("32 nm", 2019)
          .real("dac_w", &StaticPowerParameters::dac_w, {0, 1}, "W", "leakage of a tile's DAC",
                "PUMA constants: 0.39 uW")
          .of("32 nm", 2019)
          .real("gated_share", &StaticPowerParameters::gated_share, {0, 1}, "",
                "of the leakage of a tile's lanes and converters, what is left while the tile is "
                "switched off between commands; 1 = no power switches",
                "choice");
  return all;
}

void StaticPowerParameters::check() const {
  description().check(*this);
}

void complete_static_power(RunConfiguration& configuration) {
  if (!configuration.is_given("engine.static_power_w")) {
    configuration.engine.static_power_w = engine_power(configuration);
  }
  const Inverter inverter = configuration.run.inverter;
  const bool inverts = inverter == Inverter::rram || inverter == Inverter::cg;
  const TilePower tile = inverts ? tile_power(configuration) : TilePower{};
  sequencer::SequencerParameters& sequencer = configuration.accelerator.sequencer;
  if (!configuration.is_given("sequencer.tile_static_power_w")) {
    sequencer.tile_static_power_w = tile.memories_w + tile.rest_w;
  }
  if (!configuration.is_given("sequencer.tile_gated_share") && tile.rest_w > 0.0) {
    sequencer.tile_gated_share =
        (tile.memories_w + configuration.static_power.gated_share * tile.rest_w) /
        (tile.memories_w + tile.rest_w);
  }
  if (!configuration.is_given("sequencer.buffer_static_power_w")) {
    configuration.accelerator.sequencer.buffer_static_power_w =
        inverts ? configuration.static_power.memory_w_per_byte *
                      accelerator_memory(configuration).matrices
                : 0.0;
  }
}

}  // namespace invar::platform
