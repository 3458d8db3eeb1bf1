// Zicsr and the privileged architecture with machine and user mode: registers, counters, traps,
// protection of memory, as in volume II of the manual (20211203).
#include <utility>

#include "riscv_simulator/conformance.h"

BOOST_AUTO_TEST_SUITE(conformance_machine)

using namespace invar::test;
using namespace invar::test::assembler;

namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;

constexpr u64 k_ram = TestHart::k_ram;
constexpr u64 k_handler = k_ram + 0x800;
constexpr u32 k_csrrc = 3, k_immediate = 4;

enum : u32 {
  misa = 0x301,
  mcounteren = 0x306,
  mscratch = 0x340,
  mip = 0x344,
  mcycle = 0xb00,
  minstret = 0xb02,
  cycle = 0xc00,
  time_csr = 0xc01,
  instret = 0xc02,
  mvendorid = 0xf11,
  mhartid = 0xf14
};

constexpr u32 csr(u32 kind, Register rd, u32 number, u32 source) {
  return i_type(0x73, kind, rd, source, static_cast<std::int32_t>(number));
}

/// Runs to a wfi and enters the handler for exceptions, as the core does.
void run_with_traps(TestHart& hart) {
  for (int traps = 0; traps < 100; ++traps) {
    const invar_iss_stop stop = hart.run();
    if (stop == INVAR_ISS_STOP_EXCEPTION) {
      hart.functions->enter_trap(hart.hart, hart.event.cause, hart.event.pc, hart.event.value);
    } else if (stop == INVAR_ISS_STOP_INTERRUPT) {
      hart.functions->enter_trap(hart.hart, INVAR_ISS_EXTERNAL_INTERRUPT, hart.pc(), 0);
    } else {
      BOOST_TEST(stop == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
      return;
    }
  }
  BOOST_ERROR("traps without end");
}

/// Keeps mcause, mepc and mtval in a3, a4, a5 and stops.
Code stopping_handler() {
  Code code;
  code << csrrs(a3, mcause, zero) << csrrs(a4, mepc, zero) << csrrs(a5, mtval, zero) << wfi;
  return code;
}

/// 3 instructions.
void install_handler(Code& code) {
  code << auipc(t0, 0) << addi(t0, t0, 0x7ff) << addi(t0, t0, 1) << csrrw(zero, mtvec, t0);
}

/// Memory protection: everything for everybody. 4 instructions.
void open_memory(Code& code) {
  code << addi(t1, zero, -1) << csrrw(zero, pmpaddr0, t1) << addi(t1, zero, 0x1f)
       << csrrw(zero, pmpcfg0, t1);
}

/// Goes on in user mode behind itself. 7 instructions.
void enter_user_mode(Code& code) {
  code << lui(t1, 2) << addi(t1, t1, -0x800) << csr(k_csrrc, zero, mstatus, t1)  // MPP
       << auipc(t1, 0) << addi(t1, t1, 16) << csrrw(zero, mepc, t1) << mret;
}

/// What one illegal instruction does in the mode asked for: its bits are mtval.
void expect_illegal(u32 instruction, bool user) {
  TestHart hart;
  Code code;
  install_handler(code);
  open_memory(code);
  if (user) {
    enter_user_mode(code);
  }
  const u64 pc = k_ram + code.size();
  code << instruction << wfi;
  hart.place(k_handler, stopping_handler());
  hart.start(code);
  run_with_traps(hart);
  BOOST_TEST(hart.x(a3) == INVAR_ISS_ILLEGAL_INSTRUCTION, "of " << std::hex << instruction);
  BOOST_TEST(hart.x(a4) == pc);
  BOOST_TEST(hart.x(a5) == instruction);
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_six_accesses_read_before_they_write) {
  TestHart hart;
  Code code;
  code << addi(a1, zero, 0x55) << csr(1, a2, mscratch, a1) << csr(2, a3, mscratch, a1)
       << addi(a1, zero, 0x0f) << csr(2, a3, mscratch, a1) << csr(3, a4, mscratch, a1)
       << csr(1 | k_immediate, a5, mscratch, 31) << csr(2 | k_immediate, t0, mscratch, 0)
       << csr(3 | k_immediate, t1, mscratch, 3) << csr(2 | k_immediate, t2, mscratch, 2)
       << csr(2, s0, mscratch, zero) << csr(1, a0, mscratch, zero) << wfi;
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.x(a2) == 0u);
  BOOST_TEST(hart.x(a3) == 0x55u);
  BOOST_TEST(hart.x(a4) == 0x5fu);
  BOOST_TEST(hart.x(a5) == 0x50u);
  BOOST_TEST(hart.x(t0) == 31u);
  BOOST_TEST(hart.x(t1) == 31u);
  BOOST_TEST(hart.x(t2) == 28u);
  BOOST_TEST(hart.x(s0) == 30u);
  BOOST_TEST(hart.instructions() == 13u);
}

