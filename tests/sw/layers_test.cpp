// Networks of many layers, and batches that do not fit the scratchpad.
#include <boost/test/unit_test.hpp>
#include <map>
#include <set>

#include "sw/training_fixture.h"

BOOST_AUTO_TEST_SUITE(layers)

using namespace invar::tests;

namespace {

using Layers = std::vector<invar_layer_shape>;
constexpr std::uint32_t k_relu = INVAR_LAYER_RELU, k_bias = INVAR_LAYER_BIAS;
constexpr MapSize k_image{TrainingFixture::k_height, TrainingFixture::k_width, 1};

Layers conv_conv_dense() {
  return {conv(k_image, 4, 3, 1, 1), pool({13, 12, 4}), conv({6, 6, 4}, 6, 3, 2, 1),
          dense(54, 7, k_bias | k_relu), dense(7, 5)};
}

/// A sum after ReLU with its own addend, and one that takes a pooling that a convolution reads too.
Layers residual() {
  return {conv(k_image, 3, 3, 2, 1),
          conv({7, 6, 3}, 3, 3, 1, 1, k_relu),
          conv({7, 6, 3}, 3, 3, 1, 1, k_bias),
          add({7, 6, 3}, 0, k_relu),
          pool({7, 6, 3}),
          conv({3, 3, 3}, 3, 3, 1, 1),
          add({3, 3, 3}, 4),
          dense(27, 5, 0)};
}

/// Padding around a map of one pixel that a pooling gives.
Layers padded_pixel() {
  return {conv(k_image, 2, 3, 2, 1), pool({7, 6, 2}), pool({3, 3, 2}), conv({1, 1, 2}, 4, 3, 1, 1),
          dense(4, 5)};
}

Layers dense_alone() {
  return {dense(156, 9, k_bias | k_relu), dense(9, 9, k_relu), add({1, 1, 9}, 0), dense(9, 5)};
}

const std::vector<Layers> k_networks = {TrainingFixture::two_layers(), conv_conv_dense(),
                                        residual(), padded_pixel(), dense_alone()};

void check_finite_differences(const Layers& layers) {
  TrainingFixture fixture(4 << 20, layers);
  ReferenceTraining reference = fixture.reference();
  const ReferenceTraining::Labels images{0, 1, 2, 3, 4, 5}, labels{0, 1, 2, 3, 4, 0};
  const std::vector<double> gradient = reference.gradient(images, labels);
  const std::vector<double> start = reference.weights();
  for (std::size_t i = 0; i < start.size(); i += 11) {
    std::vector<double> moved = start;
    moved[i] += 1e-6;
    reference.set_weights(moved);
    const double above = reference.loss(images, labels);
    moved[i] -= 2e-6;
    reference.set_weights(moved);
    BOOST_CHECK_SMALL((above - reference.loss(images, labels)) / 2e-6 - gradient[i], 1e-6);
  }
}

/// One step of SGD without momentum: the weights have moved by the gradient.
void check_gradient(const Layers& layers) {
  TrainingFixture fixture(4 << 20, layers);
  fixture.p->optimizer = INVAR_OPTIMIZER_SGD;
  fixture.p->steps = 1;
  fixture.p->momentum = 0.0f;
  fixture.p->weight_decay = 0.0f;
  ReferenceTraining reference = fixture.reference();
  const std::vector<double> start = reference.weights();
  BOOST_TEST_REQUIRE(fixture.run() == INVAR_EXIT_OK, fixture.machine.console);
  const std::vector<double> gradient =
      reference.gradient(fixture.batches[0], fixture.batch_labels[0]);
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    const double moved = start[i] - static_cast<double>(fixture.machine.progress[0].weights[i]);
    BOOST_CHECK_SMALL(moved / double{fixture.p->learning_rate} - gradient[i], 1e-5);
  }
}

