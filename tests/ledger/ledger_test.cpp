#include <invar/ledger/ledger.h>
#include <invar/state/archive.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <stdexcept>
#include <vector>

BOOST_AUTO_TEST_SUITE(ledger)

using namespace invar::ledger;
using sc_core::SC_NS;
using sc_core::sc_start;
using sc_core::sc_time;

BOOST_AUTO_TEST_CASE(components_and_phases_add_up_to_the_total_exactly) {
  Ledger ledger;
  const auto adc = ledger.component("top.adc");
  const auto bus = ledger.component("top.bus");
  const auto convert = ledger.event(adc, "conversion");
  const auto transfer = ledger.event(bus, "transfer");
  ledger.charge(adc, convert, INVAR_PHASE_INVERSION, 3, to_attojoules(7.8e-12));
  ledger.charge(adc, convert, INVAR_PHASE_PROGRAMMING, 1, 1);
  ledger.charge(bus, transfer, INVAR_PHASE_DATA_MOVEMENT, 10, 3);
  BOOST_TEST(ledger.total_energy_aj() == 7800004u);
  Attojoules phases = 0;
  for (int phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
    phases += ledger.phase_energy_aj(static_cast<Phase>(phase));
  }
  BOOST_TEST(phases == ledger.total_energy_aj());
  BOOST_TEST(ledger.component_energy_aj(adc) + ledger.component_energy_aj(bus) == phases);
  BOOST_TEST(ledger.components()[adc].events[convert].count == 4u);
}

BOOST_AUTO_TEST_CASE(exclusive_phase_time_follows_precedence_and_adds_up_to_simulated_time) {
  Ledger ledger;
  ledger.begin_activity(INVAR_PHASE_FORWARD);
  sc_start(sc_time(10, SC_NS));
  ledger.begin_activity(INVAR_PHASE_INVERSION);
  sc_start(sc_time(5, SC_NS));
  ledger.end_activity(INVAR_PHASE_INVERSION);
  ledger.end_activity(INVAR_PHASE_FORWARD);
  sc_start(sc_time(2, SC_NS));
  ledger.set_host_phase(INVAR_PHASE_UPDATE);
  sc_start(sc_time(4, SC_NS));
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_FORWARD) == sc_time(10, SC_NS));
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_INVERSION) == sc_time(5, SC_NS));
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_HOST) == sc_time(2, SC_NS));
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_UPDATE) == sc_time(4, SC_NS));
}

