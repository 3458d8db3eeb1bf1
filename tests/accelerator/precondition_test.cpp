// PRECONDITION: a gradient through both Kronecker factors of a layer.
#include <Eigen/Cholesky>
#include <boost/test/unit_test.hpp>
#include <limits>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(precondition)

using namespace invar;
using Eigen::MatrixXd;
using test::AcceleratorFixture;

namespace {

constexpr int k_inputs = 20, k_outputs = 6;
constexpr std::uint64_t k_a = 0x10000, k_gamma = 0x18000, k_gradient = 0x20000, k_result = 0x30000;

MatrixXd gradient() {
  MatrixXd matrix(k_outputs, k_inputs);
  test::SimpleRandom random(4);
  for (double& value : matrix.reshaped()) {
    value = random.next();
  }
  return matrix;
}

const MatrixXd& factor_a() {
  static const MatrixXd matrix = test::covariance_matrix(k_inputs, 0.4, 2);
  return matrix;
}
const MatrixXd& factor_gamma() {
  static const MatrixXd matrix = test::covariance_matrix(k_outputs, 0.4, 3);
  return matrix;
}

struct Handles {
  std::uint32_t a = 0, gamma = 0;
};

Handles store(AcceleratorFixture& host, std::uint32_t services = 0) {
  host.start();
  host.put_matrix(k_a, factor_a());
  host.put_matrix(k_gamma, factor_gamma());
  host.put_matrix(k_gradient, gradient());
  invar_descriptor a = AcceleratorFixture::program(k_a, k_inputs);
  invar_descriptor gamma = AcceleratorFixture::program(k_gamma, k_outputs);
  a.service = gamma.service = services;
  return {host.run_command(a).handle, host.run_command(gamma).handle};
}

invar_descriptor command(const Handles& handles, double tolerance = 1e-8) {
  invar_descriptor descriptor =
      AcceleratorFixture::solve(handles.a, k_inputs, k_outputs, k_gradient, k_result, tolerance);
  descriptor.opcode = INVAR_OP_PRECONDITION;
  descriptor.second_handle = handles.gamma;
  return descriptor;
}

MatrixXd expected() {
  return factor_gamma().llt().solve(factor_a().llt().solve(gradient().transpose()).transpose());
}

void run(const std::function<void(AcceleratorFixture&)>& script) {
  bool finished = false;
  test::run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    script(host);
    finished = true;
  });
  BOOST_TEST(finished);
}

}  // namespace

