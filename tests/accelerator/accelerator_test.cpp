#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(accelerator_tests)

using namespace invar;
using test::AcceleratorFixture;
using test::run_script;

namespace {

constexpr std::uint64_t k_matrix = 0x10000;
constexpr std::uint64_t k_rhs = 0x40000;
constexpr std::uint64_t k_solution = 0x60000;

invar_descriptor release(std::uint32_t handle) {
  invar_descriptor descriptor{};
  descriptor.opcode = INVAR_OP_RELEASE;
  descriptor.handle = handle;
  return descriptor;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_solve_reaches_the_tolerance_against_the_requested_matrix) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    const int n = 24;
    const Eigen::MatrixXd matrix = test::covariance_matrix(n, 0.1, 1);
    test::SimpleRandom random(7);
    Eigen::MatrixXd rhs(n, 3);
    for (double& value : rhs.reshaped()) {
      value = random.next();
    }
    host.put_matrix(k_matrix, matrix);
    host.put_matrix(k_rhs, rhs.transpose());
    host.start();
    const invar_completion programmed = host.run_command(host.program(k_matrix, n));
    BOOST_CHECK_EQUAL(programmed.status, static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_CHECK(programmed.handle != INVAR_HANDLE_NONE);
    BOOST_CHECK(programmed.settling_time_s > 0.0F);
    const invar_completion solved =
        host.run_command(host.solve(programmed.handle, n, 3, k_rhs, k_solution, 1e-6));
    BOOST_CHECK_EQUAL(solved.status, static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_CHECK_EQUAL(solved.converged, 3u);
    BOOST_CHECK(solved.iterations > 1);
    BOOST_CHECK(solved.ticks > 0);
    const Eigen::MatrixXd solution = host.get_matrix(k_solution, 3, n).transpose();
    const auto weights = matrix.diagonal().cwiseSqrt().cwiseInverse().asDiagonal();
    for (int column = 0; column < 3; ++column) {
      const double residual = (weights * (rhs.col(column) - matrix * solution.col(column))).norm() /
                              (weights * rhs.col(column)).norm();
      BOOST_CHECK_LE(residual, 1e-6);
      BOOST_CHECK_LE(residual, solved.residual * (1.0 + 1e-9));
    }
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(each_way_to_fail_has_its_status_and_the_machine_goes_on) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    const int n = 8;
    const Eigen::MatrixXd good = test::covariance_matrix(n, 0.1, 2);
    const auto program_status = [&](const Eigen::MatrixXd& matrix) {
      host.put_matrix(k_matrix, matrix);
      const invar_completion record =
          host.run_command(host.program(k_matrix, static_cast<int>(matrix.rows())));
      if (record.status == INVAR_STATUS_OK) {
        host.run_command(release(record.handle));
      }
      return record.status;
    };
    host.start();
    Eigen::MatrixXd bad = good;
    bad(1, 2) = std::numeric_limits<double>::quiet_NaN();
    BOOST_CHECK_EQUAL(program_status(bad), static_cast<unsigned>(INVAR_STATUS_BAD_MATRIX));
    bad = good;
    bad(1, 2) += 0.5;
    BOOST_CHECK_EQUAL(program_status(bad), static_cast<unsigned>(INVAR_STATUS_BAD_MATRIX));
    bad = good;
    bad(3, 3) = -1.0;
    BOOST_CHECK_EQUAL(program_status(bad), static_cast<unsigned>(INVAR_STATUS_BAD_MATRIX));
    bad = good;
    bad(0, 1) = bad(1, 0) = -2.0 * std::sqrt(good(0, 0) * good(1, 1));
    BOOST_CHECK_EQUAL(program_status(bad), static_cast<unsigned>(INVAR_STATUS_UNSTABLE));
    const Eigen::MatrixXd indefinite = [] {
      Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(8, 8, -0.6);
      matrix.diagonal().setOnes();
      return matrix;
    }();
    BOOST_CHECK_EQUAL(program_status(indefinite), static_cast<unsigned>(INVAR_STATUS_UNSTABLE));
    BOOST_CHECK_EQUAL(program_status(Eigen::MatrixXd::Identity(65, 65)),
                      static_cast<unsigned>(INVAR_STATUS_TOO_LARGE));

    BOOST_CHECK_EQUAL(host.run_command(host.solve(77, n, 1, k_rhs, k_solution, 1e-3)).status,
                      static_cast<unsigned>(INVAR_STATUS_BAD_HANDLE));
    invar_descriptor garbage{};
    garbage.opcode = 0xABCD;
    BOOST_CHECK_EQUAL(host.run_command(garbage).status,
                      static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    BOOST_CHECK_EQUAL(host.run_command(host.program(0xFFFFFFFFFF00ull, n)).status,
                      static_cast<unsigned>(INVAR_STATUS_BUS_ERROR));

    host.put_matrix(k_matrix, good);
    const invar_completion programmed = host.run_command(host.program(k_matrix, n));
    BOOST_CHECK_EQUAL(programmed.status, static_cast<unsigned>(INVAR_STATUS_OK));
    host.memory.put(k_rhs, std::numeric_limits<double>::infinity());
    BOOST_CHECK_EQUAL(
        host.run_command(host.solve(programmed.handle, n, 1, k_rhs, k_solution, 1e-3)).status,
        static_cast<unsigned>(INVAR_STATUS_BAD_RHS));
    BOOST_CHECK_EQUAL(
        host.run_command(host.solve(programmed.handle, n, 1, k_rhs, k_solution, -1.0)).status,
        static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    BOOST_CHECK_EQUAL(
        host.run_command(host.solve(programmed.handle, n - 1, 1, k_rhs, k_solution, 0.1)).status,
        static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    host.put_matrix(k_rhs, Eigen::MatrixXd::Ones(1, n));
    invar_descriptor hurried = host.solve(programmed.handle, n, 1, k_rhs, k_solution, 1e-12);
    hurried.iteration_limit = 1;
    BOOST_CHECK_EQUAL(host.run_command(hurried).status,
                      static_cast<unsigned>(INVAR_STATUS_NOT_CONVERGED));
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_LAST_ERROR),
                      static_cast<unsigned>(INVAR_STATUS_NOT_CONVERGED));
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(tiles_run_out_and_come_back_with_release) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(8, 0.1, 3));
    host.start();
    const invar_completion first = host.run_command(host.program(k_matrix, 8));
    const invar_completion second = host.run_command(host.program(k_matrix, 8));
    BOOST_CHECK(first.handle != second.handle);
    BOOST_CHECK_EQUAL(host.run_command(host.program(k_matrix, 8)).status,
                      static_cast<unsigned>(INVAR_STATUS_NO_TILE));
    // A PROGRAM right behind a RELEASE waits for it.
    const std::uint32_t slot = host.submit({release(first.handle), host.program(k_matrix, 8)});
    while (host.completion(slot).status == INVAR_STATUS_PENDING) {
      wait(sc_core::sc_time(1, sc_core::SC_US));
    }
    BOOST_CHECK_EQUAL(host.completion(slot).status, static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_CHECK_EQUAL(
        host.run_command(host.solve(first.handle, 8, 1, k_rhs, k_solution, 0.1)).status,
        static_cast<unsigned>(INVAR_STATUS_BAD_HANDLE));
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(programming_one_tile_overlaps_with_another) {
  sc_core::sc_time both;
  sc_core::sc_time one;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(32, 0.1, 4));
    host.start();
    sc_core::sc_time start = sc_core::sc_time_stamp();
    const std::uint32_t slot =
        host.submit({host.program(k_matrix, 32), host.program(k_matrix, 32)});
    while (host.read(INVAR_REG_COMPLETED) < 2) {
      wait(sc_core::sc_time(100, sc_core::SC_NS));
    }
    both = sc_core::sc_time_stamp() - start;
    one = sc_core::sc_time(host.completion(slot).ticks * 1.0, sc_core::SC_NS);
  });
  BOOST_CHECK(one > sc_core::SC_ZERO_TIME);
  BOOST_CHECK_LT(both.to_seconds(), 1.2 * one.to_seconds());
}

BOOST_AUTO_TEST_CASE(a_reset_drops_the_work_and_lowers_the_interrupt) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(16, 0.1, 5));
    host.start();
    const std::uint32_t slot = host.submit({host.program(k_matrix, 16)});
    wait(sc_core::sc_time(5, sc_core::SC_US));
    BOOST_CHECK((host.read(INVAR_REG_STATUS) & INVAR_STATUS_BUSY) != 0);
    host.rst.write(true);
    wait(sc_core::sc_time(10, sc_core::SC_NS));
    host.rst.write(false);
    wait(sc_core::sc_time(10, sc_core::SC_MS));
    BOOST_CHECK_EQUAL(host.completion(slot).status, static_cast<unsigned>(INVAR_STATUS_PENDING));
    BOOST_CHECK(!host.irq.read());
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_STATUS), 0u);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_RING_TAIL), 0u);
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(a_reset_at_any_moment_of_a_command_leaves_a_machine_that_works) {
  bool finished = false;
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = 8;
  run_script(parameters, [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(8, 0.1, 7));
    host.put_matrix(k_rhs, Eigen::MatrixXd::Ones(1, 8));
    const auto reset = [&] {
      host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
      host.restart();
    };
    host.start();
    // Fetch, load, numbers, work: nanosecond by nanosecond, and within one by delta cycles.
    for (int moment = 0; moment < 40; ++moment) {
      const invar_completion record = host.run_command(host.program(k_matrix, 8));
      BOOST_CHECK_EQUAL(record.status, static_cast<unsigned>(INVAR_STATUS_OK));
      invar_descriptor next = host.solve(record.handle, 8, 1, k_rhs, k_solution, 1e-3);
      next.opcode = moment % 2 == 0 ? INVAR_OP_SOLVE : INVAR_OP_MVM;
      host.submit({next});
      wait(sc_core::sc_time(moment / 2, sc_core::SC_NS));
      for (int delta = 0; delta < moment % 5; ++delta) {
        wait(sc_core::SC_ZERO_TIME);
      }
      reset();
    }
    BOOST_CHECK_EQUAL(host.run_command(host.program(k_matrix, 8)).status,
                      static_cast<unsigned>(INVAR_STATUS_OK));
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(a_reset_while_a_record_is_written_frees_the_tiles) {
  bool finished = false;
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = 8;
  parameters.tiles = 1;
  run_script(parameters, [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(8, 0.1, 7));
    // Of another size: on tiles that were not given back it would be refused.
    host.put_matrix(k_matrix + 0x1000, test::covariance_matrix(7, 0.1, 7));
    host.start();
    // A record takes 64 us, from about 590 us on: long enough to be met.
    host.memory.byte_time = sc_core::sc_time(1, sc_core::SC_US);
    for (int microseconds = 560; microseconds < 720; microseconds += 20) {
      host.submit({host.program(k_matrix, 8)});
      wait(sc_core::sc_time(microseconds, sc_core::SC_US));
      for (int reset = 0; reset < 2; ++reset) {
        host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
        wait(sc_core::sc_time(100, sc_core::SC_US));
        host.restart();
        if (reset == 0) {
          BOOST_CHECK_EQUAL(host.run_command(host.program(k_matrix + 0x1000, 7)).status,
                            static_cast<unsigned>(INVAR_STATUS_OK));
        }
      }
    }
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(a_ring_that_is_not_set_up_halts_with_a_fault_and_recovers_by_reset) {
  bool finished = false;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    host.start();
    host.write(INVAR_REG_RING_SIZE, 3);
    host.write(INVAR_REG_RING_TAIL, 1);
    wait(sc_core::sc_time(1, sc_core::SC_US));
    BOOST_CHECK((host.read(INVAR_REG_STATUS) & INVAR_STATUS_HALTED) != 0);
    BOOST_CHECK_EQUAL(host.read(INVAR_REG_IRQ_STATUS), INVAR_IRQ_FAULT);
    BOOST_CHECK(host.irq.read());
    host.write(INVAR_REG_CONTROL, INVAR_CONTROL_RESET);
    host.put_matrix(k_matrix, test::covariance_matrix(8, 0.1, 6));
    host.start();
    BOOST_CHECK_EQUAL(host.run_command(host.program(k_matrix, 8)).status,
                      static_cast<unsigned>(INVAR_STATUS_OK));
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(the_ledger_adds_up_and_time_is_spent_under_the_right_phase) {
  auto parameters = AcceleratorFixture::small_parameters();
  ledger::Attojoules components = 0;
  ledger::Attojoules phases = 0;
  ledger::Attojoules total = 1;
  double phase_seconds = 0.0;
  double now = 1.0;
  run_script(parameters, [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(16, 0.1, 8));
    host.put_matrix(k_rhs, Eigen::MatrixXd::Identity(16, 16));
    host.start();
    const invar_completion record = host.run_command(host.program(k_matrix, 16));
    host.run_command(host.solve(record.handle, 16, 16, k_rhs, k_solution, 1e-4));
    const ledger::Ledger& ledger = host.accelerator.ledger();
    total = ledger.total_energy_aj();
    for (std::size_t i = 0; i < ledger.components().size(); ++i) {
      components += ledger.component_energy_aj(i);
    }
    for (int phase = 0; phase < INVAR_PHASE_COUNT; ++phase) {
      phases += ledger.phase_energy_aj(static_cast<ledger::Phase>(phase));
      phase_seconds += ledger.phase_time(static_cast<ledger::Phase>(phase)).to_seconds();
    }
    now = sc_core::sc_time_stamp().to_seconds();
    BOOST_CHECK(ledger.phase_energy_aj(INVAR_PHASE_PROGRAMMING) > 0u);
    BOOST_CHECK(ledger.phase_energy_aj(INVAR_PHASE_INVERSION) > 0u);
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_PROGRAMMING) > sc_core::SC_ZERO_TIME);
    BOOST_CHECK(ledger.phase_time(INVAR_PHASE_INVERSION) > sc_core::SC_ZERO_TIME);
  });
  BOOST_CHECK_EQUAL(components, total);
  BOOST_CHECK_EQUAL(phases, total);
  BOOST_CHECK_CLOSE(phase_seconds, now, 1e-9);
}

BOOST_AUTO_TEST_CASE(the_exact_mode_is_free_of_time_and_of_inversion_energy) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.exact = true;
  bool finished = false;
  run_script(parameters, [&](AcceleratorFixture& host) {
    const Eigen::MatrixXd matrix = test::covariance_matrix(16, 0.01, 9);
    host.put_matrix(k_matrix, matrix);
    host.put_matrix(k_rhs, Eigen::MatrixXd::Identity(16, 16));
    host.start();
    const invar_completion record = host.run_command(host.program(k_matrix, 16));
    host.run_command(host.solve(record.handle, 16, 16, k_rhs, k_solution, 1e-4));
    const Eigen::MatrixXd inverse = host.get_matrix(k_solution, 16, 16);
    BOOST_CHECK_SMALL((inverse * matrix - Eigen::MatrixXd::Identity(16, 16)).norm(), 1e-10);
    // Only the right-hand sides and the solutions are carried.
    const ledger::Ledger& ledger = host.accelerator.ledger();
    for (const ledger::ComponentTotal& component : ledger.components()) {
      const bool carries = component.name.find(".dma") != std::string::npos;
      BOOST_CHECK_EQUAL(component.energy_aj[INVAR_PHASE_INVERSION] != 0u, carries);
    }
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_SUITE_END()
