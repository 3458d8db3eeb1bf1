#include <invar/platform/configuration/parameter_table.h>

namespace invar::platform {

void add_area_parameters(ParameterTable& table) {
  table.real("area.feature_size_m", INVAR_FIELD(area.feature_size_m), {1e-9, 1e-5}, "m",
             "of the cells", "Zuo et al. 2025: 40 nm (secondary source)");
  table.real("area.cell_feature_squares", INVAR_FIELD(area.cell_feature_squares), {1, 1e4}, "F^2",
             "1T1R cell", "NeuroSim, as taken by CiMLoop");
  table.real("area.amplifier_m2", INVAR_FIELD(area.amplifier_m2), {0, 1e-6}, "m^2",
             "op-amp of a loop or of an MVM column", "assumption");
  table.real("area.buffer_m2", INVAR_FIELD(area.buffer_m2), {0, 1e-6}, "m^2",
             "inverter or attenuating buffer", "assumption");
  table.real("area.dac_m2_per_bit", INVAR_FIELD(area.dac_m2_per_bit), {0, 1e-6}, "m^2",
             "DAC, each bit", "assumption");
  table.real("area.sample_hold_m2", INVAR_FIELD(area.sample_hold_m2), {0, 1e-6}, "m^2",
             "sample-and-hold, a column", "PUMA constants");
  table.real("area.write_driver_m2", INVAR_FIELD(area.write_driver_m2), {0, 1e-6}, "m^2",
             "write driver, a row or a column of each array", "assumption");
  table.real("area.multiply_accumulate_m2", INVAR_FIELD(digital_area.multiply_accumulate_m2),
             {0, 1e-3}, "m^2", "FP32 multiply-accumulate unit",
             "assumption: 45 nm, 4184 + 7700 um^2 as quoted from Horowitz 2014");
  table.real("area.double_precision_factor", INVAR_FIELD(digital_area.double_precision_factor),
             {1, 100}, "", "FP64 unit of the MAC lanes over an FP32 one", "assumption");
  table.real("area.memory_m2_per_byte", INVAR_FIELD(digital_area.memory_m2_per_byte), {0, 1e-3},
             "m^2", "on-chip memory, a byte", "assumption: eight bits of 0.35 um^2");
}

}  // namespace invar::platform