BOOST_AUTO_TEST_CASE(registers_keep_what_is_legal) {
  const std::vector<std::pair<u32, u64>> all_ones{
      {mepc, ~u64{1}},
      {mtvec, ~u64{2}},
      {mie, 0x888},
      {mip, 0},
      {mscratch, ~u64{0}},
      {mtval, ~u64{0}},
      {misa, u64{2} << 62 | 0x10112d},  // IMAFDC and user mode
      {mcounteren, 0xffffffff},
      // SD, UXL, TW, MPRV, FS, MPP, MPIE, MIE
      {mstatus, u64{1} << 63 | u64{2} << 32 | 0x200000 | 0x20000 | 0x6000 | 0x1800 | 0x88}};
  for (const auto& [number, kept] : all_ones) {
    TestHart hart;
    Code code;
    code << addi(a0, zero, -1) << csrrw(zero, number, a0) << csrrs(a1, number, zero) << wfi;
    hart.start(code);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
    BOOST_TEST(hart.x(a1) == kept, "register " << std::hex << number);
  }
}

BOOST_AUTO_TEST_CASE(identity_reads_zero_and_cannot_be_written) {
  for (const u32 number : {u32{mvendorid}, 0xf12u, 0xf13u, u32{mhartid}}) {
    TestHart hart;
    Code code;
    code << addi(a1, zero, 5) << csrrs(a1, number, zero) << csrrw(zero, number, a1);
    hart.start(code);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
    BOOST_TEST(hart.event.cause == INVAR_ISS_ILLEGAL_INSTRUCTION);
    BOOST_TEST(hart.event.pc == k_ram + 8);
    BOOST_TEST(hart.x(a1) == 0u);
  }
}

BOOST_AUTO_TEST_CASE(counters_count_instructions_and_the_clock_of_the_host) {
  TestHart hart({2, 1, 1, 1, 1, 1});
  hart.nanoseconds = 1234;
  Code code;
  code << nop << csrrs(a0, instret, zero) << nop << nop << csrrs(a1, minstret, zero)  //
       << csrrs(a2, cycle, zero) << csrrs(a3, mcycle, zero) << csrrs(a4, time_csr, zero)
       << mul(a5, a0, a0) << csrrs(s0, instret, zero) << wfi;
  hart.start(code);
  hart.run();
  BOOST_TEST(hart.x(a0) == 1u);
  BOOST_TEST(hart.x(a1) == 4u);
  BOOST_TEST(hart.x(a2) == 10u);
  BOOST_TEST(hart.x(a3) == 12u);
  BOOST_TEST(hart.x(a4) == 1234u);
  BOOST_TEST(hart.x(s0) == 9u);
}

BOOST_AUTO_TEST_CASE(a_counter_goes_on_from_what_is_written_to_it) {
  TestHart hart;
  Code code;
  code << addi(a0, zero, -2) << csrrw(zero, minstret, a0) << csrrs(a1, minstret, zero)
       << csrrs(a2, instret, zero) << csrrs(a3, instret, zero) << addi(a0, zero, 100)
       << csrrw(zero, mcycle, a0) << csrrs(a4, cycle, zero) << nop << csrrs(a5, mcycle, zero)
       << wfi;
  hart.start(code);
  hart.run();
  BOOST_TEST(hart.x(a1) == ~u64{1});
  BOOST_TEST(hart.x(a2) == ~u64{0});
  BOOST_TEST(hart.x(a3) == 0u);
  BOOST_TEST(hart.x(a4) == 100u);
  BOOST_TEST(hart.x(a5) == 102u);
}

