#include <invar/device/keyed_random.h>

#include <algorithm>
#include <array>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <set>
#include <vector>

BOOST_AUTO_TEST_SUITE(keyed_random)

using invar::device::KeyedRandom;
using invar::device::RandomStream;

namespace {

/// Moments of the deviates of `count` events of one key.
struct Moments {
  double mean = 0.0;
  double variance = 0.0;
  double skewness = 0.0;
  double kurtosis = 0.0;

  explicit Moments(const std::vector<double>& values) {
    const double count = static_cast<double>(values.size());
    for (const double value : values) {
      mean += value / count;
    }
    double third = 0.0;
    double fourth = 0.0;
    for (const double value : values) {
      const double square = (value - mean) * (value - mean);
      variance += square / count;
      third += square * (value - mean) / count;
      fourth += square * square / count;
    }
    skewness = third / std::pow(variance, 1.5);
    kurtosis = fourth / (variance * variance);
  }
};

constexpr int k_pairs = 100000;

}  // namespace

BOOST_AUTO_TEST_CASE(the_same_key_gives_the_same_bits) {
  const KeyedRandom first(42, 3);
  const KeyedRandom second(42, 3);
  BOOST_CHECK(first.words(RandomStream::programming, 5, 6, 7) ==
              second.words(RandomStream::programming, 5, 6, 7));
}

BOOST_AUTO_TEST_CASE(bits_do_not_depend_on_the_order_of_calls) {
  const KeyedRandom random(9, 1);
  std::vector<KeyedRandom::Words> forward;
  for (std::uint32_t row = 0; row < 50; ++row) {
    forward.push_back(random.words(RandomStream::conversion, row, 2, 1));
  }
  for (std::uint32_t row = 50; row-- > 0;) {
    random.normal_pair(RandomStream::stuck_cell, row, row, row);
    BOOST_CHECK(random.words(RandomStream::conversion, row, 2, 1) == forward[row]);
  }
}

BOOST_AUTO_TEST_CASE(every_part_of_the_key_counts) {
  const auto words = [](std::uint64_t seed, std::uint32_t tile, RandomStream stream,
                        std::uint32_t row, std::uint32_t column, std::uint64_t event) {
    return KeyedRandom(seed, tile).words(stream, row, column, event);
  };
  std::set<KeyedRandom::Words> seen;
  const auto add = [&](const KeyedRandom::Words& bits) { BOOST_TEST(seen.insert(bits).second); };
  add(words(1, 0, RandomStream::programming, 0, 0, 0));
  add(words(2, 0, RandomStream::programming, 0, 0, 0));
  add(words(1ull + (1ull << 32), 0, RandomStream::programming, 0, 0, 0));
  add(words(1, 1, RandomStream::programming, 0, 0, 0));
  add(words(1, 0, RandomStream::programming, 1, 0, 0));
  add(words(1, 0, RandomStream::programming, 0, 1, 0));
  add(words(1, 0, RandomStream::programming, 0, 0, 1));
  add(words(1, 0, RandomStream::programming, 0, 0, 1ull << 32));
  add(words(1, 0, RandomStream::programming, 0, 0, (1ull << 48) - 1));
  for (const RandomStream stream :
       {RandomStream::stuck_cell, RandomStream::read_noise_inv, RandomStream::read_noise_mvm,
        RandomStream::amplifier_offset, RandomStream::conversion}) {
    add(words(1, 0, stream, 0, 0, 0));
  }
}

BOOST_AUTO_TEST_CASE(row_and_column_are_not_interchangeable_up_to_their_limits) {
  const KeyedRandom random(5, 0);
  std::set<KeyedRandom::Words> seen;
  const std::uint32_t places[] = {0, 1, 2, 255, 256, 32768, 65535};
  for (const std::uint32_t row : places) {
    for (const std::uint32_t column : places) {
      BOOST_TEST(seen.insert(random.words(RandomStream::programming, row, column, 0)).second);
    }
  }
}

