// The steps of a training without numbers: of networks that fit the scratchpad and of such that
// stream.
#include <boost/test/unit_test.hpp>
#include <limits>
#include <map>
#include <numeric>
#include <set>
#include <tuple>

#include "sw/training_fixture.h"

BOOST_AUTO_TEST_SUITE(workload)

using namespace invar::tests;

namespace {

using Layers = std::vector<invar_layer_shape>;
constexpr std::uint32_t k_batch = 10;

invar_layer_shape with_tiles(invar_layer_shape shape, std::uint32_t a, std::uint32_t gamma) {
  shape.tiles_a = a;
  shape.tiles_gamma = gamma;
  return shape;
}

/// Factors of 601 and 200 rows, then twice 101 and 50; tiles of 128 rows, products on tiles.
Layers three_layers() {
  invar_layer_shape first = with_tiles(conv({10, 10, 24}, 200, 5, 1, 2), 25, 4);
  first.slices_a = 3;
  return {first, with_tiles(dense(100, 50), 1, 1), with_tiles(dense(100, 50), 1, 1)};
}

struct WorkloadFixture {
  MockMachine machine;
  Layers layers;
  invar_workload_parameters* p;
  std::vector<invar_engine_job> jobs;

  explicit WorkloadFixture(invar_solver solver, invar_kfac_apply apply,
                           Layers network = three_layers(), std::size_t scratchpad_bytes = 16384)
      : machine(16 << 20, scratchpad_bytes), layers(std::move(network)) {
    machine.without_numbers = true;
    machine.rows = 128;
    machine.tiles = 300;
    machine.on_job = [this](const invar_engine_job& job) { jobs.push_back(job); };
    const std::uint64_t layers_address = machine.place(layers.size() * sizeof layers[0]);
    const std::uint64_t data_address = machine.place(2 << 20);
    std::copy(layers.begin(), layers.end(),
              machine.ram<invar_layer_shape>(layers_address, layers.size()));
    p = &machine.boot(INVAR_APP_WORKLOAD).parameters.workload;
    *p = {};
    p->data_address = data_address;
    p->data_bytes = 2 << 20;
    invar_train_parameters& training = p->training;
    training = *TrainingFixture().p;
    training.solver = solver;
    training.kfac_apply = apply;
    training.batch = k_batch;
    training.layers_address = layers_address;
    training.layer_count = static_cast<std::uint32_t>(layers.size());
    training.classes = layers.back().outputs;
    training.factor_interval = 2;
    training.inverse_interval = 4;
    p->factor_interval = 10;
    training.slices = 0;
  }

