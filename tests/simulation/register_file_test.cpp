#include <invar/simulation/register_file.h>

#include <boost/test/unit_test.hpp>
#include <functional>
#include <utility>
#include <vector>

BOOST_AUTO_TEST_SUITE(register_file)

using namespace invar::simulation;
using sc_core::sc_time;

namespace {

using namespace invar::simulation::register_access;

/// RESET gives all registers their reset values.
void reset_all(RegisterValues& values, const TimedWrite& write) {
  if (write.offset == 0x14) {
    values.reset(write.at);
  }
}

#define INVAR_TEST_REGISTERS(X)                     \
  X(FIXED, 0x00, 7u, RO, "read-only")               \
  X(WHOLE, 0x04, 1u, RW, "reads as written")        \
  X(SOME, 0x08, 0u, RW(0x5u), "two bits of it")     \
  X(FLAGS, 0x0C, 0xFu, W1C(0x3u), "write 1 clears") \
  X(SINK, 0x10, 0u, WO, "reads as 0")               \
  X(RESET, 0x14, 0u, WO, "resets")                  \
  X(AGAIN, 0x1C, 0u, ALIAS(0x08), "SOME once more")

constexpr RegisterTable k_table{{INVAR_TEST_REGISTERS(INVAR_REGISTER_ROW)}, reset_all};

sc_time ns(double value) {
  return sc_time(value, sc_core::SC_NS);
}

/// A register file in a module, and a script that drives it.
class Bench : public sc_core::sc_module {
 public:
  sc_core::sc_signal<bool> reset_line;
  sc_core::sc_in<bool> rst;
  RegisterFile registers;

  Bench(const sc_core::sc_module_name& name, RegisterFile::WriteTime when,
        std::function<void(Bench&)> script)
      : sc_core::sc_module(name),
        rst("rst"),
        registers(k_table, 0x100, 2e-9, &rst, when),
        script_(std::move(script)) {
    rst(reset_line);
    INVAR_HAS_PROCESS(Bench);
    SC_THREAD(run);
  }

  std::uint32_t read(std::uint64_t offset, const sc_time& delay = {}) const {
    return registers.read(offset, delay, false);
  }

 private:
  void run() {
    script_(*this);
    sc_core::sc_stop();
  }
  std::function<void(Bench&)> script_;
};

void run(std::function<void(Bench&)> script,
         RegisterFile::WriteTime when = RegisterFile::WriteTime::local) {
  Bench bench("bench", when, std::move(script));
  sc_core::sc_start();
}

}  // namespace

BOOST_AUTO_TEST_CASE(each_access_of_the_table_is_enforced) {
  run([](Bench& bench) {
    struct Case {
      std::uint64_t offset;
      std::uint32_t at_reset, written, read;
    };
    const Case cases[] = {{0x00, 7, 0xFFFFFFFF, 7}, {0x04, 1, 0xFFFFFFFF, 0xFFFFFFFF},
                          {0x08, 0, 0xFFFFFFFF, 5}, {0x0C, 0xF, 0x6, 0xD},
                          {0x10, 0, 0xFFFFFFFF, 0}, {0x18, 0, 0xFFFFFFFF, 0},
                          {0x80, 0, 0xFFFFFFFF, 0}, {0xFC, 0, 0xFFFFFFFF, 0}};
    for (const Case& access : cases) {
      BOOST_TEST_CONTEXT("offset " << access.offset) {
        BOOST_CHECK_EQUAL(bench.read(access.offset), access.at_reset);
        BOOST_CHECK(bench.registers.write(access.offset, access.written, {}));
        BOOST_CHECK_EQUAL(bench.read(access.offset), access.read);
      }
    }
    BOOST_CHECK(bench.registers.write(0x1C, 4, {}));
    BOOST_CHECK_EQUAL(bench.read(0x08), 4u);
    BOOST_CHECK_EQUAL(bench.read(0x1C), 4u);
    BOOST_CHECK(bench.registers.write(0x14, 1, {}));
    for (const Case& access : cases) {
      BOOST_CHECK_EQUAL(bench.read(access.offset), access.at_reset);
    }
  });
}

