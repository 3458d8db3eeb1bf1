#include <boost/test/unit_test.hpp>
#include <limits>
#include <set>

#include "sw/training_fixture.h"

BOOST_AUTO_TEST_SUITE(train)

using namespace invar::tests;

BOOST_AUTO_TEST_CASE(sgd_follows_the_double_precision_reference) {
  TrainingFixture fixture;
  fixture.p->optimizer = INVAR_OPTIMIZER_SGD;
  ReferenceTraining reference = fixture.reference();
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.batches.size() == 6u);
  double loss = 0.0;
  for (std::size_t i = 0; i < fixture.batches.size(); ++i) {
    loss = reference.loss(fixture.batches[i], fixture.batch_labels[i]);
    reference.step_sgd(fixture.batches[i], fixture.batch_labels[i]);
  }
  BOOST_TEST(fixture.difference(reference) < 1e-5);
  BOOST_TEST(std::abs(fixture.machine.progress.back().record.loss - loss) < 1e-5);
  BOOST_TEST((fixture.machine.exits == std::vector<std::uint32_t>{INVAR_EXIT_OK}));
}

BOOST_AUTO_TEST_CASE(adam_follows_the_double_precision_reference) {
  TrainingFixture fixture;
  fixture.p->optimizer = INVAR_OPTIMIZER_ADAM;
  fixture.p->learning_rate = 0.01f;
  ReferenceTraining reference = fixture.reference();
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  for (std::size_t i = 0; i < fixture.batches.size(); ++i) {
    reference.step_adam(fixture.batches[i], fixture.batch_labels[i]);
  }
  BOOST_TEST(fixture.difference(reference) < 1e-4);
}

