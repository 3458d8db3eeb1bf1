#include <invar/platform/host_core/instruction_set_simulator.h>

#include <algorithm>
#include <cstring>
#include <exception>

#include "unicorn_simulator.h"

using invar::platform::riscv::UnicornSimulator;

namespace {

UnicornSimulator& hart(invar_iss* iss) {
  return *reinterpret_cast<UnicornSimulator*>(iss);
}

void explain(const char* why, char* message, std::uint64_t message_bytes) {
  if (message != nullptr && message_bytes != 0) {
    const std::size_t length = std::min<std::size_t>(std::strlen(why), message_bytes - 1);
    std::memcpy(message, why, length);
    message[length] = '\0';
  }
}

invar_iss* create(const invar_iss_host* host, const std::uint32_t cycles[INVAR_OPERATION_COUNT],
                  char* message, std::uint64_t message_bytes) {
  unsigned major = 0, minor = 0;
  uc_version(&major, &minor);
  if (major != UC_API_MAJOR) {
    explain("libunicorn is of another version than the simulator was built for", message,
            message_bytes);
    return nullptr;
  }
  try {
    return reinterpret_cast<invar_iss*>(new UnicornSimulator(*host, cycles));
  } catch (const std::exception& error) {
    explain(error.what(), message, message_bytes);
    return nullptr;
  }
}

void destroy(invar_iss* iss) {
  delete reinterpret_cast<UnicornSimulator*>(iss);
}

void reset(invar_iss* iss, std::uint64_t pc) {
  hart(iss).reset(pc);
}

invar_iss_stop run(invar_iss* iss, std::uint64_t budget_cycles, invar_iss_event* event) {
  return hart(iss).run(budget_cycles, *event);
}

void set_interrupt_line(invar_iss* iss, int level) {
  hart(iss).set_interrupt_line(level != 0);
}

int is_interrupt_enabled(invar_iss* iss) {
  return hart(iss).is_interrupt_enabled() ? 1 : 0;
}

void set_budget(invar_iss* iss, std::uint64_t budget_cycles) {
  hart(iss).set_budget(budget_cycles);
}

int has_trap_handler(invar_iss* iss) {
  return hart(iss).has_trap_handler() ? 1 : 0;
}

std::uint64_t return_pc(invar_iss* iss) {
  return hart(iss).return_pc();
}

void enter_trap(invar_iss* iss, std::uint64_t cause, std::uint64_t pc, std::uint64_t value) {
  hart(iss).enter_trap(cause, pc, value);
}

void forget_memory(invar_iss* iss, std::uint64_t first, std::uint64_t last) {
  hart(iss).forget_memory(first, last);
}

void set_trace(invar_iss* iss, int on) {
  hart(iss).set_trace(on != 0);
}

std::uint64_t pc(invar_iss* iss) {
  return hart(iss).pc();
}

std::uint64_t integer_register(invar_iss* iss, unsigned number) {
  return hart(iss).integer_register(number);
}

const invar_iss_counts* counts(const invar_iss* iss) {
  return &reinterpret_cast<const UnicornSimulator*>(iss)->counts();
}

constexpr invar_iss_functions k_functions{INVAR_ISS_INTERFACE_VERSION,
                                          "unicorn " INVAR_UNICORN_VERSION,
                                          create,
                                          destroy,
                                          reset,
                                          run,
                                          set_budget,
                                          set_interrupt_line,
                                          is_interrupt_enabled,
                                          has_trap_handler,
                                          return_pc,
                                          enter_trap,
                                          forget_memory,
                                          set_trace,
                                          pc,
                                          integer_register,
                                          counts};

}  // namespace

extern "C" __attribute__((visibility("default"))) const invar_iss_functions* invar_iss_interface(
    void) {
  return &k_functions;
}
