// The tile as a bus target: accesses, temporal decoupling, interrupt, reset, traces.
#include <invar/tile_model/tile_model.h>

#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <string>
#include <vector>

#include "support/recorded_signals.h"
#include "tile/tile_host.h"

using namespace invar;
using sc_core::sc_time;
using sc_core::sc_time_stamp;
using test::run_tile;
using test::TileHost;

namespace {

constexpr tlm::tlm_command k_read = tlm::TLM_READ_COMMAND;
constexpr tlm::tlm_command k_write = tlm::TLM_WRITE_COMMAND;

sc_time ns(double value) {
  return sc_time(value, sc_core::SC_NS);
}

Eigen::MatrixXd diagonal(int n) {
  return 0.5 * Eigen::MatrixXd::Identity(n, n);
}

/// Duration of one INVERT on the host's tile.
sc_time shot_time(TileHost& host) {
  const tile::TileParameters& tile = host.tile.model().parameters();
  const double seconds = tile.dac.conversion_time_s + host.tile.model().settling_time_s() +
                         tile.adc.sample_time_s +
                         tile.adc.conversion_time_for(host.tile.model().size());
  return sc_time(seconds, sc_core::SC_SEC);
}

struct Register {
  std::string name;
  std::uint32_t offset;
  std::uint32_t reset;
  std::string access;
};

#define INVAR_TEST_ROW(name, offset, reset, access, effect) {#name, offset, reset, #access},
const Register k_registers[] = {INVAR_TILE_REGISTERS(INVAR_TEST_ROW)};
#undef INVAR_TEST_ROW

struct AccessCase {
  const char* what;
  tlm::tlm_command command;
  std::uint64_t address;
  unsigned int length;
  unsigned int streaming_width;
  bool byte_enables;
  tlm::tlm_response_status expected;
};

const AccessCase k_cases[] = {
    {"aligned word", k_read, 0x0, 4, 4, false, tlm::TLM_OK_RESPONSE},
    {"aligned double word", k_read, 0x8, 8, 8, false, tlm::TLM_OK_RESPONSE},
    {"streaming width of 0", k_read, 0x0, 4, 0, false, tlm::TLM_OK_RESPONSE},
    {"burst of words in a buffer", k_read, 0x1004, 12, 12, false, tlm::TLM_OK_RESPONSE},
    {"behind the rows of a buffer", k_read, 0x1800, 8, 8, false, tlm::TLM_OK_RESPONSE},
    {"last word of the window", k_read, 0x1FFFFC, 4, 4, false, tlm::TLM_OK_RESPONSE},
    {"zero length", k_read, 0x0, 0, 0, false, tlm::TLM_OK_RESPONSE},
    {"ignore command", tlm::TLM_IGNORE_COMMAND, 0x18, 4, 4, false, tlm::TLM_OK_RESPONSE},
    {"a byte", k_write, 0x18, 1, 1, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"unaligned word", k_write, 0x19, 4, 4, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"double word at 4", k_write, 0x14, 8, 8, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"burst of registers", k_write, 0x10, 16, 16, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"half a word of a buffer", k_write, 0x1000, 6, 6, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"unaligned in a buffer", k_write, 0x1002, 4, 4, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"streaming", k_write, 0x18, 8, 4, false, tlm::TLM_BURST_ERROR_RESPONSE},
    {"byte enables", k_write, 0x18, 4, 4, true, tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE},
    {"behind the window", k_write, 0x200000, 4, 4, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
    {"across the end", k_write, 0x1FFFFC, 8, 8, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
    {"far away", k_read, ~0ull - 3, 4, 4, false, tlm::TLM_ADDRESS_ERROR_RESPONSE},
};

}  // namespace

BOOST_AUTO_TEST_SUITE(analog_tile_access)

BOOST_AUTO_TEST_CASE(every_kind_of_access_gets_its_response_and_failed_ones_have_no_effect) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    for (const AccessCase& access : k_cases) {
      BOOST_TEST_CONTEXT(access.what) {
        unsigned char data[16];
        unsigned char enables[4];
        std::memset(data, 0xFF, sizeof data);
        std::memset(enables, 0xFF, sizeof enables);
        tlm::tlm_generic_payload payload;
        payload.set_command(access.command);
        payload.set_address(access.address);
        payload.set_data_ptr(data);
        payload.set_data_length(access.length);
        payload.set_streaming_width(access.streaming_width);
        if (access.byte_enables) {
          payload.set_byte_enable_ptr(enables);
          payload.set_byte_enable_length(4);
        }
        sc_time delay = ns(7);
        const sc_time before = sc_time_stamp();
        host.socket->b_transport(payload, delay);
        BOOST_CHECK_EQUAL(static_cast<int>(payload.get_response_status()),
                          static_cast<int>(access.expected));
        BOOST_CHECK(delay > ns(7));
        BOOST_CHECK(sc_time_stamp() == before);
        BOOST_CHECK(payload.get_command() == access.command);
        BOOST_CHECK_EQUAL(payload.get_address(), access.address);
        BOOST_CHECK_EQUAL(payload.get_data_length(), access.length);
        BOOST_CHECK_EQUAL(payload.get_streaming_width(), access.streaming_width);
        BOOST_CHECK(payload.get_data_ptr() == data);
        BOOST_CHECK(!payload.is_dmi_allowed());
        BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_IRQ_ENABLE), 0u);
        BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS), 0u);
        BOOST_CHECK_EQUAL(host.read(INVAR_TILE_INPUT), 0u);
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(reset_values_follow_the_table_and_read_only_registers_stay) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    const auto check_reset_values = [&] {
      for (const Register& row : k_registers) {
        const std::uint32_t expected =
            row.offset == INVAR_TILE_REG_CAPABILITY ? 16u | 4u << 16 : row.reset;
        BOOST_CHECK_MESSAGE(host.read(row.offset) == expected, row.name);
      }
    };
    check_reset_values();
    for (const Register& row : k_registers) {
      if (row.access == "RO") {
        host.write(row.offset, 0xFFFFFFFF);
      }
    }
    host.write(INVAR_TILE_REG_PHASE, 1000);  // no phase: keeps the last
    host.write(INVAR_TILE_OUTPUT, 0x3F800000);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_OUTPUT), 0u);
    check_reset_values();
  });
}

