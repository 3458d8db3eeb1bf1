#ifndef INVAR_CONVERTER_QUANTIZER_H
#define INVAR_CONVERTER_QUANTIZER_H

#include <cstdint>

namespace invar::converter {

/// Uniform mid-tread quantiser with codes -(2^(bits-1) - 1) .. 2^(bits-1) - 1, symmetric so that a
/// zero stays zero. One bit gives the codes -1, 0, 1.
class Quantizer {
 public:
  Quantizer(int bits, double full_scale)
      : largest_code_(bits > 1 ? (std::int32_t{1} << (bits - 1)) - 1 : 1),
        step_(full_scale / largest_code_) {}

  /// The nearest code. Beyond the full scale by half a step or more, the end code, and `clips` is
  /// incremented; so for a value that is not a number.
  std::int32_t code(double value, std::uint32_t& clips) const {
    const std::int32_t nearest = nearest_code(value);
    clips += is_beyond(nearest);
    return bounded(nearest);
  }

  /// The codes of `count` values, in vector registers: the same as one by one.
  template <typename Real>
  void codes(const Real* values, int count, std::int32_t* codes, std::uint32_t& clips) const {
    for (int k = 0; k < count; ++k) {
      codes[k] = nearest_code(static_cast<double>(values[k]));
    }
    std::uint32_t beyond = 0;
    for (int k = 0; k < count; ++k) {
      beyond += is_beyond(codes[k]);
      codes[k] = bounded(codes[k]);
    }
    clips += beyond;
  }

  double value(std::int32_t code) const { return code * step_; }
  double step() const { return step_; }
  std::int32_t largest_code() const { return largest_code_; }

 private:
  /// Up to one beyond the largest code either way.
  std::int32_t nearest_code(double value) const {
    // In this order a value that is not a number ends at the bound.
    const double bound = largest_code_ + 1.0;
    double scaled = value / step_;
    scaled = scaled <= bound ? scaled : bound;
    scaled = scaled >= -bound ? scaled : -bound;
    // Where doubles are whole numbers, a sum is rounded to the nearest.
    constexpr double k_whole = 0x1.8p52;
    return static_cast<std::int32_t>((scaled + k_whole) - k_whole);
  }
  std::uint32_t is_beyond(std::int32_t code) const {
    return static_cast<std::uint32_t>(code > largest_code_) +
           static_cast<std::uint32_t>(code < -largest_code_);
  }
  std::int32_t bounded(std::int32_t code) const {
    const std::int32_t low = code > -largest_code_ ? code : -largest_code_;
    return low < largest_code_ ? low : largest_code_;
  }

  std::int32_t largest_code_;
  double step_;
};

}  // namespace invar::converter

#endif
