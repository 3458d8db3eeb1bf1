// An accelerator between a host and a memory: its identification register is read.
#include <invar/accelerator/inv_accelerator.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstdint>

struct Platform : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Platform> host{"host"};
  tlm_utils::simple_target_socket<Platform> memory{"memory"};
  explicit Platform(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    memory.register_b_transport(this, &Platform::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
};

int sc_main(int, char**) {
  Platform platform("platform");
  invar::accelerator::InvAccelerator<> accelerator("accelerator");
  sc_core::sc_signal<bool> irq("irq");
  sc_core::sc_signal<bool> reset("reset");
  platform.host.bind(accelerator.registers);
  accelerator.dma.socket.bind(platform.memory);
  accelerator.irq(irq);
  accelerator.rst(reset);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_US));

  std::uint32_t id = 0;
  tlm::tlm_generic_payload payload;
  sc_core::sc_time delay;
  payload.set_read();
  payload.set_address(INVAR_REG_ID);
  payload.set_data_ptr(reinterpret_cast<unsigned char*>(&id));
  payload.set_data_length(4);
  payload.set_streaming_width(4);
  platform.host->b_transport(payload, delay);
  return payload.is_response_ok() && id == 0x52564E49 ? 0 : 1;  // the letters INVR
}
