#ifndef INVAR_CONVERTER_QUANTIZER_H
#define INVAR_CONVERTER_QUANTIZER_H

#include <cmath>
#include <cstdint>

namespace invar::converter {

/// Uniform mid-tread quantiser with codes -(2^(bits-1) - 1) .. 2^(bits-1) - 1, symmetric so that a
/// zero stays zero. One bit gives the codes -1, 0, 1.
class Quantizer {
 public:
  Quantizer(int bits, double full_scale)
      : largest_code_(bits > 1 ? (std::int32_t{1} << (bits - 1)) - 1 : 1),
        step_(full_scale / largest_code_) {}

  /// The nearest code. Beyond the full scale by more than half a step, the end code, and `clips` is
  /// incremented; so for a value that is not a number.
  std::int32_t code(double value, std::uint32_t& clips) const {
    const double scaled = value / step_;
    if (!(scaled <= largest_code_ + 0.5)) {
      ++clips;
      return largest_code_;
    }
    if (scaled < -largest_code_ - 0.5) {
      ++clips;
      return -largest_code_;
    }
    return static_cast<std::int32_t>(std::nearbyint(scaled));
  }

  double value(std::int32_t code) const { return code * step_; }
  double step() const { return step_; }
  std::int32_t largest_code() const { return largest_code_; }

 private:
  std::int32_t largest_code_;
  double step_;
};

}  // namespace invar::converter

#endif