BOOST_AUTO_TEST_CASE(debug_reads_have_no_side_effects_and_debug_writes_and_dmi_are_refused) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    std::uint32_t value = 0;
    tlm::tlm_generic_payload payload;
    payload.set_command(k_read);
    payload.set_address(INVAR_TILE_REG_ID);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    BOOST_CHECK_EQUAL(host.socket->transport_dbg(payload), 4u);
    BOOST_CHECK_EQUAL(value, 0x454C4954u);
    payload.set_command(k_write);
    payload.set_address(INVAR_TILE_REG_COMMAND);
    BOOST_CHECK_EQUAL(host.socket->transport_dbg(payload), 0u);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS), 0u);
    tlm::tlm_dmi dmi;
    BOOST_CHECK(!host.socket->get_direct_mem_ptr(payload, dmi));
  });
}

BOOST_AUTO_TEST_CASE(parameters_out_of_range_are_refused_by_name) {
  auto parameters = TileHost::ideal_parameters();
  parameters.tile.rows = 513;
  BOOST_CHECK_EXCEPTION(
      TileHost("host", parameters, {}), std::invalid_argument, [](const auto& error) {
        return std::string(error.what()) == "tile.rows = 513: must be from 1 to 512";
      });
}

BOOST_AUTO_TEST_CASE(a_tile_alone_refuses_a_compensation_that_scales_rows) {
  auto parameters = TileHost::ideal_parameters();
  parameters.programming.wire_compensation = programming::WireCompensation::network;
  BOOST_CHECK_EXCEPTION(
      TileHost("host", parameters, {}), std::invalid_argument, [](const auto& error) {
        return std::string(error.what()).find("programming.wire_compensation") == 0;
      });
}

