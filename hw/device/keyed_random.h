#ifndef INVAR_DEVICE_KEYED_RANDOM_H
#define INVAR_DEVICE_KEYED_RANDOM_H

#include <array>
#include <cstdint>

namespace invar::device {

/// What a random number is for. Part of the key: streams never overlap.
enum class RandomStream : std::uint32_t {
  stuck_cell = 1,
  programming = 2,
  read_noise_inv = 3,
  read_noise_mvm = 4,
  amplifier_offset = 5,
  conversion = 6,
  cell_read = 7,
  read_noise_cell = 8,
  probe = 9,
  check_sign = 10,
};

/// Counter-based randomness: a pure function of (seed, stream, tile, row, column, event).
///
/// Philox4x32-10 of Random123 (Salmon et al., SC'11), so that a result does not depend on the order
/// in which cells, shots or tiles are worked on. Normal deviates are made by the Box-Muller
/// transform written out here, because std::normal_distribution differs between libraries.
class KeyedRandom {
 public:
  using Words = std::array<std::uint32_t, 4>;

  KeyedRandom(std::uint64_t seed, std::uint32_t tile) : seed_(seed), tile_(tile) {}

  /// 128 random bits. `row` and `column` below 2^16, `event` below 2^48.
  Words words(RandomStream stream, std::uint32_t row, std::uint32_t column,
              std::uint64_t event) const;

  /// The words of rows first_row + k of one column, k below `rows`: word w at words[w][k].
  void words_of_column(RandomStream stream, std::uint32_t first_row, std::uint32_t rows,
                       std::uint32_t column, std::uint64_t event,
                       const std::array<std::uint32_t*, 4>& words) const;

  /// Two independent standard normal deviates.
  std::array<double, 2> normal_pair(RandomStream stream, std::uint32_t row, std::uint32_t column,
                                    std::uint64_t event) const;

  /// Standard normal deviates, `count` of them: those with the numbers 4 k to 4 k + 3 are made of
  /// the words of row k.
  void normals(RandomStream stream, std::uint32_t column, std::uint64_t event, int count,
               double* deviates) const;

  /// Box-Muller: two words to two standard normal deviates. Own polynomials, to 1e-11 of a deviate:
  /// the bits depend neither on a library nor on how many are made at once.
  static std::array<double, 2> to_normal_pair(std::uint32_t first, std::uint32_t second);
  /// The same for many, several times as fast.
  static void to_normal_pairs(const std::uint32_t* first, const std::uint32_t* second, int count,
                              double* cosine, double* sine);
  /// A word to (0, 1).
  static double to_uniform(std::uint32_t word) { return (word + 0.5) * 0x1p-32; }

 private:
  std::uint64_t seed_;
  std::uint32_t tile_;
};

}  // namespace invar::device

#endif