namespace {

void check_kfac(invar_solver solver, invar_kfac_apply apply) {
  TrainingFixture fixture;
  fixture.p->solver = solver;
  fixture.p->kfac_apply = apply;
  ReferenceTraining reference = fixture.reference();
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.targets.size() == 6u);
  for (std::size_t i = 0; i < fixture.batches.size(); ++i) {
    reference.step_kfac(fixture.batches[i], fixture.batch_labels[i], &fixture.targets[i],
                        i % 2 == 0);
  }
  BOOST_TEST(fixture.difference(reference) < 1e-4);
  const invar_driver_counters& counters = fixture.machine.counters();
  const bool analog = solver == INVAR_SOLVER_ACCELERATOR;
  BOOST_TEST(counters.programs == (analog ? 12u : 0u));
  BOOST_TEST(counters.digital_factorizations == (analog ? 0u : 12u));
  BOOST_TEST(counters.fallback_slices + counters.fallback_damping + counters.fallback_digital ==
             0u);
  if (analog) {
    // 17 and 19 inputs, 3 and 5 outputs: explicit inverses, or every gradient's rows and columns.
    const std::uint64_t inverse_sides = 3 * (17 + 3 + 13 + 5);
    const std::uint64_t gradient_sides = 6 * (17 + 3 + 13 + 5);
    BOOST_TEST(counters.right_hand_sides ==
               (apply == INVAR_KFAC_APPLY_INVERSE ? inverse_sides : gradient_sides));
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(kfac_with_the_accelerators_inverse_follows_the_reference) {
  check_kfac(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_INVERSE);
}

BOOST_AUTO_TEST_CASE(kfac_with_accelerator_solves_follows_the_reference) {
  check_kfac(INVAR_SOLVER_ACCELERATOR, INVAR_KFAC_APPLY_SOLVE);
}

BOOST_AUTO_TEST_CASE(kfac_with_the_engines_inverse_follows_the_reference) {
  check_kfac(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_INVERSE);
}

BOOST_AUTO_TEST_CASE(kfac_with_engine_solves_follows_the_reference) {
  check_kfac(INVAR_SOLVER_ENGINE, INVAR_KFAC_APPLY_SOLVE);
}

namespace {

/// Inputs of 17 and 13 rows, in two or three blocks; a deflation of rank 2 or 1.
void check_blocks(invar_kfac_apply apply, std::uint32_t rows, std::uint32_t rank) {
  TrainingFixture fixture;
  fixture.p->solver = INVAR_SOLVER_ENGINE;
  fixture.p->kfac_apply = apply;
  fixture.p->block_layout = INVAR_BLOCKS_DIAGONAL;
  fixture.p->block_rows = rows;
  fixture.p->deflation_rank = rank;
  ReferenceTraining reference = fixture.reference();
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.targets.size() == 6u);
  for (std::size_t i = 0; i < fixture.batches.size(); ++i) {
    reference.step_kfac(fixture.batches[i], fixture.batch_labels[i], &fixture.targets[i],
                        i % 2 == 0);
  }
  BOOST_TEST(fixture.difference(reference) < 1e-4);
  const invar_driver_counters& counters = fixture.machine.counters();
  BOOST_TEST(counters.digital_factorizations == 12u);
  BOOST_TEST(counters.fallback_damping == 0u);
}

}  // namespace

BOOST_AUTO_TEST_CASE(diagonal_blocks_on_the_engine_follow_the_reference) {
  for (const std::uint32_t rows : {9u, 6u, 2u}) {
    check_blocks(INVAR_KFAC_APPLY_SOLVE, rows, 0);
    check_blocks(INVAR_KFAC_APPLY_INVERSE, rows, 0);
  }
}

BOOST_AUTO_TEST_CASE(deflated_blocks_on_the_engine_follow_the_reference) {
  for (const std::uint32_t rank : {1u, 2u}) {
    check_blocks(INVAR_KFAC_APPLY_SOLVE, 6, rank);
    check_blocks(INVAR_KFAC_APPLY_INVERSE, 6, rank);
  }
}

BOOST_AUTO_TEST_CASE(every_epoch_visits_the_images_in_a_new_order_without_repetition) {
  TrainingFixture fixture;
  fixture.p->optimizer = INVAR_OPTIMIZER_SGD;
  fixture.run();
  std::vector<std::vector<std::uint32_t>> epochs(2);
  for (std::size_t i = 0; i < 6; ++i) {
    const auto& batch = fixture.batches[i];
    epochs[i / 3].insert(epochs[i / 3].end(), batch.begin(), batch.end());
    for (std::size_t j = 0; j < batch.size(); ++j) {
      BOOST_TEST(fixture.batch_labels[i][j] == fixture.labels[batch[j]]);
    }
  }
  for (const auto& epoch : epochs) {
    BOOST_TEST(std::set<std::uint32_t>(epoch.begin(), epoch.end()).size() == 36u);
  }
  BOOST_TEST((epochs[0] != epochs[1]));
}

BOOST_AUTO_TEST_CASE(sampled_targets_follow_the_models_probabilities) {
  TrainingFixture fixture;
  fixture.p->learning_rate = 1e-30f;  // too small to matter
  fixture.p->weight_decay = 0.0f;
  fixture.p->solver = INVAR_SOLVER_ENGINE;
  fixture.p->inverse_interval = 1000;
  fixture.p->steps = 600;
  fixture.p->evaluation_interval = 0;
  ReferenceTraining reference = fixture.reference();
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  std::vector<double> expected(5), seen(5);
  for (std::size_t i = 0; i < fixture.targets.size(); ++i) {
    reference.loss(fixture.batches[i], fixture.batch_labels[i]);
    for (int c = 0; c < 5; ++c) {
      expected[static_cast<std::size_t>(c)] += reference.probabilities().col(c).sum();
    }
    for (const std::uint32_t target : fixture.targets[i]) {
      ++seen.at(target);
    }
  }
  // 7,200 draws: four standard deviations are at most 170.
  for (std::size_t c = 0; c < 5; ++c) {
    BOOST_TEST(std::abs(expected[c] - seen[c]) < 170.0);
  }
  // Independent draws: the targets are not the labels.
  BOOST_TEST((fixture.targets != fixture.batch_labels));
}

BOOST_AUTO_TEST_CASE(the_learning_rate_decays_once_an_epoch_and_the_seed_fixes_everything) {
  TrainingFixture first, second, other_seed, decayed;
  other_seed.p->seed = 8;
  decayed.p->learning_rate_decay = 0.5f;
  for (TrainingFixture* fixture : {&first, &second, &other_seed, &decayed}) {
    fixture->run();
  }
  BOOST_TEST((first.machine.progress.back().weights == second.machine.progress.back().weights));
  BOOST_TEST((first.machine.progress.back().weights != other_seed.machine.progress.back().weights));
  BOOST_TEST((first.machine.progress[2].weights == decayed.machine.progress[2].weights));
  BOOST_TEST((first.machine.progress[3].weights != decayed.machine.progress[3].weights));
}

BOOST_AUTO_TEST_CASE(progress_comes_at_its_interval_and_at_the_end) {
  TrainingFixture fixture;
  fixture.p->optimizer = INVAR_OPTIMIZER_SGD;
  fixture.p->steps = 100;
  fixture.p->evaluation_interval = 40;
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  std::vector<std::uint64_t> steps;
  for (const auto& progress : fixture.machine.progress) {
    steps.push_back(progress.record.step);
    BOOST_TEST(progress.record.evaluate == 1u);
  }
  BOOST_TEST((steps == std::vector<std::uint64_t>{40, 80, 100}));
  BOOST_TEST(fixture.machine.progress.back().record.smoothed_loss < 1.0f);
  // 100 steps under way together wait for slots and progress only.
  BOOST_TEST(fixture.machine.sleeps < 12u);
}

BOOST_AUTO_TEST_CASE(a_request_to_stop_ends_after_the_step_with_a_last_record) {
  TrainingFixture fixture;
  fixture.machine.on_progress = [&] {
    fixture.machine.stop = fixture.machine.progress.size() == 2;
  };
  BOOST_TEST(fixture.run() == INVAR_EXIT_STOPPED);
  BOOST_TEST(fixture.machine.progress.back().record.step == 3u);
  BOOST_TEST((fixture.machine.exits == std::vector<std::uint32_t>{INVAR_EXIT_STOPPED}));
}

BOOST_AUTO_TEST_CASE(a_scratchpad_too_small_for_one_image_is_refused_with_both_sizes) {
  TrainingFixture fixture(4096);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OUT_OF_MEMORY);
  BOOST_TEST(fixture.machine.console.find("engine.scratchpad_bytes: has 4096, one image at a time "
                                          "needs 7936") != std::string::npos,
             fixture.machine.console);
}

