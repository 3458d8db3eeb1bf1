#include <invar/parameters/range_check.h>
#include <invar/sequencer/sequencer_parameters.h>

namespace invar::sequencer {

void SequencerParameters::check() const {
  parameters::require_range("sequencer.clock_period_s", clock_period_s, 1e-12, 1e-3);
  parameters::require_range("sequencer.command_cycles", command_cycles, 0, 1000000);
  parameters::require_range("sequencer.mac_lanes", mac_lanes, 1, 65536);
  parameters::require_range("sequencer.mac_energy_j", mac_energy_j, 0.0, 1e-6);
  parameters::require_range("sequencer.buffer_energy_per_byte_j", buffer_energy_per_byte_j, 0.0,
                            1e-6);
  parameters::require_range("sequencer.contexts", contexts, 1, 4096);
  parameters::require_range("sequencer.stream_columns", stream_columns, 1, 65536);
  parameters::require_range("sequencer.tiles_per_adc", tiles_per_adc, 1, 4096);
  parameters::require_range("sequencer.wear_step_writes", wear_step_writes, 0.0, 1e12);
  parameters::require_range("sequencer.tile_retries", tile_retries, 0, 64);
}

}  // namespace invar::sequencer
