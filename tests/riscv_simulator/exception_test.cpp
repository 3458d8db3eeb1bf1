// Exceptions: cause, pc and value as the privileged architecture says, and exact counts.
#include <boost/test/unit_test.hpp>

#include "riscv_simulator/test_hart.h"

BOOST_AUTO_TEST_SUITE(iss_exception)

using namespace invar::test;
using namespace invar::test::assembler;

namespace {

constexpr std::uint64_t k_ram = TestHart::k_ram;

void expect(TestHart& hart, std::uint64_t cause, std::uint64_t pc, std::uint64_t value,
            std::uint64_t instructions) {
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  BOOST_TEST(hart.event.cause == cause);
  BOOST_TEST(hart.event.pc == pc);
  BOOST_TEST(hart.event.value == value);
  BOOST_TEST(hart.pc() == pc);
  BOOST_TEST(hart.instructions() == instructions);
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_environment_call_is_reported_with_its_own_pc_and_not_retired) {
  TestHart hart;
  Code code;
  code << nop << nop << ecall << nop << wfi;
  hart.start(code);
  expect(hart, INVAR_ISS_ENVIRONMENT_CALL, k_ram + 8, 0, 2);
  // Reported again, not passed by, when the host runs on without a trap.
  expect(hart, INVAR_ISS_ENVIRONMENT_CALL, k_ram + 8, 0, 2);
}

BOOST_AUTO_TEST_CASE(an_illegal_instruction_gives_its_bits) {
  for (const unsigned before : {0u, 1u, 2u, 5u}) {
    TestHart hart;
    Code code;
    for (unsigned i = 0; i < before; ++i) {
      code << mul(a0, a0, a0);
    }
    code << 0xffffffffu << nop;
    hart.start(code);
    expect(hart, INVAR_ISS_ILLEGAL_INSTRUCTION, k_ram + 4 * before, 0xffffffff, before);
    BOOST_TEST(hart.counts().by_class[INVAR_OPERATION_MULTIPLY] == before);
    BOOST_TEST(hart.counts().cycles == before);
  }
}

BOOST_AUTO_TEST_CASE(a_compressed_illegal_instruction_gives_two_bytes) {
  for (const unsigned before : {0u, 1u, 3u}) {
    TestHart hart;
    Code code;
    for (unsigned i = 0; i < before; ++i) {
      code << c_nop;
    }
    code << std::uint16_t{0} << c_nop;
    hart.start(code);
    expect(hart, INVAR_ISS_ILLEGAL_INSTRUCTION, k_ram + 2 * before, 0, before);
  }
}

BOOST_AUTO_TEST_CASE(a_breakpoint_of_either_length_gives_its_pc) {
  TestHart hart;
  Code code;
  code << nop << ebreak << nop;
  hart.start(code);
  expect(hart, INVAR_ISS_BREAKPOINT, k_ram + 4, k_ram + 4, 1);

  TestHart compressed;
  Code short_code;
  short_code << c_nop << c_nop << c_ebreak;
  compressed.start(short_code);
  expect(compressed, INVAR_ISS_BREAKPOINT, k_ram + 4, k_ram + 4, 2);
}

BOOST_AUTO_TEST_CASE(a_csr_that_is_not_there_is_an_illegal_instruction) {
  TestHart hart;
  Code code;
  code << nop << csrrw(zero, 0x7ff, a0);
  hart.start(code);
  expect(hart, INVAR_ISS_ILLEGAL_INSTRUCTION, k_ram + 4, csrrw(zero, 0x7ff, a0), 1);
}

BOOST_AUTO_TEST_CASE(floating_point_is_off_after_a_reset) {
  TestHart hart;
  Code code;
  code << lui(t0, 0x6) << csrrs(zero, mstatus, t0) << fadd_d(1, 1, 1) << wfi;
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  Code at_once;
  at_once << fadd_d(1, 1, 1);
  hart.start(at_once);
  expect(hart, INVAR_ISS_ILLEGAL_INSTRUCTION, k_ram, fadd_d(1, 1, 1), 4);
}

BOOST_AUTO_TEST_CASE(a_call_of_a_null_pointer_is_a_fetch_fault_at_zero_with_the_caller_in_ra) {
  TestHart hart;
  Code code;
  code << nop << addi(t0, zero, 0) << jalr(ra, t0, 0) << wfi;
  hart.start(code);
  expect(hart, INVAR_ISS_FETCH_FAULT, 0, 0, 3);
  BOOST_TEST(hart.x(ra) == k_ram + 12);
  BOOST_TEST(hart.accesses.empty());
}

BOOST_AUTO_TEST_CASE(a_jump_into_a_device_is_a_fetch_fault_and_never_reads_it) {
  for (const bool touched : {false, true}) {
    TestHart hart;
    hart.device = [](std::uint64_t) { return wfi; };
    Code code;
    code << lui(t0, 0x10000) << (touched ? lw(a0, t0, 0) : nop) << jalr(ra, t0, 0x20);
    hart.start(code);
    expect(hart, INVAR_ISS_FETCH_FAULT, 0x1000'0020, 0x1000'0020, 3);
    BOOST_TEST(hart.accesses.size() == (touched ? 1u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(running_off_the_end_of_memory_is_a_fetch_fault_behind_it) {
  TestHart hart;
  Code code;
  code << nop << addi(a0, zero, 5);
  const std::uint64_t end = k_ram + hart.ram.size();
  hart.place(end - 8, code);
  hart.functions->reset(hart.hart, end - 8);
  expect(hart, INVAR_ISS_FETCH_FAULT, end, end, 2);
  BOOST_TEST(hart.x(a0) == 5u);
}

BOOST_AUTO_TEST_CASE(an_instruction_half_in_memory_faults_after_those_before_it) {
  TestHart hart;
  Code code;
  code << addi(a0, zero, 5) << c_nop << std::uint16_t{0x0003};  // half of a load
  const std::uint64_t end = k_ram + hart.ram.size();
  hart.place(end - 8, code);
  hart.functions->reset(hart.hart, end - 8);
  expect(hart, INVAR_ISS_FETCH_FAULT, end - 2, end, 2);
  BOOST_TEST(hart.x(a0) == 5u);
  expect(hart, INVAR_ISS_FETCH_FAULT, end - 2, end, 2);
}

BOOST_AUTO_TEST_CASE(a_misaligned_atomic_is_exact) {
  TestHart hart;
  Code code;
  code << auipc(s0, 0x4) << addi(s0, s0, 2) << nop << amoadd_w(a0, a1, s0) << wfi;
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  // A load or a store, misaligned: which of them an atomic is differs between implementations.
  BOOST_TEST((hart.event.cause == INVAR_ISS_LOAD_MISALIGNED ||
              hart.event.cause == INVAR_ISS_STORE_MISALIGNED));
  BOOST_TEST(hart.event.pc == k_ram + 12);
  BOOST_TEST(hart.event.value == k_ram + 0x4002);
  BOOST_TEST(hart.instructions() == 3u);
}

BOOST_AUTO_TEST_CASE(a_locked_region_without_permissions_guards_a_page_exactly) {
  for (const bool store : {true, false}) {
    TestHart hart;
    Code code;
    // NAPOT, 4 KiB at 0x80004000: address / 4 with nine ones below; locked, no permissions.
    code << lui(t0, 0x20001) << addi(t0, t0, 0x1ff) << csrrw(zero, pmpaddr0, t0)  // 3
         << addi(t1, zero, 0x98) << csrrw(zero, pmpcfg0, t1)                      // 2
         << auipc(s0, 0x4) << addi(s0, s0, -20) << addi(a0, zero, 9)              // 3
         << sd(a0, s0, -8) << ld(a1, s0, -8)                                      // 2, fine
         << (store ? sd(a0, s0, 16) : ld(a0, s0, 16)) << addi(a2, zero, 1) << wfi;
    hart.ram[0x4010] = 0x55;
    hart.start(code);
    expect(hart, store ? INVAR_ISS_STORE_FAULT : INVAR_ISS_LOAD_FAULT, k_ram + 40, k_ram + 0x4010,
           10);
    BOOST_TEST(hart.x(a1) == 9u);
    BOOST_TEST(hart.x(a0) == 9u);
    BOOST_TEST(hart.x(a2) == 0u);
    BOOST_TEST(hart.ram[0x4010] == 0x55);

    // A reset opens the region again, though it is locked.
    Code after;
    after << auipc(s0, 0x4) << ld(a0, s0, 16) << wfi;
    hart.start(after);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
    BOOST_TEST(hart.x(a0) == 0x55u);
  }
}

BOOST_AUTO_TEST_CASE(a_jump_to_the_last_address_of_all_is_a_fetch_fault) {
  TestHart hart;
  Code code;
  code << addi(t0, zero, -1) << jalr(ra, t0, 0);
  hart.start(code);
  expect(hart, INVAR_ISS_FETCH_FAULT, ~1ull, ~1ull, 2);
}

BOOST_AUTO_TEST_CASE(a_jump_into_a_guarded_page_is_a_fetch_fault_behind_the_whole_block) {
  TestHart hart;
  Code code;
  code << lui(t0, 0x20001) << addi(t0, t0, 0x1ff) << csrrw(zero, pmpaddr0, t0)
       << addi(t1, zero, 0x98) << csrrw(zero, pmpcfg0, t1) << auipc(s0, 0x4) << jalr(ra, s0, 0);
  hart.start(code);
  expect(hart, INVAR_ISS_FETCH_FAULT, k_ram + 0x4014, k_ram + 0x4014, 7);
  BOOST_TEST(hart.x(ra) == k_ram + 28);
}

BOOST_AUTO_TEST_SUITE_END()
