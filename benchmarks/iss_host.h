#ifndef INVAR_BENCHMARKS_ISS_HOST_H
#define INVAR_BENCHMARKS_ISS_HOST_H

#include <dlfcn.h>
#include <invar/platform/host_core/instruction_set_simulator.h>

#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

namespace invar::benchmarks {

/// A simulator plug-in with RAM from 0x80000000 on and two functions for all the rest.
class IssHost {
 public:
  static constexpr std::uint64_t k_ram = 0x8000'0000;

  std::vector<unsigned char> ram = std::vector<unsigned char>(16u << 20);
  std::function<std::uint32_t(std::uint64_t)> load = [](std::uint64_t) { return 0; };
  std::function<void(std::uint64_t, std::uint32_t)> store = [](std::uint64_t, std::uint32_t) {};
  /// Cycles between two calls of `budget_spent`.
  std::uint64_t budget = 10'000;

  explicit IssHost(const std::string& plug_in) {
    void* const library = dlopen(plug_in.c_str(), RTLD_NOW | RTLD_LOCAL);
    const auto interface =
        library == nullptr
            ? nullptr
            : reinterpret_cast<invar_iss_interface_function>(dlsym(library, "invar_iss_interface"));
    if (interface == nullptr) {
      fail(dlerror());
    }
    functions = interface();
    const std::uint32_t cycles[INVAR_OPERATION_COUNT] = {1, 1, 1, 1, 1, 1};
    char message[200] = "";
    const invar_iss_host host{this,        load_register, store_register, find_memory,
                              next_budget, nullptr,       clock,          interrupt_line};
    hart = functions->create(&host, cycles, message, sizeof message);
    if (hart == nullptr) {
      fail(message);
    }
  }
  ~IssHost() { functions->destroy(hart); }
  IssHost(const IssHost&) = delete;
  IssHost& operator=(const IssHost&) = delete;

  /// Puts a flat image at the start of RAM.
  void load_image(const std::string& path) {
    std::ifstream file(path, std::ios::binary);
    const std::vector<char> image{std::istreambuf_iterator<char>(file), {}};
    if (image.empty() || image.size() > ram.size()) {
      fail(path.c_str());
    }
    std::copy(image.begin(), image.end(), ram.begin());
  }

  /// Runs from the start of RAM to a wfi.
  void run_to_wfi() {
    functions->reset(hart, k_ram);
    invar_iss_event event{};
    if (functions->run(hart, budget, &event) != INVAR_ISS_STOP_WAIT_FOR_INTERRUPT) {
      std::cerr << "cause " << event.cause << " at 0x" << std::hex << event.pc << ": ";
      fail(event.message);
    }
  }

  const invar_iss_functions* functions = nullptr;
  invar_iss* hart = nullptr;

 private:
  [[noreturn]] static void fail(const char* why) {
    std::cerr << (why == nullptr ? "no simulator" : why) << '\n';
    std::exit(1);
  }

  static IssHost& self(void* context) { return *static_cast<IssHost*>(context); }
  static int load_register(void* context, std::uint64_t address, unsigned, std::uint32_t* value) {
    *value = self(context).load(address);
    return 0;
  }
  static int store_register(void* context, std::uint64_t address, unsigned, std::uint32_t value) {
    self(context).store(address, value);
    return 0;
  }
  static int find_memory(void* context, std::uint64_t address, invar_iss_memory* memory) {
    std::vector<unsigned char>& ram = self(context).ram;
    if (address < k_ram || address - k_ram >= ram.size()) {
      return 0;
    }
    *memory = {k_ram, k_ram + ram.size() - 1, ram.data()};
    return 1;
  }
  static std::uint64_t next_budget(void* context) { return self(context).budget; }
  /// A cycle takes a nanosecond.
  static void clock(void* context, std::uint64_t* cycles, std::uint64_t* nanoseconds) {
    const IssHost& host = self(context);
    *cycles = host.functions->counts(host.hart)->cycles;
    *nanoseconds = *cycles;
  }
  static int interrupt_line(void*) { return 0; }
};

}  // namespace invar::benchmarks

#endif
