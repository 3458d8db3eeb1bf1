#ifndef INVAR_TILE_MODEL_SHOT_COST_H
#define INVAR_TILE_MODEL_SHOT_COST_H

#include <invar/tile_model/analog_work.h>
#include <invar/tile_model/array_count.h>
#include <invar/tile_model/tile_parameters.h>

namespace invar::tile {

// What shots take, by their number and that of the rows and slices in use: whole numbers for shots
// that carry numbers, expectations for those that do not. The energy in the cells depends on what
// they hold and on the inputs; it is left out, but for the factors that it is formed with.

/// Op-amps and buffers that are on during an INV shot: a loop amplifier a row, an inverter a row
/// where there is a minus array, for each further array a buffer a row, and one for each reference
/// column.
double inv_amplifiers(double rows, const ArrayCount& arrays);
/// Power that a tile takes all the time: of its amplifiers (loop, inverters, buffers of the
/// `seed_slices`, one for each column and slice that multiplies) where they are not gated. Shots
/// then book none of their bias.
double static_power_w(const TileParameters& tile);
/// Time of one INV shot in which currents flow: settling and sampling.
double inv_analog_time_s(const TileParameters& tile, double settling_time_s);
/// INV shots with these arrays in the loop.
AnalogWork inv_work(const TileParameters& tile, double shots, double rows, const ArrayCount& arrays,
                    double settling_time_s);

/// How an MVM is cut into analog operations.
struct MvmSteps {
  int piece_bits;           ///< magnitude bits of one input piece; the sign goes along
  int pieces;               ///< pieces of an input
  int groups;               ///< row groups
  double input_full_scale;  ///< largest input code

  int count() const { return pieces * groups; }
};
MvmSteps mvm_steps(const TileParameters& tile, int rows);
/// MVM shots with these arrays: a column of a slice has one amplifier for both signs. A reference
/// column is converted beside the others, and taken off digitally.
AnalogWork mvm_work(const TileParameters& tile, double shots, double rows,
                    const ArrayCount& arrays);
/// Energy in a row's cells over their conductance and the square of the row's input code. Rows are
/// driven at the RMS of their pieces, taken as that of the whole code.
double mvm_energy_j_per_siemens(const TileParameters& tile);

}  // namespace invar::tile

#endif
