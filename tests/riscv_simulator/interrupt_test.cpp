// Traps and the external interrupt, entered by the host as the core does.
#include <boost/test/unit_test.hpp>

#include "riscv_simulator/test_hart.h"

BOOST_AUTO_TEST_SUITE(iss_interrupt)

using namespace invar::test;
using namespace invar::test::assembler;

namespace {

constexpr std::uint64_t k_ram = TestHart::k_ram;
constexpr std::uint64_t k_handler = k_ram + 0x100;

/// Installs the handler, enables the interrupt of mie, then of mstatus, and counts a0 down from 20.
/// The loop is at +36; 8 instructions before it.
Code program(bool vectored = false) {
  Code code;
  code << auipc(t0, 0) << addi(t0, t0, 0x100 + (vectored ? 1 : 0)) << csrrw(zero, mtvec, t0)
       << lui(t1, 1) << addi(t1, t1, -2048) << csrrw(zero, mie, t1) << addi(a0, zero, 20)
       << csrrsi(zero, mstatus, 8)  //
       << addi(a1, a1, 1) << addi(a0, a0, -1) << bne(a0, zero, -8) << wfi;
  return code;
}

/// Counts in a2, keeps mcause in a3, acknowledges by a store to the device and returns.
Code handler() {
  Code code;
  code << addi(a2, a2, 1) << csrrs(a3, mcause, zero) << lui(t2, 0x10000) << sw(zero, t2, 0) << mret;
  return code;
}

}  // namespace

BOOST_AUTO_TEST_CASE(an_interrupt_is_taken_once_with_its_level_held_until_acknowledged) {
  TestHart hart;
  hart.place(k_handler, handler());
  hart.start(program());
  BOOST_TEST(hart.functions->has_trap_handler(hart.hart) == 0);
  BOOST_TEST(hart.functions->is_interrupt_enabled(hart.hart) == 0);
  hart.on_store = [&](const TestHart::Access&) {
    hart.functions->set_interrupt_line(hart.hart, 0);
  };
  hart.on_budget = [&] {
    if (hart.x(a0) == 10 && hart.x(a2) == 0) {
      hart.functions->set_interrupt_line(hart.hart, 1);
    }
    return std::uint64_t{1};
  };
  unsigned traps = 0;
  invar_iss_stop stop = hart.run(1);
  for (; stop == INVAR_ISS_STOP_INTERRUPT && traps < 5; stop = hart.run(1)) {
    ++traps;
    BOOST_TEST(hart.x(a0) == 10u);
    BOOST_TEST(hart.pc() == k_ram + 32);
    const std::uint64_t at = hart.instructions();
    hart.functions->enter_trap(hart.hart, INVAR_ISS_EXTERNAL_INTERRUPT, hart.pc(), 0);
    BOOST_TEST(hart.pc() == k_handler);
    BOOST_TEST(hart.instructions() == at);
  }
  BOOST_TEST(stop == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(traps == 1u);
  BOOST_TEST(hart.x(a1) == 20u);
  BOOST_TEST(hart.x(a2) == 1u);
  BOOST_TEST(hart.x(a3) == INVAR_ISS_EXTERNAL_INTERRUPT);
  BOOST_TEST(hart.instructions() == 8u + 20 * 3 + 1 + 5);
  BOOST_TEST(hart.functions->has_trap_handler(hart.hart) == 1);
  BOOST_TEST(hart.functions->is_interrupt_enabled(hart.hart) == 1);
}

BOOST_AUTO_TEST_CASE(a_line_that_stays_high_interrupts_again_after_mret_and_not_in_the_handler) {
  TestHart hart;
  hart.place(k_handler, handler());
  hart.start(program());
  hart.functions->set_interrupt_line(hart.hart, 1);
  for (unsigned trap = 1; trap <= 3; ++trap) {
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_INTERRUPT);
    BOOST_TEST(hart.x(a2) == trap - 1);
    BOOST_TEST(hart.pc() == k_ram + 32);
    BOOST_TEST(hart.instructions() == 8u + 5 * (trap - 1));
    hart.functions->enter_trap(hart.hart, INVAR_ISS_EXTERNAL_INTERRUPT, hart.pc(), 0);
  }
}

