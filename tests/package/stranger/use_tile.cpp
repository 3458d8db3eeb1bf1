// A tile alone, on a 64-bit bus: the 1 x 1 matrix (1) is programmed and inverted.
#include <invar/tile/analog_tile.h>
#include <tlm_utils/simple_initiator_socket.h>

#include <cstdint>
#include <cstring>

struct Host : sc_core::sc_module {
  tlm_utils::simple_initiator_socket<Host, 64> socket{"socket"};
  explicit Host(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {}

  void access(tlm::tlm_command command, std::uint64_t address, std::uint32_t& value) {
    tlm::tlm_generic_payload payload;
    sc_core::sc_time delay;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(4);
    payload.set_streaming_width(4);
    socket->b_transport(payload, delay);
    sc_assert(payload.is_response_ok());
  }
  void write(std::uint64_t address, std::uint32_t value) {
    access(tlm::TLM_WRITE_COMMAND, address, value);
  }
  float read_float(std::uint64_t address) {
    std::uint32_t word = 0;
    access(tlm::TLM_READ_COMMAND, address, word);
    float value = 0.0F;
    std::memcpy(&value, &word, sizeof value);
    return value;
  }
};

int sc_main(int, char**) {
  constexpr std::uint32_t k_one = 0x3F800000;  // 1.0 in FP32
  invar::tile::AnalogTileParameters parameters;
  parameters.tile.rows = 1;
  Host host("host");
  invar::tile::AnalogTile<64> tile("tile", parameters);
  sc_core::sc_signal<bool> irq("irq");
  sc_core::sc_signal<bool> reset("reset");
  host.socket.bind(tile.socket);
  tile.irq(irq);
  tile.rst(reset);
  sc_core::sc_start(sc_core::SC_ZERO_TIME);
  host.write(INVAR_TILE_MATRIX, k_one);
  host.write(INVAR_TILE_INPUT, k_one);
  host.write(INVAR_TILE_REG_SIZE, 1);
  host.write(INVAR_TILE_REG_IRQ_ENABLE, INVAR_TILE_IRQ_DONE);
  host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_PROGRAM);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  host.write(INVAR_TILE_REG_COMMAND, INVAR_TILE_INVERT);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  const float output = host.read_float(INVAR_TILE_OUTPUT);
  return irq.read() && output > 0.8F && output < 1.2F ? 0 : 1;
}
