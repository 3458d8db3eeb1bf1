#include <invar/simulation/register_access.h>

#include <cstring>

namespace invar::simulation {
namespace {

/// The response to the shape of an access, before anything is done.
tlm::tlm_response_status check_access(const tlm::tlm_generic_payload& payload,
                                      const RegisterWindow& window) {
  const std::uint64_t address = payload.get_address();
  const std::uint64_t length = payload.get_data_length();
  if (address >= window.bytes || length > window.bytes - address) {
    return tlm::TLM_ADDRESS_ERROR_RESPONSE;
  }
  if (payload.get_byte_enable_ptr() != nullptr) {
    return tlm::TLM_BYTE_ENABLE_ERROR_RESPONSE;
  }
  const std::uint64_t streaming_width =
      payload.get_streaming_width() == 0 ? length : payload.get_streaming_width();
  const bool shaped = address >= window.buffers_from
                          ? length % 4 == 0
                          : (length == 4 || length == 8) && address % length == 0;
  if (!shaped || address % 4 != 0 || streaming_width < length) {
    return tlm::TLM_BURST_ERROR_RESPONSE;
  }
  if (payload.get_data_ptr() == nullptr) {
    return tlm::TLM_GENERIC_ERROR_RESPONSE;
  }
  return tlm::TLM_OK_RESPONSE;
}

bool is_without_effect(const tlm::tlm_generic_payload& payload) {
  return payload.get_command() == tlm::TLM_IGNORE_COMMAND || payload.get_data_length() == 0;
}

void read_words(tlm::tlm_generic_payload& payload, const RegisterRead& read, bool debug) {
  for (unsigned int i = 0; i < payload.get_data_length(); i += 4) {
    const std::uint32_t value = read(payload.get_address() + i, debug);
    std::memcpy(payload.get_data_ptr() + i, &value, sizeof value);
  }
}

}  // namespace

void access_registers(tlm::tlm_generic_payload& payload, const RegisterWindow& window,
                      const RegisterRead& read, const RegisterWrite& write) {
  payload.set_dmi_allowed(false);
  if (is_without_effect(payload)) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return;
  }
  const tlm::tlm_response_status status = check_access(payload, window);
  payload.set_response_status(status);
  if (status != tlm::TLM_OK_RESPONSE) {
    return;
  }
  if (payload.is_read()) {
    read_words(payload, read, false);
    return;
  }
  for (unsigned int i = 0; i < payload.get_data_length(); i += 4) {
    std::uint32_t value = 0;
    std::memcpy(&value, payload.get_data_ptr() + i, sizeof value);
    write(payload.get_address() + i, value);
  }
}

unsigned int debug_registers(tlm::tlm_generic_payload& payload, const RegisterWindow& window,
                             const RegisterRead& read) {
  if (is_without_effect(payload)) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
    return 0;
  }
  tlm::tlm_response_status status = check_access(payload, window);
  if (status == tlm::TLM_OK_RESPONSE && !payload.is_read()) {
    status = tlm::TLM_COMMAND_ERROR_RESPONSE;
  }
  payload.set_response_status(status);
  if (status != tlm::TLM_OK_RESPONSE) {
    return 0;
  }
  read_words(payload, read, true);
  return payload.get_data_length();
}

}  // namespace invar::simulation
