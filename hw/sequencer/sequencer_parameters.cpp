#include <invar/parameters/description.h>
#include <invar/sequencer/sequencer_parameters.h>

namespace invar::sequencer {

const parameters::Description<SequencerParameters>& SequencerParameters::description() {
  static const auto all =
      parameters::Description<SequencerParameters>("sequencer")
          .real("clock_period_s", &SequencerParameters::clock_period_s, {1e-12, 1e-3}, "s",
                "of the digital part beside a tile", "assumption: as PUMA")
          .integer("command_cycles", &SequencerParameters::command_cycles, {0, 1000000}, "cycles",
                   "to decode and start a command", "assumption")
          .integer("mac_lanes", &SequencerParameters::mac_lanes, {1, 65536}, "lanes",
                   "multiply-accumulates a cycle of a tile's residual path",
                   "assumption (workload: as many in all as the engine has MACs)")
          .real("mac_energy_j", &SequencerParameters::mac_energy_j, {0, 1e-6}, "J",
                "FP64 multiply-accumulate of the residual path",
                "assumption: four times FP32 at 45 nm, 0.9 + 3.7 pJ (Horowitz)")
          .real("buffer_energy_per_byte_j", &SequencerParameters::buffer_energy_per_byte_j,
                {0, 1e-6}, "J", "matrix buffer, a byte", "PUMA constants: eDRAM, 64 KB, 32 nm")
          .real("tile_static_power_w", &SequencerParameters::tile_static_power_w, {0, 1e6}, "W",
                "what a tile with its lanes, buffer and converters draws all the time, once it was "
                "given out; a tile that never was is switched off",
                "area.* and static_power.*")
          .with_dependent_default()
          .integer("contexts", &SequencerParameters::contexts, {1, 4096}, "matrices",
                   "most matrices held at once", "assumption")
          .integer(
              "stream_columns", &SequencerParameters::stream_columns, {1, 65536}, "columns",
              "right-hand sides that are loaded, solved and stored as one, each beside the others",
              "choice")
          .integer(
              "tiles_per_adc", &SequencerParameters::tiles_per_adc, {1, 4096}, "tiles",
              "neighbouring tiles that share one set of ADCs and wait for each other's conversions",
              "choice")
          .real("wear_step_writes", &SequencerParameters::wear_step_writes, {0, 1e12}, "writes",
                "free tiles are chosen by wear in such steps, 0 = by number alone", "choice")
          .integer("tile_retries", &SequencerParameters::tile_retries, {0, 64}, "retries",
                   "times a matrix moves to other tiles when cells refuse", "choice");
  return all;
}

void SequencerParameters::check() const {
  description().check(*this);
}

}  // namespace invar::sequencer
