// What a SOLVE promises, as descriptors ask and records answer.
#include <invar/registers/command_limits.h>

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>
#include <utility>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(services)

using namespace invar;
using test::AcceleratorFixture;

namespace {

constexpr int k_n = 24;
constexpr int k_columns = 10;
constexpr std::uint64_t k_matrix = 0x10000, k_rhs = 0x20000, k_solution = 0x30000;

invar_descriptor program(std::uint32_t services, std::uint32_t rank = 0, std::uint32_t blocks = 0) {
  invar_descriptor descriptor = AcceleratorFixture::program(k_matrix, k_n);
  descriptor.service = services;
  descriptor.rank = rank;
  descriptor.block_layout = blocks;
  return descriptor;
}

invar_descriptor solve(std::uint32_t handle, std::uint32_t service, double tolerance) {
  invar_descriptor descriptor =
      AcceleratorFixture::solve(handle, k_n, k_columns, k_rhs, k_solution, tolerance);
  descriptor.service = service;
  return descriptor;
}

void start(AcceleratorFixture& host) {
  host.start();
  host.put_matrix(k_matrix, test::covariance_matrix(k_n, 0.3, 5));
  Eigen::MatrixXd rhs(k_columns, k_n);
  test::SimpleRandom random(8);
  for (double& value : rhs.reshaped()) {
    value = random.next();
  }
  host.put_matrix(k_rhs, rhs);
}

/// Multiply-accumulates of the lanes of all tiles.
std::uint64_t lane_work(const ledger::Ledger& ledger) {
  std::uint64_t sum = 0;
  for (const ledger::ComponentTotal& total : ledger.components()) {
    if (total.name.find("mac_lanes") != std::string::npos) {
      sum += total.events.at(0).count;
    }
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(single_shots_come_with_the_quality_of_program_and_without_residuals) {
  test::run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    start(host);
    const auto stored = host.run_command(program(INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT), 2));
    BOOST_TEST_REQUIRE(stored.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(stored.service == INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT));
    BOOST_TEST(stored.quality > 0.0);
    BOOST_TEST(stored.quality < 0.5);
    BOOST_TEST(stored.residual == 0.0);
    const std::uint64_t before = lane_work(host.accelerator.ledger());
    const auto solved = host.run_command(solve(stored.handle, INVAR_SERVICE_SINGLE_SHOT, 0.0));
    BOOST_TEST(solved.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(solved.service == static_cast<unsigned>(INVAR_SERVICE_SINGLE_SHOT));
    BOOST_TEST(solved.quality == stored.quality);
    BOOST_TEST(solved.converged == static_cast<unsigned>(k_columns));
    BOOST_TEST(solved.total_iterations == static_cast<unsigned>(k_columns));
    // Scaling in and out, the largest magnitude, and 2 n k + k^2 for deflation: no residual.
    BOOST_TEST(lane_work(host.accelerator.ledger()) - before ==
               static_cast<std::uint64_t>(k_columns * (3 * k_n + 2 * k_n * 2 + 4)));
    const Eigen::MatrixXd x = host.get_matrix(k_solution, k_columns, k_n).transpose();
    const Eigen::MatrixXd b = host.get_matrix(k_rhs, k_columns, k_n).transpose();
    const Eigen::MatrixXd a = host.get_matrix(k_matrix, k_n, k_n);
    BOOST_TEST((b - a * x).norm() < 3.0 * stored.quality * b.norm());
    BOOST_TEST((b - a * x).norm() > 0.0);
  });
}

BOOST_AUTO_TEST_CASE(a_service_that_program_was_not_asked_for_is_a_status) {
  test::run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    start(host);
    const auto refined = host.run_command(program(0));
    const auto shot = host.run_command(solve(refined.handle, INVAR_SERVICE_SINGLE_SHOT, 0.0));
    BOOST_TEST(shot.status == static_cast<unsigned>(INVAR_STATUS_NOT_SERVED));
    const auto good = host.run_command(solve(refined.handle, INVAR_SERVICE_REFINED, 1e-6));
    BOOST_TEST(good.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(good.quality == 0.0);
  });
}

