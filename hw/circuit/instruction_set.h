#ifndef INVAR_CIRCUIT_INSTRUCTION_SET_H
#define INVAR_CIRCUIT_INSTRUCTION_SET_H

#include <string>

namespace invar::circuit {

/// What the numerical kernels may use. Results are identical wherever the same level is chosen, and
/// differ by rounding between levels (a fused multiply-add rounds once).
enum class InstructionSet {
  baseline,  ///< what the compiler targets anyway: every x86-64, Arm, ...
  avx2,      ///< x86-64 with AVX2 and FMA
  avx512,    ///< x86-64 with AVX-512 F, DQ, VL
};

/// The best level that this processor runs and this build holds.
InstructionSet best_instruction_set();
/// Whether this processor runs a level and this build holds it.
bool is_supported(InstructionSet set);
std::string to_string(InstructionSet set);
/// \throws std::invalid_argument for a name that is none of "baseline", "avx2", "avx512"
InstructionSet instruction_set_from_string(const std::string& name);

}  // namespace invar::circuit

#endif
