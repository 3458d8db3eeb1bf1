#include <invar/parameters/description.h>
#include <invar/platform/configuration/run_configuration.h>

namespace invar::platform {

namespace {

constexpr const char* k_wire_source =
    "choice: ideal wires; about 1.73 ohm in a published chip (secondary)";

}  // namespace

const parameters::Description<CircuitParameters>& CircuitParameters::description() {
  static const auto all =
      parameters::Description<CircuitParameters>("circuit")
          .choice(
              "operation", &CircuitParameters::operation,
              {{"inv", CircuitOperation::inv}, {"mvm", CircuitOperation::mvm}},
              "inv: op-amps close the loop, v = -G^-1 i; mvm: rows driven, columns grounded, G^T "
              "v; must be given",
              "Sun et al., PNAS 116, 4123 (2019)")
          .with_flag("--operation", "NAME")
          .text("conductance", &CircuitParameters::conductance,
                "Matrix Market file with the conductances in siemens, row k on op-amp k", "choice")
          .with_flag("--conductance", "FILE")
          .host_only()
          .text("conductance_negative", &CircuitParameters::conductance_negative,
                "conductances of the minus array in siemens; inv: on the same rows, driven by "
                "inverters; mvm: an array by itself whose column currents are subtracted",
                "choice")
          .with_flag("--conductance-negative", "FILE")
          .host_only()
          .text("input", &CircuitParameters::input,
                "inv: currents into the rows in amperes; mvm: row voltages in volts; one "
                "right-hand side a column",
                "choice")
          .with_flag("--input", "FILE")
          .host_only()
          .text(
              "out", &CircuitParameters::out,
              "Matrix Market file to write; inv: output voltages; mvm: column currents in amperes",
              "choice")
          .with_flag("--out", "FILE")
          .host_only()
          .real("wire_resistance_ohm", &CircuitParameters::wire_resistance_ohm, {0, 1e6}, "ohm",
                "resistance of each wire segment between cells and at the ends", k_wire_source)
          .with_flag("--wire-resistance", "OHM")
          .real("row_resistance_ohm", &CircuitParameters::row_resistance_ohm, {0, 1e6}, "ohm",
                "of the rows' segments; default wire_resistance_ohm", k_wire_source)
          .with_flag("--row-resistance", "OHM")
          .with_dependent_default()
          .real("column_resistance_ohm", &CircuitParameters::column_resistance_ohm, {0, 1e6}, "ohm",
                "of the columns' segments; default wire_resistance_ohm", k_wire_source)
          .with_flag("--column-resistance", "OHM")
          .with_dependent_default()
          .choice(
              "injection", &CircuitParameters::injection,
              {{"near", circuit::Injection::near}, {"far", circuit::Injection::far}},
              "end of the row that an input current enters: the one that the op-amp senses or the "
              "other",
              "choice")
          .with_flag("--injection", "NAME")
          .real("nonlinearity_per_v", &CircuitParameters::nonlinearity_per_v, {0, 100}, "1/V",
                "a of non-linear cells, I = G sinh(a V) / a; 0 = linear", "assumption")
          .with_flag("--nonlinearity", "A")
          .real("gain", &CircuitParameters::gain, {0, 1e15, true}, "",
                "DC open-loop gain of the op-amps", "assumption")
          .with_flag("--gain", "A0")
          .text("gains", &CircuitParameters::gains,
                "Matrix Market file with the gain of each op-amp, instead of one for all", "choice")
          .with_flag("--gains", "FILE")
          .host_only()
          .text("offset", &CircuitParameters::offset,
                "Matrix Market file with the input offset of each op-amp in volts", "choice")
          .with_flag("--offset", "FILE")
          .host_only()
          .text("inverter_offset", &CircuitParameters::inverter_offset,
                "Matrix Market file with the output offset of each inverter in volts", "choice")
          .with_flag("--inverter-offset", "FILE")
          .host_only()
          .real("saturation_v", &CircuitParameters::saturation_v, {0, 1e3}, "V",
                "magnitude at which the outputs saturate, 0 = they do not", "choice")
          .with_flag("--saturation", "V")
          .choice("saturation_law", &CircuitParameters::saturation_law,
                  {{"hard", circuit::SaturationLaw::hard}, {"tanh", circuit::SaturationLaw::tanh}},
                  "hard: clamped at the supply; tanh: v = V tanh(u / V)", "choice")
          .with_flag("--saturation-law", "NAME")
          .real("gain_bandwidth_hz", &CircuitParameters::gain_bandwidth_hz, {0, 1e15, true}, "Hz",
                "gain-bandwidth product of the op-amps",
                "assumption; the published bench used 16 and 500 MHz parts")
          .with_flag("--gain-bandwidth", "HZ")
          .text("gain_bandwidths", &CircuitParameters::gain_bandwidths,
                "Matrix Market file with the gain-bandwidth product of each op-amp in hertz, "
                "instead of one for all",
                "choice")
          .with_flag("--gain-bandwidths", "FILE")
          .host_only()
          .real("inverter_bandwidth_ratio", &CircuitParameters::inverter_bandwidth_ratio,
                {1e-6, 1e6}, "", "bandwidth of the inverters over the gain-bandwidth product",
                "derived: gain of -1")
          .with_flag("--inverter-bandwidth-ratio", "R")
          .real("settling_tolerance", &CircuitParameters::settling_tolerance, {1e-12, 0.5}, "",
                "settled: outputs within this of their ends, relative, in the 2-norm", "choice")
          .with_flag("--settling-tolerance", "T")
          .text("transient", &CircuitParameters::transient,
                "CSV file to write the step response of the outputs from 0 V to, empty = none",
                "choice")
          .with_flag("--transient", "FILE")
          .host_only()
          .flag("allow_unstable", &CircuitParameters::allow_unstable,
                "give the DC solution of an unstable loop", "choice")
          .with_flag("--allow-unstable", "")
          .text("instruction_set", &CircuitParameters::instruction_set,
                "baseline, avx2 or avx512, which differ by rounding; empty = the processor's best",
                "choice");
  return all;
}

}  // namespace invar::platform
