// Counts against hand counts, whatever the budget and however a run ends.
#include <boost/test/unit_test.hpp>

#include "riscv_simulator/test_hart.h"

BOOST_AUTO_TEST_SUITE(iss_counting)

using namespace invar::test;
using namespace invar::test::assembler;

namespace {

constexpr std::uint32_t k_float_on_upper = 0x6;  // mstatus.FS, bits 14:13, by lui

/// Sums i * 3 for i = 100 ... 1 into a0: 3 instructions before the loop, 4 in it, a wfi.
Code sum_program() {
  Code code;
  code << addi(a0, zero, 0) << addi(a1, zero, 100) << addi(a2, zero, 3)  //
       << mul(a3, a1, a2) << add(a0, a0, a3) << addi(a1, a1, -1) << bne(a1, zero, -12) << wfi;
  return code;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_class_is_counted_as_by_hand) {
  TestHart hart({1, 2, 3, 20, 4, 30});
  Code code;
  code << lui(t0, k_float_on_upper) << csrrs(zero, mstatus, t0)      // 2 integer
       << auipc(s0, 0x8) << addi(a0, zero, 7) << addi(a1, zero, 2)   // 3 integer
       << sd(a0, s0, 0) << lw(a2, s0, 0) << amoadd_w(a3, a1, s0)     // 3 memory
       << mul(a4, a0, a1) << div(a5, a0, a1)                         // 1 multiply, 1 divide
       << fcvt_d_w(10, a0) << fadd_d(11, 10, 10) << fmv_x_d(t1, 11)  // 3 float
       << fdiv_d(12, 10, 11) << fsqrt_d(13, 12) << fld(14, s0, 8)    // 2 float divide, 1 memory
       << c_nop << jal(zero, 8) << nop << wfi;                       // 2 integer, skip, 1 integer
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  const invar_iss_counts& counts = hart.counts();
  BOOST_TEST(counts.by_class[INVAR_OPERATION_INTEGER] == 8u);
  BOOST_TEST(counts.by_class[INVAR_OPERATION_MEMORY] == 4u);
  BOOST_TEST(counts.by_class[INVAR_OPERATION_MULTIPLY] == 1u);
  BOOST_TEST(counts.by_class[INVAR_OPERATION_DIVIDE] == 1u);
  BOOST_TEST(counts.by_class[INVAR_OPERATION_FLOAT] == 3u);
  BOOST_TEST(counts.by_class[INVAR_OPERATION_FLOAT_DIVIDE] == 2u);
  BOOST_TEST(counts.instructions == 19u);
  BOOST_TEST(counts.cycles == 8u + 4 * 2 + 3 + 20 + 3 * 4 + 2 * 30);
  BOOST_TEST(hart.x(a2) == 7u);
  BOOST_TEST(hart.x(a4) == 14u);
  BOOST_TEST(hart.x(a5) == 3u);
  BOOST_TEST(hart.x(t1) == 0x402c000000000000u);  // 14.0
}

BOOST_AUTO_TEST_CASE(a_wfi_ends_the_run_behind_it_and_is_counted) {
  TestHart hart;
  Code code;
  code << addi(a0, zero, 1) << wfi << addi(a0, a0, 1) << addi(a0, a0, 1) << wfi << nop;
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.instructions() == 2u);
  BOOST_TEST(hart.pc() == TestHart::k_ram + 8);
  BOOST_TEST(hart.x(a0) == 1u);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.instructions() == 5u);
  BOOST_TEST(hart.pc() == TestHart::k_ram + 20);
  BOOST_TEST(hart.x(a0) == 3u);
}

