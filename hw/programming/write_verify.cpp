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
  result.measurement_reads += cell.measurement_reads;
  result.written_cells += cell.set_pulses + cell.reset_pulses > 0 ? 1 : 0;
  result.failed_cells += cell.failed ? 1 : 0;
  result.pulse_energy_j += cell.pulse_energy_j;
  result.verify_energy_j += cell.verify_energy_j;
}

void add_row(const RowOperations& row, ProgrammingCounts& counts) {
  counts.row_set_pulses += static_cast<std::uint64_t>(row.set_pulses);
  counts.row_reset_pulses += static_cast<std::uint64_t>(row.reset_pulses);
  counts.row_verifies += static_cast<std::uint64_t>(row.verifies);
  counts.row_conversions += static_cast<std::uint64_t>(row.conversions);
  counts.row_drives += static_cast<std::uint64_t>(row.drives);
}

/// A cell whose partner of the other sign has failed.
struct Partner {
  device::RramArray& array;
  const device::RramArray& failed;  ///< the array of the failed cell
  int row;
  int column;
  double target_s;  ///< that the cell was written to
  double value;     ///< that the pair is to hold, positive in the direction of this cell
};

/// Gives the cell what is left of the value with the failed one as it was measured.
void write_partner(const Partner& partner, bool measure, const device::RramParameters& device,
                   RowPulses& row, ProgrammingResult& result) {
  const double failed_value =
      (partner.failed.measured_conductance_s()(partner.row, partner.column) -
       device.rest_conductance_s()) /
      device.span_s();
  const double wanted_s =
      device.nearest_target_s(failed_value + std::clamp(partner.value, -1.0, 1.0));
  const double target_s =
      std::clamp(wanted_s, device.nearest_target_s(0.0), device.nearest_target_s(1.0));
  bool good = std::abs(target_s - wanted_s) < device.tolerance_s();
  if (target_s != partner.target_s) {
    device::CellWrite write = partner.array.write(partner.row, partner.column, target_s, measure);
    good = good && !write.failed;
    write.failed = false;  // of the pair one cell has failed, and is counted already
    add_cell(write, row, result);
  }
  if (good) {
    --result.failed_cells;
    ++result.partnered_cells;
  }
}

/// One of the arrays of a slice while it is written, column by column.
struct ArrayWriting {
  device::RramArray* array;  ///< null: there is none
  double sign;
  std::vector<double> targets_s;
  std::vector<device::CellWrite> writes;
  std::vector<RowPulses> rows;

  ArrayWriting(device::RramArray* written, double of_sign, std::size_t n)
      : array(written), sign(of_sign), targets_s(n), writes(n), rows(n) {}
};

/// A slice on its way into its arrays.
class SliceWriting {
 public:
  SliceWriting(const SliceArrays& arrays, const std::vector<int>& lines, bool measure,
               const device::RramParameters& device, const ProgrammingParameters& parameters,
               ProgrammingResult& result)
      : arrays_(arrays),
        lines_(lines),
        measure_(measure),
        device_(device),
        parameters_(parameters),
        result_(result),
        plus_(&arrays.plus, 1.0, lines.size()),
        minus_(arrays.minus, -1.0, lines.size()) {}

  void write_column(int column, const Eigen::MatrixXd& value) {
    write_column_of(plus_, column, value);
    const bool pairs = minus_.array != nullptr;
    if (pairs) {
      write_column_of(minus_, column, value);
    }
    for (std::size_t row = 0; row < lines_.size(); ++row) {
      add_cell(plus_.writes[row], plus_.rows[row], result_);
      if (pairs) {
        add_cell(minus_.writes[row], minus_.rows[row], result_);
      }
      if (pairs && parameters_.map_around &&
          plus_.writes[row].failed != minus_.writes[row].failed) {
        make_good(row, column, value(static_cast<Eigen::Index>(row), column));
      }
    }
  }

  void write_reference() {
    for (std::size_t row = 0; arrays_.reference != nullptr && row < lines_.size(); ++row) {
      add_cell(arrays_.reference->write(lines_[row], 0, arrays_.reference_s, measure_),
               plus_.rows[row], result_);
    }
  }

  void book_time() {
    for (std::size_t row = 0; row < lines_.size(); ++row) {
      add_row(operations_of(row), result_);
    }
    for (const RowPulses& row : partner_rows_) {
      add_row(row_operations(row, 2.0, parameters_), result_);
    }
  }

 private:
  void write_column_of(ArrayWriting& writing, int column, const Eigen::MatrixXd& value) {
    for (std::size_t row = 0; row < lines_.size(); ++row) {
      const double magnitude = writing.sign * value(static_cast<Eigen::Index>(row), column);
      writing.targets_s[row] = device_.nearest_target_s(std::clamp(magnitude, 0.0, 1.0));
    }
    writing.array->write_column(lines_.data(), static_cast<int>(lines_.size()), lines_[column],
                                writing.targets_s.data(), measure_, writing.writes.data());
  }

  void make_good(std::size_t row, int column, double value) {
    partner_rows_.resize(lines_.size());
    const bool plus_failed = plus_.writes[row].failed;
    const ArrayWriting& sound = plus_failed ? minus_ : plus_;
    const ArrayWriting& failed = plus_failed ? plus_ : minus_;
    const Partner partner{*sound.array,   *failed.array,        lines_[row],
                          lines_[column], sound.targets_s[row], sound.sign * value};
    write_partner(partner, measure_, device_, partner_rows_[row], result_);
  }

  RowOperations operations_of(std::size_t row) const {
    if (minus_.array == nullptr) {
      return row_operations(plus_.rows[row], 1.0, parameters_);
    }
    if (parameters_.parallel_arrays) {
      return at_the_same_time(row_operations(plus_.rows[row], 1.0, parameters_),
                              row_operations(minus_.rows[row], 1.0, parameters_), device_);
    }
    RowPulses both = plus_.rows[row];
    both.join(minus_.rows[row]);
    return row_operations(both, 2.0, parameters_);
  }

  const SliceArrays& arrays_;
  const std::vector<int>& lines_;
  bool measure_;
  const device::RramParameters& device_;
  const ProgrammingParameters& parameters_;
  ProgrammingResult& result_;
  ArrayWriting plus_;
  ArrayWriting minus_;
  std::vector<RowPulses> partner_rows_;  ///< of the partners of failed cells, after the others
};

}  // namespace

bool is_non_negative(const Eigen::MatrixXd& value, const device::RramParameters& device) {
  return device.nearest_target_s(std::clamp(-value.minCoeff(), 0.0, 1.0)) ==
         device.nearest_target_s(0.0);
}

void write_slice(const SliceArrays& arrays, const std::vector<int>& lines,
                 const Eigen::MatrixXd& value, bool measure, const device::RramParameters& device,
                 const ProgrammingParameters& parameters, ProgrammingResult& result) {
  SliceWriting writing(arrays, lines, measure, device, parameters, result);
  // Column by column, as the arrays lie in memory; the rows' pulses are kept side by side.
  for (int column = 0; column < static_cast<int>(value.cols()); ++column) {
    writing.write_column(column, value);
  }
  writing.write_reference();
  writing.book_time();
  set_controller_cost(result, device, parameters);
}

}  // namespace invar::programming
