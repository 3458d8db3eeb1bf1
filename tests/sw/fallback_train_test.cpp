// The fall-backs as K-FAC takes them, with scripted statuses.
#include <boost/test/unit_test.hpp>
#include <map>

#include "sw/training_fixture.h"

BOOST_AUTO_TEST_SUITE(fallback_train)

using namespace invar::tests;

namespace {

constexpr std::uint32_t k_miss = INVAR_STATUS_NOT_CONVERGED;

/// One refresh, at step 0, with either way of applying it.
struct OneRefresh : TrainingFixture {
  explicit OneRefresh(invar_kfac_apply apply) {
    p->kfac_apply = apply;
    p->steps = 2;
    p->inverse_interval = 10;
  }
};

bool follows_reference(TrainingFixture& fixture) {
  ReferenceTraining reference = fixture.reference();
  for (std::size_t i = 0; i < fixture.batches.size(); ++i) {
    reference.step_kfac(fixture.batches[i], fixture.batch_labels[i], &fixture.targets[i], i == 0);
  }
  return fixture.difference(reference) < 1e-4;
}

std::vector<std::uint32_t> programmed_slices(const MockMachine& machine, std::uint32_t n) {
  std::vector<std::uint32_t> slices;
  for (const invar_descriptor& command : machine.commands) {
    if (command.opcode == INVAR_OP_PROGRAM && command.n == n) {
      slices.push_back(command.slices);
    }
  }
  return slices;
}

}  // namespace

BOOST_AUTO_TEST_CASE(more_slices_help_and_are_kept) {
  for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
    OneRefresh fixture(apply);
    fixture.p->inverse_interval = 1;
    fixture.machine.program_statuses = {INVAR_STATUS_UNSTABLE};  // the dense layer's A goes first
    BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
    BOOST_TEST((programmed_slices(fixture.machine, 13) == std::vector<std::uint32_t>{2, 3, 3}));
    BOOST_TEST((programmed_slices(fixture.machine, 17) == std::vector<std::uint32_t>{2, 2}));
    const invar_driver_counters& counters = fixture.machine.counters();
    BOOST_TEST(counters.fallback_slices == 1u);
    BOOST_TEST(counters.program_failures == 1u);
    BOOST_TEST(counters.programs == 9u);
    BOOST_TEST(counters.status_counts[INVAR_STATUS_UNSTABLE] == 1u);
    ReferenceTraining reference = fixture.reference();
    for (std::size_t i = 0; i < 2; ++i) {
      reference.step_kfac(fixture.batches[i], fixture.batch_labels[i], &fixture.targets[i], true);
    }
    BOOST_TEST(fixture.difference(reference) < 1e-4);
  }
}

BOOST_AUTO_TEST_CASE(a_solve_that_misses_climbs_to_more_damping) {
  OneRefresh fixture(INVAR_KFAC_APPLY_INVERSE);
  // The first solve fails at 2, 3 and 4 slices; then damping helps. The three others are fine.
  fixture.machine.solve_statuses = {k_miss,          INVAR_STATUS_OK, INVAR_STATUS_OK,
                                    INVAR_STATUS_OK, k_miss,          k_miss};
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.counters().fallback_slices == 2u);
  BOOST_TEST(fixture.machine.counters().fallback_damping == 1u);
  BOOST_TEST(fixture.machine.counters().fallback_digital == 0u);
  BOOST_TEST(!follows_reference(fixture));  // it was damped more than asked
  const invar_driver_counters& counters = fixture.machine.counters();
  BOOST_TEST(counters.refreshes == 1u);
  BOOST_TEST(counters.damped_factors == 1u);
  BOOST_TEST(counters.damped_refreshes == 1u);
  BOOST_TEST(counters.damped_steps == 2u);
  BOOST_TEST(counters.largest_damping == 9.0);  // each factor gets the root of the damping
}