BOOST_AUTO_TEST_CASE(the_largest_tile_fills_its_window_and_large_products_do_not_need_a_stack) {
  auto parameters = TileHost::ideal_parameters(512);
  parameters.tile.slices = parameters.tile.seed_slices = 1;
  run_tile(parameters, [](TileHost& host) {
    // From an SC_THREAD with the default stack: the tile must not compute on it.
    BOOST_CHECK_EQUAL(host.program(diagonal(512)), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_WINDOW_BYTES - 4), 0x3F000000u);
    const Eigen::VectorXd input = Eigen::VectorXd::Constant(512, 0.25);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_MULTIPLY, input), INVAR_TILE_OK);
    // 0.5 lies half a level (1/14) from 4/7; the sum of a group is converted in 0.25 x 32 / 127.
    BOOST_CHECK_SMALL((host.output(512) - Eigen::VectorXd::Constant(512, 0.125)).cwiseAbs().mean(),
                      0.3);
  });
}

BOOST_AUTO_TEST_CASE(a_command_starts_at_local_time_with_what_was_there_when_it_was_written) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    const int n = 4;
    BOOST_CHECK_EQUAL(host.program(diagonal(n)), INVAR_TILE_OK);
    const sc_time start = sc_time_stamp();
    host.decoupled = true;
    host.local = ns(500);
    host.put_input(Eigen::VectorXd::Constant(n, 0.25));
    const sc_time written = start + host.local;
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_INVERT);
    // Ahead of simulated time: the command is under way, and these are for the next one.
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS) & INVAR_TILE_STATUS_BUSY, 1u);
    host.put_input(Eigen::VectorXd::Constant(n, -0.5));
    host.write(INVAR_TILE_REG_RANGE, 16);
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_PROGRAM);  // ignored while busy
    wait(host.irq.posedge_event());
    BOOST_CHECK(sc_time_stamp() == written + shot_time(host));
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_RESULT), INVAR_TILE_OK);
    BOOST_CHECK_SMALL((host.output(n).array() - 0.5).abs().maxCoeff(), 0.01);
  });
}

BOOST_AUTO_TEST_CASE(a_decoupled_initiator_that_polls_is_late_by_its_quantum_at_most) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    BOOST_CHECK_EQUAL(host.program(diagonal(4)), INVAR_TILE_OK);
    host.put_input(Eigen::VectorXd::Constant(4, 0.25));
    const sc_time quantum = ns(40);
    const sc_time start = sc_time_stamp();
    host.decoupled = true;
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_INVERT);
    while ((host.read(INVAR_TILE_REG_STATUS) & INVAR_TILE_STATUS_BUSY) != 0) {
      if (host.local >= quantum) {
        host.synchronise();
      }
    }
    const sc_time seen = sc_time_stamp() + host.local - start;
    BOOST_CHECK(seen >= shot_time(host));
    BOOST_CHECK(seen <= shot_time(host) + quantum + ns(4));
    BOOST_CHECK_SMALL(host.output(4)[0] - 0.5, 0.01);
  });
}

