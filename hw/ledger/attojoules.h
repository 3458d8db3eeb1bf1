#ifndef INVAR_LEDGER_ATTOJOULES_H
#define INVAR_LEDGER_ATTOJOULES_H

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <ostream>
#include <string>

namespace invar::ledger {

/// Energy in whole attojoules (1e-18 J), so that sums are exact in any order. 128 bits: 64 would
/// end at 18.4 J, a few dozen epochs of a small network.
class Attojoules {
 public:
  constexpr Attojoules() = default;
  /// Implicit: a count is a count.
  constexpr Attojoules(std::uint64_t count) : count_(count) {}

  /// The whole number nearest to a number of attojoules from 0 to 1e36.
  static Attojoules nearest(double count) {
    Attojoules result;
    result.count_ = static_cast<Count>(std::nearbyint(count));
    return result;
  }

  constexpr Attojoules& operator+=(Attojoules other) {
    count_ += other.count_;
    return *this;
  }
  friend constexpr Attojoules operator+(Attojoules a, Attojoules b) { return a += b; }
  /// \pre a is at least b
  friend constexpr Attojoules operator-(Attojoules a, Attojoules b) {
    a.count_ -= b.count_;
    return a;
  }
  friend constexpr Attojoules operator*(std::uint64_t factor, Attojoules energy) {
    energy.count_ *= factor;
    return energy;
  }
  friend constexpr bool operator==(Attojoules a, Attojoules b) { return a.count_ == b.count_; }
  friend constexpr bool operator!=(Attojoules a, Attojoules b) { return a.count_ != b.count_; }
  friend constexpr bool operator<(Attojoules a, Attojoules b) { return a.count_ < b.count_; }
  friend constexpr bool operator>(Attojoules a, Attojoules b) { return b < a; }
  friend constexpr bool operator<=(Attojoules a, Attojoules b) { return !(b < a); }
  friend constexpr bool operator>=(Attojoules a, Attojoules b) { return !(a < b); }

  /// One of `of` shares that are equal to an attojoule and add up to this. \param index from 0
  constexpr Attojoules share(std::uint64_t index, std::uint64_t of) const {
    Attojoules part;
    part.count_ = count_ / of + (index < count_ % of ? 1 : 0);
    return part;
  }

  constexpr double joules() const { return static_cast<double>(count_) / 1e18; }
  explicit constexpr operator double() const { return static_cast<double>(count_); }

  constexpr bool fits_64_bits() const {
    return count_ <= std::numeric_limits<std::uint64_t>::max();
  }
  /// \pre fits_64_bits()
  explicit constexpr operator std::uint64_t() const { return static_cast<std::uint64_t>(count_); }

  /// Decimal digits.
  std::string text() const {
    std::string digits;
    for (Count rest = count_; rest != 0 || digits.empty(); rest /= 10) {
      digits += static_cast<char>('0' + static_cast<int>(rest % 10));
    }
    std::reverse(digits.begin(), digits.end());
    return digits;
  }
  friend std::ostream& operator<<(std::ostream& stream, Attojoules energy) {
    return stream << energy.text();
  }

 private:
  __extension__ using Count = unsigned __int128;
  Count count_ = 0;
};

}  // namespace invar::ledger

#endif