  int run() {
    invar_port& port = machine.port();
    return firmware_main(&port);
  }
  /// Of products; a symmetric one counts whole.
  std::uint64_t macs(std::uint32_t phase) const {
    std::uint64_t sum = 0;
    for (const invar_engine_job& job : jobs) {
      const bool is_symmetric = job.opcode == INVAR_ENGINE_SYRK;
      if (job.phase == phase && (is_symmetric || job.opcode == INVAR_ENGINE_GEMM)) {
        sum += std::uint64_t{job.m} * (is_symmetric ? job.m : job.n) * job.k;
      }
    }
    return sum;
  }
  /// Commands of an opcode by their matrix's size.
  std::map<std::uint32_t, int> commands(std::uint32_t opcode) const {
    std::map<std::uint32_t, int> count;
    for (const invar_descriptor& command : machine.commands) {
      if (command.opcode == opcode && opcode != INVAR_OP_RELEASE) {
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
  std::uint64_t moved_bytes(std::uint32_t opcode, std::uint32_t phase) const {
    return std::accumulate(jobs.begin(), jobs.end(), std::uint64_t{0},
                           [&](std::uint64_t sum, const invar_engine_job& job) {
                             return sum + (job.opcode == opcode && job.phase == phase ? job.m : 0);
                           });
  }
};

using Counts = std::map<std::uint32_t, int>;
const Counts k_each_once = {{601, 1}, {200, 1}, {101, 2}, {50, 2}};
const Counts k_each_step = {{601, 3}, {200, 3}, {101, 6}, {50, 6}};
constexpr std::uint64_t k_conv_macs = 1000ull * 200 * 601;
constexpr std::uint64_t k_dense_macs = 2ull * 10 * 50 * 101;  // of both

/// What a step does, moves aside.
using Work = std::multiset<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t,
                                      std::uint32_t, std::uint32_t>>;

Work work_of(const std::vector<invar_engine_job>& jobs) {
  const std::set<std::uint32_t> moves = {INVAR_ENGINE_LOAD, INVAR_ENGINE_STORE,
                                         INVAR_ENGINE_GATHER_U8};
  Work work;
  for (const invar_engine_job& job : jobs) {
    if (moves.count(job.opcode) == 0) {
      work.insert({job.opcode, job.phase, job.flags, job.m, job.n, job.k});
    }
  }
  return work;
}

std::multiset<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> asked(
    const std::vector<invar_descriptor>& commands) {
  std::multiset<std::tuple<std::uint32_t, std::uint32_t, std::uint32_t, std::uint32_t>> all;
  for (const invar_descriptor& command : commands) {
    all.insert({command.opcode, command.n, command.columns, command.slices});
  }
  return all;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_step_is_that_of_a_training) {
  const Layers layers = {conv({13, 12, 1}, 4, 3, 1, 1),
                         pool({13, 12, 4}),
                         conv({6, 6, 4}, 6, 3, 2, 1, INVAR_LAYER_RELU),
                         add({3, 3, 6}, 2),
                         dense(54, 7, INVAR_LAYER_BIAS | INVAR_LAYER_RELU),
                         dense(7, 5)};
  for (const auto solver : {INVAR_SOLVER_ACCELERATOR, INVAR_SOLVER_ENGINE}) {
    for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
      WorkloadFixture timed(solver, apply, layers, 4 << 20);
      TrainingFixture trained(4 << 20, layers);
      // Steps 0, 1 and 2 of the training are the first, last and second of the workload.
      for (invar_train_parameters* p : {trained.p, &timed.p->training}) {
        p->solver = solver;
        p->kfac_apply = apply;
        p->batch = TrainingFixture::k_batch;
        p->factor_interval = 2;
        p->inverse_interval = 4;
        p->kl_clip = 1e6f;
        p->slices = 2;
      }
      trained.p->steps = 3;
      timed.machine.rows = 512;
      std::vector<invar_engine_job> jobs;
      trained.machine.on_job = [&](const invar_engine_job& job) { jobs.push_back(job); };
      BOOST_TEST_REQUIRE(trained.run() == INVAR_EXIT_OK, trained.machine.console);
      BOOST_TEST_REQUIRE(timed.run() == INVAR_EXIT_OK, timed.machine.console);
      BOOST_TEST((work_of(jobs) == work_of(timed.jobs)));
      BOOST_TEST((asked(trained.machine.commands) == asked(timed.machine.commands)));
      // The network fits: nothing but batches, targets and what the accelerator is given moves.
      BOOST_TEST(timed.moved_bytes(INVAR_ENGINE_LOAD, INVAR_PHASE_BACKWARD) == 0u);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_network_that_streams_does_the_work_of_one_that_fits) {
  for (const auto solver : {INVAR_SOLVER_ACCELERATOR, INVAR_SOLVER_ENGINE}) {
    WorkloadFixture fits(solver, INVAR_KFAC_APPLY_INVERSE, three_layers(), 256 << 20);
    WorkloadFixture streams(solver, INVAR_KFAC_APPLY_INVERSE);
    BOOST_TEST_REQUIRE(fits.run() == INVAR_EXIT_OK, fits.machine.console);
    BOOST_TEST_REQUIRE(streams.run() == INVAR_EXIT_OK, streams.machine.console);
    BOOST_TEST((asked(fits.machine.commands) == asked(streams.machine.commands)));
    for (const std::uint32_t phase :
         {INVAR_PHASE_FORWARD, INVAR_PHASE_BACKWARD, INVAR_PHASE_FACTORS, INVAR_PHASE_INVERSION}) {
      BOOST_TEST(fits.macs(phase) == streams.macs(phase));
    }
    // Forward: pixels, weights, and for each layer its input; the batch's numbers and labels.
    const std::uint64_t inputs = k_batch * (10 * 10 * 24 + 2 * 100);
    const std::uint64_t weights = 200 * 601 + 2 * 50 * 101;
    BOOST_TEST(streams.moved_bytes(INVAR_ENGINE_LOAD, INVAR_PHASE_FORWARD) ==
               3 * 4 * (inputs + weights + 2 * k_batch));
    // Pixels as numbers, each output, and probabilities in place of the last one's.
    const std::uint64_t outputs = k_batch * (10 * 10 * 24 + 100 * 200 + 3 * 50);
    BOOST_TEST(streams.moved_bytes(INVAR_ENGINE_STORE, INVAR_PHASE_FORWARD) == 3 * 4 * outputs);
  }
}

BOOST_AUTO_TEST_CASE(three_steps_compute_what_the_layers_ask_for) {
  WorkloadFixture fixture(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_INVERSE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.progress.size() == 4u);
  BOOST_TEST(fixture.machine.progress.back().record.step == 3u);
  BOOST_TEST(fixture.macs(INVAR_PHASE_FORWARD) == 3 * (k_conv_macs + k_dense_macs));
  // The first layer has no use for the gradient of its input.
  BOOST_TEST(fixture.macs(INVAR_PHASE_BACKWARD) == 3 * (k_conv_macs + 2 * k_dense_macs));
  // Gradients for sampled targets, and the moments.
  BOOST_TEST(
      fixture.macs(INVAR_PHASE_FACTORS) ==
      2 * (k_dense_macs + 1000ull * (601 * 601 + 200 * 200) + 2 * 10ull * (101 * 101 + 50 * 50)));
  BOOST_TEST(fixture.macs(INVAR_PHASE_INVERSION) ==
             3 * (601ull * 200 * (601 + 200) + 2 * 101ull * 50 * (101 + 50)));
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY) == k_each_once));
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY_INVERSE) == k_each_once));
  BOOST_TEST(fixture.machine.commands.empty());
  BOOST_TEST(fixture.machine.counters().digital_right_hand_sides == 601u + 200u + 2 * 101 + 2 * 50);
}

