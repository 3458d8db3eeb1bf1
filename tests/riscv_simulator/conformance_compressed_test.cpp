// RV64C: each compressed instruction does what its expansion does (RISC-V Instruction Set Manual,
// volume I, 20191213, chapter 16), to registers and memory, and is half as long.
#include <utility>

#include "riscv_simulator/conformance.h"

BOOST_AUTO_TEST_SUITE(conformance_compressed)

using namespace invar::test;
using namespace invar::test::assembler;

namespace {

struct Pair {
  std::uint16_t compressed;
  std::uint32_t expanded;
};

// As the GNU assembler encodes both.
const std::vector<Pair> k_pairs{
    {0x0800, 0x01010413},  // c.addi4spn s0, sp, 16
    {0x1ffc, 0x3fc10793},  // c.addi4spn a5, sp, 1020
    {0x157d, 0xfff50513},  // c.addi a0, -1
    {0x05fd, 0x01f58593},  // c.addi a1, 31
    {0x3501, 0xfe05051b},  // c.addiw a0, -32
    {0x2595, 0x0055859b},  // c.addiw a1, 5
    {0x563d, 0xfef00613},  // c.li a2, -17
    {0x7685, 0xfffe16b7},  // c.lui a3, 0xfffe1
    {0x66fd, 0x0001f6b7},  // c.lui a3, 31
    {0x7101, 0xe0010113},  // c.addi16sp sp, -512
    {0x617d, 0x1f010113},  // c.addi16sp sp, 496
    {0x9105, 0x02155513},  // c.srli a0, 33
    {0x95fd, 0x43f5d593},  // c.srai a1, 63
    {0x996d, 0xffb57513},  // c.andi a0, -5
    {0x8d0d, 0x40b50533},  // c.sub a0, a1
    {0x8d2d, 0x00b54533},  // c.xor a0, a1
    {0x8d4d, 0x00b56533},  // c.or a0, a1
    {0x8d6d, 0x00b57533},  // c.and a0, a1
    {0x9d0d, 0x40b5053b},  // c.subw a0, a1
    {0x9d2d, 0x00b5053b},  // c.addw a0, a1
    {0x1522, 0x02851513},  // c.slli a0, 40
    {0x862e, 0x00b00633},  // c.mv a2, a1
    {0x952e, 0x00b50533},  // c.add a0, a1
    {0x5c70, 0x07c42603},  // c.lw a2, 124(s0)
    {0x7c70, 0x0f843603},  // c.ld a2, 248(s0)
    {0x2410, 0x00843607},  // c.fld fa2, 8(s0)
    {0xc04c, 0x00b42223},  // c.sw a1, 4(s0)
    {0xe80c, 0x00b43823},  // c.sd a1, 16(s0)
    {0xac0c, 0x00b43c27},  // c.fsd fa1, 24(s0)
    {0x56fe, 0x0fc12683},  // c.lwsp a3, 252(sp)
    {0x76fe, 0x1f813683},  // c.ldsp a3, 504(sp)
    {0x2682, 0x00013687},  // c.fldsp fa3, 0(sp)
    {0xdfae, 0x0eb12e23},  // c.swsp a1, 252(sp)
    {0xffae, 0x1eb13c23},  // c.sdsp a1, 504(sp)
    {0xa42e, 0x00b13427},  // c.fsdsp fa1, 8(sp)
};

constexpr std::uint64_t k_ram = TestHart::k_ram;

struct State {
  std::vector<std::uint64_t> registers;
  std::vector<unsigned char> memory;
};

/// Registers and memory behind `instruction`, from a state in which no two registers are equal.
State behind(const Code& instruction) {
  TestHart hart;
  for (std::size_t i = 0; i < 0x1000; ++i) {
    hart.ram[0x1000 + i] = static_cast<unsigned char>(i * 193 + 17);
  }
  Code code;
  code << lui(t0, 0x6) << csrrs(zero, mstatus, t0) << auipc(s0, 1) << auipc(sp, 1)  //
       << ld(a0, s0, 0x108) << ld(a1, s0, 0x113) << ld(a2, s0, 0x11e) << ld(a5, s0, 0x129)
       << fld(11, s0, 0x130) << fld(12, s0, 0x140) << fld(13, s0, 0x150);
  Code rest;
  rest << fsd(12, s0, 0x400) << fsd(13, s0, 0x408) << wfi;
  hart.place(k_ram, code);
  hart.place(k_ram + code.size(), instruction);
  hart.place(k_ram + code.size() + instruction.size(), rest);
  hart.functions->reset(hart.hart, k_ram);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.pc() == k_ram + code.size() + instruction.size() + rest.size());
  return {hart.registers(), {hart.ram.begin() + 0x1000, hart.ram.begin() + 0x2000}};
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_compressed_instruction_does_what_its_expansion_does) {
  for (const Pair& pair : k_pairs) {
    Code compressed, expanded;
    compressed << pair.compressed;
    expanded << pair.expanded;
    const State first = behind(compressed), second = behind(expanded);
    BOOST_TEST(first.registers == second.registers, std::hex << pair.compressed);
    BOOST_TEST(first.memory == second.memory, std::hex << pair.compressed);
  }
}

BOOST_AUTO_TEST_CASE(compressed_jumps_and_branches_go_where_they_say) {
  // c.j +6, c.beqz a0 +6, c.bnez a0 +6, c.jr t0, c.jalr t0
  for (const auto& [bits, jumps] : std::vector<std::pair<std::uint16_t, bool>>{
           {0xa019, true}, {0xc119, true}, {0xe119, false}, {0x8282, true}, {0x9282, true}}) {
    TestHart hart;
    Code code;
    code << auipc(t0, 0) << addi(t0, t0, 14) << bits << addi(a1, a1, 1) << wfi;
    hart.start(code);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
    BOOST_TEST(hart.x(a1) == (jumps ? 0u : 1u), std::hex << bits);
    BOOST_TEST(hart.x(ra) == (bits == 0x9282 ? k_ram + 10 : 0u));
  }
}

BOOST_AUTO_TEST_CASE(hints_do_nothing) {
  // c.nop 1, c.addi a0 0, c.li zero, c.lui zero, c.slli zero, c.mv zero, c.add zero, c.srli64 a0
  for (const std::uint16_t bits :
       {0x0005, 0x0501, 0x4005, 0x6005, 0x0006, 0x802a, 0x902a, 0x8101}) {
    TestHart hart;
    Code code;
    code << addi(a0, zero, 77) << bits << wfi;
    hart.start(code);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT, std::hex << bits);
    for (unsigned number = 0; number < 32; ++number) {
      BOOST_TEST(hart.x(number) == (number == a0 ? 77u : 0u));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