BOOST_AUTO_TEST_CASE(the_interrupt_is_a_level_that_is_masked_and_acknowledged_at_local_time) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_INVERT);  // NO_MATRIX, at once
    wait(ns(100));
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_IRQ_STATUS), INVAR_TILE_IRQ_DONE);
    BOOST_CHECK(!host.irq.read());

    // Unmasked at 300 ns, masked at 400, unmasked at 500, acknowledged at 600: all written at once.
    const sc_time start = sc_time_stamp();
    host.decoupled = true;
    for (const std::uint32_t enable : {1u, 0u, 1u}) {
      host.local = ns(enable == 0 ? 400 : host.local > ns(300) ? 500 : 300);
      host.write(INVAR_TILE_REG_IRQ_ENABLE, enable);
    }
    host.local = ns(600);
    host.write(INVAR_TILE_REG_IRQ_STATUS, INVAR_TILE_IRQ_DONE);
    BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_IRQ_STATUS), 0u);
    std::vector<double> edges;
    for (int edge = 0; edge < 4; ++edge) {
      wait(host.irq.value_changed_event());
      edges.push_back((sc_time_stamp() - start).to_seconds() * 1e9);
    }
    BOOST_CHECK_CLOSE(edges[0], 300.0, 1e-9);
    BOOST_CHECK_CLOSE(edges[1], 400.0, 1e-9);
    BOOST_CHECK_CLOSE(edges[2], 500.0, 1e-9);
    BOOST_CHECK_CLOSE(edges[3], 600.0, 1e-9);

    // Held until acknowledged.
    host.decoupled = false;
    host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_INVERT);
    wait(ns(5000));
    BOOST_CHECK(host.irq.read());
    host.write(INVAR_TILE_REG_IRQ_STATUS, ~INVAR_TILE_IRQ_DONE);
    BOOST_CHECK(host.irq.read());
    host.write(INVAR_TILE_REG_IRQ_STATUS, INVAR_TILE_IRQ_DONE);
    wait(ns(1));
    BOOST_CHECK(!host.irq.read());
  });
}

BOOST_AUTO_TEST_CASE(a_reset_by_signal_or_register_cancels_and_keeps_the_conductances) {
  run_tile(TileHost::ideal_parameters(), [](TileHost& host) {
    const tile::TileModel& model = host.tile.model();
    std::uint64_t writes = 0;
    for (const bool by_signal : {true, false}) {
      host.put_matrix(diagonal(8));
      host.write(INVAR_TILE_REG_IRQ_ENABLE, INVAR_TILE_IRQ_DONE);
      host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_PROGRAM);
      wait(ns(150));
      if (by_signal) {
        host.rst.write(true);
        wait(ns(1));
        // Held in reset: nothing can be set up or started.
        host.write(INVAR_TILE_REG_IRQ_ENABLE, INVAR_TILE_IRQ_DONE);
        host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_INVERT);
        host.rst.write(false);
      } else {
        host.write(INVAR_TILE_REG_CONTROL, INVAR_TILE_CONTROL_RESET);
      }
      wait(sc_time(1, sc_core::SC_MS));
      BOOST_CHECK(!host.irq.read());
      BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_STATUS), 0u);
      BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_IRQ_STATUS), 0u);
      BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_SIZE), 0u);
      BOOST_CHECK_EQUAL(host.run_command(INVAR_TILE_INVERT), INVAR_TILE_NO_MATRIX);
      writes = model.cells().total_writes();
      BOOST_CHECK_EQUAL(writes, 2u * 4u * 64u);
    }
    // The cells stand where the first PROGRAM left them: the same matrix takes reads only.
    BOOST_CHECK_EQUAL(host.program(diagonal(8)), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(model.cells().total_writes(), writes);
    BOOST_CHECK_EQUAL(host.apply(INVAR_TILE_INVERT, Eigen::VectorXd::Constant(8, 0.25)),
                      INVAR_TILE_OK);
    BOOST_CHECK_SMALL((host.output(8).array() - 0.5).abs().maxCoeff(), 0.01);
    // Whoever has reset the tile programs it anew.
    host.write(INVAR_TILE_REG_CONTROL, INVAR_TILE_CONTROL_RESET);
    BOOST_CHECK_EQUAL(host.run_command(INVAR_TILE_MULTIPLY), INVAR_TILE_NO_MATRIX);
  });
}

