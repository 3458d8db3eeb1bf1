#include <invar/parameters/description.h>
#include <invar/programming/programming_parameters.h>

namespace invar::programming {

const parameters::Description<ProgrammingParameters>& ProgrammingParameters::description() {
  static const auto all =
      parameters::Description<ProgrammingParameters>("programming")
          .choice("order", &ProgrammingParameters::order,
                  {{"row_parallel", WriteOrder::row_parallel},
                   {"cell_by_cell", WriteOrder::cell_by_cell}},
                  "cells written at once", "assumption")
          .choice("verify", &ProgrammingParameters::verify,
                  {{"adc", VerifyMethod::adc}, {"comparator", VerifyMethod::comparator}},
                  "how a verify read is judged: converted by the shared ADCs, or every column "
                  "compared with its target at once (what the next slice or a read-back needs is "
                  "measured by the ADCs in any case)",
                  "choice")
          .real("comparison_energy_j", &ProgrammingParameters::comparison_energy_j, {0, 1e-6}, "J",
                "comparator: one comparison; the target's DAC conversion, one a cell, comes on top",
                "assumption: a decision of the 8-bit, 2.6 pJ SAR ADC takes .3 pJ with its DAC and "
                "logic")
          .believed(3e-14, 3e-13)
          .real("comparison_time_s", &ProgrammingParameters::comparison_time_s, {0, 1}, "s",
                "comparator: one comparison, after the read",
                "assumption: a bit of the 8-bit, 10 ns SAR ADC")
          .believed(5e-10, 5e-09)
          .flag("parallel_arrays", &ProgrammingParameters::parallel_arrays,
                "the arrays of both signs have pulse drivers of their own", "choice")
          .real("allowed_failed_fraction", &ProgrammingParameters::allowed_failed_fraction, {0, 1},
                "", "cells that may refuse before the matrix is given up", "assumption")
          .real("remainder_energy_j", &ProgrammingParameters::remainder_energy_j, {0, 1e-3}, "J",
                "subtracting one measured cell pair from the remainder for the next slice",
                "FP32 multiply and add (Horowitz)")
          .of("45 nm", 2014)
          .real("row_driver_energy_j", &ProgrammingParameters::row_driver_energy_j, {0, 1e-3}, "J",
                "selecting and driving a row for one pulse", "assumption")
          .believed(2e-13, 5e-12)
          .flag("map_around", &ProgrammingParameters::map_around,
                "cells that fail are made good by their partners and by spare lines", "choice")
          .choice("wire_compensation", &ProgrammingParameters::wire_compensation,
                  {{"none", WireCompensation::none},
                   {"bias", WireCompensation::bias},
                   {"network", WireCompensation::network}},
                  "circuit fidelity: targets corrected for the wires in the INV loop, by one "
                  "number for all entries, or cell by cell with scaled rows",
                  "bias: our reading of arXiv 2511.09151's abstract; network: derived")
          .real("bias_strength", &ProgrammingParameters::bias_strength, {0, 10}, "",
                "bias: over the best one by least squares", "assumption")
          .integer("compensation_passes", &ProgrammingParameters::compensation_passes, {1, 8}, "",
                   "network: fixed-point corrections of a slice's targets", "choice")
          .integer("compensation_sweeps", &ProgrammingParameters::compensation_sweeps, {1, 16}, "",
                   "network: sweeps over rows and columns of an estimate", "choice")
          .real("compensation_energy_j", &ProgrammingParameters::compensation_energy_j, {0, 1e-3},
                "J", "one multiply-accumulate of the compensation",
                "FP32 multiply and add (Horowitz)")
          .of("45 nm", 2014)
          .real("compensation_rate_hz", &ProgrammingParameters::compensation_rate_hz, {1, 1e18},
                "1/s", "multiply-accumulates of the compensation, nothing hidden behind pulses",
                "assumption: 64 lanes at 1 GHz");
  return all;
}

void ProgrammingParameters::check() const {
  description().check(*this);
}

}  // namespace invar::programming