BOOST_AUTO_TEST_CASE(writes_take_effect_at_local_time_and_reads_look_as_far_ahead) {
  run([](Bench& bench) {
    std::vector<std::pair<sc_time, std::uint32_t>> effects;
    bench.registers.on_write(0x04, [&](const RegisterWritten& write) {
      effects.emplace_back(sc_core::sc_time_stamp(), write.before[0x04]);
    });
    bench.registers.write(0x04, 30, ns(30));
    bench.registers.write(0x04, 10, ns(10));
    BOOST_CHECK_EQUAL(bench.read(0x04, ns(9)), 1u);
    BOOST_CHECK_EQUAL(bench.read(0x04, ns(10)), 10u);
    BOOST_CHECK_EQUAL(bench.read(0x04, ns(30)), 30u);
    BOOST_CHECK_EQUAL(bench.registers[0x04], 1u);
    wait(ns(40));
    BOOST_REQUIRE_EQUAL(effects.size(), 2u);
    BOOST_CHECK(effects[0] == std::make_pair(ns(10), 1u));
    BOOST_CHECK(effects[1] == std::make_pair(ns(30), 10u));
  });
}

BOOST_AUTO_TEST_CASE(a_device_that_works_a_register_out_sees_what_was_written_until_then) {
  run([](Bench& bench) {
    bool reset_ahead = false;
    bench.registers.on_read(0x00, [&](const RegisterQuery& query) {
      reset_ahead = query.reset_ahead;
      return query.values[0x04] + 100;
    });
    bench.registers.write(0x04, 5, ns(10));
    bench.registers.write(0x14, 0, ns(20));
    BOOST_CHECK_EQUAL(bench.read(0x00, ns(10)), 105u);
    BOOST_CHECK(!reset_ahead);
    BOOST_CHECK_EQUAL(bench.read(0x00, ns(20)), 101u);
    BOOST_CHECK(reset_ahead);
    bench.registers.set(0x04, 8);
    BOOST_CHECK_EQUAL(bench.read(0x00), 108u);
    bench.registers.set_after(ns(1), 0x00, 9);  // by the device: no access is enforced
    wait(ns(1));
    BOOST_CHECK_EQUAL(bench.registers[0x00], 9u);
  });
}

BOOST_AUTO_TEST_CASE(a_write_that_the_device_refuses_has_no_effect_and_gets_an_error) {
  run([](Bench& bench) {
    bench.registers.on_access(
        0x04, [](std::uint32_t value, const sc_core::sc_time&) { return value < 100; });
    std::uint32_t words[2] = {99, 5};
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_WRITE_COMMAND);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(words));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    payload.set_address(0x04);
    sc_time delay;
    bench.registers.access(payload, delay);
    BOOST_CHECK_EQUAL(payload.get_response_status(), tlm::TLM_OK_RESPONSE);
    words[0] = 100;
    bench.registers.access(payload, delay);
    BOOST_CHECK_EQUAL(payload.get_response_status(), tlm::TLM_GENERIC_ERROR_RESPONSE);
    BOOST_CHECK(delay == ns(4));
    BOOST_CHECK_EQUAL(bench.read(0x04), 99u);
  });
}

BOOST_AUTO_TEST_CASE(a_reset_line_that_is_high_lets_nothing_through) {
  run([](Bench& bench) {
    bench.registers.write(0x04, 5, ns(10));
    bench.reset_line.write(true);
    wait(ns(1));
    BOOST_CHECK_EQUAL(bench.read(0x04, ns(20)), 1u);
    wait(ns(20));
    bench.registers.write(0x08, 1, {});
    bench.reset_line.write(false);
    wait(ns(1));
    BOOST_CHECK_EQUAL(bench.read(0x04), 1u);
    BOOST_CHECK_EQUAL(bench.read(0x08), 0u);
    bench.registers.write(0x04, 6, ns(10));
    bench.registers.reset();
    wait(ns(20));
    BOOST_CHECK_EQUAL(bench.read(0x04), 1u);
  });
}

BOOST_AUTO_TEST_CASE(a_device_may_have_its_writes_take_effect_within_the_access) {
  run(
      [](Bench& bench) {
        sc_time at;
        bench.registers.on_write(0x04, [&](const RegisterWritten& write) { at = write.at; });
        bench.registers.write(0x04, 5, ns(10));
        BOOST_CHECK_EQUAL(bench.read(0x04), 5u);
        BOOST_CHECK(at == ns(10));
      },
      RegisterFile::WriteTime::at_access);
}

BOOST_AUTO_TEST_SUITE_END()