/// Six steps of K-FAC in a scratchpad of so many bytes. \return opcodes of its jobs
std::multiset<std::uint32_t> check_kfac(const Layers& layers, std::size_t scratchpad_bytes,
                                        invar_solver solver, invar_kfac_apply apply) {
  TrainingFixture fixture(scratchpad_bytes, layers);
  fixture.p->solver = solver;
  fixture.p->kfac_apply = apply;
  fixture.machine.tiles = 32;
  std::multiset<std::uint32_t> opcodes;
  fixture.machine.on_job = [&, note = fixture.machine.on_job](const invar_engine_job& job) {
    note(job);
    opcodes.insert(job.opcode);
  };
  ReferenceTraining reference = fixture.reference();
  BOOST_TEST_REQUIRE(fixture.run() == INVAR_EXIT_OK, fixture.machine.console);
  BOOST_TEST_REQUIRE(fixture.targets.size() == 6u);
  for (std::size_t i = 0; i < fixture.batches.size(); ++i) {
    reference.step_kfac(fixture.batches[i], fixture.batch_labels[i], &fixture.targets[i],
                        i % 2 == 0);
  }
  BOOST_TEST(fixture.difference(reference) < 2e-4);
  return opcodes;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_reference_gradient_of_any_network_agrees_with_finite_differences) {
  for (const Layers& layers : k_networks) {
    check_finite_differences(layers);
  }
}

BOOST_AUTO_TEST_CASE(the_gradient_of_any_network_is_the_references) {
  for (const Layers& layers : k_networks) {
    check_gradient(layers);
  }
}