BOOST_AUTO_TEST_CASE(static_power_goes_to_the_phase_that_time_passes_under) {
  Ledger ledger;
  unsigned told = 0;
  ledger.add_observer({[&](Ledger::ComponentId, Attojoules, const ChargeSpan&) { ++told; }, {}});
  ledger.set_static_power("top.core", 2e-3);
  ledger.set_static_power("top.sram", 5e-6);
  ledger.set_static_power("top.none", 0.0);
  BOOST_TEST_REQUIRE(ledger.components().size() == 2u);
  const Ledger::ComponentId core = 0;
  const Ledger::ComponentId sram = 1;
  BOOST_TEST(ledger.components()[sram].name == "top.sram.static_power");
  BOOST_TEST(ledger.static_power_w() == 2.005e-3, boost::test_tools::tolerance(1e-12));
  sc_start(sc_time(10, SC_NS));
  ledger.begin_activity(INVAR_PHASE_INVERSION);
  sc_start(sc_time(3, SC_NS));
  // A query in the middle of a phase: 1 uW is an attojoule a picosecond.
  BOOST_TEST(ledger.phase_energy_aj(INVAR_PHASE_HOST) == 2005u * 10000u);
  BOOST_TEST(ledger.phase_energy_aj(INVAR_PHASE_INVERSION) == 2005u * 3000u);
  ledger.set_static_power("top.core", 1e-3);  // in place of what it drew
  sc_start(sc_time(1, SC_NS));
  ledger.end_activity(INVAR_PHASE_INVERSION);
  BOOST_TEST(ledger.component_energy_aj(core) == 2000u * 13000u + 1000u * 1000u);
  BOOST_TEST(ledger.component_energy_aj(sram) == 5u * 14000u);
  BOOST_TEST(ledger.total_energy_aj() ==
             ledger.component_energy_aj(core) + ledger.component_energy_aj(sram));
  BOOST_TEST(ledger.components()[sram].events[0].energy_aj == 5u * 14000u);
  BOOST_TEST(ledger.components()[sram].events[0].count == 0u);
  BOOST_TEST(told == 0u);
  BOOST_CHECK_THROW(ledger.set_static_power("top.core", -1.0), std::invalid_argument);
  BOOST_CHECK_THROW(ledger.set_static_power("top.core", std::nan("")), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(static_power_of_a_part_with_a_phase_of_its_own_goes_there) {
  Ledger ledger;
  ledger.set_static_power("top.tiles", 3e-6, INVAR_PHASE_INVERSION);
  ledger.set_static_power("top.ram", 1e-6);
  sc_start(sc_time(10, SC_NS));
  ledger.begin_activity(INVAR_PHASE_FORWARD);
  sc_start(sc_time(5, SC_NS));
  BOOST_TEST(ledger.phase_energy_aj(INVAR_PHASE_INVERSION) == 3u * 15000u);
  BOOST_TEST(ledger.phase_energy_aj(INVAR_PHASE_FORWARD) == 5000u);
  BOOST_TEST(ledger.phase_time(INVAR_PHASE_INVERSION) == sc_time(0, SC_NS));
  BOOST_TEST(ledger.total_energy_aj() == 3u * 15000u + 15000u);
}

BOOST_AUTO_TEST_CASE(every_observer_is_told_until_it_is_removed) {
  Ledger ledger;
  const auto adc = ledger.component("top.adc");
  const auto convert = ledger.event(adc, "conversion");
  Attojoules first = 0;
  Attojoules second = 0;
  std::vector<Phase> phases;
  const auto book_first = ledger.add_observer(
      {[&](Ledger::ComponentId, Attojoules energy, const ChargeSpan&) { first += energy; }, {}});
  ledger.charge(adc, convert, INVAR_PHASE_HOST, 1, 5);
  ledger.begin_activity(INVAR_PHASE_FORWARD);
  const auto book_second = ledger.add_observer(
      {[&](Ledger::ComponentId, Attojoules energy, const ChargeSpan&) { second += energy; },
       [&](Phase phase) { phases.push_back(phase); }});
  ledger.charge(adc, convert, INVAR_PHASE_HOST, 1, 7);
  ledger.remove_observer(book_first);
  ledger.charge(adc, convert, INVAR_PHASE_HOST, 1, 11);
  ledger.begin_activity(INVAR_PHASE_FORWARD);  // no change
  ledger.begin_activity(INVAR_PHASE_INVERSION);
  ledger.end_activity(INVAR_PHASE_INVERSION);
  ledger.remove_observer(book_second);
  ledger.begin_activity(INVAR_PHASE_INVERSION);
  BOOST_TEST(first == 12u);
  BOOST_TEST(second == 18u);
  BOOST_TEST((phases == std::vector<Phase>{INVAR_PHASE_INVERSION, INVAR_PHASE_FORWARD}));
}

BOOST_AUTO_TEST_CASE(sums_stay_exact_beyond_64_bits) {
  Ledger ledger;
  const auto component = ledger.component("top.heater");
  const auto event = ledger.event(component, "second");
  for (int second = 0; second < 10; ++second) {
    ledger.charge(component, event, INVAR_PHASE_HOST, 1, to_attojoules(10.0));
  }
  ledger.charge(component, event, INVAR_PHASE_HOST, 1, 1);
  BOOST_TEST(ledger.total_energy_aj().text() == "100000000000000000001");
  BOOST_TEST(!ledger.total_energy_aj().fits_64_bits());
  BOOST_TEST(ledger.total_energy_aj().joules() == 100.0);
  BOOST_TEST(Attojoules().text() == "0");
  BOOST_TEST(static_cast<std::uint64_t>(to_attojoules(1.5)) == 1500000000000000000u);
}

BOOST_AUTO_TEST_CASE(an_energy_below_zero_or_not_a_number_is_refused) {
  BOOST_CHECK_THROW(to_attojoules(-1e-18), std::invalid_argument);
  BOOST_CHECK_THROW(to_attojoules(std::nan("")), std::invalid_argument);
  Ledger ledger;
  BOOST_CHECK_THROW(ledger.end_activity(INVAR_PHASE_HOST), std::logic_error);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_takes_all_sums_along_and_time_goes_on_from_there) {
  Ledger kept;
  const auto adc = kept.component("top.adc");
  kept.charge(adc, kept.event(adc, "conversion"), INVAR_PHASE_INVERSION, 3, 70);
  kept.add_busy(adc, INVAR_PHASE_INVERSION, sc_time(3, SC_NS));
  const auto late = kept.component("top.late");
  kept.charge(late, kept.event(late, "shot"), INVAR_PHASE_UPDATE, 1, 5);
  kept.begin_activity(INVAR_PHASE_FORWARD);
  sc_start(sc_time(10, SC_NS));
  kept.end_activity(INVAR_PHASE_FORWARD);
  invar::state::Archive written;
  kept.exchange(written);

  Ledger restored;
  const auto own = restored.component("top.adc");
  restored.charge(own, restored.event(own, "conversion"), INVAR_PHASE_HOST, 9, 1000);
  restored.charge(own, restored.event(own, "start"), INVAR_PHASE_HOST, 9, 1000);
  sc_start(sc_time(100, SC_NS));
  invar::state::Archive read(written.bytes());
  restored.exchange(read);
  read.finish();
  sc_start(sc_time(2, SC_NS));
  BOOST_TEST(restored.total_energy_aj() == 75u);
  BOOST_TEST(restored.phase_energy_aj(INVAR_PHASE_INVERSION) == 70u);
  BOOST_TEST(restored.phase_energy_aj(INVAR_PHASE_HOST) == 0u);
  BOOST_TEST(restored.phase_time(INVAR_PHASE_FORWARD) == sc_time(10, SC_NS));
  BOOST_TEST(restored.time() == kept.time() - sc_time(100, SC_NS));
  BOOST_REQUIRE(restored.components().size() == 2u);
  BOOST_TEST(restored.components()[0].events[0].count == 3u);
  BOOST_TEST(restored.components()[0].events[1].count == 0u);
  BOOST_TEST(restored.components()[0].busy[INVAR_PHASE_INVERSION] == sc_time(3, SC_NS));
  BOOST_TEST(restored.components()[1].name == "top.late");
  BOOST_TEST(restored.components()[1].events[0].energy_aj == 5u);
}

BOOST_AUTO_TEST_CASE(a_checkpoint_is_refused_while_an_activity_is_open) {
  Ledger ledger;
  ledger.begin_activity(INVAR_PHASE_FORWARD);
  invar::state::Archive archive;
  BOOST_CHECK_THROW(ledger.exchange(archive), std::logic_error);
}

BOOST_AUTO_TEST_SUITE_END()
