#ifndef INVAR_SIMULATION_REGISTER_TABLE_H
#define INVAR_SIMULATION_REGISTER_TABLE_H

#include <invar/simulation/local_time_writes.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <stdexcept>

namespace invar::simulation {

/// What software may do with a register.
struct RegisterAccess {
  enum class Kind { read_only, read_write, write_one_to_clear, write_only, alias };
  Kind kind = Kind::read_only;
  std::uint32_t bits = 0;  ///< that a write reaches; of an alias: offset of its register

  constexpr RegisterAccess operator()(std::uint32_t some_bits) const { return {kind, some_bits}; }
};

/// The accesses as the tables of hw/registers spell them (<invar/registers/device_registers.h>).
namespace register_access {
constexpr RegisterAccess RO{RegisterAccess::Kind::read_only, 0};
constexpr RegisterAccess RW{RegisterAccess::Kind::read_write, 0xFFFFFFFFu};
constexpr RegisterAccess W1C{RegisterAccess::Kind::write_one_to_clear, 0xFFFFFFFFu};
constexpr RegisterAccess WO{RegisterAccess::Kind::write_only, 0xFFFFFFFFu};
constexpr RegisterAccess ALIAS{RegisterAccess::Kind::alias, 0};
}  // namespace register_access

/// A row of a register table, without the words for its reader.
struct RegisterRow {
  const char* name = nullptr;
  std::uint32_t offset = 0;
  std::uint32_t reset = 0;
  RegisterAccess access;
};

/// Makes rows of the macro that a header of hw/registers holds:
/// \code
/// using namespace simulation::register_access;
/// constexpr simulation::RegisterTable k_table{INVAR_UART_REGISTERS(INVAR_REGISTER_ROW)};
/// \endcode
#define INVAR_REGISTER_ROW(name, offset, reset, access, effect) {#name, offset, reset, access},

class RegisterValues;

/// The registers of a kind of device. A constant, so that a bad row does not compile; it outlives
/// what is made from it.
class RegisterTable {
 public:
  static constexpr std::size_t k_most_registers = 32;
  static constexpr std::uint64_t k_bytes = 4 * k_most_registers;

  /// What a write does to other registers than its own; the own one holds it already. It must do
  /// nothing else: it is tried ahead of time.
  using Effect = void (*)(RegisterValues&, const TimedWrite&);

  /// \throws std::logic_error for rows that are not aligned, beyond `k_bytes`, or there twice
  constexpr RegisterTable(std::initializer_list<RegisterRow> rows, Effect also = nullptr)
      : effect_(also) {
    for (const RegisterRow& row : rows) {
      if (row.offset % 4 != 0 || row.offset >= k_bytes || find(row.offset) != nullptr) {
        throw std::logic_error("a register's offset is no multiple of 4, too large or taken");
      }
      rows_[row.offset / 4] = row;
    }
  }

  /// \return nullptr for offsets that no register has
  constexpr const RegisterRow* find(std::uint64_t offset) const {
    const bool there = offset < k_bytes && rows_[offset / 4].name != nullptr;
    return there && offset % 4 == 0 ? &rows_[offset / 4] : nullptr;
  }
  /// The offset of the register that an access to `offset` means.
  constexpr std::uint64_t resolve(std::uint64_t offset) const {
    const RegisterRow* const row = find(offset);
    const bool alias = row != nullptr && row->access.kind == RegisterAccess::Kind::alias;
    return alias ? row->access.bits : offset;
  }
  Effect effect() const { return effect_; }

 private:
  friend class RegisterValues;
  std::array<RegisterRow, k_most_registers> rows_{};  ///< by word; holes have no name
  Effect effect_;
};

/// The registers of one device as they stand at one instant: plain data, so that writes on their
/// way may be tried on a copy. Words that are no registers are the device's own to keep state in.
class RegisterValues {
 public:
  explicit RegisterValues(const RegisterTable& table) : table_(&table) { reset({}); }

  std::uint32_t operator[](std::uint64_t offset) const { return words_[offset / 4]; }
  /// Two registers side by side, the low half first.
  std::uint64_t pair(std::uint64_t low_offset) const;
  /// By the device itself: no access is enforced.
  void set(std::uint64_t offset, std::uint32_t value) { words_[offset / 4] = value; }
  /// By software (its access decides), with what follows for other registers. Registers that
  /// software cannot write are set: only the device can have posted such a write.
  void write(const TimedWrite& write);

  /// All registers to their reset values.
  void reset(const sc_core::sc_time& at);
  std::uint64_t resets() const { return resets_; }
  const sc_core::sc_time& reset_time() const { return reset_time_; }

 private:
  const RegisterTable* table_;
  std::array<std::uint32_t, RegisterTable::k_most_registers> words_{};
  std::uint64_t resets_ = 0;
  sc_core::sc_time reset_time_;
};

}  // namespace invar::simulation

#endif
