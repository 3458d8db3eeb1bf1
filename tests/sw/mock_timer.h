#ifndef INVAR_TESTS_SW_MOCK_TIMER_H
#define INVAR_TESTS_SW_MOCK_TIMER_H

#include <invar/registers/peripheral_registers.h>

#include <cstdint>

namespace invar::tests {

/// The timer's registers; time is what the mock machine says has passed.
class MockTimer {
 public:
  void pass(std::uint64_t ns) { now_ns_ += ns; }
  /// What a core does that sleeps until the compare.
  void pass_to_compare() { now_ns_ = armed_ && now_ns_ < compare_ns_ ? compare_ns_ : now_ns_; }
  bool irq() const { return enabled_ && armed_ && now_ns_ >= compare_ns_; }

  std::uint32_t read(std::uint64_t offset) const {
    return offset == INVAR_TIMER_REG_TIME_LO   ? static_cast<std::uint32_t>(now_ns_)
           : offset == INVAR_TIMER_REG_TIME_HI ? static_cast<std::uint32_t>(now_ns_ >> 32)
                                               : 0;
  }
  void write(std::uint64_t offset, std::uint32_t value) {
    if (offset == INVAR_TIMER_REG_COMPARE_LO) {
      compare_ns_ = value;
    } else if (offset == INVAR_TIMER_REG_COMPARE_HI) {
      compare_ns_ |= std::uint64_t{value} << 32;
      armed_ = true;
    } else if (offset == INVAR_TIMER_REG_CONTROL) {
      enabled_ = (value & 1) != 0;
    } else if (offset == INVAR_TIMER_REG_STATUS && (value & 1) != 0 && now_ns_ >= compare_ns_) {
      armed_ = false;
    }
  }

 private:
  std::uint64_t now_ns_ = 0xFFFFF000u;  // the low half wraps soon
  std::uint64_t compare_ns_ = 0;
  bool armed_ = false, enabled_ = false;
};

}  // namespace invar::tests

#endif
