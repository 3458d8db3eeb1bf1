#ifndef INVAR_TESTS_BUS_SCRIPTED_INITIATOR_H
#define INVAR_TESTS_BUS_SCRIPTED_INITIATOR_H

#include <invar/simulation/systemc_compatibility.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <functional>
#include <tlm>
#include <utility>
#include <vector>

namespace invar::test {

/// An initiator that runs a script in an SC_THREAD, with a local time of its own.
class ScriptedInitiator : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<ScriptedInitiator> socket;
  tlm::tlm_generic_payload payload;
  sc_core::sc_time delay;
  std::vector<std::pair<std::uint64_t, std::uint64_t>> invalidated;

  explicit ScriptedInitiator(const sc_core::sc_module_name& name,
                             std::function<void(ScriptedInitiator&)> script = {})
      : sc_core::sc_module(name), socket("socket"), script_(std::move(script)) {
    socket.register_invalidate_direct_mem_ptr(this, &ScriptedInitiator::invalidate);
    INVAR_HAS_PROCESS(ScriptedInitiator);
    SC_THREAD(run);
  }

  void prepare(tlm::tlm_command command, std::uint64_t address, void* data, unsigned int length) {
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(static_cast<unsigned char*>(data));
    payload.set_data_length(length);
    payload.set_streaming_width(length);
    payload.set_byte_enable_ptr(nullptr);
    payload.set_byte_enable_length(0);
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  }
  tlm::tlm_response_status access(tlm::tlm_command command, std::uint64_t address, void* data,
                                  unsigned int length) {
    prepare(command, address, data, length);
    socket->b_transport(payload, delay);
    return payload.get_response_status();
  }
  tlm::tlm_response_status write(std::uint64_t address, std::uint32_t value) {
    return access(tlm::TLM_WRITE_COMMAND, address, &value, 4);
  }
  std::uint32_t read(std::uint64_t address) {
    std::uint32_t value = 0xDEADBEEFu;
    access(tlm::TLM_READ_COMMAND, address, &value, 4);
    return value;
  }
  /// Lets simulated time catch up.
  void synchronise() {
    wait(delay);
    delay = sc_core::SC_ZERO_TIME;
  }

 private:
  void invalidate(sc_dt::uint64 start, sc_dt::uint64 end) { invalidated.emplace_back(start, end); }
  void run() {
    if (script_) {
      script_(*this);
    }
  }

  std::function<void(ScriptedInitiator&)> script_;
};

inline sc_core::sc_time ns(double value) {
  return sc_core::sc_time(value, sc_core::SC_NS);
}

}  // namespace invar::test

#endif
