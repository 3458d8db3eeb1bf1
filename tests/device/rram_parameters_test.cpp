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
  check_named(&RramParameters::acceptance_window, 0.51, "acceptance_window");
  check_named(&RramParameters::acceptance_window, 0.08, "acceptance_window");  // 8 levels
  check_named(&RramParameters::targets, CellTargets::continuous, "acceptance_window = 0");
  check_named(&RramParameters::deep_off_conductance_s, -1e-9, "deep_off_conductance_s");
  check_named(&RramParameters::deep_off_conductance_s, 0.5e-6, "deep_off_conductance_s");
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

BOOST_AUTO_TEST_CASE(a_target_is_the_nearest_level_or_the_value_itself) {
  RramParameters parameters;
  const auto target_us = [&](double value) { return 1e6 * parameters.nearest_target_s(value); };
  const auto tolerance = boost::test_tools::tolerance(1e-12);
  // Seven steps of 34.5 / 7 uS.
  BOOST_TEST(target_us(0.4) == 0.5 + 3 * 34.5 / 7, tolerance);
  BOOST_TEST(target_us(1.1) == 0.5 + 8 * 34.5 / 7, tolerance);
  BOOST_TEST(1e6 * parameters.tolerance_s() == 34.5 / 14, tolerance);
  parameters.targets = CellTargets::continuous;
  parameters.acceptance_window = 0.02;
  BOOST_TEST(target_us(0.4) == 0.5 + 0.4 * 34.5, tolerance);
  BOOST_TEST(1e6 * parameters.tolerance_s() == 0.69, tolerance);
}

BOOST_AUTO_TEST_CASE(between_deep_off_and_the_lowest_conductance_there_is_no_target) {
  RramParameters parameters;
  parameters.targets = CellTargets::continuous;
  parameters.acceptance_window = 0.02;
  parameters.deep_off_conductance_s = 0.1e-6;  // 0.3 uS is half-way, span 34.9 uS
  const auto tolerance = boost::test_tools::tolerance(1e-12);
  BOOST_TEST(parameters.nearest_target_s(0.0) == 0.1e-6, tolerance);
  BOOST_TEST(parameters.nearest_target_s(0.19 / 34.9) == 0.1e-6, tolerance);
  BOOST_TEST(parameters.nearest_target_s(0.21 / 34.9) == 0.5e-6, tolerance);
  BOOST_TEST(parameters.nearest_target_s(0.5) == 17.55e-6, tolerance);
  BOOST_TEST(parameters.nearest_target_s(1.0) == 35e-6, tolerance);
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
