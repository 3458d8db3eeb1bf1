#include <invar/device/rram_parameters.h>
#include <invar/parameters/description.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

BOOST_AUTO_TEST_SUITE(rram_parameters)

using namespace invar::device;

namespace {

std::string refusal(const RramParameters& parameters) {
  try {
    parameters.check();
  } catch (const std::invalid_argument& error) {
    return error.what();
  }
  return "accepted";
}

template <typename T>
void check_named(T RramParameters::*member, T bad, const std::string& name) {
  RramParameters parameters;
  parameters.*member = bad;
  const std::string message = refusal(parameters);
  BOOST_TEST(message.find("device." + name) == 0u, message);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_defaults_pass) {
  BOOST_TEST(refusal(RramParameters()) == "accepted");
}

BOOST_AUTO_TEST_CASE(a_parameter_out_of_range_is_named) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  check_named(&RramParameters::minimum_conductance_s, -1e-9, "minimum_conductance_s");
  check_named(&RramParameters::maximum_conductance_s, 1.0, "maximum_conductance_s");
  check_named(&RramParameters::maximum_conductance_s, 0.4e-6, "maximum_conductance_s");
  check_named(&RramParameters::levels, 1, "levels");
  check_named(&RramParameters::levels, 257, "levels");
  check_named(&RramParameters::programming_error_scale, -0.1, "programming_error_scale");
  check_named(&RramParameters::read_noise, nan, "read_noise");
  check_named(&RramParameters::stuck_fraction, 1.1, "stuck_fraction");
  check_named(&RramParameters::endurance_writes, 0.0, "endurance_writes");
  check_named(&RramParameters::set_voltage_v, -1.0, "set_voltage_v");
  check_named(&RramParameters::reset_voltage_v, 11.0, "reset_voltage_v");
  check_named(&RramParameters::set_width_s, 0.0, "set_width_s");
  check_named(&RramParameters::reset_width_s, 0.0, "reset_width_s");
  check_named(&RramParameters::mean_pulses, 0.5, "mean_pulses");
  check_named(&RramParameters::maximum_pulses, 0, "maximum_pulses");
  check_named(&RramParameters::verify_voltage_v, nan, "verify_voltage_v");
  check_named(&RramParameters::verify_width_s, 2.0, "verify_width_s");
  check_named(&RramParameters::measurement_reads, 0, "measurement_reads");
}

BOOST_AUTO_TEST_CASE(a_refusal_states_the_value_and_the_range) {
  RramParameters parameters;
  parameters.stuck_fraction = 1.5;
  BOOST_TEST(refusal(parameters) == "device.stuck_fraction = 1.5: must be from 0 to 1");
}

BOOST_AUTO_TEST_CASE(sigma_follows_the_one_day_fit_at_points_summed_by_hand) {
  RramParameters parameters;
  parameters.maximum_conductance_s = 40e-6;  // the range of the fit
  parameters.programming_error = ProgrammingErrorModel::neurram_1day;
  // x = 0.5: 0.701 + 11.043 - 12.69325 + 5.886875 - 1.028625; x = 1: the sum of the coefficients.
  BOOST_TEST(parameters.programming_sigma_s(20e-6) == 3.909e-6, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(parameters.programming_sigma_s(40e-6) == 2.651e-6, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(sigma_follows_the_one_second_fit_at_points_summed_by_hand) {
  RramParameters parameters;
  parameters.maximum_conductance_s = 40e-6;
  // x = 0.5: 0.348 + 8.015 - 10.96325 + 5.674125 - 1.0509375.
  BOOST_TEST(parameters.programming_sigma_s(20e-6) == 2.0229375e-6,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(parameters.programming_sigma_s(40e-6) == 1.103e-6, boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(the_relative_error_is_kept_on_another_range) {
  RramParameters wide;
  wide.maximum_conductance_s = 40e-6;
  RramParameters narrow;
  narrow.maximum_conductance_s = 10e-6;
  BOOST_TEST(narrow.programming_sigma_s(5e-6) / 5e-6 == wide.programming_sigma_s(20e-6) / 20e-6,
             boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(the_cmo_hfox_fit_is_linear_in_the_conductance) {
  RramParameters parameters;
  parameters.programming_error = ProgrammingErrorModel::cmo_hfox;
  BOOST_TEST(parameters.programming_sigma_s(20e-6) == 0.2372e-6,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(the_scale_multiplies_sigma_and_none_is_exact) {
  RramParameters parameters;
  const double fitted = parameters.programming_sigma_s(12e-6);
  parameters.programming_error_scale = 0.25;
  BOOST_TEST(parameters.programming_sigma_s(12e-6) == 0.25 * fitted,
             boost::test_tools::tolerance(1e-12));
  parameters.programming_error = ProgrammingErrorModel::none;
  BOOST_TEST(parameters.programming_sigma_s(12e-6) == 0.0);
}

BOOST_AUTO_TEST_CASE(bits_of_a_cell_are_the_whole_bits_of_its_levels) {
  RramParameters parameters;
  const int cases[][2] = {{2, 1}, {3, 1}, {4, 2}, {8, 3}, {15, 3}, {16, 4}, {256, 8}};
  for (const auto& pair : cases) {
    parameters.levels = pair[0];
    BOOST_TEST(parameters.bits_per_cell() == pair[1]);
  }
}

BOOST_AUTO_TEST_CASE(error_models_are_named_both_ways) {
  const auto& description = RramParameters::description();
  RramParameters parameters;
  for (const auto& [model, name] : {std::pair(ProgrammingErrorModel::none, "none"),
                                    std::pair(ProgrammingErrorModel::neurram_1s, "neurram_1s"),
                                    std::pair(ProgrammingErrorModel::neurram_1day, "neurram_1day"),
                                    std::pair(ProgrammingErrorModel::cmo_hfox, "cmo_hfox")}) {
    description.set(parameters, "device.programming_error", std::string(name));
    BOOST_CHECK(parameters.programming_error == model);
    BOOST_CHECK(description.get(parameters, "device.programming_error") ==
                invar::parameters::Value(std::string(name)));
  }
  BOOST_CHECK_EXCEPTION(
      description.set(parameters, "device.programming_error", std::string("gauss")),
      std::invalid_argument, [](const std::invalid_argument& error) {
        return std::string(error.what()) ==
               "device.programming_error = \"gauss\": must be none, neurram_1s, neurram_1day or "
               "cmo_hfox";
      });
}

BOOST_AUTO_TEST_SUITE_END()
