#include <invar/programming/programming_cost.h>
#include <invar/programming/write_verify.h>

#include <algorithm>
#include <cmath>
#include <vector>

namespace invar::programming {
namespace {

void add_cell(const device::CellWrite& cell, RowPulses& row, ProgrammingResult& result) {
  row.add(cell);
  ++result.cells;
  result.set_pulses += cell.set_pulses;
  result.reset_pulses += cell.reset_pulses;
  result.verify_reads += cell.verify_reads + cell.measurement_reads;
  result.written_cells += cell.set_pulses + cell.reset_pulses > 0 ? 1 : 0;
  result.failed_cells += cell.failed ? 1 : 0;
  result.pulse_energy_j += cell.pulse_energy_j;
  result.verify_energy_j += cell.verify_energy_j;
}

void add_row(const RowPulses& row, WriteOrder order, ProgrammingCounts& counts) {
  const RowOperations operations = row_operations(row, order);
  counts.row_set_pulses += static_cast<std::uint64_t>(operations.set_pulses);
  counts.row_reset_pulses += static_cast<std::uint64_t>(operations.reset_pulses);
  counts.row_verifies += static_cast<std::uint64_t>(operations.verifies);
}

/// A cell whose partner of the other sign has failed.
struct Partner {
  device::RramArray& array;
  const device::RramArray& failed;  ///< the array of the failed cell
  int row;
  int column;
  int level;     ///< that the cell stands at
  double value;  ///< that the pair is to hold, positive in the direction of this cell
};

/// Gives the cell what is left of the value with the failed one as it was measured.
void write_partner(const Partner& partner, bool measure, const device::RramParameters& device,
                   RowPulses& row, ProgrammingResult& result) {
  const double failed_level =
      (partner.failed.measured_conductance_s()(partner.row, partner.column) -
       device.minimum_conductance_s) /
      device.level_step_s();
  const int largest_level = device.levels - 1;
  const double bounded = std::clamp(partner.value, -1.0, 1.0);
  const int wanted = static_cast<int>(std::nearbyint(failed_level + bounded * largest_level));
  const int level = std::clamp(wanted, 0, largest_level);
  bool good = level == wanted;
  if (level != partner.level) {
    device::CellWrite write = partner.array.write(partner.row, partner.column, level, measure);
    good = good && !write.failed;
    write.failed = false;  // of the pair one cell has failed, and is counted already
    add_cell(write, row, result);
  }
  if (good) {
    --result.failed_cells;
    ++result.partnered_cells;
  }
}

}  // namespace

void write_slice(device::RramArray& plus, device::RramArray& minus, const std::vector<int>& lines,
                 const Eigen::MatrixXd& value, bool measure, const device::RramParameters& device,
                 const ProgrammingParameters& parameters, ProgrammingResult& result) {
  const int n = static_cast<int>(value.rows());
  const int largest_level = device.levels - 1;
  // Column by column, as the arrays lie in memory; the rows' pulses are kept side by side.
  std::vector<RowPulses> rows(n);
  std::vector<RowPulses> partner_rows;  // of the partners of failed cells, after the others
  std::vector<int> plus_levels(n), minus_levels(n);
  std::vector<device::CellWrite> plus_writes(n), minus_writes(n);
  for (int column = 0; column < n; ++column) {
    for (int row = 0; row < n; ++row) {
      const double bounded = std::clamp(value(row, column), -1.0, 1.0);
      const int level = static_cast<int>(std::nearbyint(bounded * largest_level));
      plus_levels[row] = std::max(level, 0);
      minus_levels[row] = std::max(-level, 0);
    }
    plus.write_column(lines.data(), n, lines[column], plus_levels.data(), measure,
                      plus_writes.data());
    minus.write_column(lines.data(), n, lines[column], minus_levels.data(), measure,
                       minus_writes.data());
    for (int row = 0; row < n; ++row) {
      add_cell(plus_writes[row], rows[row], result);
      add_cell(minus_writes[row], rows[row], result);
      if (parameters.map_around && plus_writes[row].failed != minus_writes[row].failed) {
        partner_rows.resize(n);
        const bool plus_failed = plus_writes[row].failed;
        const Partner partner{plus_failed ? minus : plus,
                              plus_failed ? plus : minus,
                              lines[row],
                              lines[column],
                              plus_failed ? minus_levels[row] : plus_levels[row],
                              plus_failed ? -value(row, column) : value(row, column)};
        write_partner(partner, measure, device, partner_rows[row], result);
      }
    }
  }
  for (const RowPulses& row : rows) {
    add_row(row, parameters.order, result);
  }
  for (const RowPulses& row : partner_rows) {
    add_row(row, parameters.order, result);
  }
  set_controller_cost(result, device, parameters);
}

}  // namespace invar::programming
