#include <invar/parameters/description.h>
#include <invar/registers/command_limits.h>
#include <invar/sequencer/sequencer_parameters.h>

namespace invar::sequencer {

using number_format::NumberFormat;

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
          .choice("lane_precision", &SequencerParameters::lane_precision,
                  {NumberFormat::fp64, NumberFormat::fp32, NumberFormat::fp16, NumberFormat::bf16,
                   NumberFormat::int8},
                  number_format::name_of,
                  "of the lanes; only fp64 may refine and check, others serve single shots",
                  "choice: docs/results.md")
          .choice("services", &SequencerParameters::services,
                  {{"all", BuiltServices::all}, {"single_shot", BuiltServices::single_shot}},
                  "which the hardware is built for: all, or single shots alone, without kept "
                  "matrices, search directions and products by tiles; default single_shot where "
                  "lanes are not fp64",
                  "choice")
          .with_dependent_default()
          .integer("deflation_rank", &SequencerParameters::deflation_rank, {0, INVAR_LIMIT_RANK},
                   "", "largest rank of a deflation that tiles have memory for", "choice")
          .integer("matrix_buffer_bytes", &SequencerParameters::matrix_buffer_bytes, {0, 1e15},
                   "byte",
                   "memory of matrices, an element as wide as the lanes' format: while they are "
                   "held, or with services = single_shot while they are programmed; 0 = as much as "
                   "the run's matrices take together (run: tile.rows^2 elements a tile)",
                   "choice")
          .real("fp32_mac_energy_j", &SequencerParameters::fp32_mac_energy_j, {0, 1e-6}, "J",
                "FP32 multiply-accumulate of the lanes", "Horowitz: 0.9 + 3.7 pJ")
          .of("45 nm", 2014)
          .real("fp16_mac_energy_j", &SequencerParameters::fp16_mac_energy_j, {0, 1e-6}, "J",
                "FP16 multiply, FP32 accumulate of the lanes", "Horowitz: 1.1 + 0.9 pJ")
          .of("45 nm", 2014)
          .real("bf16_mac_energy_j", &SequencerParameters::bf16_mac_energy_j, {0, 1e-6}, "J",
                "BF16 multiply, FP32 accumulate of the lanes",
                "assumption: FP16's multiplier by the square of the significand, 1.1 x 64 / 121, "
                "+ 0.9 pJ")
          .of("45 nm", 2014)
          .believed(1.2e-12, 2e-12)
          .real("int8_mac_energy_j", &SequencerParameters::int8_mac_energy_j, {0, 1e-6}, "J",
                "INT8 multiply, 32-bit accumulate of the lanes", "Horowitz: 0.2 + 0.1 pJ")
          .of("45 nm", 2014)
          .real("mac_energy_j", &SequencerParameters::mac_energy_j, {0, 1e-6}, "J",
                "FP64 multiply-accumulate of the lanes",
                "assumption: four times FP32's, 0.9 + 3.7 pJ (Horowitz)")
          .of("45 nm", 2014)
          .believed(9.2e-12, 1.84e-11)
          .real("buffer_energy_per_byte_j", &SequencerParameters::buffer_energy_per_byte_j,
                {0, 1e-6}, "J",
                "matrix buffer, a byte; where its bank beside a tile is above 64 KiB, by "
                "engine.scratchpad_energy_exponent more",
                "PUMA constants: eDRAM, 64 KB")
          .of("32 nm", 2019)
          .believed(2.7e-13, 1.1e-12)
          .with_dependent_default()
          .real(
              "tile_static_power_w", &SequencerParameters::tile_static_power_w, {0, 1e6}, "W",
              "what a tile with its lanes, memories and converters draws all the time, once it was "
              "given out; a tile that never was is switched off",
              "area.* and static_power.*")
          .with_dependent_default()
          .real("tile_gated_share", &SequencerParameters::tile_gated_share, {0, 1}, "",
                "of tile_static_power_w, what a tile draws while no command works on it, or only "
                "cells are written and compared; 1 = it cannot be switched off",
                "its memories, and static_power.gated_share of the rest")
          .with_dependent_default()
          .real("wake_time_s", &SequencerParameters::wake_time_s, {0, 1e-3}, "s",
                "to switch a tile on, where it can be switched off, before a command", "assumption")
          .believed(0, 1e-07)
          .real("wake_energy_j", &SequencerParameters::wake_energy_j, {0, 1e-3}, "J",
                "the same, a time", "assumption")
          .believed(0, 1e-09)
          .real("buffer_static_power_w", &SequencerParameters::buffer_static_power_w, {0, 1e6}, "W",
                "what the memory of matrices draws, used or not", "static_power.memory_w_per_byte")
          .with_dependent_default()
          .real("buffer_gated_share", &SequencerParameters::buffer_gated_share, {0, 1}, "",
                "of buffer_static_power_w, what the memory of matrices draws where services = "
                "single_shot and no matrix is in it; 1 = it cannot be switched off",
                "static_power.gated_share")
          .with_dependent_default()
          .real("buffer_wake_energy_j", &SequencerParameters::buffer_wake_energy_j, {0, 1e-3}, "J",
                "to switch the memory of matrices on, a time",
                "static_power.memory_wake_j_per_byte")
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

double SequencerParameters::lane_energy_j() const {
  return number_format::PerFormat<double>{mac_energy_j, fp32_mac_energy_j, fp16_mac_energy_j,
                                          bf16_mac_energy_j, int8_mac_energy_j}[lane_precision];
}

void SequencerParameters::check() const {
  description().check(*this);
}

}  // namespace invar::sequencer
