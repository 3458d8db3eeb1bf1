#ifndef INVAR_TESTS_SUPPORT_TEST_MEMORY_H
#define INVAR_TESTS_SUPPORT_TEST_MEMORY_H

#include <invar/simulation/systemc_compatibility.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>
#include <cstring>
#include <tlm>
#include <vector>

namespace invar::test {

/// A memory of a few lines: 1 ns an access and `byte_time` a byte, errors outside.
class TestMemory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<TestMemory> socket;
  sc_core::sc_time byte_time;

  explicit TestMemory(const sc_core::sc_module_name& name, std::size_t bytes = 1 << 20)
      : sc_core::sc_module(name), socket("socket"), bytes_(bytes) {
    socket.register_b_transport(this, &TestMemory::b_transport);
  }

  template <typename T>
  void put(std::uint64_t address, const T& value) {
    std::memcpy(bytes_.data() + address, &value, sizeof value);
  }
  template <typename T>
  T get(std::uint64_t address) const {
    T value;
    std::memcpy(&value, bytes_.data() + address, sizeof value);
    return value;
  }
  unsigned char* data() { return bytes_.data(); }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    const std::uint64_t length = payload.get_data_length();
    delay += sc_core::sc_time(1, sc_core::SC_NS) + byte_time * static_cast<double>(length);
    if (length > bytes_.size() || payload.get_address() > bytes_.size() - length) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    unsigned char* target = bytes_.data() + payload.get_address();
    if (payload.is_read()) {
      std::memcpy(payload.get_data_ptr(), target, payload.get_data_length());
    } else {
      std::memcpy(target, payload.get_data_ptr(), payload.get_data_length());
    }
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }

  std::vector<unsigned char> bytes_;
};

}  // namespace invar::test

#endif
