// Operands in a scratchpad beside the accelerator: addresses of the window go to the second port.
#include <boost/test/unit_test.hpp>
#include <cstring>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(operand_port)

using namespace invar;
using test::AcceleratorFixture;

namespace {

constexpr std::uint64_t k_window = 0x40000000;
constexpr int k_n = 16;

/// A scratchpad that answers at once.
struct Scratchpad : sc_core::sc_module {
  simulation::ScratchpadSocket<Scratchpad> socket;
  std::vector<unsigned char> bytes = std::vector<unsigned char>(1 << 16);

  explicit Scratchpad(const sc_core::sc_module_name& name) : sc_core::sc_module(name) {
    socket.register_b_transport(this, &Scratchpad::b_transport);
  }
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time&) {
    if (payload.get_address() + payload.get_data_length() > bytes.size()) {
      payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
      return;
    }
    unsigned char* const cells = bytes.data() + payload.get_address();
    std::memcpy(payload.is_read() ? payload.get_data_ptr() : cells,
                payload.is_read() ? cells : payload.get_data_ptr(), payload.get_data_length());
    payload.set_response_status(tlm::TLM_OK_RESPONSE);
  }
  double* at(std::uint64_t offset) { return reinterpret_cast<double*>(bytes.data() + offset); }
};

accelerator::AcceleratorParameters with_window() {
  accelerator::AcceleratorParameters parameters = AcceleratorFixture::small_parameters();
  parameters.operand_window = {k_window, 1 << 16};
  return parameters;
}

}  // namespace

BOOST_AUTO_TEST_CASE(matrix_and_vectors_in_the_scratchpad_give_the_same_bits_as_in_memory) {
  Scratchpad scratchpad("scratchpad");
  bool finished = false;
  AcceleratorFixture fixture("host", with_window(), [&](AcceleratorFixture& host) {
    host.start();
    const Eigen::MatrixXd matrix = test::covariance_matrix(k_n, 0.3, 2);
    const Eigen::MatrixXd rhs = Eigen::MatrixXd::Ones(2, k_n);
    host.put_matrix(0x10000, matrix);
    host.put_matrix(0x20000, rhs);
    const auto reference = host.run_command(AcceleratorFixture::program(0x10000, k_n));
    host.run_command(AcceleratorFixture::solve(reference.handle, k_n, 2, 0x20000, 0x30000, 1e-6));
    host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
    host.restart();
    Eigen::Map<Eigen::MatrixXd>(scratchpad.at(0), k_n, k_n) = matrix;
    Eigen::Map<Eigen::MatrixXd>(scratchpad.at(0x8000), k_n, 2).setOnes();
    const auto programmed = host.run_command(AcceleratorFixture::program(k_window, k_n));
    BOOST_TEST(programmed.status == static_cast<unsigned>(INVAR_STATUS_OK));
    const auto solved = host.run_command(AcceleratorFixture::solve(
        programmed.handle, k_n, 2, k_window + 0x8000, k_window + 0x9000, 1e-6));
    BOOST_TEST(solved.status == static_cast<unsigned>(INVAR_STATUS_OK));
    // To the tolerance: the cells that are written a second time are not the same.
    const Eigen::MatrixXd expected = host.get_matrix(0x30000, 2, k_n);
    const Eigen::MatrixXd found =
        Eigen::Map<Eigen::MatrixXd>(scratchpad.at(0x9000), k_n, 2).transpose();
    BOOST_TEST((found - expected).norm() < 1e-4 * expected.norm());
    finished = true;
  });
  fixture.accelerator.operands.socket.bind(scratchpad.socket);
  sc_core::sc_start(sc_core::sc_time(10, sc_core::SC_MS));
  BOOST_TEST(finished);
}

BOOST_AUTO_TEST_CASE(operands_beyond_the_scratchpad_end_with_a_bus_error) {
  Scratchpad scratchpad("scratchpad");
  bool finished = false;
  AcceleratorFixture fixture("host", with_window(), [&](AcceleratorFixture& host) {
    host.start();
    const auto record = host.run_command(AcceleratorFixture::program(k_window + 0xFF00, k_n));
    BOOST_TEST(record.status == static_cast<unsigned>(INVAR_STATUS_BUS_ERROR));
    finished = true;
  });
  fixture.accelerator.operands.socket.bind(scratchpad.socket);
  sc_core::sc_start(sc_core::sc_time(10, sc_core::SC_MS));
  BOOST_TEST(finished);
}

BOOST_AUTO_TEST_CASE(operands_of_a_port_that_is_not_bound_end_with_a_bus_error) {
  bool finished = false;
  test::run_script(with_window(), [&](AcceleratorFixture& host) {
    host.start();
    const auto record = host.run_command(AcceleratorFixture::program(k_window, k_n));
    BOOST_TEST(record.status == static_cast<unsigned>(INVAR_STATUS_BUS_ERROR));
    finished = true;
  });
  BOOST_TEST(finished);
}

BOOST_AUTO_TEST_SUITE_END()
