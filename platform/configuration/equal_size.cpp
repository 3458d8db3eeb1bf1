#include <fmt/format.h>
#include <invar/parameters/description.h>
#include <invar/platform/configuration/chip_area.h>
#include <invar/platform/configuration/equal_size.h>
#include <invar/platform/configuration/run_configuration.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace invar::platform {
namespace {

constexpr double k_mm2 = 1e6;  ///< of a square metre
/// Sides of the array and tiles that a parameter may name.
constexpr std::uint64_t k_largest_side = 1024;
constexpr int k_largest_tiles = 4096;
/// Sums of areas may be off by so much of themselves.
constexpr double k_count_rounding = 1e-9;
/// One unit of so many may be left over for the sake of the array's shape (choice).
constexpr std::uint64_t k_left_over = 32;
/// Accesses of the scratchpad are of words.
constexpr std::uint64_t k_word_bytes = 4;

/// The array whose sides are to each other as asked or, up to twice as unlike, the nearest that
/// leaves few of the units over; else the one that leaves least.
void choose_sides(std::uint64_t units, double rows_to_columns, std::uint64_t& rows,
                  std::uint64_t& columns) {
  const double ideal = std::sqrt(static_cast<double>(units) * rows_to_columns);
  const auto most = static_cast<std::uint64_t>(std::max(1.0, ideal));
  rows = 0;
  columns = 0;
  const std::uint64_t enough = units - units / k_left_over;
  for (std::uint64_t side = most; side >= 1 && 3 * side >= 2 * most && rows * columns < enough;
       --side) {
    if (side * (units / side) > rows * columns) {
      rows = side;
      columns = units / side;
    }
  }
}

double unit_m2(const RunConfiguration& configuration) {
  RunConfiguration one_more = configuration;
  one_more.engine.mac_rows = 1;
  one_more.engine.mac_columns = 2;
  RunConfiguration one = one_more;
  one.engine.mac_columns = 1;
  return chip_area(one_more).engine_m2 - chip_area(one).engine_m2;
}

void scale_engine_to_area(RunConfiguration& configuration, double chip_m2) {
  const double unit = unit_m2(configuration);
  const double units_now =
      static_cast<double>(configuration.engine.mac_rows) * configuration.engine.mac_columns;
  const double fixed_m2 = chip_area(configuration).total_m2() - units_now * unit;
  if (!(unit > 0.0) || chip_m2 < fixed_m2 + unit) {
    throw InputError(fmt::format(
        "--equal-area: {:.4g} mm2 asked for; scratchpad and lanes of the engine take {:.4g} mm2, "
        "and a MAC unit {:.4g} mm2",
        k_mm2 * chip_m2, k_mm2 * fixed_m2, k_mm2 * unit));
  }
  set_mac_units(configuration,
                static_cast<std::uint64_t>((chip_m2 - fixed_m2) / unit + k_count_rounding));
}

double area_with_tiles(RunConfiguration configuration, int tiles) {
  configuration.accelerator.tiles = tiles;
  return chip_area(configuration).total_m2();
}

void scale_tiles_to_area(RunConfiguration& configuration, double chip_m2) {
  if (configuration.chosen.count("accelerator.tiles") != 0) {
    throw InputError("accelerator.tiles: is what --equal-area sets; must not be given with it");
  }
  if (configuration.accelerator.sequencer.matrix_buffer_bytes == 0) {
    throw InputError(
        "sequencer.matrix_buffer_bytes = 0: leaves the area to the run; must be above 0 with "
        "--equal-area");
  }
  const double least = area_with_tiles(configuration, 1);
  if (chip_m2 < least) {
    throw InputError(
        fmt::format("--equal-area: {:.4g} mm2 asked for; with a single tile the chip takes {:.4g} "
                    "mm2",
                    k_mm2 * chip_m2, k_mm2 * least));
  }
  if (area_with_tiles(configuration, k_largest_tiles) < chip_m2) {
    throw InputError(fmt::format(
        "--equal-area: {:.4g} mm2 asked for; with {} tiles, the most there may be, the chip takes "
        "{:.4g} mm2",
        k_mm2 * chip_m2, k_largest_tiles, k_mm2 * area_with_tiles(configuration, k_largest_tiles)));
  }
  int fits = 1;
  int too_many = k_largest_tiles + 1;
  while (too_many - fits > 1) {
    const int middle = (fits + too_many) / 2;
    (area_with_tiles(configuration, middle) <= chip_m2 ? fits : too_many) = middle;
  }
  configuration.accelerator.tiles = fits;
}

void require_machine(const RunConfiguration& configuration, const char* flag) {
  if (configuration.run.inverter == Inverter::exact) {
    throw InputError(std::string(flag) +
                     ": must go with --inverter rram or digital; exact is a bound without area and "
                     "power");
  }
}

}  // namespace

void set_mac_units(RunConfiguration& configuration, std::uint64_t units) {
  digital_engine::EngineParameters& engine = configuration.engine;
  const double before = static_cast<double>(engine.mac_rows) * engine.mac_columns;
  std::uint64_t rows = 0;
  std::uint64_t columns = 0;
  choose_sides(units, static_cast<double>(engine.mac_rows) / engine.mac_columns, rows, columns);
  if (rows == 0 || rows > k_largest_side || columns > k_largest_side) {
    throw InputError(
        fmt::format("--equal-area, --equal-power: {} MAC units are no array of 1 x 1 to {} x {}",
                    units, k_largest_side, k_largest_side));
  }
  const double bytes =
      engine.scratchpad_bytes_per_cycle * static_cast<double>(rows * columns) / before;
  engine.mac_rows = static_cast<int>(rows);
  engine.mac_columns = static_cast<int>(columns);
  // What is left makes lanes of the same area.
  const double lane_m2 = configuration.digital_area.multiply_accumulate_m2;
  if (lane_m2 > 0.0) {
    const double left_m2 = static_cast<double>(units - rows * columns) * unit_m2(configuration);
    engine.vector_lanes += static_cast<int>(left_m2 / lane_m2 * (1.0 + k_count_rounding));
  }
  const auto words = static_cast<std::uint64_t>(bytes) / k_word_bytes;
  engine.scratchpad_bytes_per_cycle =
      static_cast<int>(std::max<std::uint64_t>(words, 1) * k_word_bytes);
  try {
    engine.check();
  } catch (const std::invalid_argument& error) {
    throw InputError(
        fmt::format("--equal-area, --equal-power: {} MAC units: {}", units, error.what()));
  }
}

void scale_to_area(RunConfiguration& configuration, double chip_m2) {
  require_machine(configuration, "--equal-area");
  if (chip_area(configuration).accelerator) {
    scale_tiles_to_area(configuration, chip_m2);
  } else {
    scale_engine_to_area(configuration, chip_m2);
  }
}

void scale_to_power(RunConfiguration& configuration, double asked_w, double measured_w,
                    std::uint64_t measured_units) {
  require_machine(configuration, "--equal-power");
  if (chip_area(configuration).accelerator) {
    throw InputError(
        "--equal-power: must go with a system that inverts on the engine; what an accelerator "
        "draws follows from its commands, not from how many tiles there are");
  }
  const double units = static_cast<double>(measured_units) * asked_w / measured_w;
  if (!(units >= 1.0) || units > 1e9) {
    throw InputError(fmt::format(
        "--equal-power: {:.4g} W asked for; {:.4g} W were measured with {} MAC units: no whole "
        "number of units in proportion",
        asked_w, measured_w, measured_units));
  }
  set_mac_units(configuration, static_cast<std::uint64_t>(units));
}

}  // namespace invar::platform
