// RV64I and RV64M: every register-register and register-immediate instruction on a grid of
// operands, against the host's integers.
#include "riscv_simulator/conformance.h"

BOOST_AUTO_TEST_SUITE(conformance_integer)

using namespace invar::test;
using namespace invar::test::assembler;
using namespace invar::test::conformance;

namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s32 = std::int32_t;
using s64 = std::int64_t;
__extension__ using u128 = unsigned __int128;
__extension__ using s128 = __int128;

const std::vector<u64> k_values{0,
                                1,
                                2,
                                3,
                                5,
                                31,
                                32,
                                63,
                                64,
                                0x7f,
                                0x80,
                                0x7ff,
                                0x800,
                                0x7fff,
                                0x8000,
                                0xffff,
                                0x7fffffff,
                                0x80000000,
                                0x80000001,
                                0xffffffff,
                                0x100000000,
                                0x123456789abcdef0,
                                0x7fffffffffffffff,
                                0x8000000000000000,
                                0x8000000000000001,
                                0xffffffff7fffffff,
                                0xffffffff80000000,
                                0xfffffffffffffff9,
                                0xfffffffffffffffe,
                                0xffffffffffffffff};

constexpr u64 word(u64 value) {
  return static_cast<u64>(static_cast<s64>(static_cast<s32>(static_cast<u32>(value))));
}
constexpr s64 of(u64 value) {
  return static_cast<s64>(value);
}

template <typename Expected>
void check(const char* name, u32 opcode, u32 f3, u32 f7, Expected expected) {
  check_integer(name, r_type(opcode, f3, f7, a0, a1, a2), pairs(k_values), expected);
}
template <typename Expected>
void check_word(const char* name, u32 f3, u32 f7, Expected expected) {
  check(name, 0x3b, f3, f7, [&](u64 a, u64 b) { return word(expected(a, b)); });
}

/// Division of `Signed` numbers as the manual has it where the host has nothing.
template <typename Signed>
Signed divide(Signed a, Signed b) {
  return b == 0 ? Signed{-1} : b == -1 ? static_cast<Signed>(0 - static_cast<u64>(a)) : a / b;
}
template <typename Signed>
Signed remainder(Signed a, Signed b) {
  return b == 0 ? a : b == -1 ? Signed{0} : a % b;
}

}  // namespace

BOOST_AUTO_TEST_CASE(register_instructions_of_the_base_set_are_those_of_the_host) {
  check("add", 0x33, 0, 0x00, [](u64 a, u64 b) { return a + b; });
  check("sub", 0x33, 0, 0x20, [](u64 a, u64 b) { return a - b; });
  check("sll", 0x33, 1, 0x00, [](u64 a, u64 b) { return a << (b & 63); });
  check("slt", 0x33, 2, 0x00, [](u64 a, u64 b) { return of(a) < of(b); });
  check("sltu", 0x33, 3, 0x00, [](u64 a, u64 b) { return a < b; });
  check("xor", 0x33, 4, 0x00, [](u64 a, u64 b) { return a ^ b; });
  check("srl", 0x33, 5, 0x00, [](u64 a, u64 b) { return a >> (b & 63); });
  check("sra", 0x33, 5, 0x20, [](u64 a, u64 b) { return of(a) >> (b & 63); });
  check("or", 0x33, 6, 0x00, [](u64 a, u64 b) { return a | b; });
  check("and", 0x33, 7, 0x00, [](u64 a, u64 b) { return a & b; });
  check_word("addw", 0, 0x00, [](u64 a, u64 b) { return a + b; });
  check_word("subw", 0, 0x20, [](u64 a, u64 b) { return a - b; });
  check_word("sllw", 1, 0x00, [](u64 a, u64 b) { return a << (b & 31); });
  check_word("srlw", 5, 0x00, [](u64 a, u64 b) { return static_cast<u32>(a) >> (b & 31); });
  check_word("sraw", 5, 0x20, [](u64 a, u64 b) { return of(word(a)) >> (b & 31); });
}

BOOST_AUTO_TEST_CASE(immediate_instructions_are_those_of_the_host) {
  for (const s32 value : {0, 1, 5, 2047, -1, -2048, -7}) {
    const auto b = static_cast<u64>(static_cast<s64>(value));
    const auto run = [&](const char* name, u32 opcode, u32 f3, auto expected) {
      check_integer(name, i_type(opcode, f3, a0, a1, value), pairs(k_values),
                    [&](u64 a, u64) { return expected(a); });
    };
    run("addi", 0x13, 0, [&](u64 a) { return a + b; });
    run("slti", 0x13, 2, [&](u64 a) { return of(a) < of(b); });
    run("sltiu", 0x13, 3, [&](u64 a) { return a < b; });
    run("xori", 0x13, 4, [&](u64 a) { return a ^ b; });
    run("ori", 0x13, 6, [&](u64 a) { return a | b; });
    run("andi", 0x13, 7, [&](u64 a) { return a & b; });
    run("addiw", 0x1b, 0, [&](u64 a) { return word(a + b); });
  }
  for (const s32 by : {0, 1, 7, 31, 32, 63}) {
    const auto run = [&](const char* name, u32 opcode, u32 f3, s32 high, auto expected) {
      check_integer(name, i_type(opcode, f3, a0, a1, high << 5 | by), pairs(k_values),
                    [&](u64 a, u64) { return expected(a); });
    };
    run("slli", 0x13, 1, 0x00, [&](u64 a) { return a << by; });
    run("srli", 0x13, 5, 0x00, [&](u64 a) { return a >> by; });
    run("srai", 0x13, 5, 0x20, [&](u64 a) { return of(a) >> by; });
    if (by < 32) {
      run("slliw", 0x1b, 1, 0x00, [&](u64 a) { return word(a << by); });
      run("srliw", 0x1b, 5, 0x00, [&](u64 a) { return word(static_cast<u32>(a) >> by); });
      run("sraiw", 0x1b, 5, 0x20, [&](u64 a) { return of(word(a)) >> by; });
    }
  }
}