BOOST_AUTO_TEST_CASE(going_digital_after_more_damping_gives_the_answer_that_was_asked_for) {
  for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
    OneRefresh fixture(apply);
    fixture.p->slices_limit = 2;
    // The others of the first round are fine.
    const std::size_t others = apply == INVAR_KFAC_APPLY_INVERSE ? 3 : 1;
    fixture.machine.solve_statuses = {k_miss};
    fixture.machine.solve_statuses.resize(1 + others, INVAR_STATUS_OK);
    fixture.machine.solve_statuses.insert(fixture.machine.solve_statuses.end(), {k_miss, k_miss});
    BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
    const invar_driver_counters& counters = fixture.machine.counters();
    BOOST_TEST(counters.fallback_damping == 2u);
    BOOST_TEST(counters.fallback_digital == 1u);
    BOOST_TEST(counters.damped_steps == 0u);
    BOOST_TEST(counters.largest_damping == 0.0);
    BOOST_TEST(follows_reference(fixture));
  }
}

BOOST_AUTO_TEST_CASE(a_factor_that_goes_digital_between_refreshes_stays_that_of_the_refresh) {
  for (const std::uint32_t retries : {0u, 2u}) {
    OneRefresh fixture(INVAR_KFAC_APPLY_SOLVE);
    fixture.p->slices_limit = 2;
    fixture.p->damping_retries = retries;
    fixture.p->steps = 4;
    fixture.machine.solve_statuses.resize(2 * 4, INVAR_STATUS_OK);
    fixture.machine.solve_statuses.insert(fixture.machine.solve_statuses.end(),
                                          {k_miss, INVAR_STATUS_OK, k_miss, k_miss});
    BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
    BOOST_TEST(fixture.machine.counters().fallback_digital >= 1u);
    BOOST_TEST(follows_reference(fixture));
  }
}

BOOST_AUTO_TEST_CASE(steps_with_more_damping_are_counted_until_the_next_refresh) {
  OneRefresh fixture(INVAR_KFAC_APPLY_SOLVE);
  fixture.p->slices_limit = 2;
  fixture.p->steps = 7;
  fixture.p->inverse_interval = 3;
  // In the second step two factors miss: one needs to be damped twice, the other once.
  fixture.machine.solve_statuses.resize(4, INVAR_STATUS_OK);
  fixture.machine.solve_statuses.insert(fixture.machine.solve_statuses.end(),
                                        {k_miss, k_miss, k_miss});
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  const invar_driver_counters& counters = fixture.machine.counters();
  BOOST_TEST(counters.fallback_damping == 3u);
  BOOST_TEST(counters.refreshes == 3u);
  BOOST_TEST(counters.damped_factors == 2u);
  BOOST_TEST(counters.damped_refreshes == 1u);
  BOOST_TEST(counters.damped_steps == 2u);  // the second and the third
  BOOST_TEST(counters.largest_damping == 81.0);
}

BOOST_AUTO_TEST_CASE(the_last_resort_is_digital_and_gives_the_damped_answer) {
  for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
    OneRefresh fixture(apply);
    fixture.p->slices_limit = 2;
    fixture.p->damping_retries = 0;
    fixture.machine.solve_statuses = {k_miss, INVAR_STATUS_SATURATED};
    BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
    const invar_driver_counters& counters = fixture.machine.counters();
    BOOST_TEST(counters.fallback_digital == 2u);
    BOOST_TEST(counters.digital_factorizations == 2u);
    BOOST_TEST(counters.digital_right_hand_sides > 0u);
    BOOST_TEST(follows_reference(fixture));
  }
}

BOOST_AUTO_TEST_CASE(too_few_tiles_are_used_in_turn_for_explicit_inverses) {
  OneRefresh fixture(INVAR_KFAC_APPLY_INVERSE);
  fixture.machine.tiles = 1;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.counters().fallback_digital == 0u);
  BOOST_TEST(fixture.machine.counters().status_counts[INVAR_STATUS_NO_TILE] == 3u);
  BOOST_TEST(follows_reference(fixture));
}

BOOST_AUTO_TEST_CASE(factors_without_a_tile_are_solved_digitally) {
  OneRefresh fixture(INVAR_KFAC_APPLY_SOLVE);
  fixture.machine.tiles = 3;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.counters().fallback_digital == 1u);
  BOOST_TEST(follows_reference(fixture));
}

