#ifndef INVAR_BENCHMARKS_REFERENCE_RANDOM_H
#define INVAR_BENCHMARKS_REFERENCE_RANDOM_H

#include <cstddef>
#include <cstdint>

namespace invar::benchmarks {

/// Counter-based numbers through the finaliser of SplitMix64 (Steele, Lea, Flood 2014), one stream
/// a purpose. The same streams as the firmware's, so that both draw the same weights, batches and
/// targets and can be compared step by step.
class RandomStream {
 public:
  enum Purpose : std::uint64_t { order = 3, targets = 4 };
  /// Of the weights of a layer that has some, from 0.
  static Purpose of_weights(std::size_t layer) {
    return static_cast<Purpose>(layer < 2 ? layer + 1 : layer + 3);
  }

  RandomStream(std::uint64_t seed, Purpose purpose)
      : key_(mix(mix(seed + k_golden) + static_cast<std::uint64_t>(purpose))) {}

  std::uint64_t next() { return mix(key_ + k_golden * ++counter_); }
  /// Uniform in [0, 1), 24 bits.
  float uniform() { return static_cast<float>(next() >> 40) * 0x1p-24f; }
  /// Uniform in 0 .. bound - 1.
  std::uint32_t below(std::uint32_t bound) {
    return static_cast<std::uint32_t>((next() >> 32) * bound >> 32);
  }

 private:
  static constexpr std::uint64_t k_golden = 0x9E3779B97F4A7C15ull;

  static std::uint64_t mix(std::uint64_t value) {
    value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9ull;
    value = (value ^ (value >> 27)) * 0x94D049BB133111EBull;
    return value ^ (value >> 31);
  }

  std::uint64_t key_;
  std::uint64_t counter_ = 0;
};

}  // namespace invar::benchmarks

#endif