BOOST_AUTO_TEST_CASE(shots_that_probes_find_too_poor_are_not_given) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.solver.quality_limit = 1e-3;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    start(host);
    const auto shots = host.run_command(program(INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT)));
    BOOST_TEST(shots.status == static_cast<unsigned>(INVAR_STATUS_NOT_CONVERGED));
    BOOST_TEST(shots.handle == INVAR_HANDLE_NONE);
    BOOST_TEST(shots.quality > 1e-3);
    // Where groups are checked, what is poor is refined.
    const auto checked = host.run_command(program(INVAR_SERVES(INVAR_SERVICE_CHECKED)));
    BOOST_TEST(checked.status == static_cast<unsigned>(INVAR_STATUS_OK));
  });
}

BOOST_AUTO_TEST_CASE(one_handle_serves_all_that_it_was_asked_for) {
  test::run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    start(host);
    const auto stored = host.run_command(program(INVAR_SERVES(INVAR_SERVICE_REFINED) |
                                                 INVAR_SERVES(INVAR_SERVICE_CHECKED) |
                                                 INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT)));
    BOOST_TEST(stored.residual > 0.0);
    BOOST_TEST(stored.quality > 0.0);
    const auto lenient = host.run_command(solve(stored.handle, INVAR_SERVICE_CHECKED, 0.0));
    BOOST_TEST(lenient.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(lenient.refined_columns == 0u);
    BOOST_TEST(lenient.residual > 0.0);
    const auto strict = host.run_command(solve(stored.handle, INVAR_SERVICE_CHECKED, 1e-6));
    BOOST_TEST(strict.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(strict.refined_columns == static_cast<unsigned>(k_columns));
    BOOST_TEST(strict.residual <= 1e-6);
  });
}

BOOST_AUTO_TEST_CASE(damping_can_be_added_as_the_matrix_is_read) {
  test::run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    start(host);
    constexpr float k_damping = 0.7f;
    Eigen::MatrixXd damped = test::covariance_matrix(k_n, 0.3, 5);
    damped.diagonal().array() += double{k_damping};
    invar_descriptor as_it_is = program(INVAR_SERVES(INVAR_SERVICE_REFINED));
    as_it_is.damping = k_damping;  // of no meaning without the flag
    invar_descriptor adding = as_it_is;
    adding.flags |= INVAR_FLAG_ADD_DAMPING;
    const Eigen::MatrixXd rhs = host.get_matrix(k_rhs, k_columns, k_n);
    for (const auto& [descriptor, matrix] :
         {std::pair(as_it_is, test::covariance_matrix(k_n, 0.3, 5)), std::pair(adding, damped)}) {
      const auto stored = host.run_command(descriptor);
      BOOST_TEST_REQUIRE(stored.status == static_cast<unsigned>(INVAR_STATUS_OK));
      const auto solved = host.run_command(solve(stored.handle, INVAR_SERVICE_REFINED, 1e-10));
      BOOST_TEST(solved.status == static_cast<unsigned>(INVAR_STATUS_OK));
      const Eigen::MatrixXd solution = host.get_matrix(k_solution, k_columns, k_n);
      BOOST_TEST((solution * matrix - rhs).norm() <= 1e-8 * rhs.norm());
    }
    for (const float bad :
         {-0.1f, std::numeric_limits<float>::infinity(), std::numeric_limits<float>::quiet_NaN()}) {
      adding.damping = bad;
      BOOST_TEST(host.run_command(adding).status ==
                 static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    }
  });
}