BOOST_AUTO_TEST_CASE(rows_are_solved_with_one_matrix_and_columns_with_the_other) {
  run([](AcceleratorFixture& host) {
    const auto record = host.run_command(command(store(host)));
    BOOST_TEST(record.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(record.converged == static_cast<unsigned>(k_inputs + k_outputs));
    BOOST_TEST(record.residual <= 1e-8);
    BOOST_TEST(record.ticks > 0u);
    const MatrixXd result = host.get_matrix(k_result, k_outputs, k_inputs);
    BOOST_TEST((result - expected()).norm() < 1e-6 * expected().norm());
  });
}

BOOST_AUTO_TEST_CASE(single_shots_are_worth_what_both_matrices_are_and_may_take_the_place) {
  run([](AcceleratorFixture& host) {
    const Handles handles = store(host, INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT));
    invar_descriptor descriptor = command(handles, 0.0);
    descriptor.service = INVAR_SERVICE_SINGLE_SHOT;
    descriptor.destination = k_gradient;
    const auto record = host.run_command(descriptor);
    BOOST_TEST(record.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(record.quality > 0.0);
    BOOST_TEST(record.total_iterations == static_cast<unsigned>(k_inputs + k_outputs));
    const MatrixXd result = host.get_matrix(k_gradient, k_outputs, k_inputs);
    const double error = (result - expected()).norm() / expected().norm();
    BOOST_TEST(error > 1e-6);
    BOOST_TEST(error < 0.5);
  });
}

BOOST_AUTO_TEST_CASE(it_keeps_its_place_among_the_commands_of_either_matrix) {
  run([](AcceleratorFixture& host) {
    const Handles handles = store(host);
    // Both are released behind it, and written over in front of it.
    invar_descriptor again = AcceleratorFixture::program(k_gamma, k_outputs);
    again.handle = handles.gamma;
    invar_descriptor release_a{}, release_gamma{};
    release_a.opcode = release_gamma.opcode = INVAR_OP_RELEASE;
    release_a.handle = handles.a;
    release_gamma.handle = handles.gamma;
    host.put_matrix(k_gamma, 2.0 * factor_gamma());
    const std::uint32_t last = host.submit({again, command(handles), release_a, release_gamma});
    while (host.completion((last - 2) % 16).status == INVAR_STATUS_PENDING ||
           host.completion(last).status == INVAR_STATUS_PENDING) {
      wait(sc_core::sc_time(1, sc_core::SC_US));
    }
    for (std::uint32_t slot = last - 3; slot <= last; ++slot) {
      BOOST_TEST(host.completion(slot).status == static_cast<unsigned>(INVAR_STATUS_OK));
    }
    const MatrixXd result = host.get_matrix(k_result, k_outputs, k_inputs);
    BOOST_TEST((2.0 * result - expected()).norm() < 1e-6 * expected().norm());
  });
}

BOOST_AUTO_TEST_CASE(one_matrix_may_take_both_parts) {
  run([](AcceleratorFixture& host) {
    const Handles handles = store(host);
    invar_descriptor descriptor = command({handles.gamma, handles.gamma});
    descriptor.n = k_outputs;
    const auto record = host.run_command(descriptor);
    BOOST_TEST(record.status == static_cast<unsigned>(INVAR_STATUS_OK));
    const MatrixXd square = Eigen::Map<const MatrixXd>(
        MatrixXd(host.get_matrix(k_gradient, k_outputs, k_outputs)).data(), k_outputs, k_outputs);
    const MatrixXd wanted =
        factor_gamma().llt().solve(factor_gamma().llt().solve(square.transpose()).transpose());
    const MatrixXd result = host.get_matrix(k_result, k_outputs, k_outputs);
    BOOST_TEST((result - wanted).norm() < 1e-6 * wanted.norm());
  });
}

BOOST_AUTO_TEST_CASE(handles_and_sizes_that_do_not_fit_are_statuses) {
  run([](AcceleratorFixture& host) {
    const Handles handles = store(host);
    BOOST_TEST(host.run_command(command({handles.a, 0})).status ==
               static_cast<unsigned>(INVAR_STATUS_BAD_HANDLE));
    BOOST_TEST(host.run_command(command({77, handles.gamma})).status ==
               static_cast<unsigned>(INVAR_STATUS_BAD_HANDLE));
    BOOST_TEST(host.run_command(command({handles.gamma, handles.a})).status ==
               static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    BOOST_TEST(host.run_command(command({handles.a, handles.a})).status ==
               static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    invar_descriptor shot = command(handles, 0.0);
    shot.service = INVAR_SERVICE_SINGLE_SHOT;
    BOOST_TEST(host.run_command(shot).status == static_cast<unsigned>(INVAR_STATUS_NOT_SERVED));
    BOOST_TEST(host.run_command(command(handles)).status == static_cast<unsigned>(INVAR_STATUS_OK));
  });
}

BOOST_AUTO_TEST_CASE(a_right_hand_side_that_is_not_finite_is_a_status_and_stores_nothing) {
  run([](AcceleratorFixture& host) {
    const Handles handles = store(host);
    host.memory.put(k_gradient + 8, std::numeric_limits<double>::quiet_NaN());
    host.put_matrix(k_result, MatrixXd::Constant(k_outputs, k_inputs, 5.0));
    const auto record = host.run_command(command(handles));
    BOOST_TEST(record.status == static_cast<unsigned>(INVAR_STATUS_BAD_RHS));
    BOOST_TEST(record.handle == handles.a);
    BOOST_TEST((host.get_matrix(k_result, k_outputs, k_inputs).array() == 5.0).all());
  });
}

BOOST_AUTO_TEST_CASE(a_reset_drops_both_halves) {
  run([](AcceleratorFixture& host) {
    const Handles handles = store(host);
    host.submit({command(handles)});
    wait(sc_core::sc_time(3, sc_core::SC_US));
    host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
    host.restart();
    host.put_matrix(k_gradient, gradient());
    wait(sc_core::sc_time(1, sc_core::SC_MS));
    BOOST_TEST(host.read(INVAR_REG_COMPLETED) == 0u);
    invar_descriptor a = AcceleratorFixture::program(k_a, k_inputs);
    invar_descriptor gamma = AcceleratorFixture::program(k_gamma, k_outputs);
    const Handles again{host.run_command(a).handle, host.run_command(gamma).handle};
    BOOST_TEST(host.run_command(command(again)).status == static_cast<unsigned>(INVAR_STATUS_OK));
  });
}

BOOST_AUTO_TEST_SUITE_END()
