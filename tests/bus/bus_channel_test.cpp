#include <invar/bus/address_map.h>
#include <invar/bus/bus_channel.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "bus/scripted_initiator.h"

BOOST_AUTO_TEST_SUITE(bus_channel)

using namespace invar::bus;
using invar::test::ns;
using sc_core::SC_ZERO_TIME;

BOOST_AUTO_TEST_CASE(a_burst_waits_for_the_one_under_way) {
  BusChannel channel(Arbitration::round_robin, 2);
  BOOST_TEST(channel.reserve(0, SC_ZERO_TIME, ns(5), ns(10)) == ns(5));
  BOOST_TEST(channel.reserve(1, SC_ZERO_TIME, ns(7), ns(10)) == ns(15));
  BOOST_TEST(channel.reserve(1, ns(40), ns(40), ns(10)) == ns(40));
}

BOOST_AUTO_TEST_CASE(a_gap_before_what_was_entered_ahead_of_time_is_used) {
  BusChannel channel(Arbitration::round_robin, 2);
  BOOST_TEST(channel.reserve(0, SC_ZERO_TIME, ns(1000), ns(10)) == ns(1000));
  BOOST_TEST(channel.reserve(1, SC_ZERO_TIME, ns(3), ns(10)) == ns(3));
  BOOST_TEST(channel.reserve(1, SC_ZERO_TIME, ns(13), ns(10)) == ns(13));
}

BOOST_AUTO_TEST_CASE(round_robin_lets_one_burst_into_a_stream_and_the_stream_pays) {
  BusChannel channel(Arbitration::round_robin, 2);
  for (int burst = 0; burst < 10; ++burst) {
    BOOST_TEST(channel.reserve(0, SC_ZERO_TIME, ns(100 * burst), ns(100)) == ns(100 * burst));
  }
  // Initiator 1 asks within the third burst and waits for no more than its end.
  BOOST_TEST(channel.reserve(1, SC_ZERO_TIME, ns(250), ns(8)) == ns(300));
  // The stream, told 1000 ns, ends 8 ns later; its next burst knows.
  BOOST_TEST(channel.reserve(0, SC_ZERO_TIME, ns(1000), ns(100)) == ns(1008));
}

BOOST_AUTO_TEST_CASE(two_streams_share_the_channel_half_and_half) {
  BusChannel channel(Arbitration::round_robin, 2);
  for (int burst = 0; burst < 10; ++burst) {
    channel.reserve(0, SC_ZERO_TIME, ns(100 * burst), ns(100));
  }
  sc_core::sc_time at = SC_ZERO_TIME;
  for (int burst = 0; burst < 10; ++burst) {
    const sc_core::sc_time start = channel.reserve(1, SC_ZERO_TIME, at, ns(100));
    BOOST_TEST(start == ns(100 + 200 * burst));
    at = start + ns(100);
  }
  BOOST_TEST(channel.reserve(0, SC_ZERO_TIME, ns(1000), ns(100)) == ns(2000));
}

BOOST_AUTO_TEST_CASE(fixed_priority_serves_the_lower_port_first) {
  BusChannel channel(Arbitration::fixed_priority, 3);
  for (int burst = 0; burst < 4; ++burst) {
    channel.reserve(1, SC_ZERO_TIME, ns(100 * burst), ns(100));
  }
  BOOST_TEST(channel.reserve(2, SC_ZERO_TIME, ns(50), ns(10)) == ns(400));
  BOOST_TEST(channel.reserve(0, SC_ZERO_TIME, ns(50), ns(10)) == ns(100));
  BOOST_TEST(channel.reserve(2, SC_ZERO_TIME, ns(60), ns(10)) == ns(420));
}

BOOST_AUTO_TEST_CASE(the_address_map_finds_whole_accesses_only) {
  const AddressMap map({{"high", 0x2000, 0x1000}, {"low", 0x0, 0x100}, {"top", ~0xFFFull, 0x1000}});
  BOOST_TEST(map.find(0x0, 4).value() == 1u);
  BOOST_TEST(map.find(0xFC, 4).value() == 1u);
  BOOST_TEST(!map.find(0xFD, 4).has_value());
  BOOST_TEST(!map.find(0x100, 0).has_value());
  BOOST_TEST(map.find(0x2FFF, 1).value() == 0u);
  BOOST_TEST(!map.find(0x3000, 1).has_value());
  BOOST_TEST(map.find(~0ull, 1).value() == 2u);
  BOOST_TEST(!map.find(~0ull, 2).has_value());
}

BOOST_AUTO_TEST_CASE(overlapping_ranges_are_reported_with_both_names) {
  const auto message_of = [](std::vector<AddressRange> ranges) {
    try {
      const AddressMap map(std::move(ranges));
    } catch (const sc_core::sc_report& report) {
      return std::string(report.get_msg());
    }
    return std::string();
  };
  const std::string overlap = message_of({{"ram", 0x8000, 0x1000}, {"uart", 0x8FFF, 0x100}});
  BOOST_TEST(overlap.find("'ram' [0x8000, 0x8fff]") != std::string::npos, overlap);
  BOOST_TEST(overlap.find("'uart' [0x8fff, 0x90fe]") != std::string::npos, overlap);
  BOOST_TEST(message_of({{"a", 0, 0}}) == "range 'a' is empty");
  BOOST_TEST(message_of({{"a", ~0ull, 2}}) == "range 'a' passes 2^64");
  BOOST_TEST(message_of({{"ram", 0x8000, 0x1000}, {"uart", 0x9000, 0x100}}) == "");
}

BOOST_AUTO_TEST_SUITE_END()
