#include <boost/test/unit_test.hpp>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(other_commands)

using namespace invar;
using test::AcceleratorFixture;
using test::run_script;

namespace {

constexpr std::uint64_t k_matrix = 0x10000;
constexpr std::uint64_t k_rhs = 0x40000;
constexpr std::uint64_t k_result = 0x60000;
constexpr int k_n = 12;

/// What a command took: energy of the accelerator and simulated time.
struct Cost {
  ledger::Attojoules energy_aj;
  double seconds = 0.0;
};

/// A programmed matrix of twelve rows.
struct Stored {
  explicit Stored(AcceleratorFixture& fixture) : host(fixture) {
    matrix = test::covariance_matrix(k_n, 0.2, 3);
    host.put_matrix(k_matrix, matrix);
    host.start();
    handle = host.run_command(host.program(k_matrix, k_n)).handle;
  }

  invar_completion run(std::uint32_t opcode, std::uint32_t columns, Cost& cost) {
    invar_descriptor descriptor =
        host.solve(handle, k_n, static_cast<int>(columns), k_rhs, k_result, 1e-3);
    descriptor.opcode = static_cast<std::uint16_t>(opcode);
    const ledger::Attojoules before = host.accelerator.ledger().total_energy_aj();
    const double start_s = sc_core::sc_time_stamp().to_seconds();
    const invar_completion record = host.run_command(descriptor);
    cost = {host.accelerator.ledger().total_energy_aj() - before,
            sc_core::sc_time_stamp().to_seconds() - start_s};
    return record;
  }

  AcceleratorFixture& host;
  Eigen::MatrixXd matrix;
  std::uint32_t handle = 0;
};

}  // namespace

BOOST_AUTO_TEST_CASE(a_matrix_reads_back_as_it_was_asked_for_and_every_read_is_paid) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    Stored stored(host);
    Cost cost;
    const invar_completion record = stored.run(INVAR_OP_READ_BACK, 0, cost);
    BOOST_CHECK_EQUAL(record.status, static_cast<unsigned>(INVAR_STATUS_OK));
    const Eigen::MatrixXd held = host.get_matrix(k_result, k_n, k_n);
    // Two slices of three bits, their error and the noise of one read.
    BOOST_CHECK_LT((held - stored.matrix).norm(), 0.05 * stored.matrix.norm());
    // Each row: a read of 100 ns, then four arrays through two converters, eight columns each.
    BOOST_CHECK_GE(cost.seconds, k_n * (100e-9 + 4 * 8 * 10e-9));
    // At least a conversion a cell, 2.6 pJ each.
    BOOST_CHECK_GE(cost.energy_aj, 4 * k_n * k_n * 2600000ull);
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(a_product_is_that_of_the_stored_matrix) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    Stored stored(host);
    const Eigen::MatrixXd input = Eigen::MatrixXd::Identity(k_n, 3);
    host.put_matrix(k_rhs, input.transpose());
    Cost cost;
    const invar_completion record = stored.run(INVAR_OP_MVM, 3, cost);
    BOOST_CHECK_EQUAL(record.status, static_cast<unsigned>(INVAR_STATUS_OK));
    const Eigen::MatrixXd product = host.get_matrix(k_result, 3, k_n).transpose();
    BOOST_CHECK_LT((product - stored.matrix * input).norm(), 0.1 * (stored.matrix * input).norm());
    BOOST_CHECK_GT(cost.energy_aj, 0u);
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(a_calibration_measures_the_settling_time_with_one_shot) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    Stored stored(host);
    Cost cost;
    const invar_completion record = stored.run(INVAR_OP_CALIBRATE, 0, cost);
    BOOST_CHECK_EQUAL(record.status, static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_CHECK_GT(record.settling_time_s, 0.0F);
    BOOST_CHECK_GE(cost.seconds, record.settling_time_s);
    // The amplifiers of two slices alone: 4 a row, 0.25 mW each, while the loop settles.
    BOOST_CHECK_GT(1e-18 * static_cast<double>(cost.energy_aj),
                   4 * k_n * 0.25e-3 * record.settling_time_s);
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(writes_have_no_effect_while_reset_is_high) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    host.rst.write(true);
    wait(sc_core::sc_time(1, sc_core::SC_NS));
    host.start();
    host.write(INVAR_REG_RING_TAIL, 77);
    host.rst.write(false);
    wait(sc_core::sc_time(1, sc_core::SC_NS));
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_RING_TAIL), 0u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_CONTROL), 0u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_RING_SIZE), 0u);
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_SUITE_END()
