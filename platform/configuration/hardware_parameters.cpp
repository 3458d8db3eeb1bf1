#include <invar/platform/configuration/parameter_table.h>

// The structures of hw/ check themselves too; a test holds both ranges together.

namespace invar::platform {
namespace {

void add_tile(ParameterTable& table) {
  table.integer("tile.rows", INVAR_FIELD(tile.rows), {1, 512}, "cells",
                "rows and columns of an array; default 320 for train, 128 for solve", "choice");
  table.integer("tile.slices", INVAR_FIELD(tile.slices), {1, 8}, "slices",
                "arrays of each sign; slice k counts 2^-(bits k)", "choice");
  table.integer("tile.seed_slices", INVAR_FIELD(tile.seed_slices), {1, 8}, "slices",
                "slices in the INV loop", "two: a 6-bit seed, derived on K-FAC factors");
  table
      .choice("tile.fidelity", INVAR_FIELD(tile.fidelity),
              std::vector<std::pair<std::string, tile::Fidelity>>{
                  {"ideal", tile::Fidelity::ideal}, {"behavioural", tile::Fidelity::behavioural}},
              "ideal: quantisation only; behavioural: with errors, noise, gain, offset, saturation",
              "choice")
      .with_flag("--fidelity", "NAME");
  table.choice("tile.mvm_mode", INVAR_FIELD(tile.mvm_mode),
               std::vector<std::pair<std::string, tile::MvmMode>>{
                   {"lumped", tile::MvmMode::lumped}, {"bit_serial", tile::MvmMode::bit_serial}},
               "MVM with its noise summed up, or every conversion by itself", "choice");
  table.integer("tile.mvm_input_bits", INVAR_FIELD(tile.mvm_input_bits), {1, 48}, "bit",
                "of an MVM input, sent in pieces of the DAC's width", "choice");
  table.integer("tile.mvm_row_group", INVAR_FIELD(tile.mvm_row_group), {1, 512}, "rows",
                "rows driven at once in an MVM", "assumption");
  table.real("tile.mvm_adc_range", INVAR_FIELD(tile.mvm_adc_range), {1e-4, 1}, "",
             "largest partial sum converted, relative to the largest possible", "assumption");
  table.real("tile.mvm_settling_time_s", INVAR_FIELD(tile.mvm_settling_time_s), {0, 1}, "s",
             "settling of the column currents",
             "Zuo et al. 2025: about 60 ns a product; split assumed");
}

void add_device(ParameterTable& table) {
  const char* zuo = "TaOx 1T1R, 40 nm, Zuo et al. 2025, Nature Electronics 8, 1222 (secondary)";
  table.real("device.minimum_conductance_s", INVAR_FIELD(tile.device.minimum_conductance_s),
             {0, 1e-2}, "S", "lowest level of a cell", zuo);
  table.real("device.maximum_conductance_s", INVAR_FIELD(tile.device.maximum_conductance_s),
             {1e-9, 1e-1}, "S", "highest level of a cell", zuo);
  table.integer("device.levels", INVAR_FIELD(tile.device.levels), {2, 256}, "levels",
                "levels of a cell", zuo);
  using Model = device::ProgrammingErrorModel;
  table.choice("device.programming_error", INVAR_FIELD(tile.device.programming_error),
               std::vector<std::pair<std::string, Model>>{{"none", Model::none},
                                                          {"neurram_1s", Model::neurram_1s},
                                                          {"neurram_1day", Model::neurram_1day},
                                                          {"cmo_hfox", Model::cmo_hfox}},
               "error after write-verify over the target conductance",
               "IBM aihwkit fits; cmo_hfox: order of coefficients assumed");
  table.real("device.programming_error_scale", INVAR_FIELD(tile.device.programming_error_scale),
             {0, 100}, "", "multiplies the error, 1 = as fitted", "choice");
  table.real("device.read_noise", INVAR_FIELD(tile.device.read_noise), {0, 0.5}, "",
             "standard deviation of a read, relative", "IBM aihwkit, about 1 %");
  table.real("device.stuck_fraction", INVAR_FIELD(tile.device.stuck_fraction), {0, 1}, "",
             "cells stuck at either end of the range", "survey 0.1-5 %; 0 is an assumption");
  table.real("device.endurance_writes", INVAR_FIELD(tile.device.endurance_writes), {1, 1e18},
             "writes", "writes after which a cell is worn out", "survey: 1e6 to 1e8");
  table.real("device.set_voltage_v", INVAR_FIELD(tile.device.set_voltage_v), {0, 10}, "V",
             "set pulse", "NeuRRAM: CiMLoop, wan_nature_2022");
  table.real("device.reset_voltage_v", INVAR_FIELD(tile.device.reset_voltage_v), {0, 10}, "V",
             "reset pulse", "assumption: as set");
  table.real("device.pulse_width_s", INVAR_FIELD(tile.device.pulse_width_s), {1e-12, 1}, "s",
             "set and reset pulse", "assumption (survey: 10-100 ns)");
  table.real("device.mean_pulses", INVAR_FIELD(tile.device.mean_pulses), {1, 1000}, "pulses",
             "pulses that a cell takes on average", "assumption (survey: 3-4 for 3 bit)");
  table.integer("device.maximum_pulses", INVAR_FIELD(tile.device.maximum_pulses), {1, 10000},
                "pulses", "pulses after which a cell has failed", "assumption");
  table.real("device.verify_voltage_v", INVAR_FIELD(tile.device.verify_voltage_v), {0, 10}, "V",
             "verify read", "NeuRRAM: CiMLoop, wan_nature_2022");
  table.real("device.verify_width_s", INVAR_FIELD(tile.device.verify_width_s), {1e-12, 1}, "s",
             "verify read", "assumption");
  table.integer("device.measurement_reads", INVAR_FIELD(tile.device.measurement_reads),
                {1, 1000000}, "reads", "reads averaged when a finished cell is measured",
                "assumption");
}

void add_converters(ParameterTable& table) {
  table.integer("dac.bits", INVAR_FIELD(tile.dac.bits), {1, 24}, "bit", "resolution",
                "choice; the published machine has 4");
  table.real("dac.full_scale_v", INVAR_FIELD(tile.dac.full_scale_v), {1e-6, 10}, "V",
             "largest output", "assumption");
  table.real("dac.conversion_time_s", INVAR_FIELD(tile.dac.conversion_time_s), {0, 1}, "s",
             "time of a conversion", "assumption");
  table.real("dac.energy_per_bit_j", INVAR_FIELD(tile.dac.energy_per_bit_j), {0, 1e-6}, "J",
             "energy of a conversion a bit", "assumption: 0.1-0.3 pJ");
  const char* accelergy = "SAR, 40 nm, 100 MS/s: Accelergy ADC regression (best possible)";
  table.integer("adc.bits", INVAR_FIELD(tile.adc.bits), {1, 24}, "bit", "resolution",
                "choice; the published machine has 4");
  table.real("adc.full_scale_v", INVAR_FIELD(tile.adc.full_scale_v), {1e-6, 10}, "V",
             "largest magnitude converted", "assumption");
  table.real("adc.conversion_time_s", INVAR_FIELD(tile.adc.conversion_time_s), {0, 1}, "s",
             "time of a conversion", accelergy);
  table.real("adc.energy_j", INVAR_FIELD(tile.adc.energy_j), {0, 1e-6}, "J",
             "energy of a conversion", accelergy);
  table.integer("adc.columns_per_adc", INVAR_FIELD(tile.adc.columns_per_adc), {1, 1024}, "columns",
                "columns that share one converter", "assumption");
  table.real("adc.sample_time_s", INVAR_FIELD(tile.adc.sample_time_s), {0, 1}, "s",
             "time to sample all outputs", "assumption");
  table.real("adc.sample_hold_power_w", INVAR_FIELD(tile.adc.sample_hold_power_w), {0, 1}, "W",
             "sample-and-hold of a column", "PUMA constants: 9.7 nW");
}

void add_amplifier(ParameterTable& table) {
  table.real("amplifier.gain", INVAR_FIELD(tile.amplifier.gain), {1, 1e12}, "", "DC open-loop gain",
             "assumption");
  table.real("amplifier.gain_bandwidth_hz", INVAR_FIELD(tile.amplifier.gain_bandwidth_hz),
             {1, 1e12}, "Hz", "gain-bandwidth product",
             "assumption; the published bench used 16 and 500 MHz parts");
  table.real("amplifier.offset_sigma_v", INVAR_FIELD(tile.amplifier.offset_sigma_v), {0, 1}, "V",
             "standard deviation of the input offset after auto-zero", "assumption");
  table.real("amplifier.saturation_v", INVAR_FIELD(tile.amplifier.saturation_v), {1e-6, 100}, "V",
             "magnitude at which outputs saturate", "assumption");
  table.real("amplifier.inverter_bandwidth_ratio",
             INVAR_FIELD(tile.amplifier.inverter_bandwidth_ratio), {1e-3, 1e3}, "",
             "bandwidth of the inverters over the gain-bandwidth product", "derived: gain of -1");
  table.real("amplifier.load_f", INVAR_FIELD(tile.amplifier.load_f), {0, 1e-6}, "F",
             "load of an amplifier", "assumption");
  table.real("amplifier.figure_of_merit_hz_f_per_w",
             INVAR_FIELD(tile.amplifier.figure_of_merit_hz_f_per_w), {1e-6, 1e12}, "Hz F/W",
             "power = bandwidth * load / this", "assumption: 200-1000 MHz pF/mW");
}

void add_accelerator(ParameterTable& table) {
  using Order = programming::WriteOrder;
  table.choice("programming.order", INVAR_FIELD(programming.order),
               std::vector<std::pair<std::string, Order>>{{"row_parallel", Order::row_parallel},
                                                          {"cell_by_cell", Order::cell_by_cell}},
               "cells written at once", "assumption");
  table.real("programming.allowed_failed_fraction",
             INVAR_FIELD(programming.allowed_failed_fraction), {0, 1}, "",
             "cells that may refuse before the matrix is given up", "assumption");
  table.real("programming.row_driver_energy_j", INVAR_FIELD(programming.row_driver_energy_j),
             {0, 1e-3}, "J", "selecting and driving a row for one pulse", "assumption");
  using Residual = solver::ResidualPath;
  table.choice("solver.residual", INVAR_FIELD(refinement.residual),
               std::vector<std::pair<std::string, Residual>>{{"digital", Residual::digital},
                                                             {"analog", Residual::analog}},
               "residual on the accelerator's MAC row, or by bit-sliced MVM", "choice");
  table.integer("solver.iteration_limit", INVAR_FIELD(refinement.iteration_limit), {1, 1000},
                "iterations", "of a solve unless a command says otherwise", "choice");
  table.integer(
      "solver.krylov_directions", INVAR_FIELD(refinement.krylov_directions), {0, 64}, "directions",
      "earlier directions that a correction is made orthogonal to, 0 = plain refinement", "choice");
  table.integer("solver.largest_range", INVAR_FIELD(refinement.largest_range), {0, 15}, "",
                "largest attenuation 2^range tried when outputs clip", "choice");
}

}  // namespace

void add_hardware_parameters(ParameterTable& table) {
  add_tile(table);
  add_device(table);
  add_converters(table);
  add_amplifier(table);
  add_accelerator(table);
}

}  // namespace invar::platform
