#ifndef INVAR_CIRCUIT_MARCH_ACCURACY_H
#define INVAR_CIRCUIT_MARCH_ACCURACY_H

#include <invar/circuit/wired_loop.h>

namespace invar::circuit {

/// How far rounding moves the outputs of an ideal loop, relative to their norm.
struct MarchAccuracy {
  double march = 0.0;     ///< of the march, everything included
  double inherent = 0.0;  ///< of any network that is stored as port matrices of double precision
};

/// Estimate of Skeel's type: relative errors of a few units in the last place in every entry that
/// is computed on the way are carried on to the outputs, for input currents and signs of the errors
/// that do not repeat with a short period. Marches all arrays once more and factors dense matrices.
/// \param gain of the op-amps \param at_far_end whether the loop's equation is that of the first
/// array's far ends \return infinity for the march if an array's voltage transfer is singular to
/// working precision
MarchAccuracy estimate_march_accuracy(const LoopLayout& layout, bool at_far_end, double gain,
                                      InstructionSet set);

}  // namespace invar::circuit

#endif
