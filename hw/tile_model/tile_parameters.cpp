#include <invar/parameters/range_check.h>
#include <invar/tile_model/tile_parameters.h>

#include <stdexcept>

namespace invar::tile {

using parameters::require_range;

void TileParameters::check() const {
  require_range("tile.rows", rows, 1, 512);
  require_range("tile.slices", slices, 1, 8);
  require_range("tile.seed_slices", seed_slices, 1, slices);
  require_range("tile.mvm_input_bits", mvm_input_bits, 1, 48);
  require_range("tile.mvm_row_group", mvm_row_group, 1, 512);
  require_range("tile.mvm_adc_range", mvm_adc_range, 1e-4, 1.0);
  require_range("tile.mvm_settling_time_s", mvm_settling_time_s, 0.0, 1.0);
  require_range("tile.nonlinearity_per_v", nonlinearity_per_v, 0.0, 100.0);
  wires.check();
  device.check();
  dac.check();
  adc.check();
  amplifier.check();
}

Fidelity fidelity_from_string(const std::string& name) {
  if (name == "ideal") {
    return Fidelity::ideal;
  }
  if (name == "behavioural") {
    return Fidelity::behavioural;
  }
  if (name == "circuit") {
    return Fidelity::circuit;
  }
  if (name == "timing") {
    return Fidelity::timing;
  }
  throw std::invalid_argument("tile.fidelity = \"" + name +
                              "\": must be ideal, behavioural, circuit or timing");
}

std::string to_string(Fidelity fidelity) {
  switch (fidelity) {
    case Fidelity::ideal:
      return "ideal";
    case Fidelity::behavioural:
      return "behavioural";
    case Fidelity::circuit:
      return "circuit";
    default:
      return "timing";
  }
}

ReadNoiseModel read_noise_model_from_string(const std::string& name) {
  if (name == "lumped") {
    return ReadNoiseModel::lumped;
  }
  if (name == "per_cell") {
    return ReadNoiseModel::per_cell;
  }
  throw std::invalid_argument("tile.read_noise_model = \"" + name +
                              "\": must be lumped or per_cell");
}

std::string to_string(ReadNoiseModel model) {
  return model == ReadNoiseModel::lumped ? "lumped" : "per_cell";
}

MvmMode mvm_mode_from_string(const std::string& name) {
  if (name == "lumped") {
    return MvmMode::lumped;
  }
  if (name == "bit_serial") {
    return MvmMode::bit_serial;
  }
  throw std::invalid_argument("tile.mvm_mode = \"" + name + "\": must be lumped or bit_serial");
}

std::string to_string(MvmMode mode) {
  return mode == MvmMode::lumped ? "lumped" : "bit_serial";
}

}  // namespace invar::tile