BOOST_AUTO_TEST_CASE(results_and_counts_do_not_depend_on_the_budget) {
  for (const std::uint64_t budget : {1u, 7u, 10'000u}) {
    TestHart hart;
    unsigned calls = 0;
    hart.on_budget = [&] {
      ++calls;
      return budget;
    };
    hart.start(sum_program());
    BOOST_TEST(hart.run(budget) == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
    BOOST_TEST(hart.x(a0) == 15'150u);
    BOOST_TEST(hart.instructions() == 3u + 100 * 4 + 1);
    BOOST_TEST(hart.counts().by_class[INVAR_OPERATION_MULTIPLY] == 100u);
    // Blocks: 7 instructions, 99 of 4, the wfi.
    BOOST_TEST(calls == (budget == 1 ? 100u : budget == 7 ? 50u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_stops_and_goes_on_executes_nothing_twice) {
  for (const std::uint64_t budget : {1u, 7u, 150u}) {
    TestHart hart;
    hart.on_budget = [] { return std::uint64_t{0}; };
    hart.start(sum_program());
    unsigned runs = 1;
    while (hart.run(budget) == INVAR_ISS_STOP_BUDGET) {
      ++runs;
      BOOST_REQUIRE(runs < 1000);
    }
    BOOST_TEST(runs > 2u);
    BOOST_TEST(hart.x(a0) == 15'150u);
    BOOST_TEST(hart.instructions() == 404u);
  }
}

BOOST_AUTO_TEST_CASE(counts_in_the_budget_callback_are_those_of_whole_blocks) {
  TestHart hart;
  std::vector<std::uint64_t> seen;
  hart.on_budget = [&] {
    seen.push_back(hart.instructions());
    return std::uint64_t{1};
  };
  hart.start(sum_program());
  hart.run(1);
  BOOST_REQUIRE(seen.size() == 100u);
  for (std::size_t i = 0; i < seen.size(); ++i) {
    BOOST_TEST(seen[i] == 7 + 4 * i);
  }
}

BOOST_AUTO_TEST_CASE(a_store_to_a_device_is_executed_once_at_any_budget) {
  for (const std::uint64_t budget : {1u, 3u, 10'000u}) {
    for (const bool resumes : {false, true}) {
      TestHart hart;
      hart.on_budget = [&] { return resumes ? 0 : budget; };
      Code code;
      code << lui(t0, 0x10000) << addi(a0, zero, 10)  //
           << sw(a0, t0, 8) << nop << addi(a0, a0, -1) << bne(a0, zero, -12) << wfi;
      hart.start(code);
      while (hart.run(budget) == INVAR_ISS_STOP_BUDGET) {
      }
      BOOST_REQUIRE(hart.accesses.size() == 10u);
      for (std::uint32_t i = 0; i < 10; ++i) {
        BOOST_TEST((hart.accesses[i] == TestHart::Access{0x1000'0008, 4, true, 10 - i}));
      }
      BOOST_TEST(hart.instructions() == 2u + 40 + 1);
    }
  }
}

BOOST_AUTO_TEST_CASE(blocks_that_share_a_cache_entry_are_counted_apart) {
  // 16,384 entries by pc / 2: two blocks of one size 32 KiB apart, executed in turns.
  TestHart hart;
  Code code, far;
  code << lui(t0, 0x80008) << slli(t0, t0, 32) << i_type(0x13, 5, t0, t0, 32)  // srli
       << addi(a0, zero, 50) << jal(zero, 4)                                   //
       << nop << jalr(ra, t0, 20) << addi(a0, a0, -1) << bne(a0, zero, -12) << wfi;
  far << mul(a1, a1, a1) << jalr(zero, ra, 0);
  hart.place(TestHart::k_ram + 0x8014, far);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.counts().by_class[INVAR_OPERATION_MULTIPLY] == 50u);
  BOOST_TEST(hart.instructions() == 5u + 50 * (2 + 2 + 2) + 1);
}

BOOST_AUTO_TEST_CASE(new_code_behind_an_instruction_fence_is_executed_and_counted) {
  // The device answers the store by replacing the two instructions behind the fence.
  TestHart hart;
  Code code, replacement;
  code << lui(t0, 0x10000) << jal(zero, 16)     // to the body
       << nop << nop << nop                     //
       << nop << nop << bne(a2, zero, 16)       // body: 20
       << addi(a2, zero, 1) << sw(zero, t0, 0)  //
       << jal(zero, 8) << wfi << fence_i << jal(zero, -32);
  replacement << mul(a1, a1, a1) << addi(a0, zero, 77);
  hart.on_store = [&](const TestHart::Access&) { hart.place(TestHart::k_ram + 20, replacement); };
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.x(a0) == 77u);
  BOOST_TEST(hart.counts().by_class[INVAR_OPERATION_MULTIPLY] == 1u);
  BOOST_TEST(hart.counts().by_class[INVAR_OPERATION_MEMORY] == 1u);
  BOOST_TEST(hart.instructions() == 2u + 3 + 3 + 2 + 3 + 1);
}

BOOST_AUTO_TEST_SUITE_END()
