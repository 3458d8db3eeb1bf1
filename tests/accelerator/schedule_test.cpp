// How commands on several matrices and tiles share an accelerator: order, overlap, contention.
#include <invar/sequencer/command_queue.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cstring>
#include <limits>
#include <memory>
#include <vector>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(schedule)

using namespace invar;
using test::AcceleratorFixture;
using test::run_script;

namespace {

constexpr std::uint64_t k_matrix = 0x20000;
constexpr std::uint64_t k_rhs = 0x80000;
constexpr std::uint64_t k_solution = 0x200000;

/// Simulated times at which the last `count` commands up to `slot` complete.
std::vector<double> completion_times_s(AcceleratorFixture& host, std::uint32_t slot, int count) {
  std::vector<double> times(count, 0.0);
  for (int open = count; open > 0;) {
    wait(sc_core::sc_time(10, sc_core::SC_NS));
    open = 0;
    for (int i = 0; i < count; ++i) {
      if (times[i] == 0.0) {
        const std::uint32_t place = (slot + 1 - count + i) % AcceleratorFixture::k_ring_size;
        if (host.completion(place).status != INVAR_STATUS_PENDING) {
          times[i] = sc_core::sc_time_stamp().to_seconds();
        } else {
          ++open;
        }
      }
    }
  }
  return times;
}

double largest_residual(const Eigen::MatrixXd& matrix, const Eigen::MatrixXd& rhs,
                        const Eigen::MatrixXd& solution) {
  const Eigen::VectorXd weights = matrix.diagonal().cwiseSqrt().cwiseInverse();
  const Eigen::MatrixXd residual = weights.asDiagonal() * (rhs - matrix * solution);
  const Eigen::MatrixXd weighted = weights.asDiagonal() * rhs;
  return (residual.colwise().norm().array() / weighted.colwise().norm().array()).maxCoeff();
}

Eigen::MatrixXd random_matrix(int rows, int columns, std::uint64_t seed) {
  test::SimpleRandom random(seed);
  Eigen::MatrixXd matrix(rows, columns);
  for (double& value : matrix.reshaped()) {
    value = random.next();
  }
  return matrix;
}

}  // namespace

BOOST_AUTO_TEST_CASE(commands_of_one_matrix_keep_their_order_and_other_matrices_overtake) {
  std::vector<double> times;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(32, 0.2, 4));
    host.put_matrix(k_rhs, random_matrix(256, 32, 5));
    host.start();
    const std::uint32_t a = host.run_command(host.program(k_matrix, 32)).handle;
    const std::uint32_t b = host.run_command(host.program(k_matrix, 32)).handle;
    const std::uint32_t slot =
        host.submit({host.solve(a, 32, 256, k_rhs, k_solution, 1e-6),
                     host.solve(a, 32, 1, k_rhs, k_solution + 0x20000, 1e-6),
                     host.solve(b, 32, 1, k_rhs, k_solution + 0x30000, 1e-6)});
    times = completion_times_s(host, slot, 3);
  });
  BOOST_REQUIRE(times.size() == 3u);
  BOOST_TEST(times[1] > times[0]);
  BOOST_TEST(times[2] < times[0]);
}

BOOST_AUTO_TEST_CASE(one_matrix_is_programmed_while_another_inverts) {
  double alone_s = 0.0;
  double solve_s = 0.0;
  double both_s = 0.0;
  run_script(AcceleratorFixture::small_parameters(), [&](AcceleratorFixture& host) {
    host.put_matrix(k_matrix, test::covariance_matrix(32, 0.2, 4));
    host.put_matrix(k_matrix + 0x10000, test::covariance_matrix(32, 0.2, 8));
    host.put_matrix(k_rhs, random_matrix(256, 32, 5));
    host.start();
    const std::uint32_t a = host.run_command(host.program(k_matrix, 32)).handle;
    double start_s = sc_core::sc_time_stamp().to_seconds();
    const auto solve = host.solve(a, 32, 256, k_rhs, k_solution, 1e-6);
    host.run_command(solve);
    solve_s = sc_core::sc_time_stamp().to_seconds() - start_s;
    start_s = sc_core::sc_time_stamp().to_seconds();
    const std::uint32_t slot = host.submit({host.program(k_matrix + 0x10000, 32), solve});
    both_s = completion_times_s(host, slot, 2).back() - start_s;
    alone_s = host.completion((slot + 15) % AcceleratorFixture::k_ring_size).ticks * 1e-9;
  });
  BOOST_TEST(both_s < std::max(alone_s, solve_s) + 0.2 * std::min(alone_s, solve_s));
}

