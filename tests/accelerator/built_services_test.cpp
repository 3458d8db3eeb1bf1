// Hardware that is built for single shots alone, and for less than all.
#include <array>
#include <boost/test/unit_test.hpp>
#include <memory>
#include <vector>

#include "accelerator/accelerator_fixture.h"
#include "support/spd_matrix.h"

BOOST_AUTO_TEST_SUITE(built_services)

using namespace invar;
using test::AcceleratorFixture;

namespace {

constexpr int k_n = 24;
constexpr std::uint64_t k_matrix = 0x10000, k_rhs = 0x20000, k_solution = 0x30000;
constexpr std::uint32_t k_shots = INVAR_SERVES(INVAR_SERVICE_SINGLE_SHOT);

accelerator::AcceleratorParameters lean_parameters() {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.sequencer.services = sequencer::BuiltServices::single_shot;
  return parameters;
}

invar_descriptor program(std::uint32_t services, std::uint32_t rank = 0) {
  invar_descriptor descriptor = AcceleratorFixture::program(k_matrix, k_n);
  descriptor.service = services;
  descriptor.rank = rank;
  return descriptor;
}

invar_descriptor shoot(std::uint32_t handle) {
  invar_descriptor descriptor = AcceleratorFixture::solve(handle, k_n, 1, k_rhs, k_solution, 0.0);
  descriptor.service = INVAR_SERVICE_SINGLE_SHOT;
  return descriptor;
}

void start(AcceleratorFixture& host) {
  host.start();
  host.put_matrix(k_matrix, test::covariance_matrix(k_n, 0.3, 5));
  host.put_matrix(k_rhs, Eigen::MatrixXd::Ones(1, k_n));
}

}  // namespace

BOOST_AUTO_TEST_CASE(hardware_for_single_shots_gives_these_and_nothing_that_refines) {
  test::run_script(lean_parameters(), [](AcceleratorFixture& host) {
    start(host);
    const unsigned not_served = INVAR_STATUS_NOT_SERVED;
    BOOST_TEST(host.run_command(program(0)).status == not_served);
    BOOST_TEST(host.run_command(program(INVAR_SERVES(INVAR_SERVICE_CHECKED) | k_shots)).status ==
               not_served);
    const auto stored = host.run_command(program(k_shots, 2));
    BOOST_TEST_REQUIRE(stored.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(host.run_command(shoot(stored.handle)).status ==
               static_cast<unsigned>(INVAR_STATUS_OK));
    invar_descriptor calibrate{};
    calibrate.opcode = INVAR_OP_CALIBRATE;
    calibrate.handle = stored.handle;
    BOOST_TEST(host.run_command(calibrate).status == not_served);
    invar_descriptor product = shoot(stored.handle);
    product.opcode = INVAR_OP_MVM;
    product.service = 0;
    BOOST_TEST(host.run_command(product).status == not_served);
    // The handle is as good as before.
    BOOST_TEST(host.run_command(shoot(stored.handle)).status ==
               static_cast<unsigned>(INVAR_STATUS_OK));
  });
}

BOOST_AUTO_TEST_CASE(a_rank_beyond_what_tiles_can_keep_is_a_status) {
  auto parameters = lean_parameters();
  parameters.sequencer.deflation_rank = 2;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    start(host);
    const auto refused = host.run_command(program(k_shots, 3));
    BOOST_TEST(refused.status == static_cast<unsigned>(INVAR_STATUS_NOT_SERVED));
    BOOST_TEST(refused.handle == INVAR_HANDLE_NONE);
    BOOST_TEST(host.run_command(program(k_shots, 2)).status ==
               static_cast<unsigned>(INVAR_STATUS_OK));
  });
}

BOOST_AUTO_TEST_CASE(a_matrix_beyond_the_memory_of_matrices_is_a_status) {
  auto parameters = lean_parameters();
  parameters.sequencer.matrix_buffer_bytes = 8 * k_n * k_n - 1;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    start(host);
    BOOST_TEST(host.run_command(program(k_shots)).status ==
               static_cast<unsigned>(INVAR_STATUS_NO_MEMORY));
  });
}

BOOST_AUTO_TEST_CASE(programmings_wait_for_memory_that_has_room_for_one) {
  // What the second of two at once takes, with room for one and for both.
  std::array<std::uint32_t, 3> ticks{};
  std::vector<std::unique_ptr<AcceleratorFixture>> hosts;
  for (std::size_t room = 1; room <= 2; ++room) {
    auto parameters = lean_parameters();
    parameters.sequencer.matrix_buffer_bytes = room * 8 * k_n * k_n;
    const auto script = [&ticks, room](AcceleratorFixture& host) {
      start(host);
      const std::uint32_t last = host.submit({program(k_shots), program(k_shots)});
      while (host.completion(last).status == INVAR_STATUS_PENDING ||
             host.completion(last - 1).status == INVAR_STATUS_PENDING) {
        sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
      }
      BOOST_TEST(host.completion(last).status == static_cast<unsigned>(INVAR_STATUS_OK));
      BOOST_TEST(host.completion(last - 1).status == static_cast<unsigned>(INVAR_STATUS_OK));
      ticks[room] = host.completion(last).ticks;
    };
    hosts.push_back(std::make_unique<AcceleratorFixture>("host", parameters, script, false));
  }
  sc_core::sc_start(sc_core::sc_time(50, sc_core::SC_MS));
  BOOST_REQUIRE(ticks[2] > 0u);
  BOOST_TEST(ticks[1] > 1.5 * ticks[2]);
}

BOOST_AUTO_TEST_CASE(kept_matrices_that_fill_their_memory_leave_none_for_another) {
  auto parameters = AcceleratorFixture::small_parameters();
  parameters.sequencer.matrix_buffer_bytes = 8 * k_n * k_n;
  test::run_script(parameters, [](AcceleratorFixture& host) {
    start(host);
    const auto first = host.run_command(program(0));
    BOOST_TEST_REQUIRE(first.status == static_cast<unsigned>(INVAR_STATUS_OK));
    BOOST_TEST(host.run_command(program(0)).status == static_cast<unsigned>(INVAR_STATUS_NO_TILE));
    // One that is about to be released is waited for.
    invar_descriptor release{};
    release.opcode = INVAR_OP_RELEASE;
    release.handle = first.handle;
    const std::uint32_t last = host.submit({release, program(0)});
    while (host.completion(last).status == INVAR_STATUS_PENDING) {
      sc_core::wait(sc_core::sc_time(1, sc_core::SC_US));
    }
    BOOST_TEST(host.completion(last).status == static_cast<unsigned>(INVAR_STATUS_OK));
  });
}

BOOST_AUTO_TEST_SUITE_END()
