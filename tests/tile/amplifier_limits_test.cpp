// What amplifiers can deliver, how long they are on, and how far a shot settles.
#include <invar/circuit/loop_dynamics.h>
#include <invar/tile_model/shot_cost.h>
#include <invar/tile_model/tile_model.h>
#include <invar/tile_model/tile_programming.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>
#include <string>

#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(amplifier_limits)

using namespace invar;
using tile::Fidelity;
using tile::TileModel;
using tile::TileParameters;

namespace {

/// Fine converters and exact cells, so that only the amplifiers show.
TileParameters quiet_tile(int rows, Fidelity fidelity) {
  TileParameters parameters;
  parameters.rows = rows;
  parameters.fidelity = fidelity;
  parameters.wires = {0.0, 0.0};
  parameters.adc.bits = parameters.dac.bits = 16;
  parameters.device.programming_error = device::ProgrammingErrorModel::none;
  parameters.device.read_noise = 0.0;
  parameters.amplifier.offset_sigma_v = 0.0;
  return parameters;
}

tile::AnalogBatch shots_of(const TileParameters& parameters, const Eigen::MatrixXd& matrix,
                           const Eigen::MatrixXd& input) {
  TileModel model(parameters, 1, 0);
  tile::write_matrix(model, matrix, 1, 1, {});
  BOOST_TEST_REQUIRE(model.stable());
  return model.invert(input, std::vector<int>(static_cast<std::size_t>(input.cols()), 0));
}

const Eigen::MatrixXd k_one = Eigen::MatrixXd::Ones(1, 1);

/// Time until one pole with a bounded slope is within half a step of `bits`, by small steps.
double stepped_settling_s(double tau_s, int bits, double step_v, double slew) {
  const double h = tau_s * 1e-5;
  double left_v = step_v;
  double time_s = 0.0;
  while (left_v > std::ldexp(step_v, -(bits + 1))) {
    left_v -= h * std::min(left_v / tau_s, slew);
    time_s += h;
  }
  return time_s;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_loop_of_one_pole_slews_and_then_settles) {
  circuit::LoopDynamics dynamics;
  dynamics.slowest_time_constant_s = 10e-9;
  // .5 V at 10 V/us: 50 ns, of which the last tenth of a volt is linear; never; all the way.
  for (const double slew : {10e6, 100e6, 10e3}) {
    BOOST_TEST(dynamics.settling_time_s(6, 0.5, slew) == stepped_settling_s(10e-9, 6, 0.5, slew),
               boost::test_tools::tolerance(1e-3));
  }
  BOOST_TEST(dynamics.settling_time_s(6, 0.5, 100e6) == dynamics.settling_time_s(6));
}

BOOST_AUTO_TEST_CASE(a_shot_takes_no_less_than_its_slewing) {
  TileParameters parameters = quiet_tile(1, Fidelity::behavioural);
  const double free_s = shots_of(parameters, k_one, k_one).shot_time_s;
  parameters.amplifier.slew_rate_v_per_s = 1e6;
  const double slewed_s = shots_of(parameters, k_one, k_one).shot_time_s;
  BOOST_TEST(slewed_s > parameters.adc.full_scale_v / 1e6);
  BOOST_TEST(slewed_s < parameters.adc.full_scale_v / 1e6 + free_s);
}

BOOST_AUTO_TEST_CASE(what_has_not_settled_stands_in_the_result) {
  for (const Fidelity fidelity : {Fidelity::behavioural, Fidelity::circuit}) {
    TileParameters parameters = quiet_tile(1, fidelity);
    parameters.amplifier.inverter_bandwidth_ratio = 1e3;  // one pole
    const Eigen::MatrixXd twice = Eigen::MatrixXd::Ones(1, 2);
    const auto settled = shots_of(parameters, k_one, twice);
    parameters.amplifier.settling_bits = 4;
    const auto early = shots_of(parameters, k_one, twice);
    // 2^-5 of the way from 0 V, and of what is left the same again.
    const double rest = 1.0 / 32.0;
    BOOST_TEST(early.output(0, 0) == settled.output(0, 0) * (1.0 - rest),
               boost::test_tools::tolerance(1e-3));
    BOOST_TEST(early.output(0, 1) == settled.output(0, 1) * (1.0 - rest * rest),
               boost::test_tools::tolerance(1e-3));
    const double analog_s = settled.shot_time_s - 10e-9 - 10e-9 - 5e-9;
    const double early_s = early.shot_time_s - 10e-9 - 10e-9 - 5e-9;
    BOOST_TEST(early_s == analog_s * 5.0 / 17.0, boost::test_tools::tolerance(1e-9));
  }
}

BOOST_AUTO_TEST_CASE(an_ideal_tile_settles_to_its_converters_whatever_time_it_takes) {
  TileParameters parameters = quiet_tile(1, Fidelity::ideal);
  const auto settled = shots_of(parameters, k_one, k_one);
  parameters.amplifier.settling_bits = 4;
  const auto early = shots_of(parameters, k_one, k_one);
  BOOST_TEST(early.output(0, 0) == settled.output(0, 0));
  BOOST_TEST(early.shot_time_s < settled.shot_time_s);
}

BOOST_AUTO_TEST_CASE(an_output_beyond_its_current_clips_and_is_flagged) {
  TileParameters parameters = quiet_tile(1, Fidelity::behavioural);
  // 1 / .5: .5 V into 0.5 + 34.5 / 2 uS is 8.9 uA.
  const Eigen::MatrixXd half = 0.5 * k_one;
  parameters.device.levels = 3;
  parameters.amplifier.output_current_a = 10e-6;
  BOOST_TEST(shots_of(parameters, half, 0.9 * k_one).clipped[0] == 0);
  parameters.amplifier.output_current_a = 5e-6;
  const auto limited = shots_of(parameters, half, 0.9 * k_one);
  BOOST_TEST(limited.clipped[0] == 1);
  const double bound_v = 5e-6 / 17.75e-6;
  BOOST_TEST(limited.output(0, 0) == bound_v / parameters.dac.full_scale_v,
             boost::test_tools::tolerance(1e-3));
}

BOOST_AUTO_TEST_CASE(gated_amplifiers_wake_while_the_dacs_convert_and_that_is_charged) {
  TileParameters parameters = quiet_tile(1, Fidelity::behavioural);
  const auto plain = shots_of(parameters, k_one, k_one);
  parameters.amplifier.wake_time_s = 25e-9;
  parameters.amplifier.wake_energy_j = 3e-12;
  const auto woken = shots_of(parameters, k_one, k_one);
  const int amplifiers = 2;
  BOOST_TEST(woken.shot_time_s == plain.shot_time_s + 15e-9, boost::test_tools::tolerance(1e-9));
  BOOST_TEST(
      woken.energy.amplifier_j ==
          plain.energy.amplifier_j + amplifiers * (25e-9 * parameters.amplifier.power_w() + 3e-12),
      boost::test_tools::tolerance(1e-9));
  BOOST_TEST(tile::static_power_w(parameters) == 0.0);
}

BOOST_AUTO_TEST_CASE(amplifiers_that_are_not_gated_take_static_power_instead) {
  TileParameters parameters = quiet_tile(4, Fidelity::behavioural);
  parameters.slices = 3;
  parameters.seed_slices = 2;
  parameters.amplifier.gated = false;
  // 4 op-amps and 4 inverters, two rows of 4 buffers, 12 for the columns that multiply.
  BOOST_TEST(tile::static_power_w(parameters) == 28 * parameters.amplifier.power_w(),
             boost::test_tools::tolerance(1e-12));
  const Eigen::MatrixXd identity = Eigen::MatrixXd::Identity(4, 4);
  BOOST_TEST(shots_of(parameters, identity, identity).energy.amplifier_j == 0.0);
  parameters.amplifier.wake_time_s = 1e-9;
  BOOST_CHECK_EXCEPTION(parameters.check(), std::invalid_argument, [](const auto& error) {
    return std::string(error.what()).find("amplifier.gated") != std::string::npos;
  });
}

BOOST_AUTO_TEST_CASE(output_stages_take_the_supply_times_what_their_columns_draw) {
  const int n = 8;
  const Eigen::MatrixXd matrix = test::covariance_matrix(n, 2.0, 3);
  const Eigen::MatrixXd scaled = matrix / matrix.cwiseAbs().maxCoeff();
  Eigen::MatrixXd input = 0.05 * Eigen::MatrixXd::Ones(n, 2);
  input(3, 1) = -0.1;
  TileParameters parameters = quiet_tile(n, Fidelity::circuit);
  const auto solved = shots_of(parameters, scaled, input);
  parameters.fidelity = Fidelity::behavioural;
  const auto bias = shots_of(parameters, scaled, input);
  parameters.amplifier.output_stages = circuit::OutputStages::always;
  const auto charged = shots_of(parameters, scaled, input);
  BOOST_TEST(charged.energy.array_j == bias.energy.array_j);
  const double stages_j = charged.energy.amplifier_j - bias.energy.amplifier_j;
  BOOST_TEST(stages_j > 0.0);
  // The network's own account; it knows the voltages that the op-amps sense.
  BOOST_TEST(stages_j == solved.energy.amplifier_j - bias.energy.amplifier_j,
             boost::test_tools::tolerance(5e-3));
}

BOOST_AUTO_TEST_SUITE_END()
