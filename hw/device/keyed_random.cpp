#include <Random123/philox.h>
#include <invar/device/keyed_random.h>

#include <algorithm>
#include <cmath>
#include <cstring>

namespace invar::device {
namespace {

inline KeyedRandom::Words counter_of(RandomStream stream, std::uint32_t row, std::uint32_t column,
                                     std::uint64_t event, std::uint32_t tile) {
  return {row | column << 16, static_cast<std::uint32_t>(event),
          static_cast<std::uint32_t>(event >> 32) | static_cast<std::uint32_t>(stream) << 16, tile};
}

inline KeyedRandom::Words philox(std::uint64_t seed, const KeyedRandom::Words& counter) {
  const r123::Philox4x32::ctr_type in = {{counter[0], counter[1], counter[2], counter[3]}};
  const r123::Philox4x32::key_type key = {
      {static_cast<std::uint32_t>(seed), static_cast<std::uint32_t>(seed >> 32)}};
  const r123::Philox4x32::ctr_type bits = r123::Philox4x32()(in, key);
  return {bits[0], bits[1], bits[2], bits[3]};
}

template <typename To, typename From>
To bits_as(From value) {
  static_assert(sizeof(To) == sizeof(From));
  To result;
  std::memcpy(&result, &value, sizeof result);
  return result;
}

/// Natural logarithm of a number in (0, 1), relative error below 2e-12.
double logarithm(double x) {
  constexpr std::uint64_t k_root_half = 0x3fe6a09e667f3bcdull;  // sqrt(1/2)
  constexpr std::uint64_t k_one = 0x3ff0000000000000ull;
  constexpr std::uint64_t k_exponent = 0xfff0000000000000ull;
  constexpr std::uint64_t k_2_to_52 = 0x4330000000000000ull;
  // x = 2^e m, m from sqrt(1/2) to sqrt(2); e + 1023 becomes a double by its place in one of 2^52.
  const std::uint64_t bits = bits_as<std::uint64_t>(x);
  const std::uint64_t shifted = bits - k_root_half + k_one;
  const double exponent = bits_as<double>(shifted >> 52 | k_2_to_52) - (0x1p52 + 1023.0);
  const double m = bits_as<double>(bits - (shifted & k_exponent) + k_one);
  // log m = 2 artanh s, |s| < 0.172
  const double s = (m - 1.0) / (m + 1.0);
  const double s2 = s * s;
  double sum = 1.0 / 13.0;
  sum = sum * s2 + 1.0 / 11.0;
  sum = sum * s2 + 1.0 / 9.0;
  sum = sum * s2 + 1.0 / 7.0;
  sum = sum * s2 + 1.0 / 5.0;
  sum = sum * s2 + 1.0 / 3.0;
  sum = sum * s2 + 1.0;
  return exponent * 0.69314718055994530942 + 2.0 * s * sum;
}

/// `of_sine` where the lowest bit of `select` is set, `of_cosine` otherwise; negated where bit 1 of
/// `negate` is.
double pick(std::uint32_t select, std::uint32_t negate, double of_cosine, double of_sine) {
  const std::uint64_t mask = 0 - static_cast<std::uint64_t>(select & 1u);
  const std::uint64_t sign = static_cast<std::uint64_t>(negate & 2u) << 62;
  const std::uint64_t cosine = bits_as<std::uint64_t>(of_cosine);
  const std::uint64_t difference = cosine ^ bits_as<std::uint64_t>(of_sine);
  return bits_as<double>((cosine ^ (difference & mask)) ^ sign);
}

/// Box-Muller without a branch or a call, so that a loop over it runs in vector registers. Every
/// operation rounds once, as IEEE 754 has it: the bits are those of any other processor.
inline void box_muller(std::uint32_t first, std::uint32_t second, double& cosine, double& sine) {
  const double uniform = (bits_as<double>(first | 0x4330000000000000ull) - 0x1p52 + 0.5) * 0x1p-32;
  const double radius = std::sqrt(-2.0 * logarithm(uniform));
  // Quarter turns and what is left of the angle, up to an eighth of a turn either way.
  const std::uint32_t quarter = (second + 0x20000000u) >> 30;
  const auto rest = static_cast<std::int32_t>(second - (quarter << 30));
  const double x = (rest + 0.5) * (6.283185307179586476925286766559 * 0x1p-32);
  const double x2 = x * x;
  // Taylor: the first terms left out are below 1e-11 of the sum.
  double s = -1.0 / 39916800.0;
  s = s * x2 + 1.0 / 362880.0;
  s = s * x2 - 1.0 / 5040.0;
  s = s * x2 + 1.0 / 120.0;
  s = s * x2 - 1.0 / 6.0;
  s = x + x * x2 * s;
  double c = 1.0 / 479001600.0;
  c = c * x2 - 1.0 / 3628800.0;
  c = c * x2 + 1.0 / 40320.0;
  c = c * x2 - 1.0 / 720.0;
  c = c * x2 + 1.0 / 24.0;
  c = c * x2 - 0.5;
  c = c * x2 + 1.0;
  cosine = radius * pick(quarter, quarter + 1, c, s);
  sine = radius * pick(quarter, quarter, s, c);
}

}  // namespace

KeyedRandom::Words KeyedRandom::words(RandomStream stream, std::uint32_t row, std::uint32_t column,
                                      std::uint64_t event) const {
  return philox(seed_, counter_of(stream, row, column, event, tile_));
}

void KeyedRandom::words_of_column(RandomStream stream, std::uint32_t first_row, std::uint32_t rows,
                                  std::uint32_t column, std::uint64_t event,
                                  const std::array<std::uint32_t*, 4>& words) const {
  for (std::uint32_t k = 0; k < rows; ++k) {
    const Words bits = philox(seed_, counter_of(stream, first_row + k, column, event, tile_));
    for (int w = 0; w < 4; ++w) {
      words[w][k] = bits[w];
    }
  }
}

std::array<double, 2> KeyedRandom::normal_pair(RandomStream stream, std::uint32_t row,
                                               std::uint32_t column, std::uint64_t event) const {
  const Words bits = words(stream, row, column, event);
  return to_normal_pair(bits[0], bits[1]);
}

std::array<double, 2> KeyedRandom::to_normal_pair(std::uint32_t first, std::uint32_t second) {
  std::array<double, 2> pair;
  box_muller(first, second, pair[0], pair[1]);
  return pair;
}

void KeyedRandom::to_normal_pairs(const std::uint32_t* first, const std::uint32_t* second,
                                  int count, double* cosine, double* sine) {
  // (Blocks of their own tell the compiler that nothing overlaps.)
  constexpr int k_block = 64;
  double cosines[k_block], sines[k_block];
  for (int done = 0; done < count; done += k_block) {
    const int block = std::min(k_block, count - done);
    for (int k = 0; k < block; ++k) {
      box_muller(first[done + k], second[done + k], cosines[k], sines[k]);
    }
    std::copy_n(cosines, block, cosine + done);
    std::copy_n(sines, block, sine + done);
  }
}

void KeyedRandom::normals(RandomStream stream, std::uint32_t column, std::uint64_t event, int count,
                          double* deviates) const {
  constexpr int k_groups = 32;
  std::uint32_t words[4][k_groups];
  double pairs[4][k_groups];
  for (int done = 0; done < count; done += 4 * k_groups) {
    const int left = count - done;
    const int groups = std::min(k_groups, (left + 3) / 4);
    words_of_column(stream, static_cast<std::uint32_t>(done / 4),
                    static_cast<std::uint32_t>(groups), column, event,
                    {words[0], words[1], words[2], words[3]});
    to_normal_pairs(words[0], words[1], groups, pairs[0], pairs[1]);
    to_normal_pairs(words[2], words[3], groups, pairs[2], pairs[3]);
    const int whole = std::min(groups, left / 4);
    for (int group = 0; group < whole; ++group) {
      for (int i = 0; i < 4; ++i) {
        deviates[done + 4 * group + i] = pairs[i][group];
      }
    }
    for (int i = 4 * whole; i < std::min(left, 4 * groups); ++i) {
      deviates[done + i] = pairs[i % 4][i / 4];
    }
  }
}

}  // namespace invar::device