BOOST_AUTO_TEST_CASE(counters_do_not_depend_on_budgets_and_traces) {
  const auto counted = [](u64 budget, bool traced) {
    TestHart hart;
    hart.on_budget = [&] { return budget; };
    hart.functions->set_trace(hart.hart, traced ? 1 : 0);
    Code code;
    code << addi(a0, zero, 50) << csrrs(a1, instret, zero) << add(a2, a2, a1) << addi(a0, a0, -1)
         << bne(a0, zero, -12) << wfi;
    hart.start(code);
    hart.run(budget);
    BOOST_TEST(hart.instructions() == 202u);
    return hart.x(a2);
  };
  const u64 sum = 50 * 1 + 4 * 49 * 50 / 2;
  for (const u64 budget : {u64{1}, u64{3}, u64{1000}}) {
    BOOST_TEST(counted(budget, false) == sum);
    BOOST_TEST(counted(budget, true) == sum);
  }
}

BOOST_AUTO_TEST_CASE(pending_interrupts_show_the_line) {
  for (const bool line : {false, true}) {
    TestHart hart;
    hart.line = line;
    Code code;
    code << csrrs(a0, mip, zero) << wfi;
    hart.start(code);
    hart.run();
    BOOST_TEST(hart.x(a0) == (line ? 0x800u : 0u));
  }
}

BOOST_AUTO_TEST_CASE(system_instructions_that_are_none_are_illegal) {
  for (const u32 instruction :
       {0x00200073u /* uret */, 0x10200073u /* sret */, 0x12000073u /* sfence.vma */,
        0x7b200073u /* dret */, 0x00004073u, csrrs(a0, 0x100, zero) /* sstatus */,
        csrrs(a0, 0x180, zero) /* satp */, csrrs(a0, 0x302, zero) /* medeleg */,
        csrrs(a0, 0x3a1, zero) /* pmpcfg1 */, csrrw(zero, cycle, zero), csrrs(a0, 0x7ff, zero)}) {
    expect_illegal(instruction, false);
  }
  for (const u32 instruction : {mret, csrrs(a0, mstatus, zero), csrrs(a0, mhartid, zero),
                                csrrs(a0, cycle, zero), csrrs(a0, instret, zero)}) {
    expect_illegal(instruction, true);
  }
}

BOOST_AUTO_TEST_CASE(reserved_compressed_encodings_are_illegal) {
  for (const std::uint16_t bits :
       {0x0000, 0x8000, 0x9c41, 0x9c61, 0x2001, 0x4002, 0x6081, 0x8002}) {
    TestHart hart;
    Code code;
    code << c_nop << bits << c_nop;
    hart.start(code);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION, std::hex << bits);
    BOOST_TEST(hart.event.cause == INVAR_ISS_ILLEGAL_INSTRUCTION);
    BOOST_TEST(hart.event.pc == k_ram + 2);
    BOOST_TEST(hart.event.value == bits);
    BOOST_TEST(hart.instructions() == 1u);
  }
}

BOOST_AUTO_TEST_CASE(user_mode_is_left_by_a_trap_and_entered_by_a_return) {
  TestHart hart;
  Code code;
  install_handler(code);
  open_memory(code);
  enter_user_mode(code);
  const u64 call = k_ram + code.size();
  code << ecall;
  Code handler;
  handler << csrrs(a3, mcause, zero) << csrrs(a4, mepc, zero) << csrrs(a5, mstatus, zero) << ecall;
  hart.place(k_handler, handler);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  BOOST_TEST(hart.event.cause == INVAR_ISS_USER_ENVIRONMENT_CALL);
  BOOST_TEST(hart.event.pc == call);
  hart.functions->enter_trap(hart.hart, hart.event.cause, hart.event.pc, hart.event.value);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  BOOST_TEST(hart.event.cause == INVAR_ISS_ENVIRONMENT_CALL);  // of machine mode again
  BOOST_TEST(hart.x(a3) == INVAR_ISS_USER_ENVIRONMENT_CALL);
  BOOST_TEST(hart.x(a4) == call);
  BOOST_TEST((hart.x(a5) & 0x1800) == 0u);  // from user mode
}

