// Trace, reset, several harts in one process.
#include <boost/test/unit_test.hpp>
#include <memory>

#include "riscv_simulator/test_hart.h"

BOOST_AUTO_TEST_SUITE(iss_hart)

using namespace invar::test;
using namespace invar::test::assembler;

namespace {

constexpr std::uint64_t k_ram = TestHart::k_ram;

Code countdown(int from) {
  Code code;
  code << addi(a0, zero, from) << c_nop << addi(a1, a1, 1) << addi(a0, a0, -1) << bne(a0, zero, -8)
       << wfi;
  return code;
}

using Traced = std::vector<std::pair<std::uint64_t, std::uint32_t>>;

const Traced k_traced_countdown{{k_ram, addi(a0, zero, 2)},
                                {k_ram + 4, c_nop},
                                {k_ram + 6, addi(a1, a1, 1)},
                                {k_ram + 10, addi(a0, a0, -1)},
                                {k_ram + 14, bne(a0, zero, -8)},
                                {k_ram + 6, addi(a1, a1, 1)},
                                {k_ram + 10, addi(a0, a0, -1)},
                                {k_ram + 14, bne(a0, zero, -8)},
                                {k_ram + 18, wfi}};

}  // namespace

BOOST_AUTO_TEST_CASE(a_trace_asked_for_before_the_first_run_has_every_instruction) {
  TestHart hart;
  hart.functions->set_trace(hart.hart, 1);
  hart.start(countdown(2));
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST((hart.traced == k_traced_countdown));
  BOOST_TEST(hart.instructions() == 9u);
}

BOOST_AUTO_TEST_CASE(a_trace_can_be_switched_on_and_off_between_runs_of_translated_code) {
  TestHart hart;
  for (unsigned round = 0; round < 2; ++round) {
    hart.functions->set_trace(hart.hart, 0);
    hart.start(countdown(2));
    hart.run();
    BOOST_TEST(hart.traced.empty());
    // The same translations, without a reset.
    Code back;
    back << jal(zero, -22);
    hart.place(k_ram + 22, back);
    hart.functions->set_trace(hart.hart, 1);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
    BOOST_TEST_REQUIRE(hart.traced.size() == 10u);
    BOOST_TEST((hart.traced.front() == std::make_pair(k_ram + 22, jal(zero, -22))));
    hart.traced.erase(hart.traced.begin());
    BOOST_TEST((hart.traced == k_traced_countdown));
    hart.traced.clear();
  }
}

BOOST_AUTO_TEST_CASE(a_trace_changes_neither_counts_nor_registers_at_any_budget) {
  for (const std::uint64_t budget : {1u, 10'000u}) {
    for (const bool resumes : {false, true}) {
      TestHart hart;
      hart.functions->set_trace(hart.hart, 1);
      hart.on_budget = [&] { return resumes ? 0 : budget; };
      hart.start(countdown(50));
      while (hart.run(budget) == INVAR_ISS_STOP_BUDGET) {
      }
      BOOST_TEST(hart.instructions() == 2u + 3 * 50 + 1);
      BOOST_TEST(hart.traced.size() == hart.instructions());
      BOOST_TEST(hart.x(a1) == 50u);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_exception_while_tracing_is_exact) {
  TestHart hart;
  hart.functions->set_trace(hart.hart, 1);
  Code code;
  code << nop << jal(zero, 4) << nop << ecall;
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  BOOST_TEST(hart.event.pc == k_ram + 12);
  BOOST_TEST(hart.instructions() == 3u);
}

BOOST_AUTO_TEST_CASE(a_reset_clears_registers_and_keeps_counts) {
  TestHart hart;
  Code code;
  code << addi(a0, zero, 9) << auipc(t0, 0) << csrrw(zero, mtvec, t0) << csrrsi(zero, mie, 8)
       << csrrsi(zero, mstatus, 8) << wfi;
  hart.start(code);
  hart.run();
  BOOST_TEST(hart.functions->has_trap_handler(hart.hart) == 1);
  Code look;
  look << csrrs(a1, mstatus, zero) << csrrs(a2, mie, zero) << csrrs(a3, mtvec, zero) << wfi;
  hart.start(look);
  BOOST_TEST(hart.pc() == k_ram);
  BOOST_TEST(hart.functions->has_trap_handler(hart.hart) == 0);
  for (const std::uint64_t value : hart.registers()) {
    BOOST_TEST(value == 0u);
  }
  hart.run();
  BOOST_TEST((hart.x(a1) & 0x6008) == 0u);  // neither MIE nor FS
  BOOST_TEST(hart.x(a2) == 0u);
  BOOST_TEST(hart.x(a3) == 0u);
  BOOST_TEST(hart.instructions() == 10u);
  BOOST_TEST(hart.asked.size() == 1u);  // memory stays known
}

BOOST_AUTO_TEST_CASE(two_harts_run_each_within_a_callback_of_the_other) {
  TestHart outer, inner;
  outer.start(countdown(30));
  inner.start(countdown(7));
  unsigned runs = 0;
  inner.on_budget = [] { return std::uint64_t{0}; };
  outer.on_budget = [&] {
    if (inner.run(1) == INVAR_ISS_STOP_BUDGET) {
      ++runs;
    }
    return std::uint64_t{1};
  };
  BOOST_TEST(outer.run(1) == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(outer.x(a1) == 30u);
  BOOST_TEST(inner.x(a1) == 7u);
  BOOST_TEST(runs >= 7u);
  BOOST_TEST(outer.instructions() == 2u + 90 + 1);
}

BOOST_AUTO_TEST_CASE(harts_come_and_go) {
  for (unsigned i = 0; i < 8; ++i) {
    auto one = std::make_unique<TestHart>();
    auto other = std::make_unique<TestHart>();
    one->start(countdown(3));
    other->start(countdown(4));
    one->run();
    other->run();
    BOOST_TEST(one->x(a1) == 3u);
    one.reset();
    other->start(countdown(5));
    other->run();
    BOOST_TEST(other->x(a1) == 5u);
  }
}

BOOST_AUTO_TEST_CASE(the_interface_has_the_version_of_the_contract) {
  TestHart hart;
  BOOST_TEST(hart.functions->version == INVAR_ISS_INTERFACE_VERSION);
  BOOST_TEST(std::string(hart.functions->name).rfind("unicorn 2", 0) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
