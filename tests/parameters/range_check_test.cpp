#include <invar/parameters/range_check.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <string>

BOOST_AUTO_TEST_SUITE(parameters)

using invar::parameters::require_range;

namespace {

std::string message(double value) {
  try {
    require_range("adc.full_scale_v", value, 0.5, 2.0);
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return {};
}

}  // namespace

BOOST_AUTO_TEST_CASE(both_ends_belong_to_the_range) {
  BOOST_TEST(message(0.5).empty());
  BOOST_TEST(message(2.0).empty());
}

BOOST_AUTO_TEST_CASE(the_message_names_parameter_value_and_range) {
  BOOST_TEST(message(0.25) == "adc.full_scale_v = 0.25: must be from 0.5 to 2");
  BOOST_TEST(message(std::nan("")) == "adc.full_scale_v = nan: must be from 0.5 to 2");
  BOOST_TEST(!message(INFINITY).empty());
}

BOOST_AUTO_TEST_SUITE_END()