BOOST_AUTO_TEST_CASE(bits_are_philox_4x32_10) {
  // Known answer of Random123 (kat_vectors): counter and key all ones.
  // The counter words are (row | column << 16, event low, event high | stream << 16, tile).
  const KeyedRandom random(0xFFFFFFFFFFFFFFFFull, 0xFFFFFFFFu);
  const KeyedRandom::Words expected = {0x408f276du, 0x41c83b0eu, 0xa20bc7c6u, 0x6d5451fdu};
  const KeyedRandom::Words bits =
      random.words(static_cast<RandomStream>(0xFFFFu), 0xFFFFu, 0xFFFFu, 0xFFFFFFFFFFFFull);
  BOOST_TEST(bits == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(deviates_have_the_moments_of_a_standard_normal) {
  const KeyedRandom random(2024, 0);
  std::vector<double> values;
  for (int i = 0; i < k_pairs; ++i) {
    const auto pair = random.normal_pair(RandomStream::read_noise_inv, i % 128, i % 7, i);
    values.insert(values.end(), pair.begin(), pair.end());
  }
  const Moments moments(values);
  // Five standard errors: sqrt(1/N), sqrt(2/N), sqrt(6/N), sqrt(24/N).
  const double error = 5.0 / std::sqrt(2.0 * k_pairs);
  BOOST_TEST(std::abs(moments.mean) < error);
  BOOST_TEST(std::abs(moments.variance - 1.0) < std::sqrt(2.0) * error);
  BOOST_TEST(std::abs(moments.skewness) < std::sqrt(6.0) * error);
  BOOST_TEST(std::abs(moments.kurtosis - 3.0) < std::sqrt(24.0) * error);
}

BOOST_AUTO_TEST_CASE(the_tails_hold_as_many_deviates_as_they_should) {
  const KeyedRandom random(7, 0);
  int beyond_two = 0;
  int beyond_three = 0;
  for (int i = 0; i < k_pairs; ++i) {
    for (const double value : random.normal_pair(RandomStream::programming, 0, 0, i)) {
      beyond_two += std::abs(value) > 2.0;
      beyond_three += std::abs(value) > 3.0;
    }
  }
  const auto near = [](int count, double probability) {
    const double expected = 2.0 * k_pairs * probability;
    return std::abs(count - expected) < 5.0 * std::sqrt(expected);
  };
  BOOST_TEST(near(beyond_two, std::erfc(2.0 / std::sqrt(2.0))));
  BOOST_TEST(near(beyond_three, std::erfc(3.0 / std::sqrt(2.0))));
}

BOOST_AUTO_TEST_CASE(neighbouring_keys_are_uncorrelated) {
  const KeyedRandom random(11, 0);
  double within = 0.0;
  double columns = 0.0;
  double tiles = 0.0;
  for (int i = 0; i < k_pairs; ++i) {
    const auto here = random.normal_pair(RandomStream::programming, 0, 0, i);
    const auto beside = random.normal_pair(RandomStream::programming, 0, 1, i);
    const auto other = KeyedRandom(11, 1).normal_pair(RandomStream::programming, 0, 0, i);
    within += here[0] * here[1] / k_pairs;
    columns += here[0] * beside[0] / k_pairs;
    tiles += here[0] * other[0] / k_pairs;
  }
  const double error = 5.0 / std::sqrt(static_cast<double>(k_pairs));
  BOOST_TEST(std::abs(within) < error);
  BOOST_TEST(std::abs(columns) < error);
  BOOST_TEST(std::abs(tiles) < error);
}

BOOST_AUTO_TEST_CASE(uniform_numbers_stay_inside_the_open_interval) {
  BOOST_TEST(KeyedRandom::to_uniform(0) > 0.0);
  BOOST_TEST(KeyedRandom::to_uniform(0xFFFFFFFFu) < 1.0);
  BOOST_TEST(KeyedRandom::to_uniform(0x80000000u) == 0.5, boost::test_tools::tolerance(1e-9));
  for (const std::uint32_t word : {0u, 0xFFFFFFFFu}) {
    for (const double value : KeyedRandom::to_normal_pair(word, word)) {
      BOOST_TEST(std::isfinite(value));
    }
  }
}

BOOST_AUTO_TEST_CASE(deviates_are_those_of_the_textbook_formula) {
  const KeyedRandom random(3, 0);
  constexpr double k_turn = 6.283185307179586476925286766559;
  const auto check = [](std::uint32_t first, std::uint32_t second) {
    const long double u = (first + 0.5L) / 4294967296.0L;
    const long double v = (second + 0.5L) / 4294967296.0L;
    const long double radius = std::sqrt(-2.0L * std::log(u));
    const auto pair = KeyedRandom::to_normal_pair(first, second);
    const long double cosine = std::abs(pair[0] - radius * std::cos(k_turn * v));
    const long double sine = std::abs(pair[1] - radius * std::sin(k_turn * v));
    BOOST_CHECK_LT(std::max(cosine, sine), 1e-10L * radius);
  };
  for (int i = 0; i < 20000; ++i) {
    const auto words = random.words(RandomStream::conversion, 0, 0, i);
    check(words[0], words[1]);
  }
  // Where the logarithm and the angle change their pieces.
  const std::uint32_t edges[] = {0u,          1u,          0x1FFFFFFFu, 0x20000000u, 0x3FFFFFFFu,
                                 0x40000000u, 0x60000000u, 0x7FFFFFFFu, 0x80000000u, 0xA0000000u,
                                 0xB504F333u, 0xB504F334u, 0xE0000000u, 0xFFFFFFFEu, 0xFFFFFFFFu};
  for (const std::uint32_t first : edges) {
    for (const std::uint32_t second : edges) {
      check(first, second);
    }
  }
}

BOOST_AUTO_TEST_CASE(many_deviates_at_once_have_the_bits_of_one_after_another) {
  const KeyedRandom random(8, 2);
  for (const int count : {1, 3, 4, 63, 64, 65, 129, 513}) {
    std::vector<double> together(count + 1, 99.0);
    random.normals(RandomStream::read_noise_inv, 7, 12345, count, together.data());
    for (int i = 0; i < count; ++i) {
      const auto words = random.words(RandomStream::read_noise_inv, i / 4, 7, 12345);
      const int word = i % 4 / 2 * 2;
      BOOST_CHECK_EQUAL(together[i],
                        KeyedRandom::to_normal_pair(words[word], words[word + 1])[i % 2]);
    }
    BOOST_TEST(together[count] == 99.0);
  }
}

BOOST_AUTO_TEST_SUITE_END()
