#ifndef INVAR_SEQUENCER_BUILT_HARDWARE_H
#define INVAR_SEQUENCER_BUILT_HARDWARE_H

#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/sequencer_parameters.h>

#include <cstddef>

namespace invar::sequencer {

/// Whether hardware is built for a command: a PROGRAM needs what its services and rank take; an MVM
/// products by tiles, and a CALIBRATE the matrix that was asked for, which only hardware that
/// refines has.
/// \param tiles that the matrix stands on
bool can_serve(const SequencerParameters& hardware, const invar_descriptor& descriptor,
               std::size_t tiles);
/// The same of lanes without tiles, which solve by conjugate gradients.
bool can_serve_by_lanes(const invar_descriptor& descriptor);

}  // namespace invar::sequencer

#endif
