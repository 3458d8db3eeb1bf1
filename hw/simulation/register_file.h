#ifndef INVAR_SIMULATION_REGISTER_FILE_H
#define INVAR_SIMULATION_REGISTER_FILE_H

#include <invar/simulation/register_access.h>
#include <invar/simulation/register_table.h>

#include <array>
#include <cstdint>
#include <functional>

namespace invar::simulation {

/// What a function that works out a register gets to see.
struct RegisterQuery {
  const RegisterValues& values;   ///< as they will be at the initiator's local time
  const sc_core::sc_time& delay;  ///< from now to then
  bool debug;                     ///< no side effects
  bool reset_ahead;               ///< software resets the device between now and then
};
/// A write that has taken effect.
struct RegisterWritten {
  std::uint32_t value;           ///< as it came from the bus
  sc_core::sc_time at;           ///< local time of its initiator
  const RegisterValues& before;  ///< the registers before it
};

/// The registers of one device: what the bus may do with each, when it takes effect, and what the
/// device does about it.
///
/// A register that only holds what was written needs its row in the table and nothing else. One
/// that the device works out when it is read, or does something about when it is written, has a
/// function here:
///
/// \code
/// RegisterFile registers{table, INVAR_TIMER_WINDOW_BYTES, latency_s};
/// registers.on_read(INVAR_TIMER_REG_TIME_LO, [](const RegisterQuery& read) { ... });
/// registers.on_write(INVAR_TIMER_REG_CONTROL, [this](const RegisterWritten&) { ... });
/// registers.access(payload, delay);                     // in b_transport
/// \endcode
///
/// A write takes effect at its initiator's local time, never before, and writes of several
/// initiators in the order of those times. A read tells what was written up to its initiator's
/// local time; what only the device knows is as of simulated time. Writes to registers that are
/// read-only and to offsets that are no registers are ignored; such offsets read as 0. Shapes of
/// accesses and their responses: `access_registers`.
class RegisterFile {
 public:
  /// When writes take effect.
  enum class WriteTime {
    local,     ///< at the local time of their initiator
    at_access  ///< within the access
  };

  /// \param rst while it is high nothing takes effect; may be null
  /// Made in the constructor of a module: it adds a child of the name `writes`.
  RegisterFile(const RegisterTable& table, std::uint64_t window_bytes, double latency_s,
               const sc_core::sc_in<bool>* rst = nullptr, WriteTime when = WriteTime::local);

  /// The register reads as what `read` returns.
  void on_read(std::uint64_t offset, std::function<std::uint32_t(const RegisterQuery&)> read);
  /// Called when a write takes effect.
  void on_write(std::uint64_t offset, std::function<void(const RegisterWritten&)> written);
  /// Called within the access that brings a write, before it is on its way. \return of `accept`:
  /// whether it may be; otherwise it has no effect, and TLM_GENERIC_ERROR_RESPONSE is given
  void on_access(std::uint64_t offset,
                 std::function<bool(std::uint32_t value, const sc_core::sc_time& delay)> accept);

  void access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int debug_access(tlm::tlm_generic_payload& payload);

  /// One register, for devices whose window holds more than registers.
  std::uint32_t read(std::uint64_t address, const sc_core::sc_time& delay, bool debug) const;
  /// \return whether the write was accepted
  bool write(std::uint64_t address, std::uint32_t value, const sc_core::sc_time& delay);

  /// In force at simulated time.
  const RegisterValues& values() const { return values_; }
  std::uint32_t operator[](std::uint64_t offset) const { return values_[offset]; }
  /// By the device itself, now.
  void set(std::uint64_t offset, std::uint32_t value) { values_.set(offset, value); }
  /// By the device itself, after `delay` from now.
  void set_after(const sc_core::sc_time& delay, std::uint64_t offset, std::uint32_t value) {
    writes_.post(delay, offset, value);
  }
  /// Reset values, now; writes that have not taken effect are dropped.
  void reset();

 private:
  struct Functions {
    std::function<std::uint32_t(const RegisterQuery&)> read;
    std::function<void(const RegisterWritten&)> written;
    std::function<bool(std::uint32_t, const sc_core::sc_time&)> accept;
  };
  bool in_reset() const { return rst_ != nullptr && rst_->read(); }
  void take_effect(const TimedWrite& write);

  const RegisterTable& table_;
  RegisterValues values_;
  std::array<Functions, RegisterTable::k_most_registers> functions_;
  std::uint64_t window_bytes_;
  sc_core::sc_time latency_;
  const sc_core::sc_in<bool>* rst_;
  WriteTime when_;
  LocalTimeWrites writes_;
};

}  // namespace invar::simulation

#endif
