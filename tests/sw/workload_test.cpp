#include <invar/registers/phases.h>
#include <invar/sw/apps/firmware.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <map>

#include "sw/mock_machine.h"

BOOST_AUTO_TEST_SUITE(workload)

using namespace invar::tests;

namespace {

/// A convolution (input factor of 600, output factor of 200) and a classifier, twice.
struct WorkloadFixture {
  MockMachine machine{8 << 20, 16384};
  invar_workload_parameters* p;
  std::vector<invar_engine_job> jobs;

  explicit WorkloadFixture(invar_solver solver, invar_kfac_apply apply) {
    machine.without_numbers = true;
    machine.rows = 128;
    machine.tiles = 300;
    machine.on_job = [this](const invar_engine_job& job) { jobs.push_back(job); };
    const std::uint64_t layers_address = machine.place(2 * sizeof(invar_workload_layer));
    const std::uint64_t data_address = machine.place(1 << 20);
    p = &machine.boot(INVAR_APP_WORKLOAD).parameters.workload;
    *p = {};
    p->layers_address = layers_address;
    p->data_address = data_address;
    p->data_bytes = 1 << 20;
    p->layer_count = 2;
    p->solver = solver;
    p->kfac_apply = apply;
    p->tolerance = 1e-3;
    invar_workload_layer* layer = layers();
    layer[0] = {};
    layer[0].kind = INVAR_WORKLOAD_LINEAR;
    layer[0].flags = INVAR_WORKLOAD_RELU | INVAR_WORKLOAD_FIRST;
    layer[0].repeats = 1;
    layer[0].m = 5000;
    layer[0].n = 200;
    layer[0].k = 600;
    layer[0].input_elements = 7000;
    layer[0].output_elements = 5000 * 200;
    layer[0].factor_a = 600;
    layer[0].factor_g = 200;
    layer[0].tiles_a = 25;
    layer[0].tiles_g = 4;
    layer[0].slices_a = 3;
    layer[1] = layer[0];
    layer[1].flags = 0;
    layer[1].repeats = 2;
    layer[1].m = 10;
    layer[1].n = 50;
    layer[1].k = 100;
    layer[1].input_elements = 1000;
    layer[1].output_elements = 500;
    layer[1].factor_a = 100;
    layer[1].factor_g = 50;
    layer[1].tiles_a = 1;
    layer[1].tiles_g = 1;
    layer[1].slices_a = 0;
  }
  invar_workload_layer* layers() { return machine.ram<invar_workload_layer>(p->layers_address, 2); }
  int run() {
    invar_port& port = machine.port();
    return firmware_main(&port);
  }
  std::uint64_t macs(std::uint32_t phase) const {
    std::uint64_t sum = 0;
    for (const invar_engine_job& job : jobs) {
      sum += job.opcode == INVAR_ENGINE_GEMM && job.phase == phase
                 ? std::uint64_t{job.m} * job.n * job.k
                 : 0;
    }
    return sum;
  }
  /// Commands of an opcode by their matrix's size.
  std::map<std::uint32_t, int> commands(std::uint32_t opcode) const {
    std::map<std::uint32_t, int> count;
    for (const invar_descriptor& command : machine.commands) {
      if (command.opcode == opcode) {
        ++count[command.n];
      }
    }
    return count;
  }
  std::map<std::uint32_t, int> engine_jobs(std::uint32_t opcode) const {
    std::map<std::uint32_t, int> count;
    for (const invar_engine_job& job : jobs) {
      if (job.opcode == opcode) {
        ++count[job.m];
      }
    }
    return count;
  }
};

using Counts = std::map<std::uint32_t, int>;
constexpr std::uint64_t k_weights_macs = 5000ull * 200 * 600;      // forward, first layer
constexpr std::uint64_t k_classifier_macs = 2ull * 10 * 50 * 100;  // both of the second

}  // namespace

BOOST_AUTO_TEST_CASE(three_steps_compute_what_the_layers_ask_for) {
  WorkloadFixture fixture(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_INVERSE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.progress.size() == 4u);
  BOOST_TEST(fixture.machine.progress.back().record.step == 3u);
  BOOST_TEST(fixture.macs(INVAR_PHASE_FORWARD) == 3 * (k_weights_macs + k_classifier_macs));
  // The first layer has no use for the gradient of its input.
  BOOST_TEST(fixture.macs(INVAR_PHASE_BACKWARD) == 3 * (k_weights_macs + 2 * k_classifier_macs));
  BOOST_TEST(fixture.macs(INVAR_PHASE_FACTORS) ==
             2 * (5000ull * (600 * 600 + 200 * 200) + 2 * 10ull * (100 * 100 + 50 * 50)));
  BOOST_TEST(fixture.macs(INVAR_PHASE_INVERSION) ==
             3 * (600ull * 200 * (600 + 200) + 2 * 100ull * 50 * (100 + 50)));
  const Counts once = {{600, 1}, {200, 1}, {100, 2}, {50, 2}};
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY) == once));
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY_INVERSE) == once));
  BOOST_TEST(fixture.machine.commands.empty());
  BOOST_TEST(fixture.machine.counters().digital_right_hand_sides == 600u + 200u + 2 * 100 + 2 * 50);
}