BOOST_AUTO_TEST_CASE(fields_that_do_not_fit_their_command_are_refused) {
  test::run_script(AcceleratorFixture::small_parameters(), [](AcceleratorFixture& host) {
    start(host);
    const auto stored = host.run_command(program(INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT), 0));
    invar_descriptor general = program(0, 1);
    general.flags = INVAR_FLAG_GENERAL;
    invar_descriptor replicas = program(0);
    replicas.replicas = INVAR_LIMIT_REPLICAS + 1;
    invar_descriptor general_without_last = program(0);
    general_without_last.flags = INVAR_FLAG_GENERAL | INVAR_FLAG_ELIMINATE_LAST;
    for (const invar_descriptor& bad :
         {replicas, general_without_last, program(8), program(0, k_n),
          program(0, INVAR_LIMIT_RANK + 1), program(0, 0, 2), general,
          solve(stored.handle, INVAR_SERVICE_SINGLE_SHOT, 1e-3), solve(stored.handle, 3, 1e-3),
          solve(stored.handle, INVAR_SERVICE_REFINED, 0.0)}) {
      BOOST_TEST(host.run_command(bad).status ==
                 static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    }
    const auto still = host.run_command(solve(stored.handle, INVAR_SERVICE_SINGLE_SHOT, 0.0));
    BOOST_TEST(still.status == static_cast<unsigned>(INVAR_STATUS_OK));
  });
}

BOOST_AUTO_TEST_CASE(replicas_take_tiles_each_and_solve_sooner) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tiles = 5;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    start(host);
    invar_descriptor four = program(INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT));
    four.replicas = 4;
    const auto once = host.run_command(program(INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT)));
    const auto stored = host.run_command(four);
    BOOST_TEST(stored.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(stored.tiles == 4u);
    const auto alone = host.run_command(solve(once.handle, INVAR_SERVICE_SINGLE_SHOT, 0.0));
    const auto shared = host.run_command(solve(stored.handle, INVAR_SERVICE_SINGLE_SHOT, 0.0));
    BOOST_TEST(shared.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(shared.ticks < alone.ticks);
    // What takes other tiles cannot take its place.
    four.handle = once.handle;
    BOOST_TEST(host.run_command(four).status == static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
    four.handle = INVAR_HANDLE_NONE;
    four.replicas = 6;
    const auto refused = host.run_command(four);
    BOOST_TEST(refused.status == static_cast<unsigned>(INVAR_STATUS_TOO_LARGE));
    BOOST_TEST(refused.tiles == 6u);
  });
}

BOOST_AUTO_TEST_CASE(a_matrix_of_a_row_more_than_a_tile_has_fits_without_its_last_row) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = k_n - 1;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    start(host);
    invar_descriptor without_last = program(INVAR_SERVES(INVAR_SERVICE_REFINED));
    without_last.flags |= INVAR_FLAG_ELIMINATE_LAST;
    const auto stored = host.run_command(without_last);
    BOOST_TEST(stored.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(stored.tiles == 1u);
    const auto solved = host.run_command(solve(stored.handle, INVAR_SERVICE_REFINED, 1e-8));
    BOOST_TEST(solved.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(solved.residual <= 1e-8);
  });
}

BOOST_AUTO_TEST_CASE(diagonal_blocks_take_a_tile_each_and_no_products) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.tile.rows = 12;
  parameters.solver.block_product = solver::BlockProductPath::analog;
  parameters.tiles = 4;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    start(host);
    const auto stored = host.run_command(
        program(INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT), 2, INVAR_BLOCKS_DIAGONAL));
    BOOST_TEST(stored.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(stored.tiles == 2u);
    const auto solved = host.run_command(solve(stored.handle, INVAR_SERVICE_SINGLE_SHOT, 0.0));
    BOOST_TEST(solved.status == static_cast<unsigned>(INVAR_STATUS_OK));
    // What takes other tiles cannot take its place.
    invar_descriptor nested = program(0);
    nested.handle = stored.handle;
    BOOST_TEST(host.run_command(nested).status ==
               static_cast<unsigned>(INVAR_STATUS_BAD_DESCRIPTOR));
  });
}

BOOST_AUTO_TEST_SUITE_END()