BOOST_AUTO_TEST_CASE(an_interrupt_is_taken_in_user_mode_whatever_mstatus_says) {
  TestHart hart;
  Code code;
  install_handler(code);
  open_memory(code);
  code << lui(t1, 1) << addi(t1, t1, -2048) << csrrw(zero, mie, t1);
  enter_user_mode(code);
  code << jal(zero, 0);
  hart.place(k_handler, stopping_handler());
  hart.start(code);
  hart.functions->set_interrupt_line(hart.hart, 1);
  run_with_traps(hart);
  BOOST_TEST(hart.x(a3) == INVAR_ISS_EXTERNAL_INTERRUPT);
}

BOOST_AUTO_TEST_CASE(a_wait_in_user_mode_traps_where_it_is_told_to) {
  for (const bool traps : {false, true}) {
    TestHart hart;
    Code code;
    install_handler(code);
    open_memory(code);
    code << lui(t1, traps ? 0x200 : 0) << csrrs(zero, mstatus, t1);
    enter_user_mode(code);
    code << wfi;
    hart.place(k_handler, stopping_handler());
    hart.start(code);
    run_with_traps(hart);
    BOOST_TEST(hart.x(a3) == (traps ? u64{INVAR_ISS_ILLEGAL_INSTRUCTION} : 0u));
  }
}

BOOST_AUTO_TEST_CASE(user_mode_may_do_what_the_first_matching_entry_permits) {
  struct Attempt {
    u32 permissions, instruction;
    u64 cause;
  };
  // The second page of RAM has permissions of its own; a load, a store, and an atomic of it.
  const u32 load = ld(a0, s0, 8), store = sd(a0, s0, 8), add = amoadd_w(a0, a1, s0);
  for (const Attempt& attempt : {Attempt{0, load, INVAR_ISS_LOAD_FAULT},
                                 {1, load, 0},
                                 {1, store, INVAR_ISS_STORE_FAULT},
                                 {3, store, 0},
                                 {1, add, INVAR_ISS_STORE_FAULT},
                                 {3, add, 0}}) {
    TestHart hart;
    Code code;
    install_handler(code);
    code << lui(t1, 0x20000) << addi(t1, t1, 0x5ff)
         << csrrw(zero, pmpaddr0, t1)                            // 0x80001000, 4 KiB
         << addi(t1, zero, -1) << csrrw(zero, pmpaddr0 + 1, t1)  //
         << lui(t1, 2)
         << addi(t1, t1, static_cast<std::int32_t>(0x1f00 - 0x2000 + 0x18 + attempt.permissions))
         << csrrw(zero, pmpcfg0, t1) << auipc(s0, 1);
    const auto to_page = static_cast<std::int32_t>(code.size()) - 4;
    code << addi(s0, s0, -to_page);
    enter_user_mode(code);
    const u64 pc = k_ram + code.size();
    code << attempt.instruction << ecall;
    hart.place(k_handler, stopping_handler());
    hart.start(code);
    run_with_traps(hart);
    const bool fails = attempt.cause != 0;
    BOOST_TEST(hart.x(a3) == (fails ? attempt.cause : u64{INVAR_ISS_USER_ENVIRONMENT_CALL}));
    BOOST_TEST(hart.x(a4) == pc + (fails ? 0 : 4));
    if (fails) {
      BOOST_TEST(hart.x(a5) == k_ram + 0x1000 + (attempt.instruction == add ? 0 : 8));
    }
  }
}

