#ifndef INVAR_SIMULATION_REGISTER_ACCESS_H
#define INVAR_SIMULATION_REGISTER_ACCESS_H

#include <cstdint>
#include <functional>
#include <tlm>

namespace invar::simulation {

/// Reads one 32-bit register at a byte offset. `debug` reads must be free of side effects.
using RegisterRead = std::function<std::uint32_t(std::uint64_t offset, bool debug)>;
/// Writes one 32-bit register at a byte offset. Never called for debug accesses.
using RegisterWrite = std::function<void(std::uint64_t offset, std::uint32_t value)>;

/// A window of 32-bit little-endian registers, which may end in buffers of words.
struct RegisterWindow {
  std::uint64_t bytes = 0;
  /// From here on bursts of any whole number of words are allowed.
  std::uint64_t buffers_from = ~std::uint64_t{0};

  RegisterWindow(std::uint64_t window_bytes)
      : bytes(window_bytes) {}  // NOLINT: a window is its size
  RegisterWindow(std::uint64_t window_bytes, std::uint64_t first_buffer)
      : bytes(window_bytes), buffers_from(first_buffer) {}
};

/// Decodes a base-protocol access to a window of registers and runs it.
///
/// Sets the response status: aligned accesses of 4 or 8 bytes inside the window succeed; a byte
/// enable pointer gives TLM_BYTE_ENABLE_ERROR_RESPONSE; another length, a misaligned address or a
/// streaming width below the length gives TLM_BURST_ERROR_RESPONSE (0 counts as the length); an
/// address outside gives TLM_ADDRESS_ERROR_RESPONSE. Zero length and TLM_IGNORE_COMMAND are
/// answered TLM_OK_RESPONSE without effect. Nothing but data and response status is changed, and
/// an access that fails has no effect.
void access_registers(tlm::tlm_generic_payload& payload, const RegisterWindow& window,
                      const RegisterRead& read, const RegisterWrite& write);

/// The same decode for `transport_dbg`: reads without side effects, writes refused.
/// \return the number of bytes read.
unsigned int debug_registers(tlm::tlm_generic_payload& payload, const RegisterWindow& window,
                             const RegisterRead& read);

/// A 64-bit register made of two words, after a write to one of them.
constexpr std::uint64_t with_low_word(std::uint64_t value, std::uint32_t low) {
  return (value & 0xFFFFFFFF00000000u) | low;
}
constexpr std::uint64_t with_high_word(std::uint64_t value, std::uint32_t high) {
  return (value & 0xFFFFFFFFu) | static_cast<std::uint64_t>(high) << 32;
}

}  // namespace invar::simulation

#endif
