// The scratchpad's second port: what goes in comes out, in the port's time, at the scratchpad's
// price.
#include <invar/simulation/operand_port.h>

#include <numeric>

#include "digital_engine/engine_fixture.h"

BOOST_AUTO_TEST_SUITE(scratchpad_port)

using namespace invar;
using test::EngineFixture;
using test::nanoseconds;

namespace {

void run_with_port(const digital_engine::EngineParameters& parameters,
                   const std::function<void(EngineFixture&, simulation::OperandPort&)>& script) {
  bool finished = false;
  simulation::OperandPort* bound = nullptr;
  EngineFixture fixture("host", parameters, [&](EngineFixture& host) {
    script(host, *bound);
    finished = true;
  });
  simulation::OperandPort port("port", 1 << 16);
  port.socket.bind(fixture.engine.scratchpad);
  bound = &port;
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  BOOST_TEST(finished);
}

std::uint64_t scratchpad_bytes(const ledger::Ledger& ledger) {
  for (const ledger::ComponentTotal& total : ledger.components()) {
    if (total.name == "host.engine.core.scratchpad") {
      return total.events[0].count;
    }
  }
  return 0;
}

}  // namespace

BOOST_AUTO_TEST_CASE(what_is_written_is_there_for_jobs_and_takes_a_cycle_for_256_bytes) {
  run_with_port(EngineFixture::small_parameters(),
                [](EngineFixture& host, simulation::OperandPort& port) {
                  std::vector<float> sent(150);
                  std::iota(sent.begin(), sent.end(), 1.0F);
                  const sc_core::sc_time before = sc_core::sc_time_stamp();
                  BOOST_TEST(port.write(1024, sent.data(), 600));
                  BOOST_TEST((sc_core::sc_time_stamp() - before == nanoseconds(3)));
                  host.start();
                  invar_engine_job doubled = EngineFixture::job(INVAR_ENGINE_AXPBY, 150);
                  doubled.a = doubled.b = 1024;
                  doubled.c = 4096;
                  doubled.alpha = doubled.beta = 1.0F;
                  BOOST_TEST(host.run_jobs({doubled}) == static_cast<unsigned>(INVAR_ENGINE_OK));
                  const std::uint64_t bytes = scratchpad_bytes(host.engine.ledger());
                  std::vector<float> received(150);
                  BOOST_TEST(port.read(4096, received.data(), 600));
                  for (std::size_t i = 0; i < sent.size(); ++i) {
                    BOOST_TEST(received[i] == 2.0F * sent[i]);
                  }
                  BOOST_TEST(scratchpad_bytes(host.engine.ledger()) == bytes + 600);
                });
}

BOOST_AUTO_TEST_CASE(what_leaves_the_scratchpad_is_an_address_error_and_costs_nothing) {
  run_with_port(EngineFixture::small_parameters(),
                [](EngineFixture& host, simulation::OperandPort& port) {
                  std::vector<unsigned char> data(8);
                  BOOST_TEST(!port.write(1 << 20, data.data(), data.size()));
                  BOOST_TEST(port.last_response() == tlm::TLM_ADDRESS_ERROR_RESPONSE);
                  BOOST_TEST(!port.read(~std::uint64_t{0} - 3, data.data(), 2));
                  BOOST_TEST(scratchpad_bytes(host.engine.ledger()) == 0u);
                });
}

BOOST_AUTO_TEST_CASE(byte_enables_and_streaming_are_refused_with_the_response_that_says_so) {
  test::run_engine(EngineFixture::small_parameters(), [](EngineFixture& host) {
    unsigned char data[8] = {1}, enables[1] = {TLM_BYTE_ENABLED};
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_address(0);
    payload.set_data_ptr(data);
    payload.set_data_length(8);
    payload.set_streaming_width(8);
    payload.set_byte_enable_ptr(enables);
    payload.set_byte_enable_length(1);
    sc_core::sc_time delay;
    host.engine.core().access_scratchpad(payload, delay);
    BOOST_TEST(payload.get_response_status() == tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_streaming_width(4);
    host.engine.core().access_scratchpad(payload, delay);
    BOOST_TEST(payload.get_response_status() == tlm::TLM_BURST_ERROR_RESPONSE);
    BOOST_TEST((delay == sc_core::SC_ZERO_TIME));
    payload.set_streaming_width(8);
    BOOST_TEST(host.engine.core().debug_scratchpad(payload) == 8u);
    payload.set_command(tlm::TLM_READ_COMMAND);
    data[0] = 0;
    BOOST_TEST(host.engine.core().debug_scratchpad(payload) == 8u);
    BOOST_TEST(data[0] == 1);
    BOOST_TEST(scratchpad_bytes(host.engine.ledger()) == 0u);
  });
}

BOOST_AUTO_TEST_SUITE_END()