BOOST_AUTO_TEST_CASE(the_accelerator_inverts_all_factors_once) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == k_each_once));
  BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == k_each_once));
  BOOST_TEST(fixture.machine.tiles_in_use() == 0u);
  // All were programmed before the first was given back: 25 + 4 + 2 + 2 tiles.
  BOOST_TEST(fixture.machine.most_tiles_in_use == 33u);
  for (const invar_descriptor& command : fixture.machine.commands) {
    BOOST_TEST((command.opcode != INVAR_OP_SOLVE || command.columns == command.n));
    BOOST_TEST(
        (command.opcode != INVAR_OP_PROGRAM || command.slices == (command.n == 601 ? 3 : 0)));
  }
  BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_CHOLESKY).empty());
}

BOOST_AUTO_TEST_CASE(
    factors_wait_for_tiles_the_largest_first_and_those_too_large_go_to_the_engine) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  fixture.machine.tiles = 5;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == Counts{{200, 1}, {101, 2}, {50, 2}}));
  BOOST_TEST(fixture.machine.commands.front().n == 200u);
  BOOST_TEST(fixture.machine.most_tiles_in_use == 5u);
  BOOST_TEST(fixture.machine.counters().status_counts[INVAR_STATUS_NO_TILE] == 0u);
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY_INVERSE) == Counts{{601, 1}}));
  BOOST_TEST(fixture.machine.counters().fallback_digital == 1u);
}

BOOST_AUTO_TEST_CASE(a_factor_takes_the_tiles_that_the_table_says) {
  // With products on the lanes five leaves take five tiles.
  Layers layers = three_layers();
  layers[0] = with_tiles(layers[0], 5, 2);
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_SOLVE, layers);
  fixture.machine.one_tile_a_leaf = true;
  fixture.machine.tiles = 11;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.counters().fallback_digital == 0u);
  // 5 + 2 + 2 + 2 stay side by side.
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == k_each_once));
}

BOOST_AUTO_TEST_CASE(a_refused_programming_is_repeated_or_done_by_the_engine) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  // The last layers start: the second of them finds no tile at first, the first has a dead cell.
  fixture.machine.program_statuses = {INVAR_STATUS_NO_TILE, INVAR_STATUS_OK,
                                      INVAR_STATUS_CELL_FAILED};
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == Counts{{601, 1}, {200, 1}, {101, 3}, {50, 2}}));
  BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == Counts{{601, 1}, {200, 1}, {101, 1}, {50, 2}}));
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY_INVERSE) == Counts{{101, 1}}));
  BOOST_TEST(fixture.machine.counters().fallback_digital == 1u);
}