BOOST_AUTO_TEST_CASE(products_have_all_128_bits) {
  check("mul", 0x33, 0, 1, [](u64 a, u64 b) { return a * b; });
  check("mulh", 0x33, 1, 1,
        [](u64 a, u64 b) { return static_cast<u64>(s128{of(a)} * of(b) >> 64); });
  check("mulhsu", 0x33, 2, 1, [](u64 a, u64 b) {
    return static_cast<u64>((s128{of(a)} * static_cast<s128>(u128{b})) >> 64);
  });
  check("mulhu", 0x33, 3, 1, [](u64 a, u64 b) { return static_cast<u64>(u128{a} * b >> 64); });
  check_word("mulw", 0, 1, [](u64 a, u64 b) { return a * b; });
}

BOOST_AUTO_TEST_CASE(division_by_zero_and_overflow_are_as_in_the_manual) {
  check("div", 0x33, 4, 1, [](u64 a, u64 b) { return divide(of(a), of(b)); });
  check("divu", 0x33, 5, 1, [](u64 a, u64 b) { return b == 0 ? ~u64{0} : a / b; });
  check("rem", 0x33, 6, 1, [](u64 a, u64 b) { return remainder(of(a), of(b)); });
  check("remu", 0x33, 7, 1, [](u64 a, u64 b) { return b == 0 ? a : a % b; });
  check_word("divw", 4, 1,
             [](u64 a, u64 b) { return static_cast<u64>(divide(of(word(a)), of(word(b)))); });
  check_word("divuw", 5, 1, [](u64 a, u64 b) {
    return static_cast<u32>(b) == 0 ? ~u32{0} : static_cast<u32>(a) / static_cast<u32>(b);
  });
  check_word("remw", 6, 1,
             [](u64 a, u64 b) { return static_cast<u64>(remainder(of(word(a)), of(word(b)))); });
  check_word("remuw", 7, 1, [](u64 a, u64 b) {
    return static_cast<u32>(b) == 0 ? static_cast<u32>(a)
                                    : static_cast<u32>(a) % static_cast<u32>(b);
  });
}

BOOST_AUTO_TEST_CASE(branches_are_taken_where_the_host_would) {
  const auto run = [](const char* name, u32 f3, auto expected) {
    const std::vector<Operands> table = pairs(k_values);
    const std::vector<Outcome> outcomes = execute(b_type(f3, a1, a2, 8), table);
    for (std::size_t i = 0; i < table.size(); ++i) {
      BOOST_TEST((outcomes[i].flags == k_branched) == expected(table[i][0], table[i][1]), name);
    }
  };
  run("beq", 0, [](u64 a, u64 b) { return a == b; });
  run("bne", 1, [](u64 a, u64 b) { return a != b; });
  run("blt", 4, [](u64 a, u64 b) { return of(a) < of(b); });
  run("bge", 5, [](u64 a, u64 b) { return of(a) >= of(b); });
  run("bltu", 6, [](u64 a, u64 b) { return a < b; });
  run("bgeu", 7, [](u64 a, u64 b) { return a >= b; });
}

BOOST_AUTO_TEST_CASE(loads_extend_and_stores_cut_at_any_alignment) {
  for (s32 offset = 0; offset < 9; ++offset) {
    TestHart hart;
    for (std::size_t i = 0; i < 64; ++i) {
      hart.ram[0x1000 + i] = static_cast<unsigned char>(0x81 + 37 * i);
    }
    const auto at = [&](auto number) {
      std::memcpy(&number, hart.ram.data() + 0x1000 + offset, sizeof number);
      return number;
    };
    const u64 expected[]{static_cast<u64>(s64{at(std::int8_t{})}),
                         static_cast<u64>(s64{at(std::int16_t{})}),
                         static_cast<u64>(s64{at(s32{})}),
                         at(u64{}),
                         at(std::uint8_t{}),
                         at(std::uint16_t{}),
                         at(u32{})};
    Code code;
    code << auipc(s0, 1);
    for (u32 f3 = 0; f3 < 7; ++f3) {
      code << i_type(0x03, f3, a0 + f3, s0, offset);
    }
    for (u32 f3 = 0; f3 < 4; ++f3) {
      code << s_type(0x23, f3, s0, a3, 64 + 16 * static_cast<s32>(f3) + offset);
    }
    code << wfi;
    hart.start(code);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
    for (u32 f3 = 0; f3 < 7; ++f3) {
      BOOST_TEST(hart.x(a0 + f3) == expected[f3], "width " << f3 << " at " << offset);
    }
    for (std::size_t f3 = 0; f3 < 4; ++f3) {
      u64 stored = 0;
      std::memcpy(&stored, hart.ram.data() + 0x1040 + 16 * f3 + static_cast<std::size_t>(offset),
                  8);
      const u64 mask = f3 == 3 ? ~u64{0} : (u64{1} << (8u << f3)) - 1;
      BOOST_TEST(stored == (expected[3] & mask));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
