// Against figures worked out by hand.
#include <invar/tile_model/tile_area.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <string>

BOOST_AUTO_TEST_SUITE(tile_area_tests)

using namespace invar::tile;
using boost::test_tools::tolerance;

namespace {

constexpr double k_exact = 1e-12;

}  // namespace

BOOST_AUTO_TEST_CASE(an_adc_has_the_area_of_the_regression_and_of_lines_between) {
  BOOST_TEST(adc_area_m2(4) == 0.0046e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(8) == 0.0056e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(10) == 0.0068e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(12) == 0.013e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(6) == 0.0051e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(9) == 0.0062e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(11) == 0.0099e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(1) == 0.0046e-6, tolerance(k_exact));
  BOOST_TEST(adc_area_m2(14) == 0.0192e-6, tolerance(k_exact));
}

BOOST_AUTO_TEST_CASE(the_default_tile_adds_up_part_by_part) {
  const TileArea area = area_of(TileParameters());
  // 2 x 8 arrays of 128 x 128 cells of 48 x (40 nm)^2 = 0.0768 um^2.
  BOOST_TEST(area.cells_m2 == 262144 * 0.0768e-12, tolerance(k_exact));
  BOOST_TEST(area.loop_amplifiers_m2 == 128 * 400e-12, tolerance(k_exact));
  // Two seed slices: an inverter and two buffers a row.
  BOOST_TEST(area.buffers_m2 == 384 * 500e-12, tolerance(k_exact));
  BOOST_TEST(area.mvm_amplifiers_m2 == 1024 * 400e-12, tolerance(k_exact));
  BOOST_TEST(area.dac_m2 == 128 * 200e-12, tolerance(k_exact));
  // Eight columns an ADC: 16 of 0.0056 mm^2.
  BOOST_TEST(area.adc_m2 == 0.0896e-6, tolerance(k_exact));
  BOOST_TEST(area.sample_hold_m2 == 1024 * 0.039e-12, tolerance(k_exact));
  // 16 arrays of 128 rows and 128 columns.
  BOOST_TEST(area.write_drivers_m2 == 4096 * 10e-12, tolerance(k_exact));
  const double by_hand_um2 =
      20132.6592 + 51200.0 + 192000.0 + 409600.0 + 25600.0 + 89600.0 + 39.936 + 40960.0;
  BOOST_TEST(area.total_m2() == by_hand_um2 * 1e-12, tolerance(k_exact));
}

BOOST_AUTO_TEST_CASE(a_tile_that_only_inverts_has_no_amplifiers_at_its_columns) {
  TileParameters tile;
  tile.rows = 100;
  tile.slices = 3;
  tile.seed_slices = 3;
  tile.adc.bits = 10;
  tile.dac.bits = 4;
  AreaParameters parameters;
  parameters.mvm = false;
  const TileArea area = area_of(tile, parameters);
  BOOST_TEST(area.mvm_amplifiers_m2 == 0.0);
  BOOST_TEST(area.sample_hold_m2 == 3.9e-12, tolerance(k_exact));
  // An inverter and four buffers a row; 100 rows over ADCs of 8 columns: 13 of them.
  BOOST_TEST(area.buffers_m2 == 500 * 500e-12, tolerance(k_exact));
  BOOST_TEST(area.adc_m2 == 13 * 0.0068e-6, tolerance(k_exact));
  BOOST_TEST(area.dac_m2 == 100 * 100e-12, tolerance(k_exact));
  BOOST_TEST(area.cells_m2 == 60000 * 0.0768e-12, tolerance(k_exact));
}

BOOST_AUTO_TEST_CASE(tiles_that_share_their_adcs_have_everything_else_of_their_own) {
  const TileParameters tile;
  const TileArea one = area_of(tile);
  const TileArea alone = area_of(tile, {}, 10, 1);
  BOOST_TEST(alone.total_m2() == 10.0 * one.total_m2(), tolerance(k_exact));
  // 10 tiles in groups of 4: three sets of 16 ADCs.
  const TileArea shared = area_of(tile, {}, 10, 4);
  BOOST_TEST(shared.adc_m2 == 48 * 0.0056e-6, tolerance(k_exact));
  BOOST_TEST(shared.total_m2() == alone.total_m2() - 112 * 0.0056e-6, tolerance(k_exact));
  BOOST_TEST(area_of(tile, {}, 3, 100).adc_m2 == one.adc_m2, tolerance(k_exact));
}

BOOST_AUTO_TEST_CASE(bad_numbers_are_refused_by_name) {
  const auto refused = [](auto build, const std::string& name) {
    try {
      build();
    } catch (const std::invalid_argument& error) {
      return std::string(error.what()).find(name) == 0u;
    }
    return false;
  };
  BOOST_TEST(refused([] { area_of(TileParameters(), {}, 0, 1); }, "area.tiles = "));
  BOOST_TEST(refused([] { area_of(TileParameters(), {}, 1, 0); }, "area.tiles_per_adc = "));
  AreaParameters negative;
  negative.amplifier_m2 = -1.0;
  BOOST_TEST(refused([&] { area_of(TileParameters(), negative); }, "area.amplifier_m2 = "));
  TileParameters tile;
  tile.rows = 0;
  BOOST_TEST(refused([&] { area_of(tile); }, "tile.rows = "));
}

BOOST_AUTO_TEST_SUITE_END()
