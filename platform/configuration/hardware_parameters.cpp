#include <invar/platform/configuration/parameter_table.h>
#include <invar/registers/command_limits.h>

// The structures of hw/ check themselves too; a test holds both ranges together.

namespace invar::platform {
namespace {

void add_tile(ParameterTable& table) {
  table
      .integer("tile.rows", INVAR_FIELD(accelerator.tile.rows), {1, 512}, "cells",
               "rows and columns of an array", "choice")
      .with_dependent_default();
  table.integer("tile.slices", INVAR_FIELD(accelerator.tile.slices), {1, 8}, "slices",
                "arrays of each sign; slice k counts 2^-(bits k)", "choice");
  table.integer("tile.seed_slices", INVAR_FIELD(accelerator.tile.seed_slices), {1, 8}, "slices",
                "slices in the INV loop", "two: a 6-bit seed, derived on K-FAC factors");
  table
      .choice(
          "tile.fidelity", INVAR_FIELD(accelerator.tile.fidelity),
          std::vector<std::pair<std::string, tile::Fidelity>>{
              {"ideal", tile::Fidelity::ideal},
              {"behavioural", tile::Fidelity::behavioural},
              {"circuit", tile::Fidelity::circuit},
              {"timing", tile::Fidelity::timing}},
          "ideal: quantisation only; behavioural: with errors, noise, gain, offset, "
          "saturation; circuit: with the network of cells and wires solved; timing: no numbers, "
          "for workload",
          "choice")
      .with_flag("--fidelity", "NAME");
  table.choice(
      "tile.read_noise_model", INVAR_FIELD(accelerator.tile.read_noise_model),
      std::vector<std::pair<std::string, tile::ReadNoiseModel>>{
          {"lumped", tile::ReadNoiseModel::lumped}, {"per_cell", tile::ReadNoiseModel::per_cell}},
      "circuit fidelity, INV: noise of a row in one, or the network solved with every "
      "cell's own",
      "choice");
  table.real("tile.nonlinearity_per_v", INVAR_FIELD(accelerator.tile.nonlinearity_per_v), {0, 100},
             "1/V", "circuit fidelity, INV: a of cells I = G sinh(a V) / a; 0 = ohmic",
             "assumption");
  table.choice("tile.mvm_mode", INVAR_FIELD(accelerator.tile.mvm_mode),
               std::vector<std::pair<std::string, tile::MvmMode>>{
                   {"lumped", tile::MvmMode::lumped}, {"bit_serial", tile::MvmMode::bit_serial}},
               "MVM with its noise summed up, or every conversion by itself", "choice");
  table.integer("tile.mvm_input_bits", INVAR_FIELD(accelerator.tile.mvm_input_bits), {1, 48}, "bit",
                "of an MVM input, sent in pieces of the DAC's width", "choice");
  table.integer("tile.mvm_row_group", INVAR_FIELD(accelerator.tile.mvm_row_group), {1, 512}, "rows",
                "rows driven at once in an MVM", "assumption");
  table.real("tile.mvm_adc_range", INVAR_FIELD(accelerator.tile.mvm_adc_range), {1e-4, 1}, "",
             "largest partial sum converted, relative to the largest possible", "assumption");
  table.real("tile.mvm_settling_time_s", INVAR_FIELD(accelerator.tile.mvm_settling_time_s), {0, 1},
             "s", "settling of the column currents",
             "Zuo et al. 2025: about 60 ns a product; split assumed");
}

void add_wires(ParameterTable& table) {
  table.real("wires.row_ohm", INVAR_FIELD(accelerator.tile.wires.row_ohm), {0, 1e6}, "ohm",
             "circuit fidelity: row wire between neighbouring cells",
             "about 1.73 in Zuo et al. 2025, secondary source");
  table.real("wires.column_ohm", INVAR_FIELD(accelerator.tile.wires.column_ohm), {0, 1e6}, "ohm",
             "circuit fidelity: column wire between neighbouring cells",
             "about 1.73 in Zuo et al. 2025, secondary source");
}

void add_device(ParameterTable& table) {
  const char* zuo = "TaOx 1T1R, 40 nm, Zuo et al. 2025, Nature Electronics 8, 1222 (secondary)";
  table.real("device.minimum_conductance_s",
             INVAR_FIELD(accelerator.tile.device.minimum_conductance_s), {0, 1e-2}, "S",
             "lowest level of a cell", zuo);
  table.real("device.maximum_conductance_s",
             INVAR_FIELD(accelerator.tile.device.maximum_conductance_s), {1e-9, 1e-1}, "S",
             "highest level of a cell", zuo);
  table.integer("device.levels", INVAR_FIELD(accelerator.tile.device.levels), {2, 256}, "levels",
                "levels of a cell", zuo);
  using Model = device::ProgrammingErrorModel;
  table.choice("device.programming_error", INVAR_FIELD(accelerator.tile.device.programming_error),
               std::vector<std::pair<std::string, Model>>{{"none", Model::none},
                                                          {"neurram_1s", Model::neurram_1s},
                                                          {"neurram_1day", Model::neurram_1day},
                                                          {"cmo_hfox", Model::cmo_hfox}},
               "error after write-verify over the target conductance",
               "IBM aihwkit fits; cmo_hfox: order of coefficients assumed");
  table.real("device.programming_error_scale",
             INVAR_FIELD(accelerator.tile.device.programming_error_scale), {0, 100}, "",
             "multiplies the error, 1 = as fitted", "choice");
  table.real("device.read_noise", INVAR_FIELD(accelerator.tile.device.read_noise), {0, 0.5}, "",
             "standard deviation of a read, relative", "IBM aihwkit, about 1 %");
  table.real("device.stuck_fraction", INVAR_FIELD(accelerator.tile.device.stuck_fraction), {0, 1},
             "", "cells stuck at either end of the range", "survey 0.1-5 %; 0 is an assumption");
  table.real("device.endurance_writes", INVAR_FIELD(accelerator.tile.device.endurance_writes),
             {1, 1e18}, "writes", "writes after which a cell is worn out", "survey: 1e6 to 1e8");
  table.real("device.set_voltage_v", INVAR_FIELD(accelerator.tile.device.set_voltage_v), {0, 10},
             "V", "set pulse", "NeuRRAM: CiMLoop, wan_nature_2022");
  table.real("device.reset_voltage_v", INVAR_FIELD(accelerator.tile.device.reset_voltage_v),
             {0, 10}, "V", "reset pulse", "assumption: as set");
  table.real("device.set_width_s", INVAR_FIELD(accelerator.tile.device.set_width_s), {1e-12, 1},
             "s", "set pulse", "assumption (survey: 10-100 ns)");
  table.real("device.reset_width_s", INVAR_FIELD(accelerator.tile.device.reset_width_s), {1e-12, 1},
             "s", "reset pulse", "assumption (survey: 10-100 ns)");
  table.real("device.mean_pulses", INVAR_FIELD(accelerator.tile.device.mean_pulses), {1, 1000},
             "pulses", "pulses that a cell takes on average", "assumption (survey: 3-4 for 3 bit)");
  table.integer("device.maximum_pulses", INVAR_FIELD(accelerator.tile.device.maximum_pulses),
                {1, 10000}, "pulses", "pulses after which a cell has failed", "assumption");
  table.real("device.verify_voltage_v", INVAR_FIELD(accelerator.tile.device.verify_voltage_v),
             {0, 10}, "V", "verify read", "NeuRRAM: CiMLoop, wan_nature_2022");
  table.real("device.verify_width_s", INVAR_FIELD(accelerator.tile.device.verify_width_s),
             {1e-12, 1}, "s", "verify read", "assumption");
  table.integer("device.measurement_reads", INVAR_FIELD(accelerator.tile.device.measurement_reads),
                {1, 1000000}, "reads",
                "reads averaged when a finished cell is measured for the next slice", "assumption");
}

void add_converters(ParameterTable& table) {
  table.integer("dac.bits", INVAR_FIELD(accelerator.tile.dac.bits), {1, 24}, "bit", "resolution",
                "choice; the published machine has 4");
  table.real("dac.full_scale_v", INVAR_FIELD(accelerator.tile.dac.full_scale_v), {1e-6, 10}, "V",
             "largest output", "assumption");
  table.real("dac.conversion_time_s", INVAR_FIELD(accelerator.tile.dac.conversion_time_s), {0, 1},
             "s", "time of a conversion", "assumption");
  table.real("dac.energy_per_bit_j", INVAR_FIELD(accelerator.tile.dac.energy_per_bit_j), {0, 1e-6},
             "J", "energy of a conversion a bit", "assumption: 0.1-0.3 pJ");
  const char* accelergy = "SAR, 40 nm, 100 MS/s: Accelergy ADC regression (best possible)";
  table.integer("adc.bits", INVAR_FIELD(accelerator.tile.adc.bits), {1, 24}, "bit", "resolution",
                "choice; the published machine has 4");
  table.real("adc.full_scale_v", INVAR_FIELD(accelerator.tile.adc.full_scale_v), {1e-6, 10}, "V",
             "largest magnitude converted", "assumption");
  table.real("adc.conversion_time_s", INVAR_FIELD(accelerator.tile.adc.conversion_time_s), {0, 1},
             "s", "time of a conversion", accelergy);
  table.real("adc.energy_j", INVAR_FIELD(accelerator.tile.adc.energy_j), {0, 1e-6}, "J",
             "energy of a conversion", accelergy);
  table.integer("adc.columns_per_adc", INVAR_FIELD(accelerator.tile.adc.columns_per_adc), {1, 1024},
                "columns", "columns that share one converter", "assumption");
  table.real("adc.sample_time_s", INVAR_FIELD(accelerator.tile.adc.sample_time_s), {0, 1}, "s",
             "time to sample all outputs", "assumption");
  table.real("adc.sample_hold_power_w", INVAR_FIELD(accelerator.tile.adc.sample_hold_power_w),
             {0, 1}, "W", "sample-and-hold of a column", "PUMA constants: 9.7 nW");
}

void add_amplifier(ParameterTable& table) {
  table.real("amplifier.gain", INVAR_FIELD(accelerator.tile.amplifier.gain), {1, 1e12}, "",
             "DC open-loop gain", "assumption");
  table.real("amplifier.gain_bandwidth_hz",
             INVAR_FIELD(accelerator.tile.amplifier.gain_bandwidth_hz), {1, 1e12}, "Hz",
             "gain-bandwidth product", "assumption; the published bench used 16 and 500 MHz parts");
  table.real("amplifier.offset_sigma_v", INVAR_FIELD(accelerator.tile.amplifier.offset_sigma_v),
             {0, 1}, "V", "standard deviation of the input offset after auto-zero", "assumption");
  table.real("amplifier.gain_sigma", INVAR_FIELD(accelerator.tile.amplifier.gain_sigma), {0, 0.3},
             "", "circuit fidelity: standard deviation of the gain, relative", "assumption");
  table.real("amplifier.bandwidth_sigma", INVAR_FIELD(accelerator.tile.amplifier.bandwidth_sigma),
             {0, 0.3}, "", "circuit fidelity: standard deviation of the bandwidth, relative",
             "assumption");
  table.real("amplifier.inverter_offset_sigma_v",
             INVAR_FIELD(accelerator.tile.amplifier.inverter_offset_sigma_v), {0, 1}, "V",
             "circuit fidelity: standard deviation of the inverters' output offset", "assumption");
  table.real("amplifier.saturation_v", INVAR_FIELD(accelerator.tile.amplifier.saturation_v),
             {1e-6, 100}, "V", "magnitude at which outputs saturate", "assumption");
  table.real("amplifier.inverter_bandwidth_ratio",
             INVAR_FIELD(accelerator.tile.amplifier.inverter_bandwidth_ratio), {1e-3, 1e3}, "",
             "bandwidth of the inverters over the gain-bandwidth product", "derived: gain of -1");
  table.real("amplifier.load_f", INVAR_FIELD(accelerator.tile.amplifier.load_f), {0, 1e-6}, "F",
             "load of an amplifier", "assumption");
  table.real("amplifier.figure_of_merit_hz_f_per_w",
             INVAR_FIELD(accelerator.tile.amplifier.figure_of_merit_hz_f_per_w), {1e-6, 1e12},
             "Hz F/W", "power = bandwidth * load / this", "assumption: 200-1000 MHz pF/mW");
}

void add_refinement(ParameterTable& table) {
  using Order = programming::WriteOrder;
  table.choice("programming.order", INVAR_FIELD(accelerator.programming.order),
               std::vector<std::pair<std::string, Order>>{{"row_parallel", Order::row_parallel},
                                                          {"cell_by_cell", Order::cell_by_cell}},
               "cells written at once", "assumption");
  table.real("programming.allowed_failed_fraction",
             INVAR_FIELD(accelerator.programming.allowed_failed_fraction), {0, 1}, "",
             "cells that may refuse before the matrix is given up", "assumption");
  table.real("programming.remainder_energy_j",
             INVAR_FIELD(accelerator.programming.remainder_energy_j), {0, 1e-3}, "J",
             "subtracting one measured cell pair from the remainder for the next slice",
             "45 nm FP32 multiply and add (Horowitz)");
  table.real("programming.row_driver_energy_j",
             INVAR_FIELD(accelerator.programming.row_driver_energy_j), {0, 1e-3}, "J",
             "selecting and driving a row for one pulse", "assumption");
  using Compensation = programming::WireCompensation;
  table.flag("programming.map_around", INVAR_FIELD(accelerator.programming.map_around),
             "cells that fail are made good by their partners and by spare lines", "choice");
  table.choice(
      "programming.wire_compensation", INVAR_FIELD(accelerator.programming.wire_compensation),
      std::vector<std::pair<std::string, Compensation>>{{"none", Compensation::none},
                                                        {"bias", Compensation::bias},
                                                        {"network", Compensation::network}},
      "circuit fidelity: targets corrected for the wires in the INV loop, by one number for all "
      "entries, or cell by cell with scaled rows",
      "bias: our reading of arXiv 2511.09151's abstract; network: derived");
  table.real("programming.bias_strength", INVAR_FIELD(accelerator.programming.bias_strength),
             {0, 10}, "", "bias: over the best one by least squares", "assumption");
  table.integer("programming.compensation_passes",
                INVAR_FIELD(accelerator.programming.compensation_passes), {1, 8}, "",
                "network: fixed-point corrections of a slice's targets", "choice");
  table.integer("programming.compensation_sweeps",
                INVAR_FIELD(accelerator.programming.compensation_sweeps), {1, 16}, "",
                "network: sweeps over rows and columns of an estimate", "choice");
  table.real("programming.compensation_energy_j",
             INVAR_FIELD(accelerator.programming.compensation_energy_j), {0, 1e-3}, "J",
             "one multiply-accumulate of the compensation",
             "45 nm FP32 multiply and add (Horowitz)");
  table.real("programming.compensation_rate_hz",
             INVAR_FIELD(accelerator.programming.compensation_rate_hz), {1, 1e18}, "1/s",
             "multiply-accumulates of the compensation, nothing hidden behind pulses",
             "assumption: 64 lanes at 1 GHz");
  using Residual = solver::ResidualPath;
  table.choice("solver.residual", INVAR_FIELD(accelerator.solver.residual),
               std::vector<std::pair<std::string, Residual>>{{"digital", Residual::digital},
                                                             {"analog", Residual::analog}},
               "residual on the accelerator's MAC row, or by bit-sliced MVM", "choice");
  table.integer("solver.iteration_limit", INVAR_FIELD(accelerator.solver.iteration_limit),
                {1, INVAR_LIMIT_ITERATIONS}, "iterations",
                "of a solve unless a command says otherwise", "choice");
  table.integer("solver.krylov_directions", INVAR_FIELD(accelerator.solver.krylov_directions),
                {0, 64}, "directions",
                "earlier directions that a correction is made orthogonal to, 0 = plain refinement",
                "choice: docs/results.md");
  table.integer("solver.largest_range", INVAR_FIELD(accelerator.solver.largest_range), {0, 15}, "",
                "largest attenuation 2^range tried when outputs clip", "choice");
  table.integer("solver.result_bits", INVAR_FIELD(accelerator.solver.result_bits), {0, 53}, "bits",
                "of fixed-point solutions, each right-hand side with a power of two for scale; "
                "0 = floating point",
                "choice; 24 in Zuo et al. 2025 (secondary source)");
  using Product = solver::BlockProductPath;
  table.choice("solver.block_product", INVAR_FIELD(accelerator.solver.block_product),
               std::vector<std::pair<std::string, Product>>{{"analog", Product::analog},
                                                            {"digital", Product::digital}},
               "off-diagonal blocks of a matrix on several tiles: each on a tile of its own, or on "
               "the MAC lanes",
               "choice");
  using Split = solver::BlockSplit;
  table.choice("solver.block_split", INVAR_FIELD(accelerator.solver.block_split),
               std::vector<std::pair<std::string, Split>>{{"first", Split::first},
                                                          {"halves", Split::halves}},
               "matrix on several tiles: one tile and the rest, or halves (BlockAMC), and so on",
               "choice: docs/results.md");
  table.real("solver.schur_tolerance", INVAR_FIELD(accelerator.solver.schur_tolerance),
             {1e-14, 0.5}, "", "relative residual of the solves that form a Schur complement",
             "choice: docs/results.md");
  table.integer("solver.product_slices", INVAR_FIELD(accelerator.solver.product_slices), {0, 8},
                "slices", "of tiles that multiply off-diagonal blocks, 0 = as in the INV loops",
                "choice");
  table.real("solver.seed_damping", INVAR_FIELD(accelerator.solver.seed_damping), {0, 10}, "",
             "of the diagonal, added to what tiles hold; the refinement undoes it",
             "choice: docs/results.md");
  table.real("solver.largest_seed_damping", INVAR_FIELD(accelerator.solver.largest_seed_damping),
             {0, 10}, "",
             "a seed that would diverge is written again with four times the damping, up to this",
             "choice: docs/results.md");
}

void add_sequencer(ParameterTable& table) {
  table.integer("accelerator.tiles", INVAR_FIELD(accelerator.tiles), {1, 4096}, "tiles",
                "a matrix takes one, or several if it has more rows; default 4096 for workload",
                "choice");
  table.real("accelerator.register_latency_s", INVAR_FIELD(accelerator.register_latency_s), {0, 1},
             "s", "latency of a register access", "assumption");
  table.integer("accelerator.dma_burst_bytes", INVAR_FIELD(accelerator.dma_burst_bytes),
                {64, 1048576}, "byte", "length of a DMA burst", "assumption (workload: 256 KiB)");
  table.real("accelerator.dma_energy_per_byte_j", INVAR_FIELD(accelerator.dma_energy_per_byte_j),
             {0, 1e-6}, "J", "DMA engine and its buffers, a byte",
             "PUMA constants, 2 KB SRAM; 0.285 pJ a byte is an assumption");
  table.real("sequencer.clock_period_s", INVAR_FIELD(accelerator.sequencer.clock_period_s),
             {1e-12, 1e-3}, "s", "of the digital part beside a tile", "assumption: as PUMA");
  table.integer("sequencer.command_cycles", INVAR_FIELD(accelerator.sequencer.command_cycles),
                {0, 1000000}, "cycles", "to decode and start a command", "assumption");
  table.integer("sequencer.mac_lanes", INVAR_FIELD(accelerator.sequencer.mac_lanes), {1, 65536},
                "lanes", "multiply-accumulates a cycle of a tile's residual path",
                "assumption (workload: as many in all as the engine has MACs)");
  table.real("sequencer.mac_energy_j", INVAR_FIELD(accelerator.sequencer.mac_energy_j), {0, 1e-6},
             "J", "FP64 multiply-accumulate of the residual path",
             "assumption: four times FP32 at 45 nm, 0.9 + 3.7 pJ (Horowitz)");
  table.real("sequencer.buffer_energy_per_byte_j",
             INVAR_FIELD(accelerator.sequencer.buffer_energy_per_byte_j), {0, 1e-6}, "J",
             "matrix buffer, a byte", "PUMA constants: eDRAM, 64 KB, 32 nm");
  table.integer("sequencer.contexts", INVAR_FIELD(accelerator.sequencer.contexts), {1, 4096},
                "matrices", "most matrices held at once", "assumption");
  table.integer(
      "sequencer.stream_columns", INVAR_FIELD(accelerator.sequencer.stream_columns), {1, 65536},
      "columns",
      "right-hand sides that are loaded, solved and stored as one, each beside the others",
      "choice");
  table.integer(
      "sequencer.tiles_per_adc", INVAR_FIELD(accelerator.sequencer.tiles_per_adc), {1, 4096},
      "tiles",
      "neighbouring tiles that share one set of ADCs and wait for each other's conversions",
      "choice");
  table.real("sequencer.wear_step_writes", INVAR_FIELD(accelerator.sequencer.wear_step_writes),
             {0, 1e12}, "writes",
             "free tiles are chosen by wear in such steps, 0 = by number alone", "choice");
  table.integer("sequencer.tile_retries", INVAR_FIELD(accelerator.sequencer.tile_retries), {0, 64},
                "retries", "times a matrix moves to other tiles when cells refuse", "choice");
}

void add_engine(ParameterTable& table) {
  table.real("engine.clock_period_s", INVAR_FIELD(engine.clock_period_s), {1e-12, 1e-3}, "s",
             "of the digital engine", "as the digital blocks of PUMA, 32 nm");
  table.integer("engine.mac_rows", INVAR_FIELD(engine.mac_rows), {1, 1024}, "MACs",
                "rows of the output-stationary MAC array", "assumption (workload: 128)");
  table.integer("engine.mac_columns", INVAR_FIELD(engine.mac_columns), {1, 1024}, "MACs",
                "columns of the MAC array", "assumption (workload: 128)");
  table.integer("engine.vector_lanes", INVAR_FIELD(engine.vector_lanes), {1, 65536}, "lanes",
                "element-wise operations a cycle", "assumption (workload: 1024)");
  table.integer("engine.function_lanes", INVAR_FIELD(engine.function_lanes), {1, 65536}, "lanes",
                "exp, log, divide, square root a cycle", "assumption (workload: 128)");
  table.integer("engine.divide_latency_cycles", INVAR_FIELD(engine.divide_latency_cycles),
                {1, 1000}, "cycles", "of a divide that the next step waits for", "assumption");
  table.integer("engine.multiply_latency_cycles", INVAR_FIELD(engine.multiply_latency_cycles),
                {1, 1000}, "cycles", "of a multiply-add that the next step waits for",
                "assumption");
  table.integer("engine.job_cycles", INVAR_FIELD(engine.job_cycles), {0, 1000000}, "cycles",
                "to decode and start a job", "assumption");
  table.integer("engine.scratchpad_bytes", INVAR_FIELD(engine.scratchpad_bytes), {4096, 4294963200},
                "byte", "scratchpad", "assumption (workload: 32 MiB)");
  table.integer("engine.scratchpad_bytes_per_cycle", INVAR_FIELD(engine.scratchpad_bytes_per_cycle),
                {4, 65536}, "byte", "scratchpad bandwidth, a cycle", "assumption (workload: 4096)");
  table.real("engine.mac_energy_j", INVAR_FIELD(engine.mac_energy_j), {0, 1e-6}, "J",
             "FP32 multiply-accumulate", "45 nm, Horowitz: 0.9 + 3.7 pJ");
  table.real("engine.vector_energy_j", INVAR_FIELD(engine.vector_energy_j), {0, 1e-6}, "J",
             "FP32 add or compare", "45 nm, Horowitz");
  table.real("engine.function_energy_j", INVAR_FIELD(engine.function_energy_j), {0, 1e-6}, "J",
             "exp, log, divide, square root", "assumption: about five multiplies");
  table.real("engine.scratchpad_energy_per_byte_j",
             INVAR_FIELD(engine.scratchpad_energy_per_byte_j), {0, 1e-6}, "J", "scratchpad, a byte",
             "PUMA constants: eDRAM, 64 KB, 32 nm");
  table.real("engine.dma_energy_per_byte_j", INVAR_FIELD(engine.dma_energy_per_byte_j), {0, 1e-6},
             "J", "DMA engine and its buffers, a byte",
             "PUMA constants, 2 KB SRAM; 0.285 pJ a byte is an assumption");
  table.real("engine.register_latency_s", INVAR_FIELD(engine.register_latency_s), {0, 1}, "s",
             "latency of a register access", "assumption");
  table.integer("engine.dma_burst_bytes", INVAR_FIELD(engine.dma_burst_bytes), {64, 1048576},
                "byte", "length of a DMA burst", "assumption (workload: 256 KiB)");
}

void add_bus(ParameterTable& table) {
  using bus::Arbitration;
  using bus::BusTopology;
  table.real("bus.clock_period_s", INVAR_FIELD(bus.clock_period_s), {1e-12, 1e-3}, "s",
             "of the host bus", "assumption");
  table.integer("bus.width_bytes", INVAR_FIELD(bus.width_bytes), {1, 4096}, "byte",
                "carried in a cycle", "assumption (workload: 1024)");
  table.integer("bus.latency_cycles", INVAR_FIELD(bus.latency_cycles), {0, 1000000}, "cycles",
                "decode, arbitration and the way there and back of a burst", "assumption");
  table.choice("bus.topology", INVAR_FIELD(bus.topology),
               std::vector<std::pair<std::string, BusTopology>>{
                   {"shared", BusTopology::shared}, {"crossbar", BusTopology::crossbar}},
               "one burst at a time, or one a target", "choice");
  table.choice("bus.arbitration", INVAR_FIELD(bus.arbitration),
               std::vector<std::pair<std::string, Arbitration>>{
                   {"round_robin", Arbitration::round_robin},
                   {"fixed_priority", Arbitration::fixed_priority}},
               "who goes first", "choice");
  table.real("bus.energy_per_bit_j", INVAR_FIELD(bus.energy_per_bit_j), {0, 1e-9}, "J",
             "a bit carried", "PUMA constants: 16 fJ, 32 nm");
  table.real("memory.clock_period_s", INVAR_FIELD(memory.clock_period_s), {1e-12, 1e-3}, "s",
             "of the RAM", "assumption");
  table.integer("memory.latency_cycles", INVAR_FIELD(memory.latency_cycles), {0, 1000000}, "cycles",
                "to the first byte of a burst", "assumption: closed-page DRAM");
  table.integer("memory.bytes_per_cycle", INVAR_FIELD(memory.bytes_per_cycle), {1, 4096}, "byte",
                "read or written in a cycle", "assumption (workload: 1024)");
  table.real("memory.energy_per_byte_j", INVAR_FIELD(memory.energy_per_byte_j), {0, 1e-9}, "J",
             "a byte read or written", "HBM2 device, 3.9 pJ a bit (secondary)");
  table.real("peripheral.register_latency_s", INVAR_FIELD(peripherals.register_latency_s), {0, 1},
             "s", "latency of a register access", "assumption");
}

}  // namespace

void add_hardware_parameters(ParameterTable& table) {
  add_tile(table);
  add_wires(table);
  add_device(table);
  add_converters(table);
  add_amplifier(table);
  add_refinement(table);
  add_sequencer(table);
  add_engine(table);
  add_area_parameters(table);
  add_bus(table);
}

}  // namespace invar::platform
