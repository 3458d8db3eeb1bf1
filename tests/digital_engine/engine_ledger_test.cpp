#include <cmath>

#include "digital_engine/engine_fixture.h"

BOOST_AUTO_TEST_SUITE(engine_ledger)

using namespace invar;
using test::EngineFixture;
using test::nanoseconds;
using test::run_engine;

namespace {

const ledger::ComponentTotal& component(const ledger::Ledger& ledger, const std::string& name) {
  for (const ledger::ComponentTotal& total : ledger.components()) {
    if (total.name == name) {
      return total;
    }
  }
  throw std::out_of_range("no component " + name);
}

const ledger::EventTotal& event(const ledger::ComponentTotal& total, const std::string& name) {
  for (const ledger::EventTotal& candidate : total.events) {
    if (candidate.name == name) {
      return candidate;
    }
  }
  throw std::out_of_range("no event " + name);
}

ledger::Attojoules attojoules(double count, double joules) {
  return static_cast<ledger::Attojoules>(std::nearbyint(count * joules * 1e18));
}

/// 33 x 17 x 100 in the backward pass: 56,100 MACs, 642 cycles, 12,261 words.
invar_engine_job small_gemm() {
  invar_engine_job job = EngineFixture::job(INVAR_ENGINE_GEMM, 33, 17, 100, INVAR_PHASE_BACKWARD);
  job.b = 1 << 16;
  job.c = 1 << 17;
  job.alpha = 1.0F;
  return job;
}

}  // namespace

BOOST_AUTO_TEST_CASE(counts_and_joules_of_a_product_match_the_count_by_hand) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    host.run_jobs({small_gemm()});
    const ledger::Ledger& ledger = host.engine.ledger();
    const auto& macs =
        event(component(ledger, "host.engine.core.mac_array"), "multiply_accumulate");
    BOOST_CHECK_EQUAL(macs.count, 56100u);
    BOOST_CHECK_EQUAL(macs.energy_aj, attojoules(56100, 4.6e-12));
    // Tiles of 16 x 16: a is read for two columns of tiles, b for three rows, c written once.
    const std::uint64_t bytes = 4 * (33 * 100 * 2 + 17 * 100 * 3 + 33 * 17);
    const auto& scratchpad = event(component(ledger, "host.engine.core.scratchpad"), "byte");
    BOOST_CHECK_EQUAL(scratchpad.count, bytes);
    // 1 MiB is 16 times 64 KiB: four times the energy of a byte.
    BOOST_CHECK_EQUAL(scratchpad.energy_aj, attojoules(bytes, 4 * 17.2e-12 / 32));
    // The fetch of one descriptor.
    const auto& dma = event(component(ledger, "host.engine.dma"), "byte");
    BOOST_CHECK_EQUAL(dma.count, 64u);
    BOOST_CHECK_EQUAL(dma.energy_aj, attojoules(64, 0.285e-12));
    BOOST_CHECK_EQUAL(ledger.total_energy_aj(),
                      macs.energy_aj + scratchpad.energy_aj + dma.energy_aj);
    BOOST_CHECK_EQUAL(ledger.phase_energy_aj(INVAR_PHASE_BACKWARD),
                      macs.energy_aj + scratchpad.energy_aj);
    BOOST_CHECK_EQUAL(ledger.phase_energy_aj(INVAR_PHASE_DATA_MOVEMENT), dma.energy_aj);
  });
}

BOOST_AUTO_TEST_CASE(products_with_inverses_are_booked_by_their_format) {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.inversion_precision = digital_engine::Precision::bf16;
  run_engine(parameters, [](EngineFixture& host) {
    invar_engine_job job = EngineFixture::job(INVAR_ENGINE_GEMM, 8, 5, 8, INVAR_PHASE_INVERSION);
    job.b = 1 << 16;
    job.c = 1 << 17;
    job.flags = INVAR_ENGINE_FLAG_INVERSE_A;
    host.start();
    host.run_jobs({job});
    const auto& array = component(host.engine.ledger(), "host.engine.core.mac_array");
    BOOST_CHECK_EQUAL(event(array, "multiply_accumulate_bf16").count, 8u * 5 * 8);
    BOOST_CHECK_EQUAL(event(array, "multiply_accumulate_bf16").energy_aj,
                      attojoules(8 * 5 * 8, 1.48e-12));
    BOOST_CHECK_EQUAL(event(array, "multiply_accumulate").count, 0u);
  });
}