BOOST_AUTO_TEST_CASE(vectors_are_loaded_and_stored_while_others_are_solved) {
  // The same batch as one piece and in pieces, against the same memory.
  double whole_s = 0.0;
  double pieces_s = 0.0;
  auto parameters = AcceleratorFixture::small_parameters();
  const auto script = [&](double& time_s) {
    return [&](AcceleratorFixture& host) {
      host.put_matrix(k_matrix, test::covariance_matrix(32, 0.2, 4));
      host.put_matrix(k_rhs, random_matrix(512, 32, 5));
      host.memory.byte_time = sc_core::sc_time(1, sc_core::SC_NS);
      host.start();
      const std::uint32_t a = host.run_command(host.program(k_matrix, 32)).handle;
      const invar_completion record =
          host.run_command(host.solve(a, 32, 512, k_rhs, k_solution, 1e-3));
      BOOST_CHECK_EQUAL(record.converged, 512u);
      time_s = record.ticks * 1e-9;
    };
  };
  parameters.sequencer.stream_columns = 512;
  AcceleratorFixture whole("whole", parameters, script(whole_s), false);
  parameters.sequencer.stream_columns = 64;
  AcceleratorFixture pieces("pieces", parameters, script(pieces_s), false);
  sc_core::sc_start(sc_core::sc_time(100, sc_core::SC_MS));
  BOOST_REQUIRE(whole_s > 0.0);
  BOOST_REQUIRE(pieces_s > 0.0);
  // 128 KiB come and go at a nanosecond a byte. All but the first piece comes and all but the last
  // goes beside the solving of others.
  const double transfers_s = 2.0 * 512 * 32 * 8 * 1e-9;
  BOOST_TEST(pieces_s < whole_s - 0.6 * transfers_s);
  BOOST_TEST(pieces_s > whole_s - transfers_s);
}

BOOST_AUTO_TEST_CASE(a_matrix_larger_than_a_tile_is_solved_on_several) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = 8;
  parameters.tiles = 9;
  parameters.solver.block_product = solver::BlockProductPath::analog;
  bool finished = false;
  run_script(parameters, [&](AcceleratorFixture& host) {
    const Eigen::MatrixXd matrix = test::covariance_matrix(21, 0.2, 9);
    const Eigen::MatrixXd rhs = random_matrix(21, 5, 6);
    host.put_matrix(k_matrix, matrix);
    host.put_matrix(k_rhs, rhs.transpose());
    host.start();
    const invar_completion programmed = host.run_command(host.program(k_matrix, 21));
    BOOST_CHECK_EQUAL(programmed.status, static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_CHECK_EQUAL(programmed.tiles, 9u);
    const invar_completion solved =
        host.run_command(host.solve(programmed.handle, 21, 5, k_rhs, k_solution, 1e-6));
    BOOST_CHECK_EQUAL(solved.status, static_cast<unsigned>(INVAR_STATUS_OK));
    const Eigen::MatrixXd solution = host.get_matrix(k_solution, 5, 21).transpose();
    BOOST_CHECK_LE(largest_residual(matrix, rhs, solution), 1e-6);
    // The tiles are all taken now; a larger matrix would take more than there are.
    host.put_matrix(k_matrix, test::covariance_matrix(8, 0.2, 9));
    const invar_completion none = host.run_command(host.program(k_matrix, 8));
    BOOST_CHECK_EQUAL(none.status, static_cast<unsigned>(INVAR_STATUS_NO_TILE));
    BOOST_CHECK_EQUAL(none.tiles, 1u);
    const invar_completion large = host.run_command(host.program(k_matrix, 25));
    BOOST_CHECK_EQUAL(large.status, static_cast<unsigned>(INVAR_STATUS_TOO_LARGE));
    BOOST_CHECK_EQUAL(large.tiles, 16u);
    finished = true;
  });
  BOOST_CHECK(finished);
}

