#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_FLOAT_RESULTS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_FLOAT_RESULTS_H

#include <cstdint>

/// The floating-point results that Unicorn 2.0.1 has no right answer for (RISC-V Instruction Set
/// Manual, volume I, 20191213, chapters 11 and 12).
///
/// Values are bit patterns; a single is in the low half.
namespace invar::platform::riscv {

constexpr std::uint64_t k_high_half = 0xffffffff00000000;
constexpr std::uint32_t k_canonical_single = 0x7fc00000;
/// The flag of fflags for an invalid operation.
constexpr std::uint32_t k_invalid_operation = 0x10;

/// A single in a register; the canonical NaN where it is not NaN-boxed.
constexpr std::uint64_t unbox(std::uint64_t value) {
  return (value & k_high_half) == k_high_half ? value & ~k_high_half : k_canonical_single;
}

struct FloatResult {
  std::uint64_t value = 0;  ///< of an integer register, of a double, or of a NaN-boxed single
  std::uint32_t flags = 0;  ///< to be added to fflags
};

bool is_signalling(std::uint64_t value, bool wide);

/// fmin and fmax: a NaN gives way to a number, and a signalling one is invalid.
FloatResult extremum(std::uint32_t bits, std::uint64_t a, std::uint64_t b);

/// Whether a product is that of infinity and zero.
bool is_invalid_product(std::uint64_t a, std::uint64_t b, bool wide);

/// An instruction that reads singles, at least one of which is the canonical NaN: `operands` are
/// those of rs1, rs2 and rs3.
FloatResult with_canonical_nan(std::uint32_t bits, const std::uint64_t operands[3]);

}  // namespace invar::platform::riscv

#endif