BOOST_AUTO_TEST_CASE(static_power_is_drawn_whether_the_engine_works_or_not) {
  digital_engine::EngineParameters parameters = EngineFixture::small_parameters();
  parameters.static_power_w = 0.25;
  run_engine(parameters, [](EngineFixture& host) {
    host.start();
    host.run_jobs({small_gemm()});
    const ledger::Ledger& ledger = host.engine.ledger();
    const auto& idle = component(ledger, "host.engine.core.static_power");
    const double backward_s = ledger.phase_time(INVAR_PHASE_BACKWARD).to_seconds();
    BOOST_CHECK_EQUAL(idle.energy_aj[INVAR_PHASE_BACKWARD], attojoules(1, 0.25 * backward_s));
    BOOST_CHECK_EQUAL(event(idle, "static_power").energy_aj,
                      attojoules(1, 0.25 * ledger.time().to_seconds()));
  });
}

BOOST_AUTO_TEST_CASE(busy_seconds_and_phases_add_up_to_the_time_that_passed) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    invar_engine_job softmax =
        EngineFixture::job(INVAR_ENGINE_SOFTMAX, 64, 10, 0, INVAR_PHASE_UPDATE);
    // 640 elements of 4 operations on 32 lanes: 80 cycles; 640 exponentials and 64 reciprocals on
    // 4 lanes: 176; 640 x 4 words over 256 bytes: 40.
    constexpr double k_softmax = 176 + 10;
    host.start();
    host.run_jobs({EngineFixture::load(EngineFixture::k_data, 0, 8192), small_gemm(), softmax,
                   small_gemm(), EngineFixture::fill(0, 64, 1.0F)});
    const ledger::Ledger& ledger = host.engine.ledger();
    const auto busy = [&](const std::string& part, ledger::Phase phase) {
      return component(ledger, "host.engine.core." + part).busy[phase];
    };
    BOOST_CHECK(busy("mac_array", INVAR_PHASE_BACKWARD) == nanoseconds(2 * 642));
    BOOST_CHECK(busy("vector_unit", INVAR_PHASE_UPDATE) == nanoseconds(k_softmax));
    // What moves or writes words without computing occupies the scratchpad: LOAD and FILL.
    BOOST_CHECK(busy("scratchpad", INVAR_PHASE_FORWARD) == nanoseconds(42 + 11));
    BOOST_CHECK(busy("vector_unit", INVAR_PHASE_FORWARD) == sc_core::SC_ZERO_TIME);
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_BACKWARD) == nanoseconds(2 * 642));
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_UPDATE) == nanoseconds(k_softmax));
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_FORWARD) == nanoseconds(42 + 11));
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_DATA_MOVEMENT) == nanoseconds(1));
    sc_core::sc_time phases;
    ledger::Attojoules phase_energy = 0;
    ledger::Attojoules component_energy = 0;
    ledger::Attojoules event_energy = 0;
    for (std::uint32_t phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
      phases += ledger.phase_time(static_cast<ledger::Phase>(phase));
      phase_energy += ledger.phase_energy_aj(static_cast<ledger::Phase>(phase));
    }
    for (std::size_t id = 0; id < ledger.components().size(); ++id) {
      component_energy += ledger.component_energy_aj(id);
      for (const ledger::EventTotal& total : ledger.components()[id].events) {
        event_energy += total.energy_aj;
      }
    }
    BOOST_CHECK(phases == sc_core::sc_time_stamp());
    BOOST_CHECK_EQUAL(phase_energy, ledger.total_energy_aj());
    BOOST_CHECK_EQUAL(component_energy, ledger.total_energy_aj());
    BOOST_CHECK_EQUAL(event_energy, ledger.total_energy_aj());
  });
}

BOOST_AUTO_TEST_CASE(a_transfer_is_charged_on_the_bus_and_in_the_scratchpad) {
  run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    host.start();
    host.run_jobs({EngineFixture::load(EngineFixture::k_data, 0, 1000, INVAR_PHASE_FACTORS)});
    const ledger::Ledger& ledger = host.engine.ledger();
    const ledger::ComponentTotal& dma = component(ledger, "host.engine.dma");
    const ledger::ComponentTotal& scratchpad = component(ledger, "host.engine.core.scratchpad");
    BOOST_CHECK_EQUAL(event(dma, "byte").count, 1064u);
    BOOST_CHECK_EQUAL(dma.energy_aj[INVAR_PHASE_FACTORS], attojoules(1000, 0.285e-12));
    BOOST_CHECK_EQUAL(event(scratchpad, "byte").count, 1000u);
    BOOST_CHECK_EQUAL(scratchpad.energy_aj[INVAR_PHASE_FACTORS],
                      attojoules(1000, 4 * 17.2e-12 / 32));
  });
}

BOOST_AUTO_TEST_SUITE_END()