BOOST_AUTO_TEST_CASE(commands_that_fail_take_nothing_of_the_others_in_flight) {
  std::vector<std::uint32_t> statuses;
  double worst = 1.0;
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tiles = 4;
  run_script(parameters, [&](AcceleratorFixture& host) {
    const Eigen::MatrixXd matrix = test::covariance_matrix(32, 0.2, 4);
    const Eigen::MatrixXd rhs = random_matrix(32, 200, 5);
    Eigen::MatrixXd indefinite = Eigen::MatrixXd::Constant(32, 32, -0.6);
    indefinite.diagonal().setOnes();
    Eigen::MatrixXd skewed = matrix;
    skewed(3, 4) += 1.0;
    Eigen::MatrixXd holed = rhs.leftCols(1);
    holed(7, 0) = std::numeric_limits<double>::quiet_NaN();
    host.put_matrix(k_matrix, matrix);
    host.put_matrix(k_matrix + 0x4000, indefinite);
    host.put_matrix(k_matrix + 0x8000, skewed);
    host.put_matrix(k_rhs, rhs.transpose());
    host.put_matrix(k_rhs + 0x40000, holed.transpose());
    host.start();
    const std::uint32_t a = host.run_command(host.program(k_matrix, 32)).handle;
    const std::uint32_t slot = host.submit(
        {host.solve(a, 32, 200, k_rhs, k_solution, 1e-6), host.program(k_matrix + 0x4000, 32),
         host.program(k_matrix + 0x8000, 32), host.program(k_matrix, 129),
         host.solve(a + 7, 32, 1, k_rhs, k_solution + 0x40000, 1e-6), host.program(0xFFFFFFF00, 32),
         host.solve(a, 32, 1, k_rhs + 0x40000, k_solution + 0x40000, 1e-6),
         host.solve(a, 32, 200, k_rhs, k_solution + 0x80000, 1e-6)});
    completion_times_s(host, slot, 8);
    for (std::uint32_t i = slot - 7; i <= slot; ++i) {
      statuses.push_back(host.completion(i).status);
    }
    worst = std::max(
        largest_residual(matrix, rhs, host.get_matrix(k_solution, 200, 32).transpose()),
        largest_residual(matrix, rhs, host.get_matrix(k_solution + 0x80000, 200, 32).transpose()));
  });
  const std::vector<std::uint32_t> expected = {INVAR_STATUS_OK,         INVAR_STATUS_UNSTABLE,
                                               INVAR_STATUS_BAD_MATRIX, INVAR_STATUS_TOO_LARGE,
                                               INVAR_STATUS_BAD_HANDLE, INVAR_STATUS_BUS_ERROR,
                                               INVAR_STATUS_BAD_RHS,    INVAR_STATUS_OK};
  BOOST_TEST(statuses == expected, boost::test_tools::per_element());
  BOOST_TEST(worst <= 1e-6);
}

BOOST_AUTO_TEST_CASE(worker_threads_change_no_bit_and_no_tick) {
  std::vector<Eigen::MatrixXd> solutions(3);
  std::vector<std::vector<invar_completion>> records(3);
  std::vector<std::unique_ptr<AcceleratorFixture>> hosts;
  for (int i = 0; i < 3; ++i) {
    auto parameters = AcceleratorFixture::small_parameters();
    parameters.tiles = 12;
    parameters.tile.rows = 12;
    parameters.sequencer.tiles_per_adc = 2;
    parameters.worker_threads = 1 << i;
    hosts.push_back(std::make_unique<AcceleratorFixture>(
        "host", parameters,
        [&, i](AcceleratorFixture& host) {
          host.put_matrix(k_matrix, test::covariance_matrix(30, 0.2, 9));
          host.put_matrix(k_matrix + 0x8000, test::covariance_matrix(12, 0.2, 3));
          host.put_matrix(k_rhs, random_matrix(150, 30, 6));
          host.start();
          std::uint32_t slot =
              host.submit({host.program(k_matrix, 30), host.program(k_matrix + 0x8000, 12)});
          completion_times_s(host, slot, 2);
          const std::uint32_t a = host.completion(slot - 1).handle;
          const std::uint32_t b = host.completion(slot).handle;
          slot = host.submit({host.solve(a, 30, 150, k_rhs, k_solution, 1e-6),
                              host.solve(b, 12, 150, k_rhs, k_solution + 0x20000, 1e-6),
                              host.solve(a, 30, 70, k_rhs, k_solution + 0x40000, 1e-6)});
          completion_times_s(host, slot, 3);
          for (std::uint32_t place = 0; place <= slot; ++place) {
            records[i].push_back(host.completion(place));
          }
          solutions[i] = host.get_matrix(k_solution, 3, 0x4000);
        },
        false));
  }
  sc_core::sc_start(sc_core::sc_time(20, sc_core::SC_MS));
  BOOST_REQUIRE(records[0].size() == 5u);
  for (int i = 1; i < 3; ++i) {
    BOOST_REQUIRE(records[i].size() == 5u);
    for (std::size_t k = 0; k < 5; ++k) {
      BOOST_TEST(records[0][k].status == static_cast<unsigned>(INVAR_STATUS_OK));
      BOOST_TEST(std::memcmp(&records[i][k], &records[0][k], sizeof(invar_completion)) == 0);
    }
    BOOST_TEST((solutions[i].array() == solutions[0].array()).all());
    BOOST_TEST((hosts[i]->accelerator.ledger().total_energy_aj() ==
                hosts[0]->accelerator.ledger().total_energy_aj()));
  }
}

