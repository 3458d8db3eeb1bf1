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

RowOperations row_operations(const RowPulses& row, WriteOrder order) {
  if (order == WriteOrder::cell_by_cell) {
    return {row.sum_set, row.sum_reset, row.sum_verify + row.sum_measurement};
  }
  return {
      row.largest_set, row.largest_reset,
      std::max(row.largest_set + row.largest_reset, row.largest_verify) + row.largest_measurement};
}

void set_controller_cost(ProgrammingResult& result, const device::RramParameters& device,
                         const ProgrammingParameters& parameters) {
  const auto number = [](std::uint64_t count) { return static_cast<double>(count); };
  result.duration_s = number(result.row_set_pulses) * device.set_width_s +
                      number(result.row_reset_pulses) * device.reset_width_s +
                      number(result.row_verifies) * device.verify_width_s +
                      number(result.compensation_operations) / parameters.compensation_rate_hz;
  result.driver_energy_j =
      number(result.row_pulses() + result.row_verifies) * parameters.row_driver_energy_j;
  result.remainder_energy_j = number(result.remainder_updates) * parameters.remainder_energy_j;
  result.compensation_energy_j =
      number(result.compensation_operations) * parameters.compensation_energy_j;
}

}  // namespace invar::programming
