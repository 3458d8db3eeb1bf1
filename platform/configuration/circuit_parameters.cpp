#include <invar/platform/configuration/parameter_table.h>

namespace invar::platform {
namespace {

constexpr const char* k_choice = "choice";

void add_files(ParameterTable& table) {
  table
      .choice("circuit.operation", INVAR_FIELD(circuit.operation),
              std::vector<std::pair<std::string, CircuitOperation>>{{"inv", CircuitOperation::inv},
                                                                    {"mvm", CircuitOperation::mvm}},
              "inv: op-amps close the loop, v = -G^-1 i; mvm: rows driven, columns grounded, G^T "
              "v; must "
              "be given",
              "Sun et al., PNAS 116, 4123 (2019)")
      .with_flag("--operation", "NAME");
  table
      .text("circuit.conductance", INVAR_FIELD(circuit.conductance),
            "Matrix Market file with the conductances in siemens, row k on op-amp k", k_choice)
      .with_flag("--conductance", "FILE")
      .host_only();
  table
      .text(
          "circuit.conductance_negative", INVAR_FIELD(circuit.conductance_negative),
          "conductances of the minus array in siemens; inv: on the same rows, driven by inverters; "
          "mvm: an array by itself whose column currents are subtracted",
          k_choice)
      .with_flag("--conductance-negative", "FILE")
      .host_only();
  table
      .text(
          "circuit.input", INVAR_FIELD(circuit.input),
          "inv: currents into the rows in amperes; mvm: row voltages in volts; one right-hand side "
          "a column",
          k_choice)
      .with_flag("--input", "FILE")
      .host_only();
  table
      .text("circuit.out", INVAR_FIELD(circuit.out),
            "Matrix Market file to write; inv: output voltages; mvm: column currents in amperes",
            k_choice)
      .with_flag("--out", "FILE")
      .host_only();
}

void add_array(ParameterTable& table) {
  const char* wire_source = "choice: ideal wires; about 1.73 ohm in a published chip (secondary)";
  table
      .real("circuit.wire_resistance_ohm", INVAR_FIELD(circuit.wire_resistance_ohm), {0, 1e6},
            "ohm", "resistance of each wire segment between cells and at the ends", wire_source)
      .with_flag("--wire-resistance", "OHM");
  table
      .real("circuit.row_resistance_ohm", INVAR_FIELD(circuit.row_resistance_ohm), {0, 1e6}, "ohm",
            "of the rows' segments; default wire_resistance_ohm", wire_source)
      .with_flag("--row-resistance", "OHM")
      .with_dependent_default();
  table
      .real("circuit.column_resistance_ohm", INVAR_FIELD(circuit.column_resistance_ohm), {0, 1e6},
            "ohm", "of the columns' segments; default wire_resistance_ohm", wire_source)
      .with_flag("--column-resistance", "OHM")
      .with_dependent_default();
  table
      .choice("circuit.injection", INVAR_FIELD(circuit.injection),
              std::vector<std::pair<std::string, circuit::Injection>>{
                  {"near", circuit::Injection::near}, {"far", circuit::Injection::far}},
              "end of the row that an input current enters: the one that the op-amp senses or the "
              "other",
              k_choice)
      .with_flag("--injection", "NAME");
  table
      .real("circuit.nonlinearity_per_v", INVAR_FIELD(circuit.nonlinearity_per_v), {0, 100}, "1/V",
            "a of non-linear cells, I = G sinh(a V) / a; 0 = linear", "assumption")
      .with_flag("--nonlinearity", "A");
}

void add_amplifiers(ParameterTable& table) {
  table
      .real("circuit.gain", INVAR_FIELD(circuit.gain), {0, 1e15, true}, "",
            "DC open-loop gain of the op-amps", "assumption")
      .with_flag("--gain", "A0");
  table
      .text("circuit.gains", INVAR_FIELD(circuit.gains),
            "Matrix Market file with the gain of each op-amp, instead of one for all", k_choice)
      .with_flag("--gains", "FILE")
      .host_only();
  table
      .text("circuit.offset", INVAR_FIELD(circuit.offset),
            "Matrix Market file with the input offset of each op-amp in volts", k_choice)
      .with_flag("--offset", "FILE")
      .host_only();
  table
      .text("circuit.inverter_offset", INVAR_FIELD(circuit.inverter_offset),
            "Matrix Market file with the output offset of each inverter in volts", k_choice)
      .with_flag("--inverter-offset", "FILE")
      .host_only();
  table
      .real("circuit.saturation_v", INVAR_FIELD(circuit.saturation_v), {0, 1e3}, "V",
            "magnitude at which the outputs saturate, 0 = they do not", k_choice)
      .with_flag("--saturation", "V");
  table
      .choice("circuit.saturation_law", INVAR_FIELD(circuit.saturation_law),
              std::vector<std::pair<std::string, circuit::SaturationLaw>>{
                  {"hard", circuit::SaturationLaw::hard}, {"tanh", circuit::SaturationLaw::tanh}},
              "hard: clamped at the supply; tanh: v = V tanh(u / V)", k_choice)
      .with_flag("--saturation-law", "NAME");
}

void add_dynamics(ParameterTable& table) {
  table
      .real("circuit.gain_bandwidth_hz", INVAR_FIELD(circuit.gain_bandwidth_hz), {0, 1e15, true},
            "Hz", "gain-bandwidth product of the op-amps",
            "assumption; the published bench used 16 and 500 MHz parts")
      .with_flag("--gain-bandwidth", "HZ");
  table
      .text(
          "circuit.gain_bandwidths", INVAR_FIELD(circuit.gain_bandwidths),
          "Matrix Market file with the gain-bandwidth product of each op-amp in hertz, instead of "
          "one for all",
          k_choice)
      .with_flag("--gain-bandwidths", "FILE")
      .host_only();
  table
      .real("circuit.inverter_bandwidth_ratio", INVAR_FIELD(circuit.inverter_bandwidth_ratio),
            {1e-6, 1e6}, "", "bandwidth of the inverters over the gain-bandwidth product",
            "derived: gain of -1")
      .with_flag("--inverter-bandwidth-ratio", "R");
  table
      .real("circuit.settling_tolerance", INVAR_FIELD(circuit.settling_tolerance), {1e-12, 0.5}, "",
            "settled: outputs within this of their ends, relative, in the 2-norm", k_choice)
      .with_flag("--settling-tolerance", "T");
  table
      .text("circuit.transient", INVAR_FIELD(circuit.transient),
            "CSV file to write the step response of the outputs from 0 V to, empty = none",
            k_choice)
      .with_flag("--transient", "FILE")
      .host_only();
  table
      .flag("circuit.allow_unstable", INVAR_FIELD(circuit.allow_unstable),
            "give the DC solution of an unstable loop", k_choice)
      .with_flag("--allow-unstable", "");
  table.text("circuit.instruction_set", INVAR_FIELD(circuit.instruction_set),
             "baseline, avx2 or avx512, which differ by rounding; empty = the processor's best",
             k_choice);
}

}  // namespace

void add_circuit_parameters(ParameterTable& table) {
  const std::size_t first = table.parameters().size();
  add_files(table);
  add_array(table);
  add_amplifiers(table);
  add_dynamics(table);
  table.limit_to(Command::circuit, first);
}

}  // namespace invar::platform