BOOST_AUTO_TEST_CASE(user_mode_executes_only_where_it_may) {
  TestHart hart;
  Code code;
  install_handler(code);
  code << lui(t1, 0x20000) << addi(t1, t1, 0x1ff) << csrrw(zero, pmpaddr0, t1)  // the first page
       << addi(t1, zero, 0x1f) << csrrw(zero, pmpcfg0, t1) << auipc(s0, 1);
  enter_user_mode(code);
  code << jalr(ra, s0, 0);
  hart.place(k_handler, stopping_handler());
  hart.start(code);
  run_with_traps(hart);
  BOOST_TEST(hart.x(a3) == INVAR_ISS_FETCH_FAULT);
  BOOST_TEST(hart.x(a4) >= k_ram + 0x1000);
  BOOST_TEST(hart.x(a4) == hart.x(s0));
  BOOST_TEST(hart.x(a5) == hart.x(s0));
}

BOOST_AUTO_TEST_CASE(machine_mode_may_access_as_user_mode_would) {
  for (const bool modified : {false, true}) {
    TestHart hart;
    Code code;
    install_handler(code);
    // The first page for user mode; MPRV with MPP = user makes the second one out of reach.
    code << lui(t1, 0x20000) << addi(t1, t1, 0x1ff) << csrrw(zero, pmpaddr0, t1)
         << addi(t1, zero, 0x1f) << csrrw(zero, pmpcfg0, t1) << auipc(s0, 1) << lui(t1, 2)
         << addi(t1, t1, -0x800) << csr(k_csrrc, zero, mstatus, t1) << lui(t1, modified ? 0x20 : 0)
         << csrrs(zero, mstatus, t1) << ld(a0, s0, 0) << wfi;
    hart.place(k_handler, stopping_handler());
    hart.start(code);
    run_with_traps(hart);
    BOOST_TEST(hart.x(a3) == (modified ? u64{INVAR_ISS_LOAD_FAULT} : 0u));
  }
}

BOOST_AUTO_TEST_CASE(protection_has_pages_for_its_smallest_unit) {
  TestHart hart;
  Code code;
  code << addi(t1, zero, 0x123) << csrrw(zero, pmpaddr0, t1) << csrrs(a0, pmpaddr0, zero)  // off
       << addi(t1, zero, 0x18) << csrrw(zero, pmpcfg0, t1) << csrrs(a1, pmpaddr0, zero)    // NAPOT
       << addi(t1, zero, 0x10) << csrrw(zero, pmpcfg0, t1) << csrrs(a2, pmpcfg0, zero)     // NA4
       << addi(t1, zero, 0x88) << csrrw(zero, pmpcfg0, t1) << csrrw(zero, pmpcfg0, zero)   // locked
       << csrrs(a3, pmpcfg0, zero) << wfi;
  hart.start(code);
  hart.run();
  BOOST_TEST(hart.x(a0) == 0u);
  BOOST_TEST(hart.x(a1) == 0x1ffu);
  BOOST_TEST(hart.x(a2) == 0u);
  BOOST_TEST(hart.x(a3) == 0x88u);
}

BOOST_AUTO_TEST_CASE(floating_point_becomes_dirty_and_can_be_off) {
  TestHart hart;
  Code code;
  code << lui(t0, 0x2) << csrrs(zero, mstatus, t0) << csrrs(a0, mstatus, zero) << fadd_d(1, 2, 3)
       << csrrs(a1, mstatus, zero) << lui(t0, 0x6) << csr(k_csrrc, zero, mstatus, t0)
       << csrrs(a2, mstatus, zero) << csrrs(a3, 0x003, zero);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  BOOST_TEST(hart.event.cause == INVAR_ISS_ILLEGAL_INSTRUCTION);
  BOOST_TEST(hart.event.pc == k_ram + 32);
  constexpr u64 dirty = u64{1} << 63;
  BOOST_TEST((hart.x(a0) & (dirty | 0x6000)) == 0x2000u);
  BOOST_TEST((hart.x(a1) & (dirty | 0x6000)) == (dirty | 0x6000));
  BOOST_TEST((hart.x(a2) & (dirty | 0x6000)) == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
