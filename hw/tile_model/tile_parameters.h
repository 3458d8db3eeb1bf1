#ifndef INVAR_TILE_MODEL_TILE_PARAMETERS_H
#define INVAR_TILE_MODEL_TILE_PARAMETERS_H

#include <invar/circuit/amplifier_parameters.h>
#include <invar/circuit/wire_parameters.h>
#include <invar/converter/converter_parameters.h>
#include <invar/device/rram_parameters.h>
#include <invar/parameters/description_fwd.h>

namespace invar::tile {

/// How much of the physics a tile computes. Time and energy come from the physics at all of them.
enum class Fidelity {
  ideal,        ///< quantisation only: levels, DAC and ADC steps
  behavioural,  ///< programming error, read noise, gain, offset, saturation, converters, settling
  circuit,      ///< the same with the network solved: wires, spread of amplifiers, its own power
  timing,       ///< no numbers, only expected time and energy: for workloads too large to compute
};

/// How read noise enters an INV shot at circuit fidelity.
enum class ReadNoiseModel {
  lumped,    ///< one noise current a row, with the variance of its cells: first order in the noise
  per_cell,  ///< every cell deviates by itself and the network is solved with it
};

/// When the minus array of a slice is there.
enum class MinusArray {
  always,     ///< whatever the slice holds
  as_needed,  ///< where a value is negative; if not, a reference column takes off what rest
              ///< conductances amount to
};

/// How an MVM is computed.
enum class MvmMode {
  lumped,      ///< one product, with the variance of all noise and rounding added at the end
  bit_serial,  ///< every input slice, weight slice, row group and ADC conversion by itself
};

/// One tile: `2 x slices` crosspoint arrays (plus and minus) on one row of op-amps.
struct TileParameters {
  /// Rows and columns of each array.
  int rows = 128;
  /// Slices that exist (arrays of each sign). Slice k counts 2^-(bits k).
  int slices = 8;
  /// Slices in the INV loop unless a command says otherwise.
  int seed_slices = 2;
  MinusArray minus_array = MinusArray::always;
  /// Of the reference column's cells. The column is driven by minus the sum of the outputs, times
  /// rest conductance / this: the higher, the later its amplifier saturates, and the more it loads
  /// the rows.
  double reference_conductance_s = 35e-6;
  Fidelity fidelity = Fidelity::behavioural;

  /// Circuit fidelity: resistance between neighbouring cells.
  circuit::WireParameters wires{1.73, 1.73};
  /// Circuit fidelity: cells are I = G sinh(a V) / a; 0: ohmic.
  double nonlinearity_per_v = 0.0;
  /// Whether the outputs of a matrix of fewer rows than the tile are spread over all its ADCs; else
  /// neighbouring columns share one.
  bool spread_outputs = false;
  /// INV: whether the ADCs convert what sample-and-holds keep while the next shot settles.
  bool pipelined_conversion = false;

  /// Time to convert `outputs` sampled values, the tile's ADCs working in parallel.
  double conversion_time_for(int outputs) const;

  ReadNoiseModel read_noise_model = ReadNoiseModel::lumped;

  MvmMode mvm_mode = MvmMode::lumped;
  /// MVM: bits of an input vector, sent in pieces of the DAC's width.
  int mvm_input_bits = 16;
  /// MVM: rows driven at once.
  int mvm_row_group = 32;
  /// MVM: largest partial sum the ADC converts, relative to the largest possible one (all cells and
  /// inputs at full scale). Sums beyond it clip and are counted.
  double mvm_adc_range = 0.25;
  /// MVM: time for the column currents to settle.
  double mvm_settling_time_s = 20e-9;

  device::RramParameters device;
  converter::DacParameters dac;
  converter::AdcParameters adc;
  circuit::AmplifierParameters amplifier;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<TileParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

}  // namespace invar::tile

#endif
