#ifndef INVAR_SIMULATION_DMA_PORT_H
#define INVAR_SIMULATION_DMA_PORT_H

#include <invar/simulation/dma_interface.h>
#include <invar/simulation/duration.h>
#include <invar/simulation/systemc_compatibility.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <tlm>
#include <utility>

namespace invar::simulation {

/// Moves blocks between a module's own buffers and memory, in bursts, as a base-protocol initiator.
///
/// Called from an SC_THREAD: every burst is one `b_transport`, the annotated delays add up, and the
/// caller's time moves once, at the end of the transfer. A failed burst ends the transfer.
/// A port that may stay unbound (`SC_ZERO_OR_MORE_BOUND`) fails every transfer then.
template <unsigned int BUSWIDTH = 32,
          sc_core::sc_port_policy POLICY = sc_core::SC_ONE_OR_MORE_BOUND>
class DmaPort : public sc_core::sc_module, public DmaInterface {
 public:
  tlm_utils::simple_initiator_socket_b<DmaPort, BUSWIDTH, tlm::tlm_base_protocol_types, POLICY>
      socket;

  explicit DmaPort(const sc_core::sc_module_name& name, std::size_t burst_bytes = 4096)
      : sc_core::sc_module(name), socket("socket"), burst_bytes_(burst_bytes) {}

  bool read(std::uint64_t address, void* data, std::size_t bytes) override {
    return transfer(tlm::TLM_READ_COMMAND, address, static_cast<unsigned char*>(data), bytes);
  }
  bool write(std::uint64_t address, const void* data, std::size_t bytes) override {
    // The payload has one pointer for both directions; a write only reads from it.
    return transfer(tlm::TLM_WRITE_COMMAND, address,
                    const_cast<unsigned char*>(static_cast<const unsigned char*>(data)), bytes);
  }

  void tag(unsigned int id, tlm::tlm_extension_base* extension) override {
    tag_id_ = id;
    tag_ = extension;
  }

  void observe(DmaObserver observer) { observer_ = std::move(observer); }

  std::uint64_t bytes_moved() const { return bytes_moved_; }
  std::uint64_t bursts() const { return bursts_; }
  /// The response to the last burst, for error reports.
  tlm::tlm_response_status last_response() const { return last_response_; }

 private:
  bool transfer(tlm::tlm_command command, std::uint64_t address, unsigned char* data,
                std::size_t bytes) {
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    sc_core::sc_time delay = sc_core::SC_ZERO_TIME;
    bool ok = socket.size() > 0;
    if (!ok) {
      last_response_ = tlm::TLM_ADDRESS_ERROR_RESPONSE;
    }
    std::size_t done = 0;
    payload_.set_extension(tag_id_, tag_);
    while (ok && done < bytes) {
      // Bursts end at multiples of their size, so that none crosses a page of an integrator's bus.
      const std::size_t to_boundary = burst_bytes_ - (address + done) % burst_bytes_;
      const std::size_t length = std::min(to_boundary, bytes - done);
      payload_.set_command(command);
      payload_.set_address(address + done);
      payload_.set_data_ptr(data + done);
      payload_.set_data_length(static_cast<unsigned int>(length));
      payload_.set_streaming_width(static_cast<unsigned int>(length));
      payload_.set_byte_enable_ptr(nullptr);
      payload_.set_byte_enable_length(0);
      payload_.set_dmi_allowed(false);
      payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
      socket->b_transport(payload_, delay);
      last_response_ = payload_.get_response_status();
      ok = last_response_ == tlm::TLM_OK_RESPONSE;
      if (ok) {
        done += length;
        bytes_moved_ += length;
      }
      ++bursts_;
      if (!fits_simulated_time(delay.to_seconds())) {
        report_too_long(std::string(name()) + ": a transfer of " + std::to_string(bytes) +
                            " bytes, " + std::to_string(done) + " of them moved,",
                        delay.to_seconds());
        delay = sc_core::SC_ZERO_TIME;
        ok = false;
      }
    }
    // (The payload would free it.)
    payload_.set_extension(tag_id_, nullptr);
    if (delay != sc_core::SC_ZERO_TIME) {
      wait(delay);
    }
    if (observer_) {
      observer_({command == tlm::TLM_WRITE_COMMAND, start, sc_core::sc_time_stamp() - start, done});
    }
    return ok;
  }

  std::size_t burst_bytes_;
  DmaObserver observer_;
  tlm::tlm_generic_payload payload_;
  unsigned int tag_id_ = 0;
  tlm::tlm_extension_base* tag_ = nullptr;
  std::uint64_t bytes_moved_ = 0;
  std::uint64_t bursts_ = 0;
  tlm::tlm_response_status last_response_ = tlm::TLM_OK_RESPONSE;
};

}  // namespace invar::simulation

#endif
