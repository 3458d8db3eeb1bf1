#ifndef INVAR_TESTS_SUPPORT_REGISTER_HOST_H
#define INVAR_TESTS_SUPPORT_REGISTER_HOST_H

#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <systemc>
#include <tlm>

namespace invar::test {

/// A host that reads and writes the registers of one module; each access takes its time.
class RegisterHost : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<RegisterHost> registers;

  explicit RegisterHost(const sc_core::sc_module_name& name)
      : sc_core::sc_module(name), registers("registers") {}

  /// `delay` is the host's own time ahead of simulated time; it comes back with the access added.
  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                  unsigned int length, sc_core::sc_time& delay) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    registers->b_transport(payload, delay);
    return payload.get_response_status();
  }
  void write(std::uint64_t address, std::uint32_t value) {
    sc_core::sc_time delay;
    access(tlm::TLM_WRITE_COMMAND, address, &value, 4, delay);
    wait(delay);
  }
  std::uint32_t read(std::uint64_t address) {
    std::uint32_t value = 0xDEADBEEF;
    sc_core::sc_time delay;
    access(tlm::TLM_READ_COMMAND, address, &value, 4, delay);
    wait(delay);
    return value;
  }
  /// A register without side effect and without time.
  std::uint32_t peek(std::uint64_t address) {
    std::uint32_t value = 0xDEADBEEF;
    tlm::tlm_generic_payload payload;
    payload.set_command(tlm::TLM_READ_COMMAND);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    registers->transport_dbg(payload);
    return value;
  }
};

}  // namespace invar::test

#endif
