// RV64A: every atomic memory operation of words and doublewords against the host's integers, and
// what reservations and alignment mean.
#include <algorithm>

#include "riscv_simulator/conformance.h"

BOOST_AUTO_TEST_SUITE(conformance_atomic)

using namespace invar::test;
using namespace invar::test::assembler;
using namespace invar::test::conformance;

namespace {

using u32 = std::uint32_t;
using u64 = std::uint64_t;
using s64 = std::int64_t;

enum : u32 { k_word = 2, k_doubleword = 3 };
enum : u32 {
  k_add = 0x00,
  k_swap = 0x01,
  k_load_reserved = 0x02,
  k_store_conditional = 0x03,
  k_xor = 0x04,
  k_or = 0x08,
  k_and = 0x0c,
  k_min = 0x10,
  k_max = 0x14,
  k_minu = 0x18,
  k_maxu = 0x1c
};

const std::vector<u64> k_values{0,
                                1,
                                3,
                                0x7fffffff,
                                0x80000000,
                                0xfffffffb,
                                0xffffffff,
                                0x100000000,
                                0x7fffffffffffffff,
                                0x8000000000000000,
                                0xfffffffffffffffb,
                                0xffffffffffffffff,
                                0x123456789abcdef0};

u64 extended(u64 value, u32 width) {
  return width == k_word ? static_cast<u64>(s64{static_cast<std::int32_t>(static_cast<u32>(value))})
                         : value;
}

/// `expected(memory, operand)`: what is left in memory.
template <typename Expected>
void check(const char* name, u32 function, Expected expected) {
  // One program for all: each case is a line of a table, and the loop goes over it.
  const std::vector<Operands> table = pairs(k_values);
  for (const u32 width : {k_word, k_doubleword}) {
    TestHart hart;
    std::memcpy(hart.ram.data() + 0x1000, table.data(), table.size() * sizeof(Operands));
    Code code;
    code << auipc(s0, 1) << addi(s1, zero, static_cast<std::int32_t>(table.size()))  //
         << ld(a1, s0, 8) << atomic(function, width, a0, a1, s0) << sd(a0, s0, 16)   //
         << addi(s0, s0, 24) << addi(s1, s1, -1) << bne(s1, zero, -20) << wfi;
    hart.start(code);
    BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
    BOOST_TEST(hart.instructions() == 3u + 6 * table.size());
    for (std::size_t i = 0; i < table.size(); ++i) {
      Operands left{};
      std::memcpy(left.data(), hart.ram.data() + 0x1000 + i * sizeof left, sizeof left);
      const u64 memory = extended(table[i][0], width), operand = extended(table[i][1], width);
      const u64 result = expected(memory, operand);
      const u64 right =
          width == k_word ? (table[i][0] & ~u64{0xffffffff}) | static_cast<u32>(result) : result;
      BOOST_TEST(left[0] == right, name << " of " << table[i][0] << " and " << table[i][1]);
      BOOST_TEST(left[2] == memory, name);
    }
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_operation_leaves_what_the_host_computes) {
  check("amoadd", k_add, [](u64 m, u64 x) { return m + x; });
  check("amoswap", k_swap, [](u64, u64 x) { return x; });
  check("amoxor", k_xor, [](u64 m, u64 x) { return m ^ x; });
  check("amoor", k_or, [](u64 m, u64 x) { return m | x; });
  check("amoand", k_and, [](u64 m, u64 x) { return m & x; });
  check("amomin", k_min,
        [](u64 m, u64 x) { return static_cast<s64>(m) < static_cast<s64>(x) ? m : x; });
  check("amomax", k_max,
        [](u64 m, u64 x) { return static_cast<s64>(m) > static_cast<s64>(x) ? m : x; });
  check("amominu", k_minu, [](u64 m, u64 x) { return std::min(m, x); });
  check("amomaxu", k_maxu, [](u64 m, u64 x) { return std::max(m, x); });
}

BOOST_AUTO_TEST_CASE(a_store_succeeds_once_behind_a_load_of_the_same_place_and_size) {
  TestHart hart;
  Code code;
  code << auipc(s0, 1) << addi(s1, s0, 8) << addi(a1, zero, 9)  //
       << atomic(k_store_conditional, k_word, static_cast<Register>(20), a1,
                 s0)                                     // without a reservation
       << atomic(k_load_reserved, k_word, a2, zero, s0)  //
       << atomic(k_store_conditional, k_word, static_cast<Register>(21), a1, s1)  // elsewhere
       << atomic(k_store_conditional, k_word, static_cast<Register>(22), a1, s0)  // none left
       << atomic(k_load_reserved, k_word, a2, zero, s0)                           //
       << atomic(k_store_conditional, k_word, static_cast<Register>(23), a1, s0)  // good
       << atomic(k_store_conditional, k_word, static_cast<Register>(24), a1, s0)  // none left
       << atomic(k_load_reserved, k_doubleword, a3, zero, s1)                     //
       << atomic(k_store_conditional, k_doubleword, static_cast<Register>(25), a1, s1)
       << wfi;  // good
  const u64 memory[]{0xffffffff80000001, 0x8000000000000005};
  std::memcpy(hart.ram.data() + 0x1000, memory, sizeof memory);
  hart.start(code);
  BOOST_TEST(hart.run() == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  BOOST_TEST(hart.x(20) == 1u);
  BOOST_TEST(hart.x(21) == 1u);
  BOOST_TEST(hart.x(22) == 1u);
  BOOST_TEST(hart.x(23) == 0u);
  BOOST_TEST(hart.x(24) == 1u);
  BOOST_TEST(hart.x(25) == 0u);
  BOOST_TEST(hart.x(a2) == 0xffffffff80000001u);
  BOOST_TEST(hart.x(a3) == memory[1]);
  u64 left[2]{};
  std::memcpy(left, hart.ram.data() + 0x1000, sizeof left);
  BOOST_TEST(left[0] == 0xffffffff00000009u);
  BOOST_TEST(left[1] == 9u);
  BOOST_TEST(hart.instructions() == 13u);
}

BOOST_AUTO_TEST_CASE(what_a_device_writes_in_between_makes_the_store_fail) {
  TestHart hart;
  hart.on_store = [&](const TestHart::Access&) { hart.ram[0x1000] = 77; };
  Code code;
  code << auipc(s0, 1) << lui(t2, 0x10000) << atomic(k_load_reserved, k_word, a2, zero, s0)
       << sw(zero, t2, 0) << atomic(k_store_conditional, k_word, a0, zero, s0) << wfi;
  hart.start(code);
  hart.run();
  BOOST_TEST(hart.x(a0) == 1u);
  BOOST_TEST(hart.ram[0x1000] == 77);
}

BOOST_AUTO_TEST_CASE(a_misaligned_atomic_is_a_store_and_a_misaligned_reservation_a_load) {
  for (const u32 width : {k_word, k_doubleword}) {
    for (const u32 function : {k_add, k_swap, k_load_reserved, k_store_conditional, k_xor, k_or,
                               k_and, k_min, k_max, k_minu, k_maxu}) {
      TestHart hart;
      Code code;
      const bool loads = function == k_load_reserved;
      code << auipc(s0, 1) << addi(s0, s0, width == k_word ? 2 : 4) << nop
           << atomic(function, width, a0, loads ? zero : a1, s0) << wfi;
      hart.start(code);
      BOOST_TEST(hart.run() == INVAR_ISS_STOP_EXCEPTION);
      BOOST_TEST(hart.event.cause ==
                 (loads ? INVAR_ISS_LOAD_MISALIGNED : INVAR_ISS_STORE_MISALIGNED));
      BOOST_TEST(hart.event.pc == TestHart::k_ram + 12);
      BOOST_TEST(hart.event.value == TestHart::k_ram + 0x1000 + (width == k_word ? 2 : 4));
      BOOST_TEST(hart.instructions() == 3u);
    }
  }
}

BOOST_AUTO_TEST_CASE(an_atomic_reaches_a_device_by_a_load_and_a_store) {
  TestHart hart;
  hart.device = [](u64) { return 0xfffffff0u; };
  Code code;
  code << lui(s0, 0x10000) << addi(a1, zero, 5) << atomic(k_max, k_word, a0, a1, s0) << wfi;
  hart.start(code);
  hart.run();
  BOOST_TEST(hart.x(a0) == 0xfffffffffffffff0u);
  BOOST_TEST_REQUIRE(hart.accesses.size() == 2u);
  BOOST_TEST((hart.accesses[1] == TestHart::Access{TestHart::k_device, 4, true, 5}));
}

BOOST_AUTO_TEST_SUITE_END()