BOOST_AUTO_TEST_CASE(solving_keeps_the_factors_on_their_tiles_when_all_fit) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_SOLVE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == k_each_once));
  BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == k_each_step));
  for (const invar_descriptor& command : fixture.machine.commands) {
    if (command.opcode == INVAR_OP_SOLVE && command.n == 601) {
      BOOST_TEST(command.columns == 200u);
    }
  }
  BOOST_TEST(fixture.macs(INVAR_PHASE_INVERSION) == 0u);
}

BOOST_AUTO_TEST_CASE(solving_programs_for_every_step_what_does_not_fit_side_by_side) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_SOLVE);
  fixture.machine.tiles = 30;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == k_each_step));
  BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == k_each_step));
  BOOST_TEST(fixture.machine.counters().fallback_digital == 0u);
  // All are given back; nobody waits for the last one.
  BOOST_TEST(fixture.machine.tiles_in_use() <= 1u);
}

BOOST_AUTO_TEST_CASE(more_factors_than_the_ring_has_room_for_take_their_turns) {
  const Layers layers(40, with_tiles(dense(100, 50), 1, 1));
  for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
    for (const bool reverse : {false, true}) {
      WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, apply, layers);
      fixture.machine.reverse_order = reverse;
      BOOST_TEST_REQUIRE(fixture.run() == INVAR_EXIT_OK, fixture.machine.console);
      BOOST_TEST((fixture.commands(INVAR_OP_PROGRAM) == Counts{{101, 40}, {50, 40}}));
      const int solves = apply == INVAR_KFAC_APPLY_INVERSE ? 40 : 3 * 40;
      BOOST_TEST((fixture.commands(INVAR_OP_SOLVE) == Counts{{101, solves}, {50, solves}}));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_engine_makes_a_unit_matrix_for_all_factors_of_a_size) {
  const Layers layers(40, with_tiles(dense(100, 50), 1, 1));
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE, layers);
  BOOST_TEST_REQUIRE(fixture.run() == INVAR_EXIT_OK, fixture.machine.console);
  std::map<std::uint32_t, int> made;
  for (const invar_engine_job& job : fixture.jobs) {
    made[job.m] += job.opcode == INVAR_ENGINE_SCALE_ADD_DIAGONAL && job.beta == 1.0f;
  }
  BOOST_TEST(made[101] == 1);
  BOOST_TEST(made[50] == 1);
  BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_FILL)[101 * 101] == 1);
  BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_FILL)[50 * 50] == 1);
}

BOOST_AUTO_TEST_CASE(a_layer_without_factors_takes_its_gradient_as_it_is) {
  Layers layers = three_layers();
  layers[2].flags |= INVAR_LAYER_PLAIN;
  WorkloadFixture fixture(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_INVERSE, layers);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST((fixture.engine_jobs(INVAR_ENGINE_CHOLESKY) ==
              Counts{{601, 1}, {200, 1}, {101, 1}, {50, 1}}));
  int copies = 0;
  for (const invar_engine_job& job : fixture.jobs) {
    copies += job.opcode == INVAR_ENGINE_AXPBY && job.phase == INVAR_PHASE_INVERSION &&
              job.m == 50 * 101 && job.beta == 0.0f;
  }
  BOOST_TEST(copies == 3);
}

BOOST_AUTO_TEST_CASE(a_network_without_factors_inverts_nothing) {
  const Layers layers = {conv({1, 1, 64}, 32, 1, 1, 0, INVAR_LAYER_PLAIN)};
  for (const auto solver : {INVAR_SOLVER_ACCELERATOR, INVAR_SOLVER_ENGINE}) {
    WorkloadFixture fixture(solver, INVAR_KFAC_APPLY_SOLVE, layers);
    BOOST_TEST_REQUIRE(fixture.run() == INVAR_EXIT_OK, fixture.machine.console);
    BOOST_TEST(fixture.machine.commands.empty());
    BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_CHOLESKY).empty());
  }
}

