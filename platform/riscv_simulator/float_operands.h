#ifndef INVAR_PLATFORM_RISCV_SIMULATOR_FLOAT_OPERANDS_H
#define INVAR_PLATFORM_RISCV_SIMULATOR_FLOAT_OPERANDS_H

#include <cstdint>

namespace invar::platform::riscv {

/// Floating-point registers of one instruction, as masks of 32 bits. `fsw` and `fmv.x.w`, which
/// take the low half whatever the high one holds, read none.
struct FloatOperands {
  std::uint32_t reads_wide = 0;    ///< all 64 bits
  std::uint32_t reads_single = 0;  ///< as a single, which is a NaN unless its high half is ones
  std::uint32_t writes_wide = 0;
  std::uint32_t writes_single = 0;

  bool any() const { return (reads_wide | reads_single | writes_wide | writes_single) != 0; }
};

/// Of an RV64GC instruction; encodings that mean nothing have none.
FloatOperands float_operands(std::uint32_t bits);

/// What a register holds: a single that the simulator may not have NaN-boxed, or all that it is.
struct FloatRegisters {
  std::uint32_t single = 0;  ///< the low half is a NaN-boxed single, whatever the high half says
  std::uint32_t boxed = 0;   ///< the high half is known to be ones

  void write(std::uint32_t wide, std::uint32_t as_single) {
    single = (single & ~wide) | as_single;
    boxed &= ~(wide | as_single);
  }
};

}  // namespace invar::platform::riscv

#endif
