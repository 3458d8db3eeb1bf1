// Waveforms as a user asks for them on the command line.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "support/spd_matrix.h"
#include "system/command_fixture.h"
#include "trace/vcd_reader.h"

using namespace invar;
using tests::CommandFixture;
using tests::contains;
using tests::Outcome;

namespace {

const std::string k_tile = "soc.accelerator.core.queue.tile_";

/// The value that holds at a time.
std::string value_at(const test::VcdContents::Changes& changes, std::uint64_t time) {
  std::string value;
  for (const auto& [when, what] : changes) {
    if (when > time) {
      break;
    }
    value = what;
  }
  return value;
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(waveform_command, CommandFixture)

BOOST_AUTO_TEST_CASE(settling_outputs_end_where_the_converter_reads_them) {
  write_matrix("a.mtx", test::covariance_matrix(16, 0.2, 7));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(16, 3));
  for (const std::string fidelity : {"behavioural", "circuit"}) {
    const Outcome outcome = invar(
        "solve --matrix a.mtx --rhs b.mtx --out x.mtx --vcd w.vcd --vcd-settling 0 "
        "--set adc.full_scale_v=0.5 --fidelity " +
        fidelity);
    BOOST_TEST_REQUIRE(outcome.status == 0, outcome.error);
    const test::VcdContents vcd = test::read_vcd(directory.path("w.vcd"));
    const auto& output = vcd.signals.at(k_tile + "0.output_v_0");
    const auto& codes = vcd.signals.at(k_tile + "0.adc_code_0");
    BOOST_TEST(output.size() > 100u);
    BOOST_TEST(vcd.signals.count(k_tile + "1.output_v_0") == 0u);
    BOOST_TEST_REQUIRE(codes.size() > 4u);
    for (std::size_t i = 1; i < codes.size(); ++i) {
      const double volts = std::stod(value_at(output, codes[i].first - 1));
      const int code = static_cast<std::int8_t>(std::stoi(codes[i].second, nullptr, 2));
      // An output beyond the range clips, and the shot is repeated.
      const double reached = std::min(std::max(volts / 0.5 * 127.0, -127.0), 127.0);
      BOOST_TEST(std::abs(reached - code) <= 1.0, fidelity << ": " << volts << " V, " << code);
    }
  }
}

BOOST_AUTO_TEST_CASE(watching_outputs_settle_changes_nothing_else) {
  write_matrix("a.mtx", test::covariance_matrix(12, 0.2, 7));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(12, 2));
  const std::string command = "solve --matrix a.mtx --rhs b.mtx --fidelity circuit --out ";
  BOOST_TEST(invar(command + "x.mtx --report x.json").status == 0);
  BOOST_TEST(invar(command + "y.mtx --report y.json --vcd w.vcd --vcd-settling 0").status == 0);
  BOOST_TEST(text("x.mtx") == text("y.mtx"));
  BOOST_TEST(report("x.json")["total_energy_aj"] == report("y.json")["total_energy_aj"]);
  BOOST_TEST(report("x.json")["simulated_time_ps"] == report("y.json")["simulated_time_ps"]);
}

BOOST_AUTO_TEST_CASE(a_tile_that_is_not_there_is_refused) {
  write_matrix("a.mtx", test::covariance_matrix(4, 0.2, 7));
  write_matrix("b.mtx", Eigen::MatrixXd::Ones(4, 1));
  const Outcome outcome =
      invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --vcd w.vcd --vcd-settling 16");
  BOOST_TEST(outcome.status == 2);
  BOOST_TEST(contains(outcome.error, "must be below accelerator.tiles, 16"), outcome.error);
}

BOOST_AUTO_TEST_SUITE_END()
