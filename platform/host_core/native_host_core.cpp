#include <invar/platform/host_core/native_host_core.h>

#include <algorithm>
#include <utility>

namespace invar::platform {
namespace {

constexpr const char* k_message_id = "invar/platform/native_host_core";

constexpr std::array<const char*, INVAR_OPERATION_COUNT> k_operation_names{
    "integer", "memory", "float", "float_divide", "float_function"};

}  // namespace

NativeHostCore::NativeHostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger,
                               const invar_port& addresses, Firmware firmware,
                               const NativeHostCoreParameters& parameters)
    : sc_core::sc_module(name),
      socket("socket"),
      irq("irq"),
      parameters_(parameters),
      ledger_(ledger),
      firmware_(std::move(firmware)),
      finished_event_("finished_event") {
  parameters_.check();
  period_ = sc_core::sc_time(1.0 / parameters_.frequency_hz, sc_core::SC_SEC);
  component_ = ledger_.component(this->name());
  for (std::size_t i = 0; i < INVAR_OPERATION_COUNT; ++i) {
    energy_aj_[i] = ledger::to_attojoules(parameters_.energy_j[i]);
    operation_events_[i] = ledger_.event(component_, k_operation_names[i]);
  }
  register_event_ = ledger_.event(component_, "register_access");
  connect_port(addresses);
  socket.register_invalidate_direct_mem_ptr(this, &NativeHostCore::invalidate_direct_mem_ptr);

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
  keeper_.reset();
  activity_.begin("running");
  exit_code_ = firmware_(&port_);
  synchronise();
  activity_.end();
  finished_ = true;
  finished_event_.notify(sc_core::SC_ZERO_TIME);
  if (finished_callback_) {
    finished_callback_(exit_code_);
  }
}

void NativeHostCore::synchronise() {
  keeper_.sync();
  // Only now: the phase register may have been written on the way, at a time still to come.
  const ledger::Phase phase = ledger_.host_phase();
  for (std::size_t i = 0; i < INVAR_OPERATION_COUNT; ++i) {
    if (const std::uint64_t count = std::exchange(unbooked_[i], 0); count != 0) {
      ledger_.charge(component_, operation_events_[i], phase, count, count * energy_aj_[i]);
      ledger_.add_busy(component_, phase, operation_time(i, count));
    }
  }
}

sc_core::sc_time NativeHostCore::operation_time(std::size_t operation, std::uint64_t count) const {
  return sc_core::sc_time::from_value(period_.value() * parameters_.cycles[operation] * count);
}

void NativeHostCore::charge(invar_operation operation, std::uint64_t count) {
  const auto index = static_cast<std::size_t>(operation);
  if (index >= INVAR_OPERATION_COUNT) {
    SC_REPORT_WARNING(k_message_id, "the firmware charges an unknown class of operation");
    return;
  }
  unbooked_[index] += count;
  keeper_.inc(operation_time(index, count));
  if (keeper_.need_sync()) {
    synchronise();
  }
}

int NativeHostCore::access(tlm::tlm_command command, std::uint64_t address, std::uint32_t* value) {
  // The load or store itself; what the bus and the device add comes back as the delay.
  charge(INVAR_OPERATION_MEMORY, 1);
  ledger_.charge(component_, register_event_, ledger_.host_phase(), 1, 0);
  ++register_accesses_;
  if (parameters_.synchronise_registers) {
    synchronise();
  }
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(reinterpret_cast<unsigned char*>(value));
  payload_.set_data_length(sizeof *value);
  payload_.set_streaming_width(sizeof *value);
  payload_.set_byte_enable_ptr(nullptr);
  payload_.set_byte_enable_length(0);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  const sc_core::sc_time start = keeper_.get_current_time();
  const ledger::Phase phase = ledger_.host_phase();
  sc_core::sc_time delay = keeper_.get_local_time();
  socket->b_transport(payload_, delay);
  keeper_.set(delay);
  // The target may have waited as well: both kinds of time stall the core.
  ledger_.add_busy(component_, phase, keeper_.get_current_time() - start);
  if (keeper_.need_sync()) {
    synchronise();
  }
  if (payload_.get_response_status() != tlm::TLM_OK_RESPONSE) {
    ++bus_errors_;
    return 1;
  }
  return 0;
}

void NativeHostCore::wait_for_interrupt() {
  // The instruction takes a cycle, so time moves here: a line that was just acknowledged has
  // fallen before it is read.
  charge(INVAR_OPERATION_INTEGER, 1);
  synchronise();
  if (!irq.read()) {
    activity_.begin("asleep");
    wait(irq.posedge_event());
    keeper_.reset();
    activity_.begin("running");
  }
}

void* NativeHostCore::memory(std::uint64_t address, std::uint64_t bytes) {
  const std::uint64_t last = bytes == 0 ? address : address + bytes - 1;
  if (last < address) {
    return nullptr;
  }
  const auto contains = [&](const DirectRegion& region) {
    return region.first <= address && last <= region.last;
  };
  auto region = std::find_if(regions_.begin(), regions_.end(), contains);
  if (region == regions_.end()) {
    payload_.set_command(tlm::TLM_WRITE_COMMAND);
    payload_.set_address(address);
    tlm::tlm_dmi dmi;
    if (!socket->get_direct_mem_ptr(payload_, dmi) || !dmi.is_read_write_allowed()) {
      return nullptr;
    }
    regions_.push_back({dmi.get_start_address(), dmi.get_end_address(), dmi.get_dmi_ptr()});
    region = regions_.end() - 1;
    if (!contains(*region)) {
      return nullptr;
    }
  }
  return region->data + (address - region->first);
}

void NativeHostCore::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  regions_.erase(std::remove_if(regions_.begin(), regions_.end(),
                                [&](const DirectRegion& region) {
                                  return region.first <= last && first <= region.last;
                                }),
                 regions_.end());
}

}  // namespace invar::platform