BOOST_AUTO_TEST_CASE(the_accelerator_inverts_all_factors_once_the_largest_first) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  const Counts once = {{600, 1}, {200, 1}, {100, 2}, {50, 2}};
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == once));
  BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == once));
  BOOST_TEST((fixture.commands(INVAR_OP_RELEASE) == once));
  BOOST_TEST(fixture.machine.commands.front().n == 600u);
  BOOST_TEST(fixture.machine.tiles_in_use() == 0u);
  // All were programmed before the first was given back: 25 + 4 + 2 + 2 tiles.
  BOOST_TEST(fixture.machine.most_tiles_in_use == 33u);
  for (const invar_descriptor& command : fixture.machine.commands) {
    BOOST_TEST((command.opcode != INVAR_OP_SOLVE || command.columns == command.n));
    BOOST_TEST(
        (command.opcode != INVAR_OP_PROGRAM || command.slices == (command.n == 600 ? 3 : 0)));
  }
  BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_CHOLESKY).empty());
}

BOOST_AUTO_TEST_CASE(factors_wait_for_tiles_and_those_too_large_go_to_the_engine) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  fixture.machine.tiles = 5;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == Counts{{200, 1}, {100, 2}, {50, 2}}));
  BOOST_TEST(fixture.machine.most_tiles_in_use <= 5u);
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY_INVERSE) == Counts{{600, 1}}));
  BOOST_TEST(fixture.machine.counters().fallback_digital == 1u);
}

BOOST_AUTO_TEST_CASE(a_factor_takes_the_tiles_that_the_table_says) {
  // With products on the lanes five leaves take five tiles.
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_SOLVE);
  fixture.machine.one_tile_a_leaf = true;
  fixture.machine.tiles = 11;
  fixture.layers()[0].tiles_a = 5;
  fixture.layers()[0].tiles_g = 2;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.counters().fallback_digital == 0u);
  // 5 + 2 + 2 + 2 stay side by side.
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == Counts{{600, 1}, {200, 1}, {100, 2}, {50, 2}}));
}

BOOST_AUTO_TEST_CASE(a_refused_programming_is_repeated_or_done_by_the_engine) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  fixture.machine.program_statuses = {INVAR_STATUS_NO_TILE, INVAR_STATUS_UNSTABLE};
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == Counts{{600, 2}, {200, 1}, {100, 2}, {50, 2}}));
  BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == Counts{{600, 1}, {100, 2}, {50, 2}}));
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY_INVERSE) == Counts{{200, 1}}));
  BOOST_TEST(fixture.machine.counters().fallback_digital == 1u);
}

BOOST_AUTO_TEST_CASE(solving_keeps_the_factors_on_their_tiles_when_all_fit) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_SOLVE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == Counts{{600, 1}, {200, 1}, {100, 2}, {50, 2}}));
  BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == Counts{{600, 3}, {200, 3}, {100, 6}, {50, 6}}));
  for (const invar_descriptor& command : fixture.machine.commands) {
    if (command.opcode == INVAR_OP_SOLVE && command.n == 600) {
      BOOST_TEST(command.columns == 200u);
    }
  }
  BOOST_TEST(fixture.macs(INVAR_PHASE_INVERSION) == 0u);
}

BOOST_AUTO_TEST_CASE(solving_programs_for_every_step_what_does_not_fit_side_by_side) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_SOLVE);
  fixture.machine.tiles = 30;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  const Counts each = {{600, 3}, {200, 3}, {100, 6}, {50, 6}};
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == each));
  BOOST_TEST((fixture.commands(INVAR_OP_RELEASE) == each));
  BOOST_TEST(fixture.machine.tiles_in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(a_bad_table_is_refused) {
  WorkloadFixture fixture(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_INVERSE);
  fixture.layers()[1].factor_g = 0;
  BOOST_TEST(fixture.run() == INVAR_EXIT_BAD_BOOT_BLOCK);
  fixture.layers()[1].factor_g = 50;
  fixture.layers()[0].kind = 9;
  BOOST_TEST(fixture.run() == INVAR_EXIT_BAD_BOOT_BLOCK);
  WorkloadFixture tiles(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  tiles.layers()[1].tiles_g = 0;
  BOOST_TEST(tiles.run() == INVAR_EXIT_BAD_BOOT_BLOCK);
  BOOST_TEST(tiles.machine.console.find("tiles") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