BOOST_AUTO_TEST_CASE(tiles_that_share_adcs_wait_for_each_other) {
  std::vector<double> times(2, 0.0);
  std::vector<std::unique_ptr<AcceleratorFixture>> hosts;
  for (int sharing = 1; sharing <= 2; ++sharing) {
    auto parameters = AcceleratorFixture::small_parameters();
    parameters.sequencer.tiles_per_adc = sharing;
    // Conversions take most of a shot, so that two tiles ask more of one set than there is time.
    parameters.tile.adc.columns_per_adc = 32;
    parameters.tile.adc.conversion_time_s = 200e-9;
    hosts.push_back(std::make_unique<AcceleratorFixture>(
        "host", parameters,
        [&times, sharing](AcceleratorFixture& host) {
          host.put_matrix(k_matrix, test::covariance_matrix(32, 0.2, 4));
          host.put_matrix(k_rhs, random_matrix(64, 32, 5));
          host.start();
          const std::uint32_t a = host.run_command(host.program(k_matrix, 32)).handle;
          const std::uint32_t b = host.run_command(host.program(k_matrix, 32)).handle;
          const double start_s = sc_core::sc_time_stamp().to_seconds();
          const std::uint32_t slot =
              host.submit({host.solve(a, 32, 64, k_rhs, k_solution, 1e-6),
                           host.solve(b, 32, 64, k_rhs, k_solution + 0x20000, 1e-6)});
          const std::vector<double> done = completion_times_s(host, slot, 2);
          times[sharing - 1] = std::max(done[0], done[1]) - start_s;
        },
        false));
  }
  sc_core::sc_start(sc_core::sc_time(500, sc_core::SC_MS));
  BOOST_REQUIRE(times[0] > 0.0);
  BOOST_TEST(times[1] > 1.05 * times[0]);
  BOOST_TEST(times[1] < 2.05 * times[0]);
}

BOOST_AUTO_TEST_CASE(wear_is_spread_over_the_tiles) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.sequencer.wear_step_writes = 1.0;
  parameters.tile.rows = 8;
  std::vector<std::uint64_t> wear;
  run_script(parameters, [&](AcceleratorFixture& host) {
    host.start();
    for (int round = 0; round < 12; ++round) {
      host.put_matrix(k_matrix, test::covariance_matrix(8, 0.2, 100 + round));
      const std::uint32_t handle = host.run_command(host.program(k_matrix, 8)).handle;
      invar_descriptor release{};
      release.opcode = INVAR_OP_RELEASE;
      release.phase = INVAR_PHASE_PROGRAMMING;
      release.handle = handle;
      host.run_command(release);
    }
    for (const sequencer::PooledTile& tile : host.accelerator.core().queue().pool().tiles()) {
      wear.push_back(tile.wear());
    }
  });
  BOOST_REQUIRE(wear.size() == 2u);
  BOOST_TEST(wear[0] >= 4u);
  BOOST_TEST(wear[1] >= 4u);
}

BOOST_AUTO_TEST_CASE(a_worn_out_tile_is_replaced_by_another_and_then_reported) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = 8;
  parameters.tile.device.endurance_writes = 4;
  parameters.sequencer.wear_step_writes = 0.0;
  std::vector<std::uint32_t> statuses;
  run_script(parameters, [&](AcceleratorFixture& host) {
    host.start();
    std::uint32_t handle = INVAR_HANDLE_NONE;
    for (int round = 0; round < 12; ++round) {
      host.put_matrix(k_matrix, test::covariance_matrix(8, 0.2, 100 + round));
      invar_descriptor descriptor = host.program(k_matrix, 8);
      descriptor.handle = handle;
      const invar_completion record = host.run_command(descriptor);
      statuses.push_back(record.status);
      handle = record.handle;
    }
  });
  BOOST_REQUIRE(statuses.size() == 12u);
  // Three writes of each cell and tile, then both are out of service.
  int good = 0;
  while (good < 12 && statuses[good] == INVAR_STATUS_OK) {
    ++good;
  }
  BOOST_TEST(good >= 5);
  BOOST_TEST(good <= 9);
  BOOST_TEST(statuses[good] == static_cast<unsigned>(INVAR_STATUS_WORN_OUT));
  BOOST_TEST(statuses[11] == static_cast<unsigned>(INVAR_STATUS_CELL_FAILED));
}

BOOST_AUTO_TEST_SUITE_END()
