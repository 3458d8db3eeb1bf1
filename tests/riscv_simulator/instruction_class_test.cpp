// The decoder against a table from the manual and against a disassembler.
#include <invar/platform/riscv_simulator/instruction_class.h>

#include <boost/test/unit_test.hpp>
#include <cstdio>
#include <cstdlib>
#include <iostream>
#include <map>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include "riscv_simulator/instruction_table.h"

BOOST_AUTO_TEST_SUITE(instruction_class_tests)

using namespace invar::platform::riscv;

namespace {

invar_operation operation_of_mnemonic(const std::string& name) {
  const auto begins = [&](const char* with) { return name.rfind(with, 0) == 0; };
  static const std::map<std::string, invar_operation> exact = [] {
    std::map<std::string, invar_operation> map;
    for (const char* memory :
         {"lb",  "lh",  "lw",  "ld",  "lbu",  "lhu",  "lwu",   "sb",   "sh",   "sw",   "sd",
          "flw", "fld", "fsw", "fsd", "lwsp", "ldsp", "fldsp", "swsp", "sdsp", "fsdsp"}) {
      map[memory] = INVAR_OPERATION_MEMORY;
    }
    map["fence"] = map["fence.i"] = INVAR_OPERATION_INTEGER;
    return map;
  }();
  if (const auto found = exact.find(name); found != exact.end()) {
    return found->second;
  }
  if (begins("amo") || begins("lr.") || begins("sc.")) {
    return INVAR_OPERATION_MEMORY;
  }
  if (begins("mul")) {
    return INVAR_OPERATION_MULTIPLY;
  }
  if (begins("div") || begins("rem")) {
    return INVAR_OPERATION_DIVIDE;
  }
  if (begins("fdiv") || begins("fsqrt")) {
    return INVAR_OPERATION_FLOAT_DIVIDE;
  }
  return begins("f") ? INVAR_OPERATION_FLOAT : INVAR_OPERATION_INTEGER;
}

unsigned register_number(const std::string& name) {
  static const std::vector<std::string> names{"zero", "ra", "sp",  "gp",  "tp", "t0", "t1", "t2",
                                              "s0",   "s1", "a0",  "a1",  "a2", "a3", "a4", "a5",
                                              "a6",   "a7", "s2",  "s3",  "s4", "s5", "s6", "s7",
                                              "s8",   "s9", "s10", "s11", "t3", "t4", "t5", "t6"};
  for (unsigned i = 0; i < names.size(); ++i) {
    if (names[i] == name) {
      return i;
    }
  }
  return 99;
}

}  // namespace

BOOST_AUTO_TEST_CASE(every_instruction_of_the_table_has_its_length_class_and_operand) {
  for (const invar::test::TableRow& row : invar::test::k_instruction_table) {
    BOOST_TEST_CONTEXT(row.assembly) {
      const bool compressed = std::string(row.assembly).rfind("c.", 0) == 0;
      BOOST_TEST(instruction_bytes(row.bits) == (compressed ? 2u : 4u));
      BOOST_TEST(instruction_class(row.bits) == row.operation);
      const auto operand = memory_operand(row.bits);
      BOOST_REQUIRE(operand.has_value() == (row.operand.bytes != 0));
      if (operand) {
        BOOST_TEST(operand->base == row.operand.base);
        BOOST_TEST(operand->offset == row.operand.offset);
        BOOST_TEST(operand->bytes == row.operand.bytes);
        BOOST_TEST(operand->loads == row.operand.loads);
        BOOST_TEST(operand->stores == row.operand.stores);
      }
      if (compressed) {
        BOOST_TEST(instruction_class(row.bits | 0xabcd0000) == row.operation);
      }
      BOOST_TEST(is_wait_for_interrupt(row.bits) == (std::string(row.assembly) == "wfi"));
      BOOST_TEST(is_instruction_fence(row.bits) == (std::string(row.assembly) == "fence.i"));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_c_library_is_classified_as_its_disassembly) {
#ifndef INVAR_DISASSEMBLY_COMMAND
  std::cout << "SKIPPED: no riscv64-unknown-elf-objdump or no picolibc\n";
#else
  const std::unique_ptr<std::FILE, int (*)(std::FILE*)> pipe(popen(INVAR_DISASSEMBLY_COMMAND, "r"),
                                                             pclose);
  BOOST_REQUIRE(pipe != nullptr);
  unsigned instructions = 0, operands = 0, wrong = 0;
  char buffer[400];
  while (std::fgets(buffer, sizeof buffer, pipe.get()) != nullptr) {
    // "   1c:\t7139      \tc.addi16sp\tsp,-64\n"
    std::istringstream line(buffer);
    std::string address, bits_text, name, arguments;
    std::getline(line, address, '\t');
    std::getline(line, bits_text, '\t');
    std::getline(line, name, '\t');
    std::getline(line, arguments);
    if (!line && arguments.empty() && name.empty()) {
      continue;
    }
    while (!name.empty() && name.back() == '\n') {
      name.pop_back();
    }
    if (name.empty() || name[0] == '.' || name == "unimp" || name == "c.unimp") {
      continue;
    }
    ++instructions;
    const auto bits = static_cast<std::uint32_t>(std::strtoul(bits_text.c_str(), nullptr, 16));
    const bool compressed = name.rfind("c.", 0) == 0;
    const std::string plain = compressed ? name.substr(2) : name;
    const invar_operation expected = operation_of_mnemonic(plain);
    bool right =
        instruction_bytes(bits) == (compressed ? 2u : 4u) && instruction_class(bits) == expected;
    const auto operand = memory_operand(bits);
    right = right && operand.has_value() == (expected == INVAR_OPERATION_MEMORY);
    const std::size_t open = arguments.find('('), close = arguments.find(')');
    if (right && operand && open != std::string::npos) {
      ++operands;
      const std::size_t comma = arguments.rfind(',', open);
      const std::string offset = arguments.substr(comma + 1, open - comma - 1);
      right = operand->base == register_number(arguments.substr(open + 1, close - open - 1)) &&
              operand->offset == (offset.empty() ? 0 : std::strtol(offset.c_str(), nullptr, 10));
    }
    if (!right && ++wrong < 10) {
      BOOST_ERROR(buffer);
    }
  }
  BOOST_TEST(wrong == 0u);
  BOOST_TEST(instructions > 10'000u);
  BOOST_TEST(operands > 1'000u);
#endif
}

BOOST_AUTO_TEST_SUITE_END()