BOOST_AUTO_TEST_CASE(a_loss_that_is_not_finite_ends_the_run) {
  TrainingFixture fixture;
  fixture.p->optimizer = INVAR_OPTIMIZER_SGD;
  fixture.p->learning_rate = 1e3f;
  fixture.p->steps = 50;
  BOOST_TEST(fixture.run() == INVAR_EXIT_DIVERGED);
}

BOOST_AUTO_TEST_CASE(bad_boot_blocks_are_refused_with_the_culprit) {
  const auto refused = [](const char* culprit, auto&& spoil) {
    TrainingFixture fixture;
    spoil(*fixture.machine.ram<invar_boot_block>(MockMachine::k_ram_base), *fixture.p);
    BOOST_TEST(fixture.run() == INVAR_EXIT_BAD_BOOT_BLOCK);
    BOOST_TEST(fixture.machine.console.find(culprit) != std::string::npos,
               culprit << " in " << fixture.machine.console);
  };
  using Boot = invar_boot_block;
  using Train = invar_train_parameters;
  refused("magic", [](Boot& b, Train&) { b.magic = 1; });
  refused("app", [](Boot& b, Train&) { b.app = 9; });
  refused("counters", [](Boot& b, Train&) { b.counters_address = 4; });
  refused("images_address", [](Boot&, Train& p) { p.images_address = 1; });
  refused("labels_address", [](Boot&, Train& p) { p.labels_address = ~0ull; });
  refused("batch", [](Boot&, Train& p) { p.batch = 0; });
  refused("count", [](Boot&, Train& p) { p.count = 5; });
  refused("classes", [](Boot&, Train& p) { p.classes = 1; });
  refused("optimizer", [](Boot&, Train& p) { p.optimizer = 4; });
  refused("solver", [](Boot&, Train& p) { p.solver = 0; });
  refused("damping", [](Boot&, Train& p) { p.damping = std::numeric_limits<float>::quiet_NaN(); });
  refused("interval", [](Boot&, Train& p) { p.inverse_interval = 0; });
  refused("learning_rate: above 0, up to 1e3", [](Boot&, Train& p) { p.learning_rate = 0.0f; });
  refused("iteration_limit: 0 to 1000", [](Boot&, Train& p) { p.iteration_limit = 1001; });
  refused("slices: 0 to 8", [](Boot&, Train& p) { p.slices = 9; });
  refused("steps_per_epoch", [](Boot&, Train& p) { p.steps_per_epoch = 4; });
  refused("boot block", [](Boot&, Train& p) { p.classes = 4; });  // a label of 4
}

BOOST_AUTO_TEST_SUITE_END()
