#include <invar/parameters/description.h>
#include <invar/parameters/range_check.h>
#include <invar/tile_model/tile_parameters.h>

#include <stdexcept>

namespace invar::tile {

const parameters::Description<TileParameters>& TileParameters::description() {
  static const auto all =
      parameters::Description<TileParameters>("tile")
          .integer("rows", &TileParameters::rows, {1, 512}, "cells", "rows and columns of an array",
                   "choice")
          .with_dependent_default()
          .integer("slices", &TileParameters::slices, {1, 8}, "slices",
                   "arrays of each sign; slice k counts 2^-(bits k)", "choice")
          .integer("seed_slices", &TileParameters::seed_slices, {1, 8}, "slices",
                   "slices in the INV loop", "two: a 6-bit seed, derived on K-FAC factors")
          .choice(
              "minus_array", &TileParameters::minus_array,
              {{"always", MinusArray::always}, {"as_needed", MinusArray::as_needed}},
              "arrays of negative values: always, or where a slice has such values; without "
              "them a reference column takes off what rest conductances amount to. as_needed at "
              "circuit fidelity: the reference column without its wires, lumped read noise, "
              "ohmic cells",
              "choice")
          .real("reference_conductance_s", &TileParameters::reference_conductance_s, {1e-9, 1e-1},
                "S", "cells of the reference column, from rest to the highest conductance",
                "assumption: as the highest")
          .choice("fidelity", &TileParameters::fidelity,
                  {{"ideal", Fidelity::ideal},
                   {"behavioural", Fidelity::behavioural},
                   {"circuit", Fidelity::circuit},
                   {"timing", Fidelity::timing}},
                  "ideal: quantisation only; behavioural: with errors, noise, gain, offset, "
                  "saturation; circuit: with the network of cells and wires solved; timing: no "
                  "numbers, for workload",
                  "choice")
          .with_flag("--fidelity", "NAME")
          .flag("spread_outputs", &TileParameters::spread_outputs,
                "outputs of a matrix of fewer rows than the tile are spread over all its ADCs, not "
                "over those of neighbouring columns",
                "choice")
          .flag("pipelined_conversion", &TileParameters::pipelined_conversion,
                "INV: the ADCs convert what sample-and-holds keep while the next shot settles",
                "choice")
          .choice("read_noise_model", &TileParameters::read_noise_model,
                  {{"lumped", ReadNoiseModel::lumped}, {"per_cell", ReadNoiseModel::per_cell}},
                  "circuit fidelity, INV: noise of a row in one, or the network solved with every "
                  "cell's own",
                  "choice")
          .real("nonlinearity_per_v", &TileParameters::nonlinearity_per_v, {0, 100}, "1/V",
                "circuit fidelity, INV: a of cells I = G sinh(a V) / a; 0 = ohmic", "assumption")
          .choice("mvm_mode", &TileParameters::mvm_mode,
                  {{"lumped", MvmMode::lumped}, {"bit_serial", MvmMode::bit_serial}},
                  "MVM with its noise summed up, or every conversion by itself", "choice")
          .integer("mvm_input_bits", &TileParameters::mvm_input_bits, {1, 48}, "bit",
                   "of an MVM input, sent in pieces of the DAC's width", "choice")
          .integer("mvm_row_group", &TileParameters::mvm_row_group, {1, 512}, "rows",
                   "rows driven at once in an MVM", "assumption")
          .believed(8, 128)
          .real("mvm_adc_range", &TileParameters::mvm_adc_range, {1e-4, 1}, "",
                "largest partial sum converted, relative to the largest possible", "assumption")
          .believed(0.1, 1)
          .real("mvm_settling_time_s", &TileParameters::mvm_settling_time_s, {0, 1}, "s",
                "settling of the column currents",
                "Zuo et al. 2025: about 60 ns a product; split assumed")
          .of("40 nm", 2025)
          .believed(1e-08, 6e-08)
          .include(&TileParameters::wires, circuit::WireParameters::description())
          .include(&TileParameters::device, device::RramParameters::description())
          .include(&TileParameters::dac, converter::DacParameters::description())
          .include(&TileParameters::adc, converter::AdcParameters::description())
          .include(&TileParameters::amplifier, circuit::AmplifierParameters::description());
  return all;
}

namespace {

void check_minus_array(const TileParameters& tile) {
  if (tile.minus_array == MinusArray::always) {
    return;
  }
  parameters::require_range("tile.reference_conductance_s", tile.reference_conductance_s,
                            tile.device.rest_conductance_s(), tile.device.maximum_conductance_s);
  if (tile.fidelity == Fidelity::circuit && tile.read_noise_model != ReadNoiseModel::lumped) {
    throw std::invalid_argument(
        "tile.read_noise_model: must be lumped where tile.minus_array is as_needed");
  }
  if (tile.fidelity == Fidelity::circuit && tile.nonlinearity_per_v > 0.0) {
    throw std::invalid_argument(
        "tile.nonlinearity_per_v: must be 0 where tile.minus_array is as_needed");
  }
}

}  // namespace

double TileParameters::conversion_time_for(int outputs) const {
  if (!spread_outputs) {
    return adc.conversion_time_for(outputs);
  }
  const int adcs = (rows + adc.columns_per_adc - 1) / adc.columns_per_adc;
  return (outputs + adcs - 1) / adcs * adc.conversion_time_s;
}

void TileParameters::check() const {
  description().check(*this);
  parameters::require_range("tile.seed_slices", seed_slices, 1, slices);
  device.check();
  amplifier.check();
  check_minus_array(*this);
}

}  // namespace invar::tile