BOOST_AUTO_TEST_CASE(kfac_of_any_network_follows_the_reference) {
  for (const Layers& layers : k_networks) {
    for (const auto solver : {INVAR_SOLVER_ACCELERATOR, INVAR_SOLVER_ENGINE}) {
      for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
        check_kfac(layers, 4 << 20, solver, apply);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_batch_that_does_not_fit_is_worked_off_in_groups) {
  // The two-layer network takes 52 kB for all 12 images.
  const Layers two = TrainingFixture::two_layers();
  for (const std::size_t bytes : {40000, 25000, 16000}) {
    for (const auto solver : {INVAR_SOLVER_ACCELERATOR, INVAR_SOLVER_ENGINE}) {
      const auto opcodes = check_kfac(two, bytes, solver, INVAR_KFAC_APPLY_SOLVE);
      BOOST_TEST(opcodes.count(INVAR_ENGINE_GATHER_U8) > 6u);
    }
  }
  BOOST_TEST(check_kfac(two, 60000, INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_SOLVE)
                 .count(INVAR_ENGINE_GATHER_U8) == 6u);
}

BOOST_AUTO_TEST_CASE(factors_that_do_not_fit_live_in_ram) {
  // A dense layer's factor of 157 rows takes 98,596 bytes: one at a time fits.
  const Layers layers = dense_alone();
  for (const auto solver : {INVAR_SOLVER_ACCELERATOR, INVAR_SOLVER_ENGINE}) {
    for (const auto apply : {INVAR_KFAC_APPLY_INVERSE, INVAR_KFAC_APPLY_SOLVE}) {
      const auto roomy = check_kfac(layers, 400000, solver, apply);
      const auto tight = check_kfac(layers, 180000, solver, apply);
      BOOST_TEST(roomy.count(INVAR_ENGINE_LOAD) + 6 <= tight.count(INVAR_ENGINE_LOAD));
      BOOST_TEST(roomy.count(INVAR_ENGINE_GEMM) == tight.count(INVAR_ENGINE_GEMM));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_spilled_factor_is_programmed_from_where_it_is_and_stays_as_it_was) {
  TrainingFixture fixture(180000, dense_alone());
  fixture.p->solver = INVAR_SOLVER_ACCELERATOR;
  fixture.machine.tiles = 32;
  fixture.p->inverse_interval = 3;
  fixture.p->factor_interval = 1;
  std::map<std::uint32_t, invar_descriptor> programmed;  // last of each factor
  std::set<std::uint64_t> sources;
  fixture.machine.on_job = [&, note = fixture.machine.on_job](const invar_engine_job& job) {
    note(job);
    for (const invar_descriptor& command : fixture.machine.commands) {
      if (command.opcode == INVAR_OP_PROGRAM && (command.flags & INVAR_FLAG_ADD_DAMPING) != 0) {
        programmed[command.label & 0xFFFFFu] = command;
        sources.insert(command.source);
      }
    }
    for (const auto& [label, command] : programmed) {
      const std::uint64_t end = command.source + std::uint64_t{command.n} * command.n * 4;
      BOOST_TEST((job.opcode != INVAR_ENGINE_STORE || job.address >= end ||
                  job.address + job.m <= command.source));
    }
  };
  BOOST_TEST_REQUIRE(fixture.run() == INVAR_EXIT_OK, fixture.machine.console);
  BOOST_TEST(programmed.size() > 0u);
  BOOST_TEST(sources.size() == 2 * programmed.size());  // two refreshes
}

BOOST_AUTO_TEST_CASE(every_optimiser_learns_in_groups_as_it_does_at_once) {
  for (const auto optimizer : {INVAR_OPTIMIZER_SGD, INVAR_OPTIMIZER_ADAM}) {
    TrainingFixture at_once, in_groups(20000);
    for (TrainingFixture* fixture : {&at_once, &in_groups}) {
      fixture->p->optimizer = optimizer;
      fixture->p->learning_rate = 0.01f;
      BOOST_TEST(fixture->run() == INVAR_EXIT_OK);
    }
    const auto& expected = at_once.machine.progress.back();
    const auto& got = in_groups.machine.progress.back();
    BOOST_TEST(std::abs(expected.record.loss - got.record.loss) < 1e-5);
    for (std::size_t i = 0; i < expected.weights.size(); ++i) {
      BOOST_CHECK_SMALL(expected.weights[i] - got.weights[i], 1e-4f);
    }
  }
}

BOOST_AUTO_TEST_CASE(layers_that_do_not_fit_together_are_refused_with_the_culprit) {
  const auto refused = [](const char* culprit, auto&& spoil) {
    Layers layers = residual();
    spoil(layers);
    TrainingFixture fixture(4 << 20, layers);
    BOOST_TEST(fixture.run() == INVAR_EXIT_BAD_BOOT_BLOCK);
    BOOST_TEST(fixture.machine.console.find(culprit) != std::string::npos,
               culprit << " in " << fixture.machine.console);
  };
  refused("kernel: 1 to 64", [](Layers& l) { l[0].kernel = 65; });
  refused("kernel: 1 to the padded", [](Layers& l) { l[5].kernel = 6; });
  refused("stride", [](Layers& l) { l[0].stride = 0; });
  refused("padding", [](Layers& l) { l[0].padding = 3; });
  refused("kind: one that is trained", [](Layers& l) { l[3].kind = 4; });
  refused("kind: a number", [](Layers& l) { l[3].kind = 0; });
  refused("kind: a number", [](Layers& l) { l[3].kind = 1000; });
  refused("flags: those of its kind", [](Layers& l) { l[3].flags = INVAR_LAYER_BIAS; });
  refused("outputs: as many as channels", [](Layers& l) { l[3].outputs += 1; });
  refused("output of the layer before", [](Layers& l) { l[1].channels = 2; });
  refused("addend: a layer before", [](Layers& l) { l[3].addend = 3; });
  refused("addend: of the same shape", [](Layers& l) { l[6].addend = 0; });
  refused("flags", [](Layers& l) { l[4].flags = INVAR_LAYER_RELU; });
  refused("last layer", [](Layers& l) { l[7].outputs = 4; });
  refused("last layer", [](Layers& l) { l.pop_back(); });
  refused("layer_count", [](Layers& l) { l.clear(); });
}

BOOST_AUTO_TEST_SUITE_END()
