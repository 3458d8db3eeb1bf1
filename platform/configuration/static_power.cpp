#include <invar/parameters/description.h>
#include <invar/platform/configuration/chip_area.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/tile_model/shot_cost.h>

#include <algorithm>
#include <cmath>

namespace invar::platform {
namespace {

double engine_power(const RunConfiguration& configuration) {
  const StaticPowerParameters& power = configuration.static_power;
  const digital_engine::EngineParameters& engine = configuration.engine;
  return power.logic_w_per_m2 * digital_engine::logic_area_of(engine, configuration.digital_area) +
         power.memory_w_per_byte * static_cast<double>(engine.scratchpad_bytes);
}

/// A byte of the memory of matrices, which stands beside the tiles in equal banks, costs so many
/// times what it costs from one of 64 KiB: as the engine's scratchpad.
double dearer_than_64_kib(const RunConfiguration& configuration, double bytes) {
  constexpr double k_bank_bytes = 65536.0;
  const double bank = bytes / configuration.accelerator.tiles;
  return std::pow(std::max(1.0, bank / k_bank_bytes),
                  configuration.engine.scratchpad_energy_exponent);
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
  const AcceleratorMemory memory = accelerator_memory(configuration, 0);
  TilePower tile_power;
  tile_power.memories_w = power.memory_w_per_byte * (memory.directions + memory.deflation);
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
                "switched off between commands, and of a memory of matrices that keeps none; 1 = "
                "no power switches",
                "choice")
          .real("memory_wake_j_per_byte", &StaticPowerParameters::memory_wake_j_per_byte, {0, 1e-9},
                "J", "to switch on a memory that can be switched off, a byte",
                "assumption: 1.3 fF of rails, as much by area as those of a tile, to 0.9 V")
          .of("40 nm")
          .believed(2e-16, 5e-15);
  return all;
}

void StaticPowerParameters::check() const {
  description().check(*this);
}

void complete_static_power(RunConfiguration& configuration) {
  if (!configuration.is_given("engine.static_power_w")) {
    configuration.engine.static_power_w = engine_power(configuration);
  }
  const TilePower tile = has_accelerator(configuration) ? tile_power(configuration) : TilePower{};
  sequencer::SequencerParameters& sequencer = configuration.accelerator.sequencer;
  if (!configuration.is_given("sequencer.tile_static_power_w")) {
    sequencer.tile_static_power_w = tile.memories_w + tile.rest_w;
  }
  if (!configuration.is_given("sequencer.tile_gated_share") && tile.rest_w > 0.0) {
    sequencer.tile_gated_share =
        (tile.memories_w + configuration.static_power.gated_share * tile.rest_w) /
        (tile.memories_w + tile.rest_w);
  }
}

void complete_matrix_memory(const RunConfiguration& configuration, std::uint64_t elements,
                            sequencer::SequencerParameters& built) {
  if (!has_accelerator(configuration)) {
    return;
  }
  if (built.matrix_buffer_bytes == 0) {
    built.matrix_buffer_bytes = built.matrix_bytes(elements, 1);
  }
  const StaticPowerParameters& power = configuration.static_power;
  const double bytes = static_cast<double>(built.matrix_buffer_bytes);
  const auto unless_given = [&](const char* key, double& value, double completed) {
    value = configuration.is_given(key) ? value : completed;
  };
  unless_given("sequencer.buffer_static_power_w", built.buffer_static_power_w,
               power.memory_w_per_byte * bytes);
  unless_given("sequencer.buffer_gated_share", built.buffer_gated_share, power.gated_share);
  unless_given("sequencer.buffer_wake_energy_j", built.buffer_wake_energy_j,
               power.memory_wake_j_per_byte * bytes);
  unless_given("sequencer.buffer_energy_per_byte_j", built.buffer_energy_per_byte_j,
               built.buffer_energy_per_byte_j * dearer_than_64_kib(configuration, bytes));
}

}  // namespace invar::platform
