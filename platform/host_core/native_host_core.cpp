#include <invar/platform/host_core/native_host_core.h>

#include <utility>

namespace invar::platform {
namespace {

constexpr const char* k_message_id = "invar/platform/native_host_core";

}  // namespace

NativeHostCore::NativeHostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger,
                               const invar_port& addresses, Firmware firmware,
                               const HostCoreParameters& parameters)
    : HostCore(name, ledger, parameters), firmware_(std::move(firmware)) {
  connect_port(addresses);
  INVAR_HAS_PROCESS(NativeHostCore);
  SC_THREAD(run);
  set_stack_size(parameters_.stack_bytes);
}

void NativeHostCore::connect_port(const invar_port& addresses) {
  port_ = addresses;
  port_.context = this;
  port_.read32 = [](void* self, std::uint64_t address, std::uint32_t* value) {
    return static_cast<NativeHostCore*>(self)->access(tlm::TLM_READ_COMMAND, address, value);
  };
  port_.write32 = [](void* self, std::uint64_t address, std::uint32_t value) {
    return static_cast<NativeHostCore*>(self)->access(tlm::TLM_WRITE_COMMAND, address, &value);
  };
  port_.memory = [](void* self, std::uint64_t address, std::uint64_t bytes) {
    return static_cast<NativeHostCore*>(self)->memory(address, bytes);
  };
  port_.charge = [](void* self, invar_operation operation, std::uint64_t count) {
    static_cast<NativeHostCore*>(self)->charge(operation, count);
  };
  port_.wait_for_interrupt = [](void* self) {
    static_cast<NativeHostCore*>(self)->wait_for_interrupt();
  };
  port_.put_char = [](void* self, char character) {
    auto* core = static_cast<NativeHostCore*>(self);
    std::uint32_t value = static_cast<unsigned char>(character);
    core->access(tlm::TLM_WRITE_COMMAND, core->port_.uart_base, &value);
  };
}

void NativeHostCore::run() {
  begin();
  finish(firmware_(&port_));
}

void NativeHostCore::charge(invar_operation operation, std::uint64_t count) {
  const auto index = static_cast<std::size_t>(operation);
  if (index >= INVAR_OPERATION_COUNT) {
    SC_REPORT_WARNING(k_message_id, "the firmware charges an unknown class of operation");
    return;
  }
  spend(index, count);
  if (lookahead() == sc_core::SC_ZERO_TIME) {
    synchronise();
  }
}

int NativeHostCore::access(tlm::tlm_command command, std::uint64_t address, std::uint32_t* value) {
  // The load or store itself; what the bus and the device add comes back as the delay.
  charge(INVAR_OPERATION_MEMORY, 1);
  return transport(command, address, value, sizeof *value);
}

void NativeHostCore::wait_for_interrupt() {
  // The instruction takes a cycle, so time moves here: a line that was just acknowledged has
  // fallen before it is read.
  charge(INVAR_OPERATION_INTEGER, 1);
  synchronise();
  wait_for_line();
  if (port_.interrupt_entry != nullptr) {
    note_interrupt();
    port_.interrupt_entry(port_.interrupt_context);
  }
}

void* NativeHostCore::memory(std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t last = bytes == 0 ? address : address + bytes - 1;
  if (last < address) {
    return nullptr;
  }
  const DirectRegion* region = direct_region(address);
  return region != nullptr && last <= region->last ? region->data + (address - region->first)
                                                   : nullptr;
}

}  // namespace invar::platform
