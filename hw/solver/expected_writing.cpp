#include <invar/device/pulse_distribution.h>
#include <invar/programming/programming_cost.h>
#include <invar/solver/expected_count.h>
#include <invar/solver/expected_writing.h>
#include <invar/tile_model/programming_cost.h>

#include <algorithm>
#include <cmath>

namespace invar::solver {
namespace {

/// Of so many cells of a row, which become higher and lower.
struct RowCells {
  double set = 0.0, reset = 0.0, unwritten = 0.0;

  RowCells(double all, const TimingSample& sample) {
    const double written = all * sample.written_share;
    set = written * sample.set_share;
    reset = written - set;
    unwritten = all - set - reset;
  }
  double written() const { return set + reset; }
};

programming::RowPulses expected_row(const RowCells& cells, const device::RramParameters& device,
                                    double measurements) {
  const double pulses = expected_pulses(device);
  programming::RowPulses row;
  row.largest_set = expected_largest_pulses(cells.set, device);
  row.largest_reset = expected_largest_pulses(cells.reset, device);
  row.largest_verify = 1.0;  // of a row whose cells all stand right
  row.largest_measurement = cells.written() > 0.0 ? measurements : 0.0;
  row.sum_set = cells.set * pulses;
  row.sum_reset = cells.reset * pulses;
  row.sum_verify = cells.written() * pulses + cells.unwritten;
  row.sum_measurement = cells.written() * measurements;
  return row;
}

/// Of a slice. (The cell of a reference column, one in a row, is left out.)
double arrays_of(const StoredMatrixParameters& parameters, const TimingSample& sample) {
  return parameters.tile.minus_array == tile::MinusArray::always ? 2.0 : 1.0 + sample.minus_share;
}

/// Of arrays with drivers of their own: of the polarity that most cells take, the largest number is
/// that of both arrays.
programming::RowOperations parallel_operations(const programming::RowPulses& both,
                                               const RowCells& one, double arrays,
                                               const StoredMatrixParameters& parameters,
                                               double measurements) {
  programming::RowPulses row = expected_row(one, parameters.tile.device, measurements);
  const auto each = programming::row_operations(row, arrays, parameters.programming);
  if (one.set >= one.reset) {
    row.largest_set = both.largest_set;
  } else {
    row.largest_reset = both.largest_reset;
  }
  auto longer = programming::row_operations(row, arrays, parameters.programming);
  longer.conversions = each.conversions;
  longer.drives = arrays * each.drives;
  return longer;
}

}  // namespace

double expected_largest_pulses(double cells, const device::RramParameters& device) {
  const std::vector<double> at_most = device::pulse_distribution(device.mean_pulses);
  // E max = sum over t of P(max > t); none is written without a pulse.
  double expectation = cells > 0.0 ? 1.0 : 0.0;
  for (int t = 1; t < device.maximum_pulses && t <= static_cast<int>(at_most.size()); ++t) {
    expectation += 1.0 - std::pow(at_most[t - 1], cells);
  }
  return expectation;
}

double expected_pulses(const device::RramParameters& device) {
  return expected_largest_pulses(1.0, device);
}

programming::ProgrammingResult expected_writing(const StoredMatrixParameters& parameters,
                                                const TimingSample& sample, double rows,
                                                int slices) {
  const device::RramParameters& device = parameters.tile.device;
  const double arrays = arrays_of(parameters, sample);
  const RowCells cells(arrays * rows, sample);
  const programming::ProgrammingParameters& controller = parameters.programming;
  const bool parallel = controller.parallel_arrays;
  programming::RowOperations operations;
  double verify_reads = 0.0;
  double measurement_reads = 0.0;
  for (int slice = 0; slice < slices; ++slice) {
    // The last slice is not measured: no other corrects it.
    const double measurements = slice + 1 < slices ? device.measurement_reads : 0.0;
    const programming::RowPulses row = expected_row(cells, device, measurements);
    const auto of_row =
        parallel ? parallel_operations(row, {rows, sample}, arrays, parameters, measurements)
                 : programming::row_operations(row, arrays, controller);
    operations.set_pulses += rows * of_row.set_pulses;
    operations.reset_pulses += rows * of_row.reset_pulses;
    operations.verifies += rows * of_row.verifies;
    operations.conversions += rows * of_row.conversions;
    operations.drives += rows * of_row.drives;
    verify_reads += rows * (row.sum_verify + row.sum_measurement);
    measurement_reads += rows * row.sum_measurement;
  }
  const double pulses = expected_pulses(device);
  const double all_rows = slices * rows;
  programming::ProgrammingResult result;
  result.cells = to_count(all_rows * arrays * rows);
  result.written_cells = to_count(all_rows * cells.written());
  result.set_pulses = to_count(all_rows * cells.set * pulses);
  result.reset_pulses = to_count(all_rows * cells.reset * pulses);
  result.verify_reads = to_count(verify_reads);
  result.measurement_reads = to_count(measurement_reads);
  result.row_set_pulses = to_count(operations.set_pulses);
  result.row_reset_pulses = to_count(operations.reset_pulses);
  result.row_verifies = to_count(operations.verifies);
  result.row_conversions = controller.verify == programming::VerifyMethod::adc && !parallel
                               ? to_count(programming::verify_conversions(
                                     static_cast<double>(result.row_verifies), arrays, controller))
                               : to_count(operations.conversions);
  result.row_drives =
      parallel ? to_count(operations.drives) : result.row_pulses() + result.row_verifies;
  result.remainder_updates = to_count((slices - 1) * rows * rows);
  const double mean_s = sample.mean_conductance_s;
  result.pulse_energy_j = device.set_energy_j(static_cast<double>(result.set_pulses), mean_s) +
                          device.reset_energy_j(static_cast<double>(result.reset_pulses), mean_s);
  result.verify_energy_j =
      static_cast<double>(result.verify_reads) * device.verify_energy_j_per_siemens() * mean_s;
  tile::set_cost(result, parameters.tile, controller, static_cast<int>(std::ceil(rows)));
  return result;
}

programming::ProgrammingResult on_tiles(const programming::ProgrammingResult& one, double count) {
  programming::ProgrammingResult all = one;
  for (std::uint64_t* number :
       {&all.cells, &all.written_cells, &all.set_pulses, &all.reset_pulses, &all.verify_reads,
        &all.measurement_reads, &all.row_set_pulses, &all.row_reset_pulses, &all.row_verifies,
        &all.row_conversions, &all.row_drives, &all.remainder_updates}) {
    *number = times(*number, count);
  }
#define INVAR_SCALE(member, event, counted) all.member *= count;
  INVAR_PROGRAMMING_ENERGIES(INVAR_SCALE)
#undef INVAR_SCALE
  return all;
}

}  // namespace invar::solver
