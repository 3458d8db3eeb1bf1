#ifndef INVAR_TESTS_RISCV_SIMULATOR_CONFORMANCE_H
#define INVAR_TESTS_RISCV_SIMULATOR_CONFORMANCE_H

#include <array>
#include <boost/test/unit_test.hpp>
#include <cstdint>
#include <cstring>
#include <vector>

#include "riscv_simulator/test_hart.h"

/// One instruction after another on tables of operands, for comparison with what the host computes.
namespace invar::test::conformance {

using Operands = std::array<std::uint64_t, 3>;

struct Outcome {
  std::uint64_t integer;   ///< a0
  std::uint64_t floating;  ///< f0
  std::uint64_t flags;     ///< fflags
};

constexpr std::uint32_t fflags = 0x001, frm = 0x002;

/// What `Outcome::flags` is when the instruction has branched over 8 bytes.
constexpr std::uint64_t k_branched = 64;

/// Executes `instruction` once for each entry of the table: its operands are in a1, a2, a3 and, the
/// same bits, in f1, f2, f3; a0 and f0 are its results. `apart`: it begins a basic block.
inline std::vector<Outcome> execute(std::uint32_t instruction, const std::vector<Operands>& table,
                                    std::uint32_t rounding = 0, bool apart = false) {
  using namespace assembler;
  constexpr std::uint64_t k_table = 0x1000;
  TestHart hart;
  hart.ram.resize(k_table + (table.size() * sizeof(Operands) / 0x1000 + 1) * 0x1000);
  std::memcpy(hart.ram.data() + k_table, table.data(), table.size() * sizeof(Operands));
  const auto entries = static_cast<std::int32_t>(table.size());
  Code code;
  code << lui(t0, 0x6) << csrrs(zero, mstatus, t0)                                     //
       << addi(t1, zero, static_cast<std::int32_t>(rounding)) << csrrw(zero, frm, t1)  //
       << auipc(s0, 1) << addi(s0, s0, -16)                                            //
       << lui(s1, static_cast<std::uint32_t>(entries + 0x800) >> 12)                   //
       << addi(s1, s1, static_cast<std::int32_t>(static_cast<std::uint32_t>(entries) << 20) >> 20);
  const auto loop = static_cast<std::int32_t>(code.size());
  code << ld(a1, s0, 0) << ld(a2, s0, 8) << ld(a3, s0, 16) << fld(1, s0, 0) << fld(2, s0, 8)
       << csrrw(zero, fflags, zero) << fld(3, s0, 16) << addi(a0, zero, 0)
       << addi(a4, zero, k_branched) << (apart ? jal(zero, 4) : nop) << instruction
       << csrrs(a4, fflags, zero) << sd(a0, s0, 0) << fsd(0, s0, 8) << sd(a4, s0, 16)
       << addi(s0, s0, 24) << addi(s1, s1, -1);
  code << bne(s1, zero, loop - static_cast<std::int32_t>(code.size())) << wfi;
  hart.start(code);
  invar_iss_stop stop = hart.run();
  BOOST_TEST_REQUIRE(stop == INVAR_ISS_STOP_WAIT_FOR_INTERRUPT);
  std::vector<Outcome> outcomes(table.size());
  std::memcpy(outcomes.data(), hart.ram.data() + k_table, table.size() * sizeof(Outcome));
  return outcomes;
}

/// All pairs of `values`.
inline std::vector<Operands> pairs(const std::vector<std::uint64_t>& values) {
  std::vector<Operands> table;
  for (const std::uint64_t a : values) {
    for (const std::uint64_t b : values) {
      table.push_back({a, b, 0});
    }
  }
  return table;
}

/// Compares an integer result with `expected(operands)`.
template <typename Expected>
void check_integer(const char* name, std::uint32_t instruction, const std::vector<Operands>& table,
                   Expected expected) {
  const std::vector<Outcome> outcomes = execute(instruction, table);
  unsigned wrong = 0;
  for (std::size_t i = 0; i < table.size(); ++i) {
    const auto right = static_cast<std::uint64_t>(expected(table[i][0], table[i][1]));
    if (outcomes[i].integer != right && wrong++ < 3) {
      BOOST_ERROR(name << std::hex << " of " << table[i][0] << ", " << table[i][1] << " is "
                       << outcomes[i].integer << ", must be " << right);
    }
  }
  BOOST_TEST(wrong == 0u, name << ": " << wrong << " of " << table.size() << " wrong");
}

}  // namespace invar::test::conformance

#endif
