// Silicon of a system as it is built, and systems of equal size.
#include <invar/platform/configuration/chip_area.h>
#include <invar/platform/configuration/equal_size.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/dataset/input_error.h>

#include <boost/test/unit_test.hpp>
#include <string>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(chip_areas)

using namespace invar::platform;
using invar::sequencer::BuiltServices;
using invar::tests::contains;
using invar::tests::message_of;

namespace {

const auto k_close = boost::test_tools::tolerance(1e-12);

RunConfiguration digital() {
  RunConfiguration configuration;
  configuration.run.inverter = Inverter::digital;
  return configuration;
}

RunConfiguration shots_alone() {
  RunConfiguration configuration;
  configuration.accelerator.sequencer.services = BuiltServices::single_shot;
  configuration.accelerator.sequencer.lane_precision = invar::number_format::NumberFormat::fp16;
  configuration.accelerator.sequencer.matrix_buffer_bytes = 100000;
  return configuration;
}

/// By hand: units and lanes of one FP32 unit each, and the scratchpad.
double engine_m2(const RunConfiguration& configuration) {
  const auto& engine = configuration.engine;
  const double units =
      engine.mac_rows * engine.mac_columns + engine.vector_lanes + engine.function_lanes;
  return units * configuration.digital_area.multiply_accumulate_m2 +
         static_cast<double>(engine.scratchpad_bytes) *
             configuration.digital_area.memory_m2_per_byte;
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_chip_is_engine_scratchpad_and_accelerator_where_one_inverts) {
  BOOST_TEST(chip_area(digital()).total_m2() == engine_m2(digital()), k_close);
  const RunConfiguration shots = shots_alone();
  const ChipArea area = chip_area(shots);
  BOOST_TEST_REQUIRE(area.accelerator.has_value());
  const AcceleratorArea& parts = *area.accelerator;
  BOOST_TEST(area.total_m2() == engine_m2(shots) + parts.analog.total_m2() + parts.lanes_m2 +
                                    parts.matrices_m2 + parts.directions_m2 + parts.deflation_m2,
             k_close);
  RunConfiguration first_order = shots;
  first_order.train.optimizer = Optimizer::sgd;
  BOOST_TEST(!chip_area(first_order).accelerator.has_value());
}

BOOST_AUTO_TEST_CASE(memories_are_those_that_are_built) {
  RunConfiguration shots = shots_alone();
  shots.accelerator.tiles = 5;
  shots.accelerator.sequencer.deflation_rank = 4;
  const double byte_m2 = shots.digital_area.memory_m2_per_byte;
  const AcceleratorArea lean = accelerator_area(shots);
  BOOST_TEST(lean.directions_m2 == 0.0);
  BOOST_TEST(lean.matrices_m2 == 100000 * byte_m2, k_close);
  // U, W of 4 columns and a subspace of 5, each of 128 rows; 4 x 4 numbers; of two bytes.
  BOOST_TEST(lean.deflation_m2 == 5 * 2 * (128 * 13 + 16) * byte_m2, k_close);
  BOOST_TEST(lean.tiles == 5);

  RunConfiguration all;
  all.accelerator.tiles = 5;
  // 16 directions of two vectors for 64 right-hand sides, FP64.
  BOOST_TEST(accelerator_area(all).directions_m2 == 5 * 8.0 * 2 * 16 * 64 * 128 * byte_m2, k_close);
  all.accelerator.sequencer.services = BuiltServices::single_shot;
  BOOST_TEST(accelerator_area(all).directions_m2 == 0.0);
  BOOST_TEST(accelerator_area(all).analog.mvm_amplifiers_m2 == 0.0);
  // Sizes that are left open follow the run.
  BOOST_TEST(accelerator_area(all, 8000).matrices_m2 == 8000 * byte_m2, k_close);
}

BOOST_AUTO_TEST_CASE(leakage_follows_what_is_built) {
  RunConfiguration all;
  complete_parameters(all);
  RunConfiguration lean;
  lean.accelerator.sequencer.services = BuiltServices::single_shot;
  lean.train.service = SolveService::single_shot;
  lean.train.block_layout = BlockLayout::diagonal;
  complete_parameters(lean);
  const double byte_w = all.static_power.memory_w_per_byte;
  BOOST_TEST(all.accelerator.sequencer.tile_static_power_w -
                     lean.accelerator.sequencer.tile_static_power_w ==
                 8.0 * 2 * 16 * 64 * 128 * byte_w,
             boost::test_tools::tolerance(1e-9));
}

BOOST_AUTO_TEST_CASE(the_memory_of_matrices_has_one_size_for_area_capacity_and_leakage) {
  RunConfiguration configuration = shots_alone();
  configuration.static_power.gated_share = 0.05;
  const double byte_w = configuration.static_power.memory_w_per_byte;
  const double byte_m2 = configuration.digital_area.memory_m2_per_byte;
  const auto built_for = [&configuration](std::uint64_t elements) {
    invar::sequencer::SequencerParameters built = configuration.accelerator.sequencer;
    complete_matrix_memory(configuration, elements, built);
    return built;
  };
  const auto given = built_for(1000);
  BOOST_TEST(given.matrix_buffer_bytes == 100000);
  BOOST_TEST(given.buffer_static_power_w == 100000 * byte_w, k_close);
  configuration.accelerator.sequencer.matrix_buffer_bytes = 0;
  const auto open = built_for(1000);  // of two bytes
  BOOST_TEST(open.matrix_buffer_bytes == 2000);
  BOOST_TEST(open.buffer_static_power_w == 2000 * byte_w, k_close);
  BOOST_TEST(open.buffer_gated_share == 0.05);
  // A byte costs more where a tile's bank is above 64 KiB: here four times as large.
  const double byte_j = configuration.accelerator.sequencer.buffer_energy_per_byte_j;
  const auto tiles = static_cast<std::uint64_t>(configuration.accelerator.tiles);
  BOOST_TEST(open.buffer_energy_per_byte_j == byte_j, k_close);
  BOOST_TEST(built_for(tiles * 131072).buffer_energy_per_byte_j == 2.0 * byte_j, k_close);
  BOOST_TEST(
      accelerator_area(configuration, open.matrix_buffer_bytes).matrices_m2 == 2000 * byte_m2,
      k_close);
  configuration.run.inverter = Inverter::digital;
  BOOST_TEST(built_for(1000).buffer_static_power_w == 0.0);
}

BOOST_AUTO_TEST_CASE(an_engine_gets_an_area_to_within_one_multiply_accumulate_unit) {
  const double unit_m2 = digital().digital_area.multiply_accumulate_m2;
  for (const double more_units : {1.5, 17.2, 300.9, 507.0, 5000.3}) {
    RunConfiguration configuration = digital();
    const double asked_m2 = engine_m2(configuration) + more_units * unit_m2;
    scale_to_area(configuration, asked_m2);
    const double reached_m2 = engine_m2(configuration);
    BOOST_TEST(reached_m2 <= asked_m2 * (1 + 1e-12));
    BOOST_TEST(asked_m2 - reached_m2 < unit_m2 * (1 + 1e-6));
    const auto& engine = configuration.engine;
    const double units = engine.mac_rows * engine.mac_columns;
    BOOST_TEST(units > 0.97 * (256 + more_units) - 1);
    BOOST_TEST(engine.mac_columns < 2.5 * engine.mac_rows);
    // Bandwidth in proportion, in whole words.
    BOOST_TEST(engine.scratchpad_bytes_per_cycle <= units);
    BOOST_TEST(engine.scratchpad_bytes_per_cycle > units - 4);
  }
}

BOOST_AUTO_TEST_CASE(an_accelerator_gets_as_many_tiles_as_an_area_has_room_for) {
  RunConfiguration configuration = shots_alone();
  configuration.accelerator.tiles = 7;
  const double seven_m2 = chip_area(configuration).total_m2();
  configuration.accelerator.tiles = 16;
  RunConfiguration scaled = configuration;
  scale_to_area(scaled, seven_m2 * (1 + 1e-9));
  BOOST_TEST(scaled.accelerator.tiles == 7);
  scaled = configuration;
  scale_to_area(scaled, seven_m2 * (1 - 1e-9));
  BOOST_TEST(scaled.accelerator.tiles == 6);
}

BOOST_AUTO_TEST_CASE(areas_that_cannot_be_met_are_told_with_their_figures) {
  const auto refusal = [](RunConfiguration configuration, double area_m2) {
    return message_of<InputError>([&] { scale_to_area(configuration, area_m2); });
  };
  const std::string small = refusal(digital(), 1e-6);
  // 8 MiB of 2.8 um^2 and 36 lanes of 0.011884 mm2.
  BOOST_TEST(contains(small, "1 mm2 asked for"), small);
  BOOST_TEST(contains(small, "23.92 mm2"), small);
  BOOST_TEST(contains(small, "a MAC unit 0.01188 mm2"), small);
  BOOST_TEST(contains(refusal(digital(), 1.0), "MAC units"));
  BOOST_TEST(contains(refusal(shots_alone(), 1e-6), "a single tile"));
  BOOST_TEST(contains(refusal(shots_alone(), 1.0), "4096 tiles"));
  RunConfiguration open = shots_alone();
  open.accelerator.sequencer.matrix_buffer_bytes = 0;
  BOOST_TEST(contains(refusal(open, 1e-4), "sequencer.matrix_buffer_bytes = 0"));
  RunConfiguration given = shots_alone();
  given.chosen.insert("accelerator.tiles");
  BOOST_TEST(contains(refusal(given, 1e-4), "accelerator.tiles"));
  RunConfiguration bound;
  bound.run.inverter = Inverter::exact;
  BOOST_TEST(contains(refusal(bound, 1e-4), "exact is a bound"));
}

BOOST_AUTO_TEST_CASE(power_is_met_to_first_order_with_units_in_proportion) {
  RunConfiguration configuration = digital();
  scale_to_power(configuration, 3.0, 1.5, 256);
  BOOST_TEST(configuration.engine.mac_rows * configuration.engine.mac_columns +
                 configuration.engine.vector_lanes ==
             512 + 32);
  BOOST_TEST(configuration.engine.scratchpad_bytes_per_cycle >= 504);
  RunConfiguration shots = shots_alone();
  BOOST_TEST(contains(message_of<InputError>([&] { scale_to_power(shots, 3.0, 1.5, 256); }),
                      "inverts on the engine"));
  RunConfiguration none = digital();
  BOOST_TEST(contains(message_of<InputError>([&] { scale_to_power(none, 1e-6, 1.5, 256); }),
                      "no whole number of units"));
}

BOOST_AUTO_TEST_CASE(what_hardware_is_not_built_for_cannot_be_asked_of_it) {
  const auto refusal = [](RunConfiguration configuration) {
    return message_of<InputError>([&] { complete_parameters(configuration); });
  };
  RunConfiguration refined;
  refined.accelerator.sequencer.services = BuiltServices::single_shot;
  BOOST_TEST(contains(refusal(refined), "sequencer.services = single_shot"));
  refined.train.service = SolveService::single_shot;
  refined.train.block_layout = BlockLayout::diagonal;
  BOOST_TEST(refusal(refined) == "");
  refined.accelerator.sequencer.deflation_rank = 2;
  refined.train.deflation_rank = 3;
  BOOST_TEST(refusal(refined) ==
             "train.deflation_rank = 3: must be at most sequencer.deflation_rank, 2");
  RunConfiguration lanes = shots_alone();
  lanes.accelerator.sequencer.services = BuiltServices::all;
  lanes.train.service = SolveService::single_shot;
  lanes.train.block_layout = BlockLayout::diagonal;
  lanes.given.insert("sequencer.services");
  BOOST_TEST(contains(refusal(lanes), "sequencer.services = all"));
  lanes.given.clear();
  complete_parameters(lanes);
  BOOST_TEST((lanes.accelerator.sequencer.services == BuiltServices::single_shot));
}

BOOST_AUTO_TEST_SUITE_END()