BOOST_AUTO_TEST_CASE(factors_whose_tiles_are_known_take_turns_on_too_few) {
  for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
    OneRefresh fixture(apply);
    auto* layers = fixture.machine.ram<invar_layer_shape>(fixture.p->layers_address, 3);
    for (const int product : {0, 2}) {
      layers[product].tiles_a = layers[product].tiles_gamma = 1;
    }
    fixture.machine.tiles = 2;
    // One of the first two misses and is done again while others wait.
    fixture.machine.solve_statuses = {k_miss};
    BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
    const invar_driver_counters& counters = fixture.machine.counters();
    BOOST_TEST(counters.status_counts[INVAR_STATUS_NO_TILE] == 0u);
    BOOST_TEST(counters.fallback_digital == 0u);
    BOOST_TEST(counters.fallback_slices == 1u);
    BOOST_TEST(fixture.machine.most_tiles_in_use == 2u);
    BOOST_TEST(counters.programs == (apply == INVAR_KFAC_APPLY_INVERSE ? 4u + 1 : 2 * 4u + 1));
    BOOST_TEST(follows_reference(fixture));
  }
}

BOOST_AUTO_TEST_CASE(tiles_that_are_left_go_to_the_factors_that_have_most_to_do) {
  OneRefresh fixture(INVAR_KFAC_APPLY_SOLVE);
  auto* layers = fixture.machine.ram<invar_layer_shape>(fixture.p->layers_address, 3);
  for (const int product : {0, 2}) {
    layers[product].tiles_a = layers[product].tiles_gamma = 1;
  }
  fixture.p->replicas = 3;
  fixture.machine.tiles = 7;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  std::map<std::uint32_t, std::uint32_t> replicas;
  for (const invar_descriptor& command : fixture.machine.commands) {
    if (command.opcode == INVAR_OP_PROGRAM) {
      replicas[command.n] = command.replicas;
    }
  }
  // Two more tiles for the factors of the larger gradient, whose tiles have less to do then than
  // those of the other one: the third goes there.
  const std::uint32_t inputs = 13, outputs = layers[2].outputs, others = layers[0].outputs;
  BOOST_REQUIRE(inputs * outputs > 17 * others);
  BOOST_REQUIRE(inputs * outputs < 2 * 17 * others);
  BOOST_TEST(replicas[inputs] == 2u);
  BOOST_TEST(replicas[outputs] == 2u);
  BOOST_TEST(replicas[17] == 2u);
  BOOST_TEST(replicas[others] == 1u);
  BOOST_TEST(follows_reference(fixture));
}

BOOST_AUTO_TEST_CASE(factors_larger_than_a_tile_are_solved_digitally) {
  OneRefresh fixture(INVAR_KFAC_APPLY_INVERSE);
  fixture.machine.rows = 16;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.counters().fallback_digital == 1u);
  BOOST_TEST(fixture.machine.counters().status_counts[INVAR_STATUS_TOO_LARGE] == 1u);
  BOOST_TEST(follows_reference(fixture));
}

BOOST_AUTO_TEST_CASE(commands_that_finish_last_first_change_nothing) {
  OneRefresh fixture(INVAR_KFAC_APPLY_SOLVE);
  fixture.machine.reverse_order = true;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(follows_reference(fixture));
  BOOST_TEST(fixture.machine.tiles_in_use() == 4u);
}

BOOST_AUTO_TEST_CASE(explicit_inverses_leave_no_tile_behind) {
  OneRefresh fixture(INVAR_KFAC_APPLY_INVERSE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.tiles_in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(a_bus_error_of_the_accelerator_ends_the_run) {
  OneRefresh fixture(INVAR_KFAC_APPLY_INVERSE);
  fixture.machine.program_statuses = {INVAR_STATUS_BUS_ERROR};
  BOOST_TEST(fixture.run() == INVAR_EXIT_DEVICE_ERROR);
  BOOST_TEST(fixture.machine.console.find("bus error") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