BOOST_AUTO_TEST_CASE(the_line_alone_interrupts_nothing) {
  TestHart hart;
  hart.functions->set_interrupt_line(hart.hart, 1);
  Code code;
  code << csrrsi(zero, mstatus, 8) << nop << wfi;  // mie stays 0
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  Code other;
  other << lui(t1, 1) << addi(t1, t1, -2048) << csrrw(zero, mie, t1) << nop << wfi;  // MIE stays 0
  hart.start(other);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.functions->is_interrupt_enabled(hart.hart) == 1);
}

BOOST_AUTO_TEST_CASE(a_trap_stacks_the_interrupt_enable_and_mret_restores_it) {
  TestHart hart;
  Code code, in_handler;
  code << auipc(t0, 0) << addi(t0, t0, 0x100) << csrrw(zero, mtvec, t0) << csrrsi(zero, mstatus, 8)
       << ecall << csrrs(a1, mstatus, zero) << wfi;
  in_handler << csrrs(a2, mstatus, zero) << csrrs(a3, mcause, zero) << csrrs(a4, mepc, zero)
             << csrrs(a5, mtval, zero) << addi(t1, a4, 4) << csrrw(zero, mepc, t1) << mret;
  hart.place(k_handler, in_handler);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  hart.functions->enter_trap(hart.hart, hart.event.cause, hart.event.pc, 0x1234);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  constexpr std::uint64_t mie_bit = 1u << 3, mpie = 1u << 7, mpp = 3u << 11;
  BOOST_TEST((hart.x(a2) & (mie_bit | mpie | mpp)) == (mpie | mpp));
  BOOST_TEST(hart.x(a3) == INVAR_ISS_ENVIRONMENT_CALL);
  BOOST_TEST(hart.x(a4) == k_ram + 16);
  BOOST_TEST(hart.x(a5) == 0x1234u);
  BOOST_TEST((hart.x(a1) & (mie_bit | mpie)) == (mie_bit | mpie));
  BOOST_TEST(hart.instructions() == 4u + 7 + 2);
}

BOOST_AUTO_TEST_CASE(a_vectored_handler_gets_interrupts_at_four_times_their_number) {
  TestHart hart;
  hart.start(program(true));
  hart.functions->set_interrupt_line(hart.hart, 1);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_INTERRUPT);
  hart.functions->enter_trap(hart.hart, INVAR_ISS_EXTERNAL_INTERRUPT, hart.pc(), 0);
  BOOST_TEST(hart.pc() == k_handler + 44);
  hart.functions->enter_trap(hart.hart, INVAR_ISS_ILLEGAL_INSTRUCTION, hart.pc(), 0);
  BOOST_TEST(hart.pc() == k_handler);
}

BOOST_AUTO_TEST_CASE(a_handler_that_passes_a_refused_access_by_does_nothing_twice) {
  TestHart hart;
  hart.refused = {TestHart::k_device + 4};
  Code code, in_handler;
  code << auipc(t0, 0) << addi(t0, t0, 0x100) << csrrw(zero, mtvec, t0) << lui(t2, 0x10000)
       << sw(t2, t2, 0) << sw(t2, t2, 4) << sw(t2, t2, 8) << addi(a0, a0, 1) << wfi;
  in_handler << csrrs(t1, mepc, zero) << addi(t1, t1, 4) << csrrw(zero, mepc, t1) << mret;
  hart.place(k_handler, in_handler);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  hart.functions->enter_trap(hart.hart, hart.event.cause, hart.event.pc, hart.event.value);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  std::vector<std::uint64_t> addresses;
  for (const TestHart::Access& access : hart.accesses) {
    addresses.push_back(access.address - TestHart::k_device);
  }
  BOOST_TEST((addresses == std::vector<std::uint64_t>{0, 4, 8}));
  BOOST_TEST(hart.x(a0) == 1u);
  BOOST_TEST(hart.instructions() == 5u + 4 + 3);
}

BOOST_AUTO_TEST_SUITE_END()
