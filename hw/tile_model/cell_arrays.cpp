#include <invar/state/archive.h>
#include <invar/tile_model/cell_arrays.h>

#include <algorithm>
#include <cmath>

namespace invar::tile {
namespace {

/// How much more a failed cell harms on the diagonal, where the entries of a matrix with scaled
/// rows are largest (choice: by trial from 1 to 16).
constexpr double k_diagonal_harm = 4.0;
/// Number of the first reference column among a tile's arrays, behind those of eight slices: part
/// of the random key.
constexpr int k_first_reference = 16;

}  // namespace

CellArrays::CellArrays(const TileParameters& parameters, const device::KeyedRandom& random)
    : device_(parameters.device),
      rows_(parameters.rows),
      reference_gain_(parameters.device.rest_conductance_s() / parameters.reference_conductance_s),
      random_(random),
      arrays_(3 * static_cast<std::size_t>(parameters.slices)),
      has_minus_(static_cast<std::size_t>(parameters.slices), true) {}

double CellArrays::slice_weight(int slice) const {
  return std::ldexp(1.0, -device_.bits_per_cell() * slice);
}

device::RramArray& CellArrays::array(int slice, int sign) {
  const int index = 2 * slice + sign;
  std::unique_ptr<device::RramArray>& array = arrays_.at(index);
  if (!array) {
    array = std::make_unique<device::RramArray>(device_, rows_, rows_, random_, index);
  }
  return *array;
}

device::RramArray& CellArrays::reference(int slice) {
  std::unique_ptr<device::RramArray>& column = arrays_.at(2 * slices() + slice);
  if (!column) {
    column =
        std::make_unique<device::RramArray>(device_, rows_, 1, random_, k_first_reference + slice);
  }
  return *column;
}

void CellArrays::make(int slices) {
  for (int slice = 0; slice < slices; ++slice) {
    array(slice, 0);
    if (has_minus(slice)) {
      array(slice, 1);
    } else {
      reference(slice);
    }
  }
}

ArrayCount CellArrays::count(int slices) const {
  ArrayCount count;
  for (int slice = 0; slice < slices; ++slice) {
    ++count.plus;
    ++(has_minus(slice) ? count.minus : count.references);
  }
  return count;
}

const device::RramArray& CellArrays::made(int slice, int sign) const {
  return *arrays_.at(2 * slice + sign);
}

const device::RramArray& CellArrays::made_reference(int slice) const {
  return *arrays_.at(2 * slices() + slice);
}

bool CellArrays::map_lines(int n, bool around_failed_cells) {
  LineMap lines = first_lines(n);
  if (around_failed_cells && n < rows_) {
    Eigen::MatrixXd harm;
    for (std::size_t index = 0; index < 2 * has_minus_.size(); ++index) {
      const auto& array = arrays_[index];
      if (array && array->cells_failed_before() > 0) {
        if (harm.size() == 0) {
          harm.setZero(rows_, rows_);
        }
        harm += slice_weight(static_cast<int>(index / 2)) * array->failed_before().cast<double>();
      }
    }
    if (harm.size() != 0) {
      harm.diagonal() *= k_diagonal_harm;
      lines = lines_around(harm, n);
    }
  }
  lines_.swap(lines);
  return lines_ != lines;
}

Eigen::MatrixXd CellArrays::in_use(const Eigen::MatrixXd& array) const {
  const auto n = static_cast<Eigen::Index>(lines_.size());
  // The first n: without a gather.
  if (lines_.back() == n - 1 && std::is_sorted(lines_.begin(), lines_.end())) {
    return array.topLeftCorner(n, n);
  }
  return array(lines_, lines_);
}

Eigen::MatrixXd CellArrays::stood_for(const Eigen::MatrixXd& reference_s) const {
  return reference_gain_ * reference_s.replicate(1, reference_s.rows());
}

ReferenceColumn CellArrays::reference_column(int slice) const {
  return {made_reference(slice).conductance_s()(lines_, 0), reference_gain_};
}

Eigen::VectorXd CellArrays::row_load_s(int slice, int sign) const {
  return sign == 1 && !has_minus(slice) ? reference_column(slice).conductance_s
                                        : conductance_s(slice, sign).rowwise().sum().eval();
}

Eigen::MatrixXd CellArrays::conductance_s(int slice, int sign) const {
  if (sign == 1 && !has_minus(slice)) {
    return stood_for(reference_column(slice).conductance_s);
  }
  return in_use(made(slice, sign).conductance_s());
}

Eigen::MatrixXd CellArrays::measured_conductance_s(int slice, int sign) const {
  if (sign == 1 && !has_minus(slice)) {
    return stood_for(made_reference(slice).measured_conductance_s()(lines_, 0));
  }
  return in_use(made(slice, sign).measured_conductance_s());
}

std::uint32_t CellArrays::maximum_writes() const {
  std::uint32_t maximum = 0;
  for (const auto& array : arrays_) {
    if (array) {
      maximum = std::max(maximum, array->maximum_writes());
    }
  }
  return maximum;
}

std::uint64_t CellArrays::total_writes() const {
  std::uint64_t total = 0;
  for (const auto& array : arrays_) {
    if (array) {
      total += array->total_writes();
    }
  }
  return total;
}

std::uint64_t CellArrays::arrays_in_use() const {
  return static_cast<std::uint64_t>(
      std::count_if(arrays_.begin(), arrays_.begin() + 2 * slices(),
                    [](const auto& array) { return array != nullptr; }));
}

bool CellArrays::worn_out() const {
  return std::any_of(arrays_.begin(), arrays_.end(),
                     [](const auto& array) { return array && array->worn_out(); });
}

void CellArrays::exchange(state::Archive& archive) {
  archive.part("cells");
  std::vector<bool> is_made;
  for (const auto& array : arrays_) {
    is_made.push_back(array != nullptr);
  }
  archive.flags(is_made);
  is_made.resize(arrays_.size());
  for (std::size_t index = 0; index < arrays_.size(); ++index) {
    if (is_made[index]) {
      const int number = static_cast<int>(index);
      (number < 2 * slices() ? array(number / 2, number % 2) : reference(number - 2 * slices()))
          .exchange(archive);
    }
  }
}

}  // namespace invar::tile