BOOST_AUTO_TEST_CASE(a_command_behind_a_reset_in_the_same_instant_runs_once) {
  auto parameters = TileHost::ideal_parameters();
  parameters.register_latency_s = 0.0;
  run_tile(parameters, [](TileHost& host) {
    // Reset so many delta cycles after a command starts: while it is latched, while its numbers are
    // computed, while its time passes.
    for (int deltas = 0; deltas < 7; ++deltas) {
      BOOST_TEST_CONTEXT("after " << deltas << " delta cycles") {
        BOOST_CHECK_EQUAL(host.program(diagonal(4)), INVAR_TILE_OK);
        host.decoupled = true;
        host.put_input(Eigen::VectorXd::Constant(4, 0.25));
        host.write(INVAR_TILE_REG_COMMAND,
                   deltas % 2 == 0 ? INVAR_TILE_INVERT : INVAR_TILE_PROGRAM);
        for (int i = 0; i < deltas; ++i) {
          wait(sc_core::SC_ZERO_TIME);
        }
        host.write(INVAR_TILE_REG_CONTROL, INVAR_TILE_CONTROL_RESET);
        host.put_matrix(diagonal(4));
        host.write(INVAR_TILE_REG_IRQ_ENABLE, INVAR_TILE_IRQ_DONE);
        const sc_time start = sc_time_stamp();
        host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_PROGRAM);
        host.decoupled = false;
        wait(host.irq.posedge_event());
        // 4 slices of 4 rows, reads only: 100 ns and the conversions of 2 x 4 columns.
        BOOST_CHECK(sc_time_stamp() - start == ns(4 * 4 * (100 + 8 * 10)));
        BOOST_CHECK_EQUAL(host.read(INVAR_TILE_REG_RESULT), INVAR_TILE_OK);
        host.write(INVAR_TILE_REG_IRQ_STATUS, INVAR_TILE_IRQ_DONE);
        wait(sc_time(100, sc_core::SC_US));
        BOOST_CHECK(!host.irq.read());
      }
    }
  });
}

BOOST_AUTO_TEST_CASE(state_codes_power_and_interrupt_are_traced) {
  test::RecordedSignals sink;
  const auto parameters = TileHost::ideal_parameters();
  TileHost host("host", parameters, [](TileHost& self) {
    BOOST_CHECK_EQUAL(self.program(diagonal(4)), INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(self.apply(INVAR_TILE_INVERT, Eigen::VectorXd::Constant(4, -0.25)),
                      INVAR_TILE_OK);
    BOOST_CHECK_EQUAL(self.apply(INVAR_TILE_MULTIPLY, Eigen::VectorXd::Constant(4, 0.5)),
                      INVAR_TILE_OK);
  });
  host.tile.trace(sink, 2);
  sc_core::sc_start(sc_time(1, sc_core::SC_MS));
  BOOST_CHECK(host.finished);

  const auto values = [&](const std::string& name) {
    return sink.values("host.tile.core." + name);
  };
  const std::vector<double> states = {0, 2, 0, 3, 0, 4, 0};  // idle, program, solve, multiply
  BOOST_TEST(values("state") == states, boost::test_tools::per_element());
  const std::vector<double> edges = {0, 1, 0, 1, 0, 1, 0};
  BOOST_TEST(values("irq") == edges, boost::test_tools::per_element());
  // -0.25 of 127 is -32, in two's complement of 8 bits; the loop inverts, and 0.5 of 2 is 32.
  const std::vector<double> dac_codes = {0, 256 - 32};
  const std::vector<double> adc_codes = {0, 32};
  BOOST_TEST(values("dac_code_1") == dac_codes, boost::test_tools::per_element());
  BOOST_TEST(values("adc_code_1") == adc_codes, boost::test_tools::per_element());
  BOOST_CHECK_EQUAL(sink.changes.count("host.tile.core.dac_code_2"), 0u);

  // Power over time is the energy that the ledger holds.
  double energy_aj = 0.0;
  const auto& power = sink.changes.at("host.tile.core.power_mw");
  for (std::size_t i = 0; i + 1 < power.size(); ++i) {
    energy_aj += power[i].second * 1e-3 * (power[i + 1].first - power[i].first).to_seconds() * 1e18;
  }
  BOOST_CHECK_CLOSE(energy_aj, static_cast<double>(host.tile.ledger().total_energy_aj()), 0.01);
}

BOOST_AUTO_TEST_SUITE_END()
