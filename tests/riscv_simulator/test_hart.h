#ifndef INVAR_TESTS_RISCV_SIMULATOR_TEST_HART_H
#define INVAR_TESTS_RISCV_SIMULATOR_TEST_HART_H

#include <dlfcn.h>
#include <invar/platform/host_core/instruction_set_simulator.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <functional>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "assembler.h"

namespace invar::test {

/// A hart of the plug-in, loaded as the platform loads it, with 64 KiB of RAM and a device wherever
/// there is no RAM.
class TestHart {
 public:
  static constexpr std::uint64_t k_ram = 0x8000'0000;
  static constexpr std::uint64_t k_device = 0x1000'0000;

  struct Access {
    std::uint64_t address;
    unsigned bytes;
    bool store;
    std::uint32_t value;
    bool operator==(const Access& other) const {
      return address == other.address && bytes == other.bytes && store == other.store &&
             value == other.value;
    }
  };

  std::vector<unsigned char> ram = std::vector<unsigned char>(1u << 16);
  std::uint64_t ram_first = k_ram;
  std::vector<Access> accesses;
  std::vector<std::uint64_t> asked;  ///< addresses that `find_memory` was asked for
  std::vector<std::pair<std::uint64_t, std::uint32_t>> traced;
  std::set<std::uint64_t> refused;  ///< addresses where the device answers with an error
  std::function<std::uint32_t(std::uint64_t)> device = [](std::uint64_t) { return 0u; };
  std::function<void(const Access&)> on_store = [](const Access&) {};
  /// The next budget.
  std::uint64_t nanoseconds = 0;  ///< what the clock shows; cycles are the instructions
  bool line = false;              ///< as the hart finds it in mip
  std::function<std::uint64_t()> on_budget = [] { return std::uint64_t{10'000}; };

  const invar_iss_functions* functions = nullptr;
  invar_iss* hart = nullptr;
  invar_iss_event event{};

  explicit TestHart(const std::array<std::uint32_t, INVAR_OPERATION_COUNT>& cycles = {1, 1, 1, 1, 1,
                                                                                      1}) {
    void* const library = dlopen(INVAR_RISCV_SIMULATOR, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
      throw std::runtime_error(dlerror());
    }
    functions =
        reinterpret_cast<invar_iss_interface_function>(dlsym(library, "invar_iss_interface"))();
    const invar_iss_host host{this,        load_hook,  store_hook, memory_hook,
                              budget_hook, trace_hook, clock_hook, line_hook};
    char message[200] = "";
    hart = functions->create(&host, cycles.data(), message, sizeof message);
    if (hart == nullptr) {
      throw std::runtime_error(message);
    }
  }
  ~TestHart() { functions->destroy(hart); }
  TestHart(const TestHart&) = delete;
  TestHart& operator=(const TestHart&) = delete;

  void place(std::uint64_t address, const assembler::Code& code) {
    std::copy(code.bytes().begin(), code.bytes().end(),
              ram.begin() + static_cast<std::ptrdiff_t>(address - ram_first));
  }
  /// Puts a program at the start of RAM and the hart there.
  void start(const assembler::Code& code) {
    place(k_ram, code);
    functions->reset(hart, k_ram);
  }
  invar_iss_stop run(std::uint64_t budget = 10'000) { return functions->run(hart, budget, &event); }
  std::uint64_t x(unsigned number) { return functions->integer_register(hart, number); }
  std::uint64_t pc() { return functions->pc(hart); }
  const invar_iss_counts& counts() { return *functions->counts(hart); }
  std::uint64_t instructions() { return counts().instructions; }
  std::vector<std::uint64_t> registers() {
    std::vector<std::uint64_t> all;
    for (unsigned i = 0; i < 32; ++i) {
      all.push_back(x(i));
    }
    return all;
  }

 private:
  static TestHart& self(void* context) { return *static_cast<TestHart*>(context); }
  static int load_hook(void* context, std::uint64_t address, unsigned bytes, std::uint32_t* value) {
    TestHart& hart = self(context);
    *value = hart.device(address);
    hart.accesses.push_back({address, bytes, false, *value});
    return static_cast<int>(hart.refused.count(address));
  }
  static int store_hook(void* context, std::uint64_t address, unsigned bytes, std::uint32_t value) {
    TestHart& hart = self(context);
    hart.accesses.push_back({address, bytes, true, value});
    hart.on_store(hart.accesses.back());
    return static_cast<int>(hart.refused.count(address));
  }
  static int memory_hook(void* context, std::uint64_t address, invar_iss_memory* memory) {
    TestHart& hart = self(context);
    hart.asked.push_back(address);
    if (address < hart.ram_first || address - hart.ram_first >= hart.ram.size()) {
      return 0;
    }
    *memory = {hart.ram_first, hart.ram_first + hart.ram.size() - 1, hart.ram.data()};
    return 1;
  }
  static std::uint64_t budget_hook(void* context) { return self(context).on_budget(); }
  static void trace_hook(void* context, std::uint64_t pc, std::uint32_t instruction) {
    self(context).traced.emplace_back(pc, instruction);
  }
  static void clock_hook(void* context, std::uint64_t* cycles, std::uint64_t* nanoseconds) {
    *cycles = self(context).counts().cycles;
    *nanoseconds = self(context).nanoseconds;
  }
  static int line_hook(void* context) { return self(context).line ? 1 : 0; }
};

}  // namespace invar::test

#endif