BOOST_AUTO_TEST_CASE(tokens_attend_to_each_other_in_every_head) {
  const std::uint32_t tokens = 6, heads = 2, width = 4;
  invar_layer_shape qkv = conv({tokens, 1, 8}, 3 * heads * width, 1, 1, 0, 0);
  invar_layer_shape attention =
      layer_on({tokens, 1, 3 * heads * width}, INVAR_LAYER_ATTENTION, 0, heads * width);
  attention.heads = heads;
  invar_layer_shape norm = layer_on({tokens, 1, 8}, INVAR_LAYER_ELEMENTWISE, 0, 8);
  norm.passes = 4;
  const invar_layer_shape head = conv({tokens, 1, 8}, 30, 1, 1, 0, INVAR_LAYER_PLAIN);
  WorkloadFixture fixture(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_INVERSE,
                          {qkv, attention, norm, head}, 4 << 20);
  BOOST_TEST_REQUIRE(fixture.run() == INVAR_EXIT_OK, fixture.machine.console);
  const std::uint64_t attended = 2ull * k_batch * heads * tokens * tokens * width;
  const std::uint64_t products = k_batch * tokens * 8ull * (24 + 30);
  BOOST_TEST(fixture.macs(INVAR_PHASE_FORWARD) == 3 * (products + attended));
  // Scores once more, and two products for each of the two.
  BOOST_TEST(fixture.macs(INVAR_PHASE_BACKWARD) ==
             3 * (products + k_batch * tokens * 8ull * 30 + attended / 2 + 2 * attended));
  // A row of scores a token and head, a row of classes a token.
  BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_SOFTMAX).at(k_batch * heads * tokens) == 3 + 3 + 2);
  BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_SOFTMAX).at(k_batch * tokens) == 3);
  BOOST_TEST(fixture.engine_jobs(INVAR_ENGINE_CROSS_ENTROPY_BACKWARD).at(k_batch * tokens) == 5);
}

BOOST_AUTO_TEST_CASE(a_bad_table_is_refused_with_the_culprit) {
  const auto refused = [](const char* culprit, auto&& spoil) {
    WorkloadFixture fixture(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_INVERSE);
    auto* layers = fixture.machine.ram<invar_layer_shape>(fixture.p->training.layers_address, 3);
    spoil(*fixture.p, layers);
    BOOST_TEST(fixture.run() == INVAR_EXIT_BAD_BOOT_BLOCK);
    BOOST_TEST(fixture.machine.console.find(culprit) != std::string::npos,
               culprit << " in " << fixture.machine.console);
  };
  using Workload = invar_workload_parameters;
  using Shape = invar_layer_shape;
  refused("kind", [](Workload&, Shape* l) { l[0].kind = 9; });
  refused("slices_a", [](Workload&, Shape* l) { l[1].slices_a = 9; });
  refused("heads", [](Workload&, Shape* l) { l[1].kind = INVAR_LAYER_ATTENTION; });
  refused("passes", [](Workload&, Shape* l) { l[1].kind = INVAR_LAYER_ELEMENTWISE; });
  refused("outputs: up to 65535", [](Workload&, Shape* l) { l[1].outputs = 65536; });
  refused("than a job counts", [](Workload& p, Shape* l) {
    l[1].flags = INVAR_LAYER_PLAIN;
    l[1].outputs = 100000000;
    p.training.batch = 50;
  });
  refused("last layer", [](Workload& p, Shape*) { p.training.classes = 49; });
  refused("layer_count", [](Workload& p, Shape*) { p.training.layer_count = 0; });
  refused("layers_address", [](Workload& p, Shape*) { p.training.layers_address = 4; });
  refused("data_address", [](Workload& p, Shape*) { p.data_bytes = 1; });
  refused("optimizer", [](Workload& p, Shape*) { p.training.optimizer = INVAR_OPTIMIZER_SGD; });
  refused("interval", [](Workload& p, Shape*) { p.training.factor_interval = 1; });
  refused("damping", [](Workload& p, Shape*) {
    p.training.damping = std::numeric_limits<float>::quiet_NaN();
  });
}

BOOST_AUTO_TEST_CASE(a_region_smaller_than_a_matrix_that_is_written_there_is_refused) {
  WorkloadFixture fixture(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
  fixture.p->data_bytes = 1 << 20;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OUT_OF_MEMORY);
}

BOOST_AUTO_TEST_SUITE_END()
