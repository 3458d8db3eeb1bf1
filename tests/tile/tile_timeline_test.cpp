#include <boost/test/unit_test.hpp>
#include <string>

#include "support/recorded_activity.h"
#include "tile/tile_host.h"

BOOST_AUTO_TEST_SUITE(tile_timeline)

using namespace invar;
using sc_core::sc_time;
using test::RecordedActivity;
using test::TileHost;

BOOST_AUTO_TEST_CASE(each_command_is_a_span_of_the_time_it_takes) {
  sc_time settling;
  TileHost host("host", TileHost::ideal_parameters(), [&](TileHost& self) {
    self.program(Eigen::MatrixXd::Identity(3, 3));
    settling = sc_time(self.read_float(INVAR_TILE_REG_SETTLING_TIME), sc_core::SC_SEC);
    self.apply(INVAR_TILE_INVERT, Eigen::VectorXd::Constant(3, 0.5));
    self.apply(INVAR_TILE_MULTIPLY, Eigen::VectorXd::Constant(3, 0.5));
  });
  RecordedActivity record;
  host.tile.trace(record);
  sc_core::sc_start(sc_time(100, sc_core::SC_MS));
  record.finish();
  BOOST_TEST_REQUIRE(record.tracks.size() == 1u);
  BOOST_TEST(record.tracks[0].group == "tiles");
  const auto& spans = record.spans_of("host.tile.core");
  BOOST_TEST_REQUIRE(spans.size() == 3u);
  const char* const names[] = {"program", "solve", "multiply"};
  for (std::size_t i = 0; i < 3; ++i) {
    BOOST_TEST(spans[i].name == names[i]);
    BOOST_TEST(spans[i].arguments.at("n") == 3.0);
    BOOST_TEST((i == 0 || spans[i].start > spans[i - 1].end));
  }
  // Conversion, settling, sampling, three rows on one ADC; the register holds binary32.
  const double shot_s = 10e-9 + settling.to_seconds() + 5e-9 + 3 * 10e-9;
  BOOST_TEST((spans[1].end - spans[1].start).to_seconds() == shot_s,
             boost::test_tools::tolerance(1e-6));
}

BOOST_AUTO_TEST_CASE(a_command_that_a_reset_cuts_short_ends_there) {
  sc_time start, reset;
  TileHost host("host", TileHost::ideal_parameters(), [&](TileHost& self) {
    self.put_matrix(Eigen::MatrixXd::Identity(16, 16));
    start = sc_core::sc_time_stamp();
    self.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_PROGRAM);
    wait(sc_time(500, sc_core::SC_NS));
    self.rst = true;
    reset = sc_core::sc_time_stamp();
    wait(sc_time(1, sc_core::SC_US));
  });
  RecordedActivity record;
  host.tile.trace(record);
  sc_core::sc_start(sc_time(100, sc_core::SC_MS));
  record.finish();
  const auto& spans = record.spans_of("host.tile.core");
  BOOST_TEST_REQUIRE(spans.size() == 1u);
  BOOST_TEST(spans[0].start >= start);
  BOOST_TEST(spans[0].end == reset);
}

BOOST_AUTO_TEST_SUITE_END()
