#include <invar/converter/converter_parameters.h>
#include <invar/converter/quantizer.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <vector>

BOOST_AUTO_TEST_SUITE(converter_tests)

using namespace invar::converter;

namespace {

template <typename Parameters, typename T>
void check_named(T Parameters::*member, T bad, const std::string& name) {
  Parameters parameters;
  parameters.*member = bad;
  std::string message = "accepted";
  try {
    parameters.check();
  } catch (const std::invalid_argument& error) {
    message = error.what();
  }
  BOOST_TEST(message.find(name + " = ") == 0u, message);
}

}  // namespace

BOOST_AUTO_TEST_CASE(codes_are_symmetric_and_zero_stays_zero) {
  for (const int bits : {2, 4, 8, 12, 24}) {
    const Quantizer quantizer(bits, 0.5);
    BOOST_TEST(quantizer.largest_code() == std::lround(std::pow(2.0, bits - 1)) - 1);
    std::uint32_t clips = 0;
    BOOST_TEST(quantizer.code(0.0, clips) == 0);
    BOOST_TEST(quantizer.value(0) == 0.0);
    for (double value = 0.0; value <= 0.5; value += 0.0137) {
      BOOST_TEST(quantizer.code(-value, clips) == -quantizer.code(value, clips));
    }
    BOOST_TEST(quantizer.code(0.5, clips) == quantizer.largest_code());
    BOOST_TEST(quantizer.value(quantizer.largest_code()) == 0.5,
               boost::test_tools::tolerance(1e-14));
    BOOST_TEST(clips == 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_value_inside_the_range_is_within_half_a_step) {
  for (const int bits : {1, 3, 8, 10}) {
    const Quantizer quantizer(bits, 0.25);
    std::uint32_t clips = 0;
    double worst = 0.0;
    for (int i = -1000; i <= 1000; ++i) {
      const double value = 0.25 * i / 1000.0;
      worst = std::max(worst, std::abs(quantizer.value(quantizer.code(value, clips)) - value));
    }
    BOOST_TEST(worst <= 0.5 * quantizer.step() * (1.0 + 1e-12));
    BOOST_TEST(clips == 0u);
  }
}

BOOST_AUTO_TEST_CASE(codes_come_back_from_their_values) {
  const Quantizer quantizer(8, 0.9);
  std::uint32_t clips = 0;
  for (int code = -127; code <= 127; ++code) {
    BOOST_TEST(quantizer.code(quantizer.value(code), clips) == code);
  }
  BOOST_TEST(clips == 0u);
}

BOOST_AUTO_TEST_CASE(many_codes_at_once_are_those_of_round_to_even_with_ends) {
  constexpr double k_infinity = std::numeric_limits<double>::infinity();
  for (const int bits : {1, 4, 8, 12}) {
    const Quantizer quantizer(bits, 0.5);
    const std::int32_t largest = quantizer.largest_code();
    std::vector<double> values = {-0.0, k_infinity, -k_infinity, std::nan(""), 1e300, -1e300};
    for (int i = -700; i <= 700; ++i) {
      values.push_back(i / 1000.0);
    }
    for (std::int32_t code = -largest; code < largest; ++code) {
      values.push_back((code + 0.5) * quantizer.step());
    }
    const int count = static_cast<int>(values.size());
    std::vector<std::int32_t> codes(count);
    std::uint32_t clips = 0;
    quantizer.codes(values.data(), count, codes.data(), clips);
    std::uint32_t clips_expected = 0;
    for (int k = 0; k < count; ++k) {
      // Bounded first: the nearest whole number of anything else fits no integer.
      const double scaled = values[k] / quantizer.step();
      const double nearest = std::nearbyint(std::fmax(std::fmin(scaled, 1e9), -1e9));
      const bool beyond = std::isnan(values[k]) || std::abs(nearest) > largest;
      clips_expected += beyond;
      const double end = std::isnan(values[k]) ? largest : std::copysign(largest, scaled);
      BOOST_CHECK_EQUAL(codes[k], static_cast<std::int32_t>(beyond ? end : nearest));
    }
    BOOST_TEST(clips == clips_expected);
    std::uint32_t single_clips = 0;
    for (int k = 0; k < count; ++k) {
      BOOST_CHECK_EQUAL(codes[k], quantizer.code(values[k], single_clips));
    }
    BOOST_TEST(single_clips == clips);
  }
}

BOOST_AUTO_TEST_CASE(one_bit_tells_the_signs_and_zero_apart) {
  const Quantizer quantizer(1, 1.0);
  std::uint32_t clips = 0;
  BOOST_TEST(quantizer.code(0.9, clips) == 1);
  BOOST_TEST(quantizer.code(0.4, clips) == 0);
  BOOST_TEST(quantizer.code(-0.4, clips) == 0);
  BOOST_TEST(quantizer.code(-0.9, clips) == -1);
  BOOST_TEST(quantizer.step() == 1.0);
  BOOST_TEST(clips == 0u);
}

BOOST_AUTO_TEST_CASE(values_beyond_the_range_give_the_end_code_and_are_counted) {
  const Quantizer quantizer(4, 0.7);  // step 0.1
  std::uint32_t clips = 0;
  BOOST_TEST(quantizer.code(0.74, clips) == 7);
  BOOST_TEST(quantizer.code(-0.74, clips) == -7);
  BOOST_TEST(clips == 0u);
  BOOST_TEST(quantizer.code(0.76, clips) == 7);
  BOOST_TEST(clips == 1u);
  BOOST_TEST(quantizer.code(-0.76, clips) == -7);
  BOOST_TEST(clips == 2u);
  const double infinity = std::numeric_limits<double>::infinity();
  BOOST_TEST(quantizer.code(infinity, clips) == 7);
  BOOST_TEST(quantizer.code(-infinity, clips) == -7);
  BOOST_TEST(quantizer.code(1e300, clips) == 7);
  BOOST_TEST(clips == 5u);
  BOOST_TEST(std::abs(quantizer.code(std::numeric_limits<double>::quiet_NaN(), clips)) == 7);
  BOOST_TEST(clips == 6u);
}

BOOST_AUTO_TEST_CASE(the_error_of_a_fine_quantiser_is_uniform) {
  // Mean square of a uniform error over one step: step^2 / 12.
  const Quantizer quantizer(6, 1.0);
  std::uint32_t clips = 0;
  double square = 0.0;
  constexpr int k_count = 100000;
  for (int i = 0; i < k_count; ++i) {
    const double value = -1.0 + 2.0 * (i + 0.5) / k_count;
    const double error = quantizer.value(quantizer.code(value, clips)) - value;
    square += error * error / k_count;
  }
  BOOST_TEST(square == quantizer.step() * quantizer.step() / 12.0,
             boost::test_tools::tolerance(1e-2));
}

BOOST_AUTO_TEST_CASE(an_adc_converts_its_columns_one_after_another) {
  AdcParameters adc;
  adc.conversion_time_s = 10e-9;
  adc.columns_per_adc = 8;
  BOOST_TEST(adc.conversion_time_for(1) == 10e-9);
  BOOST_TEST(adc.conversion_time_for(5) == 50e-9, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(adc.conversion_time_for(8) == 80e-9, boost::test_tools::tolerance(1e-12));
  // More columns bring more converters, which work at the same time.
  BOOST_TEST(adc.conversion_time_for(9) == 80e-9, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(adc.conversion_time_for(128) == 80e-9, boost::test_tools::tolerance(1e-12));
  adc.columns_per_adc = 1;
  BOOST_TEST(adc.conversion_time_for(128) == 10e-9, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(adc.conversion_time_for(0) == 0.0);
}

BOOST_AUTO_TEST_CASE(a_dac_takes_its_energy_for_each_bit) {
  DacParameters dac;
  dac.energy_per_bit_j = 0.3e-12;
  for (const int bits : {1, 4, 8}) {
    dac.bits = bits;
    BOOST_TEST(dac.energy_j() == bits * 0.3e-12, boost::test_tools::tolerance(1e-12));
  }
}

BOOST_AUTO_TEST_CASE(a_dac_parameter_out_of_range_is_named) {
  DacParameters().check();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check_named(&DacParameters::bits, 0, "dac.bits");
  check_named(&DacParameters::bits, 25, "dac.bits");
  check_named(&DacParameters::full_scale_v, 0.0, "dac.full_scale_v");
  check_named(&DacParameters::conversion_time_s, -1e-9, "dac.conversion_time_s");
  check_named(&DacParameters::energy_per_bit_j, nan, "dac.energy_per_bit_j");
}

BOOST_AUTO_TEST_CASE(an_adc_parameter_out_of_range_is_named) {
  AdcParameters().check();
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check_named(&AdcParameters::bits, 0, "adc.bits");
  check_named(&AdcParameters::full_scale_v, 20.0, "adc.full_scale_v");
  check_named(&AdcParameters::conversion_time_s, nan, "adc.conversion_time_s");
  check_named(&AdcParameters::energy_j, -1e-15, "adc.energy_j");
  check_named(&AdcParameters::columns_per_adc, 0, "adc.columns_per_adc");
  check_named(&AdcParameters::sample_time_s, 2.0, "adc.sample_time_s");
  check_named(&AdcParameters::sample_hold_power_w, -1.0, "adc.sample_hold_power_w");
}

BOOST_AUTO_TEST_SUITE_END()
