// Accesses to devices, and memory that is found when it is touched.
#include <boost/test/unit_test.hpp>

#include "riscv_simulator/test_hart.h"

BOOST_AUTO_TEST_SUITE(iss_access)

using namespace invar::test;
using namespace invar::test::assembler;

namespace {

constexpr std::uint64_t k_ram = TestHart::k_ram;
constexpr std::uint64_t k_device = TestHart::k_device;

void expect_fault(TestHart& hart, std::uint64_t cause, std::uint64_t pc, std::uint64_t address,
                  std::uint64_t instructions) {
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
  BOOST_TEST(hart.event.cause == cause);
  BOOST_TEST(hart.event.pc == pc);
  BOOST_TEST(hart.event.value == address);
  BOOST_TEST(hart.pc() == pc);
  BOOST_TEST(hart.instructions() == instructions);
}

}  // namespace

BOOST_AUTO_TEST_CASE(accesses_keep_their_size_and_doublewords_come_low_half_first) {
  TestHart hart;
  hart.device = [](std::uint64_t address) { return static_cast<std::uint32_t>(address) + 0x81; };
  Code code;
  code << lui(t0, 0x10000) << addi(a0, zero, -2)                            //
       << sb(a0, t0, 1) << sh(a0, t0, 2) << sw(a0, t0, 4) << sd(a0, t0, 8)  //
       << lb(a1, t0, 0) << lhu(a2, t0, 2) << lw(a3, t0, 4) << ld(a4, t0, 8) << wfi;
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  const std::vector<TestHart::Access> expected{
      {k_device + 1, 1, true, 0xfe},         {k_device + 2, 2, true, 0xfffe},
      {k_device + 4, 4, true, 0xfffffffe},   {k_device + 8, 4, true, 0xfffffffe},
      {k_device + 12, 4, true, 0xffffffff},  {k_device, 1, false, 0x1000'0081},
      {k_device + 2, 2, false, 0x1000'0083}, {k_device + 4, 4, false, 0x1000'0085},
      {k_device + 8, 4, false, 0x1000'0089}, {k_device + 12, 4, false, 0x1000'008d}};
  BOOST_TEST((hart.accesses == expected));
  BOOST_TEST(hart.x(a1) == 0xffff'ffff'ffff'ff81u);
  BOOST_TEST(hart.x(a2) == 0x83u);
  BOOST_TEST(hart.x(a3) == 0x1000'0085u);
  BOOST_TEST(hart.x(a4) == 0x1000'008d'1000'0089u);
}

BOOST_AUTO_TEST_CASE(memory_is_asked_for_once_and_only_where_it_is_touched) {
  TestHart hart;
  Code code;
  code << lui(t0, 0x10000) << auipc(s0, 0x8) << lw(a0, t0, 0) << lw(a0, t0, 4) << sd(t0, s0, 0)
       << lui(t1, 0x20000) << sw(a0, t1, 0x7fc) << wfi;
  hart.start(code);
  BOOST_TEST(hart.asked.empty());
  hart.run();
  BOOST_TEST((hart.asked == std::vector<std::uint64_t>{k_ram, k_device, 0x2000'07fc}));
  BOOST_TEST(hart.ram[0x8004 + 3] == 0x10);
}

BOOST_AUTO_TEST_CASE(the_pages_at_the_ends_of_memory_that_are_not_whole_go_by_load_and_store) {
  TestHart hart;
  hart.ram_first = k_ram + 0x100;
  hart.device = [](std::uint64_t) { return 0x1234u; };
  Code code;
  code << auipc(s0, 0) << lw(a0, s0, -16) << wfi;
  hart.place(k_ram + 0x1000, code);
  hart.functions->reset(hart.hart, k_ram + 0x1000);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST((hart.accesses == std::vector<TestHart::Access>{{k_ram + 0xff0, 4, false, 0x1234}}));
  BOOST_TEST(hart.x(a0) == 0x1234u);
}

BOOST_AUTO_TEST_CASE(forgotten_memory_is_asked_for_again) {
  TestHart hart;
  Code code, other;
  code << addi(a0, a0, 1) << wfi;
  other << addi(a0, a0, 100) << mul(a1, a1, a1) << wfi;
  hart.start(code);
  hart.run();
  // The memory moves: the old one must not be touched again, nor its translations.
  std::vector<unsigned char> moved(1u << 16);
  moved.swap(hart.ram);
  hart.functions->forget_memory(hart.hart, k_ram + 0x100, k_ram + 0x200);
  hart.place(k_ram + 8, code);
  hart.place(k_ram, other);
  hart.run();
  BOOST_TEST(hart.x(a0) == 1u);  // it went on behind the wfi: mul, the other wfi
  BOOST_TEST(hart.asked.size() == 2u);
  std::fill(moved.begin(), moved.end(), 0);
  hart.functions->reset(hart.hart, k_ram);
  hart.run();
  BOOST_TEST(hart.x(a0) == 100u);
  BOOST_TEST(hart.counts().by_class[INVAR_OPERATION_MULTIPLY] == 1u);
}

BOOST_AUTO_TEST_CASE(a_refused_load_is_a_fault_at_its_instruction_with_the_registers_before_it) {
  TestHart hart;
  hart.refused = {k_device + 0x40};
  Code code;
  code << lui(t0, 0x10000) << addi(a0, zero, 3) << lw(a1, t0, 0x3c) << lw(t0, t0, 0x40)
       << addi(a0, a0, 1) << mul(a2, a0, a0) << wfi;
  hart.start(code);
  expect_fault(hart, INVAR_ISS_LOAD_FAULT, k_ram + 12, k_device + 0x40, 3);
  BOOST_TEST(hart.x(t0) == k_device);
  BOOST_TEST(hart.x(a0) == 3u);
  BOOST_TEST(hart.x(a2) == 0u);
  BOOST_TEST(hart.counts().by_class[INVAR_OPERATION_MULTIPLY] == 0u);
}

BOOST_AUTO_TEST_CASE(a_refused_store_is_a_fault_and_later_accesses_of_its_block_do_not_happen) {
  TestHart hart;
  hart.refused = {k_device + 0x40};
  Code code;
  code << lui(t0, 0x10000) << sw(t0, t0, 0x40) << sw(t0, t0, 0x44) << lw(a0, t0, 0x48)
       << addi(a1, a1, 1) << jal(zero, 4) << wfi;
  hart.start(code);
  expect_fault(hart, INVAR_ISS_STORE_FAULT, k_ram + 4, k_device + 0x40, 1);
  BOOST_TEST(hart.accesses.size() == 1u);
  BOOST_TEST(hart.x(a1) == 0u);
  // A handler that passes it by goes on with the next instruction, and nothing is done twice.
  hart.refused.clear();
  hart.functions->enter_trap(hart.hart, 0, 0, 0);
  Code handler;
  handler << csrrs(t1, mepc, zero) << addi(t1, t1, 4) << csrrw(zero, mepc, t1) << mret;
  hart.functions->forget_memory(hart.hart, 0, ~std::uint64_t{0});
  hart.place(k_ram + 0x100, handler);
  Code again;
  again << auipc(t2, 0) << addi(t2, t2, 0xf8) << lui(t0, 0x10000);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.accesses.size() == 4u);
}

BOOST_AUTO_TEST_CASE(of_equal_accesses_in_a_block_the_refused_one_is_found) {
  TestHart hart;
  unsigned loads = 0;
  hart.device = [&](std::uint64_t address) {
    if (++loads == 3) {
      hart.refused.insert(address);
    }
    return 0u;
  };
  Code code;
  code << lui(t0, 0x10000) << lw(a0, t0, 0) << lw(a1, t0, 0) << nop << lw(a2, t0, 0)
       << lw(a3, t0, 0) << wfi;
  hart.start(code);
  expect_fault(hart, INVAR_ISS_LOAD_FAULT, k_ram + 16, k_device, 4);
}

BOOST_AUTO_TEST_CASE(a_fault_is_found_in_compressed_and_floating_point_and_atomic_accesses) {
  TestHart compressed;
  compressed.refused = {k_device + 4};
  Code code;
  // c.lw a1, 4(s0): quadrant 0, function 2; offset bit 2 is bit 6, s0 is register 0 of 8.
  code << lui(s0, 0x10000) << c_nop << std::uint16_t{0x404c} << c_nop << c_nop << wfi;
  compressed.start(code);
  expect_fault(compressed, INVAR_ISS_LOAD_FAULT, k_ram + 6, k_device + 4, 2);

  TestHart floating;
  floating.refused = {k_device + 12};
  Code with_float;
  with_float << lui(t1, 0x6) << csrrs(zero, mstatus, t1) << lui(t0, 0x10000) << fld(1, t0, 8) << nop
             << wfi;
  floating.start(with_float);
  expect_fault(floating, INVAR_ISS_LOAD_FAULT, k_ram + 12, k_device + 12, 3);

  TestHart atomic;
  atomic.refused = {k_device};
  Code with_atomic;
  with_atomic << lui(t0, 0x10000) << amoadd_w(a0, t0, t0) << nop << wfi;
  atomic.start(with_atomic);
  expect_fault(atomic, INVAR_ISS_STORE_FAULT, k_ram + 4, k_device, 1);
  BOOST_TEST(atomic.accesses.size() == 1u);
}

BOOST_AUTO_TEST_CASE(a_fault_is_not_lost_when_its_block_ends_otherwise) {
  const std::vector<std::pair<const char*, std::uint32_t>> endings{
      {"wfi", wfi},
      {"ecall", ecall},
      {"ebreak", ebreak},
      {"illegal", 0xffffffff},
      {"itself", jal(zero, -8)},
      {"null", jalr(ra, zero, 0)},
      {"device", jalr(ra, t0, 0x80)},
      {"the loaded address", jalr(ra, a0, 0)}};
  for (const auto& ending : endings) {
    BOOST_TEST_CONTEXT(ending.first) {
      TestHart hart;
      hart.refused = {k_device + 8};
      Code code;
      code << lui(t0, 0x10000) << jal(zero, 4) << addi(a1, a1, 1) << lw(a0, t0, 8) << ending.second;
      hart.start(code);
      expect_fault(hart, INVAR_ISS_LOAD_FAULT, k_ram + 12, k_device + 8, 3);
      BOOST_TEST(hart.accesses.size() == 1u);
    }
  }
}

BOOST_AUTO_TEST_CASE(more_pages_of_devices_than_unicorn_can_map_are_reached) {
  TestHart hart;
  Code code;
  code << lui(t0, 0x20000) << lui(t1, 1) << lui(a0, 2) << addi(a0, a0, -192)  // 8000 pages
       << sw(a0, t0, 0) << add(t0, t0, t1) << addi(a0, a0, -1) << bne(a0, zero, -12) << wfi;
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_REQUIRE(hart.accesses.size() == 8000u);
  BOOST_TEST(hart.accesses.back().address == 0x2000'0000u + 7999 * 4096);
  BOOST_TEST(hart.instructions() == 4u + 4 * 8000 + 1);
}

BOOST_AUTO_TEST_SUITE_END()
