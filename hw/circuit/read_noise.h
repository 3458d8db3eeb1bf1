#ifndef INVAR_CIRCUIT_READ_NOISE_H
#define INVAR_CIRCUIT_READ_NOISE_H

#include <invar/circuit/instruction_set.h>
#include <invar/device/keyed_random.h>

#include <Eigen/Core>
#include <cstdint>

namespace invar::circuit {

/// What one shot sees of an array: each conductance times 1 + read_noise z, z a standard normal
/// deviate of its own, not below 0. The sample is a function of (seed, tile, array, row, column,
/// shot).
/// \param read_noise standard deviation relative to the conductance
/// \param array number of the array on the tile, below 256; up to 1024 rows
Eigen::MatrixXd with_read_noise(const Eigen::MatrixXd& conductance_s, double read_noise,
                                const device::KeyedRandom& random, std::uint32_t array,
                                std::uint64_t shot, InstructionSet set = best_instruction_set());

}  // namespace invar::circuit

#endif
