#include <invar/bus/memory.h>
#include <invar/ledger/phase_extension.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace invar::bus {

void Memory::Unmap::operator()(unsigned char* bytes) const {
  munmap(bytes, size);
}

Memory::Bytes Memory::allocate(const MemoryParameters& parameters) {
  parameters.check();
  // Anonymous pages read as zeros and are given out by the host at the first touch.
  const std::size_t size = static_cast<std::size_t>(parameters.size_bytes);
  void* const pages = mmap(nullptr, size, PROT_READ | PROT_WRITE,
                           MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (pages == MAP_FAILED) {
    throw std::bad_alloc();
  }
  return Bytes(static_cast<unsigned char*>(pages), Unmap{size});
}

Memory::Memory(const sc_core::sc_module_name& name, const MemoryParameters& parameters,
               ledger::Ledger* ledger)
    : sc_core::sc_module(name),
      socket("socket"),
      parameters_(parameters),
      bytes_(allocate(parameters)),
      period_(parameters.clock_period_s, sc_core::SC_SEC),
      ledger_(ledger) {
  socket.register_b_transport(this, &Memory::b_transport);
  socket.register_transport_dbg(this, &Memory::transport_dbg);
  socket.register_get_direct_mem_ptr(this, &Memory::get_direct_mem_ptr);
  if (ledger_ != nullptr) {
    component_ = ledger_->component(this->name());
    read_event_ = ledger_->event(component_, "read_byte");
    write_event_ = ledger_->event(component_, "write_byte");
    ledger_->set_static_power(this->name(), parameters_.static_power_w);
  }
}

void Memory::b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  payload.set_response_status(access(payload));
  payload.set_dmi_allowed(payload.is_response_ok());
  delay += access_time(payload.get_data_length());
  if (ledger_ != nullptr && payload.is_response_ok()) {
    charge(payload);
  }
}

unsigned int Memory::transport_dbg(tlm::tlm_generic_payload& payload) {
  payload.set_response_status(access(payload));
  payload.set_dmi_allowed(payload.is_response_ok());
  const bool moved = payload.is_response_ok() && payload.get_command() != tlm::TLM_IGNORE_COMMAND;
  return moved ? payload.get_data_length() : 0;
}

bool Memory::get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  dmi.init();
  dmi.set_start_address(0);
  dmi.set_end_address(size() - 1);
  if (payload.get_address() >= size()) {
    dmi.set_start_address(size());
    dmi.set_end_address(~sc_dt::uint64{0});
    return false;
  }
  dmi.set_dmi_ptr(data());
  dmi.allow_read_write();
  dmi.set_read_latency(access_time(1));
  dmi.set_write_latency(access_time(1));
  return true;
}

tlm::tlm_response_status Memory::access(tlm::tlm_generic_payload& payload) {
  const std::uint64_t length = payload.get_data_length();
  if (payload.get_command() == tlm::TLM_IGNORE_COMMAND || length == 0) {
    return tlm::TLM_OK_RESPONSE;
  }
  const std::uint64_t width = payload.get_streaming_width() == 0
                                  ? length
                                  : std::min<std::uint64_t>(payload.get_streaming_width(), length);
  const std::uint64_t address = payload.get_address();
  if (address >= size() || width > size() - address) {
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  }
  unsigned char* const data = payload.get_data_ptr();
  if (data == nullptr) {
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  unsigned char* const cells = bytes_.get() + address;
  const unsigned char* const enables = payload.get_byte_enable_ptr();
  const std::uint64_t enable_length = payload.get_byte_enable_length();
  if (enables != nullptr && enable_length == 0) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  const bool read = payload.is_read();
  if (enables == nullptr && width == length) {
    std::memcpy(read ? data : cells, read ? cells : data, static_cast<std::size_t>(length));
    return tlm::TLM_OK_RESPONSE;
  }
  // A narrower streaming width goes over the same cells again; the enable pattern repeats.
  for (std::uint64_t i = 0; i < length; ++i) {
    if (enables == nullptr || enables[i % enable_length] == TLM_BYTE_ENABLED) {
      unsigned char& cell = cells[i % width];
      (read ? data[i] : cell) = read ? cell : data[i];
    }
  }
  return tlm::TLM_OK_RESPONSE;
}

sc_core::sc_time Memory::access_time(std::uint64_t bytes) const {
  const std::uint64_t rate = static_cast<std::uint64_t>(parameters_.bytes_per_cycle);
  const std::uint64_t beats = (bytes + rate - 1) / rate;
  return period_ *
         static_cast<double>(static_cast<std::uint64_t>(parameters_.latency_cycles) + beats);
}

void Memory::charge(const tlm::tlm_generic_payload& payload) {
  const std::uint64_t bytes = payload.get_data_length();
  if (bytes == 0 || payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    return;
  }
  const ledger::Phase phase = ledger::phase_of(payload, *ledger_);
  ledger_->charge(
      component_, payload.is_read() ? read_event_ : write_event_, phase, bytes,
      ledger::to_attojoules(static_cast<double>(bytes) * parameters_.energy_per_byte_j));
  ledger_->add_busy(component_, phase, access_time(bytes));
}

}  // namespace invar::bus
