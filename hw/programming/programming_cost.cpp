#include <invar/programming/programming_cost.h>

#include <algorithm>

namespace invar::programming {

void RowPulses::add(const device::CellWrite& cell) {
  const auto take = [](double& largest, double& sum, int number) {
    largest = std::max(largest, static_cast<double>(number));
    sum += number;
  };
  take(largest_set, sum_set, cell.set_pulses);
  take(largest_reset, sum_reset, cell.reset_pulses);
  take(largest_verify, sum_verify, cell.verify_reads);
  take(largest_measurement, sum_measurement, cell.measurement_reads);
}

void RowPulses::join(const RowPulses& other) {
  const auto take = [](double& largest, double& sum, double other_largest, double other_sum) {
    largest = std::max(largest, other_largest);
    sum += other_sum;
  };
  take(largest_set, sum_set, other.largest_set, other.sum_set);
  take(largest_reset, sum_reset, other.largest_reset, other.sum_reset);
  take(largest_verify, sum_verify, other.largest_verify, other.sum_verify);
  take(largest_measurement, sum_measurement, other.largest_measurement, other.sum_measurement);
}

double verify_conversions(double verifies, double arrays, const ProgrammingParameters& parameters) {
  if (parameters.verify == VerifyMethod::comparator) {
    return 0.0;
  }
  return parameters.order == WriteOrder::row_parallel ? arrays * verifies : verifies;
}

RowOperations row_operations(const RowPulses& row, double arrays,
                             const ProgrammingParameters& parameters) {
  RowOperations operations;
  double verifies = row.sum_verify;
  double measurements = row.sum_measurement;
  if (parameters.order == WriteOrder::cell_by_cell) {
    operations.set_pulses = row.sum_set;
    operations.reset_pulses = row.sum_reset;
    operations.conversions = measurements;
  } else {
    operations.set_pulses = row.largest_set;
    operations.reset_pulses = row.largest_reset;
    verifies = std::max(row.largest_set + row.largest_reset, row.largest_verify);
    measurements = row.largest_measurement;
    operations.conversions = arrays * measurements;
  }
  operations.verifies = verifies + measurements;
  operations.conversions += verify_conversions(verifies, arrays, parameters);
  operations.drives = operations.set_pulses + operations.reset_pulses + operations.verifies;
  return operations;
}

RowOperations at_the_same_time(const RowOperations& one, const RowOperations& other,
                               const device::RramParameters& device) {
  const auto time_s = [&](const RowOperations& row) {
    return row.set_pulses * device.set_width_s + row.reset_pulses * device.reset_width_s +
           row.verifies * device.verify_width_s;
  };
  RowOperations longer = time_s(one) >= time_s(other) ? one : other;
  longer.conversions = one.conversions + other.conversions;
  longer.drives = one.drives + other.drives;
  return longer;
}

void set_controller_cost(ProgrammingResult& result, const device::RramParameters& device,
                         const ProgrammingParameters& parameters) {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  result.duration_s = number(result.row_set_pulses) * device.set_width_s +
                      number(result.row_reset_pulses) * device.reset_width_s +
                      number(result.row_verifies) * device.verify_width_s +
                      number(result.compensation_operations) / parameters.compensation_rate_hz;
  result.driver_energy_j = number(result.row_drives) * parameters.row_driver_energy_j;
  result.remainder_energy_j = number(result.remainder_updates) * parameters.remainder_energy_j;
  result.compensation_energy_j =
      number(result.compensation_operations) * parameters.compensation_energy_j;
}

}  // namespace invar::programming
