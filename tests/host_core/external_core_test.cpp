#include <invar/platform/soc/soc.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/registers/memory_map.h>
#include <invar/registers/peripheral_registers.h>

#include <boost/test/unit_test.hpp>
#include <cstring>

BOOST_AUTO_TEST_SUITE(external_core)

using namespace invar::platform;

namespace {

/// An integrator's own host: waits for the timer's interrupt, reads a register, ends.
class ForeignCore : public sc_core::sc_module {
 public:
  tlm_utils::simple_initiator_socket<ForeignCore> socket{"socket"};
  sc_core::sc_in<bool> irq{"irq"};
  std::uint32_t identification = 0, claim = 0;

  explicit ForeignCore(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    INVAR_HAS_PROCESS(ForeignCore);
    SC_THREAD(run);
  }

 private:
  std::uint32_t access(tlm::tlm_command command, std::uint64_t address, std::uint32_t value = 0) {
    tlm::tlm_generic_payload payload;
    payload.set_command(command);
    payload.set_address(address);
    payload.set_data_ptr(reinterpret_cast<unsigned char*>(&value));
    payload.set_data_length(sizeof value);
    payload.set_streaming_width(sizeof value);
    sc_core::sc_time delay;
    socket->b_transport(payload, delay);
    wait(delay);
    BOOST_TEST(payload.is_response_ok());
    return value;
  }
  void run() {
    const auto read = tlm::TLM_READ_COMMAND;
    const auto write = tlm::TLM_WRITE_COMMAND;
    identification = access(read, INVAR_MAP_ACCELERATOR + INVAR_REG_ID);
    access(write, INVAR_MAP_INTERRUPT_CONTROLLER + INVAR_INTC_REG_ENABLE,
           1u << INVAR_MAP_IRQ_TIMER);
    access(write, INVAR_MAP_TIMER + INVAR_TIMER_REG_CONTROL, 1);
    access(write, INVAR_MAP_TIMER + INVAR_TIMER_REG_COMPARE_LO, 5000);
    access(write, INVAR_MAP_TIMER + INVAR_TIMER_REG_COMPARE_HI, 0);
    wait(irq.posedge_event());
    claim = access(read, INVAR_MAP_INTERRUPT_CONTROLLER + INVAR_INTC_REG_CLAIM);
    access(write, INVAR_MAP_HOST_CONTROL + INVAR_HOST_REG_EXIT, 3);
    wait();
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_soc_without_a_core_takes_an_integrators_own) {
  SocParameters parameters;
  parameters.core = HostCoreKind::external;
  parameters.memory.size_bytes = 4 << 20;
  parameters.accelerator.tiles = 1;
  parameters.accelerator.tile.rows = 16;
  Soc soc("soc", parameters);
  ForeignCore core("foreign");
  core.socket.bind(soc.host_target());
  core.irq(soc.host_irq());
  BOOST_TEST(soc.core() == nullptr);
  sc_core::sc_start(sc_core::sc_time(1, sc_core::SC_MS));
  BOOST_TEST(soc.exit_code() == 3);
  BOOST_TEST(core.claim == INVAR_MAP_IRQ_TIMER + 1u);
  BOOST_TEST(core.identification != 0u);
  BOOST_TEST(sc_core::sc_time_stamp() > sc_core::sc_time(5, sc_core::SC_US));
  BOOST_TEST(sc_core::sc_time_stamp() < sc_core::sc_time(6, sc_core::SC_US));
}

BOOST_AUTO_TEST_SUITE_END()
