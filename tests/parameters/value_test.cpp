#include <invar/parameters/parameter.h>
#include <invar/parameters/value.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <string>

BOOST_AUTO_TEST_SUITE(values)

using namespace invar::parameters;

BOOST_AUTO_TEST_CASE(numbers_are_written_short_and_read_back_to_the_same_bits) {
  BOOST_TEST(number_text(0.1) == "0.1");
  BOOST_TEST(number_text(0.1 + 0.2) == "0.30000000000000004");
  BOOST_TEST(number_text(40.0) == "40");
  BOOST_TEST(number_text(100000.0) == "100000");
  BOOST_TEST(number_text(-0.0001) == "-0.0001");
  BOOST_TEST(number_text(0.00001) == "1e-05");
  BOOST_TEST(number_text(1e15) == "1000000000000000");
  BOOST_TEST(number_text(1e16) == "1e+16");
  BOOST_TEST(number_text(std::nan("")) == "nan");
  BOOST_TEST(number_text(std::numeric_limits<double>::infinity()) == "inf");
  for (double number = 1.0 / 3.0; number > 1e-300; number *= 1.0 / 977.0) {
    for (const double one : {number, 1.0 / number}) {
      BOOST_TEST(std::strtod(number_text(one).c_str(), nullptr) == one);
    }
  }
}

BOOST_AUTO_TEST_CASE(values_are_spelt_as_in_toml) {
  BOOST_TEST(to_text(Value(true)) == "true");
  BOOST_TEST(to_text(Value(std::int64_t{-3})) == "-3");
  BOOST_TEST(to_text(Value(3.0)) == "3.0");
  BOOST_TEST(to_text(Value(1e-9)) == "1e-09");
  BOOST_TEST(to_text(Value(std::string("a \"b\" \\ \n"))) == "\"a \\\"b\\\" \\\\ \\u000A\"");
}

BOOST_AUTO_TEST_CASE(ranges_are_told_in_ten_digits) {
  BOOST_TEST(to_text(Range{1, 24}) == "from 1 to 24");
  BOOST_TEST(to_text(Range{0, 1e15, true}) == "above 0 and at most 1e+15");
  BOOST_TEST(to_text(Range{4096, 4294963200}) == "from 4096 to 4294963200");
}

BOOST_AUTO_TEST_SUITE_END()
