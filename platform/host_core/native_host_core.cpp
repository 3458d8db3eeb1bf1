#include <invar/platform/host_core/native_host_core.h>
#include <invar/state/archive.h>

#include <utility>

namespace invar::platform {
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
  port_.charge = [](void* self, const invar_function_cost* cost, std::uint64_t first,
                    std::uint64_t second) {
    static_cast<NativeHostCore*>(self)->charge(*cost, first, second);
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

void NativeHostCore::exchange(state::Archive& archive) {
  HostCore::exchange(archive);
  archive.value(milli_operations_);
}

void NativeHostCore::run() {
  begin();
  finish(firmware_(&port_));
}

void NativeHostCore::charge(const invar_function_cost& cost, std::uint64_t first,
                            std::uint64_t second) {
  for (std::size_t i = 0; i < INVAR_OPERATION_COUNT; ++i) {
    milli_operations_[i] += cost.milli_operations[0][i] + cost.milli_operations[1][i] * first +
                            cost.milli_operations[2][i] * second;
    spend(i, milli_operations_[i] / 1000);
    milli_operations_[i] %= 1000;
  }
  if (profile_ != nullptr) {
    profile_->add(cost, first, second);
  }
  synchronise_if_due();
}

void NativeHostCore::execute(invar_operation operation) {
  spend(operation, 1);
  synchronise_if_due();
}

void NativeHostCore::synchronise_if_due() {
  if (lookahead() == sc_core::SC_ZERO_TIME) {
    synchronise();
  }
}

int NativeHostCore::access(tlm::tlm_command command, std::uint64_t address, std::uint32_t* value) {
  // The load or store itself; what the bus and the device add comes back as the delay.
  execute(INVAR_OPERATION_MEMORY);
  return transport(command, address, value, sizeof *value);
}

void NativeHostCore::wait_for_interrupt() {
  // The instruction takes a cycle, so time moves here: a line that was just acknowledged has
  // fallen before it is read.
  execute(INVAR_OPERATION_INTEGER);
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
