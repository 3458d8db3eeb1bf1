#include <invar/tile/tile_model.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>

namespace invar::tile {
namespace {

/// How much more a failed cell harms on the diagonal, where the entries of a matrix with scaled
/// rows are largest (choice: by trial from 1 to 16).
constexpr double k_diagonal_harm = 4.0;

}  // namespace

TileModel::TileModel(const TileParameters& parameters, std::uint64_t seed, std::uint32_t tile)
    : parameters_(parameters),
      random_(seed, tile),
      span_s_(parameters.device.maximum_conductance_s - parameters.device.minimum_conductance_s) {
  parameters_.check();
  if (parameters_.fidelity == Fidelity::ideal) {
    parameters_.device.programming_error = device::ProgrammingErrorModel::none;
    parameters_.device.read_noise = 0.0;
    parameters_.device.stuck_fraction = 0.0;
  }
  arrays_.resize(2 * static_cast<std::size_t>(parameters_.slices));
  amplifiers_ = TileCircuit::draw_amplifiers(parameters_.amplifier, random_, parameters_.rows);
  if (!has_noise()) {
    amplifiers_.offset_v.setZero();
  }
}

double TileModel::slice_weight(int slice) const {
  return std::ldexp(1.0, -parameters_.device.bits_per_cell() * slice);
}

device::RramArray& TileModel::array(int slice, int sign) {
  const int index = 2 * slice + sign;
  std::unique_ptr<device::RramArray>& array = arrays_.at(index);
  if (!array) {
    array = std::make_unique<device::RramArray>(parameters_.device, parameters_.rows,
                                                parameters_.rows, random_, index);
  }
  return *array;
}

bool TileModel::map_lines(int n, bool around_failed_cells) {
  LineMap lines = first_lines(n);
  if (around_failed_cells && n < parameters_.rows) {
    Eigen::MatrixXd harm;
    for (std::size_t index = 0; index < arrays_.size(); ++index) {
      const auto& array = arrays_[index];
      if (array && array->cells_failed_before() > 0) {
        if (harm.size() == 0) {
          harm.setZero(parameters_.rows, parameters_.rows);
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

Eigen::MatrixXd TileModel::cells_in_use(const Eigen::MatrixXd& array) const {
  const auto n = static_cast<Eigen::Index>(lines_.size());
  // The first n: without a gather.
  if (lines_.back() == n - 1 && std::is_sorted(lines_.begin(), lines_.end())) {
    return array.topLeftCorner(n, n);
  }
  return array(lines_, lines_);
}

bool TileModel::connect(int n, int seed_slices, int slices) {
  if (n < 1 || n > parameters_.rows || seed_slices < 0 || seed_slices > slices || slices < 1 ||
      slices > parameters_.slices) {
    throw std::invalid_argument("tile: cannot connect " + std::to_string(n) + " rows and " +
                                std::to_string(slices) + " slices");
  }
  size_ = n;
  if (static_cast<int>(lines_.size()) != n) {
    map_lines(n, false);
  }
  seed_slices_ = seed_slices;
  slices_in_use_ = slices;
  dynamics_ = circuit::LoopDynamics{};
  settling_time_s_ = 0.0;

  Eigen::MatrixXd plus = Eigen::MatrixXd::Zero(n, n);
  Eigen::MatrixXd minus = Eigen::MatrixXd::Zero(n, n);
  Eigen::MatrixXd squared = Eigen::MatrixXd::Zero(n, n);
  Eigen::VectorXd load = Eigen::VectorXd::Constant(n, span_s_);
  column_power_s_ = Eigen::VectorXd::Zero(n);
  for (int slice = 0; slice < seed_slices; ++slice) {
    const double weight = slice_weight(slice);
    for (int sign = 0; sign < 2; ++sign) {
      const Eigen::MatrixXd conductance = cells_in_use(array(slice, sign).conductance_s());
      (sign == 0 ? plus : minus) += weight * conductance;
      squared += (weight * conductance).cwiseAbs2();
      load += conductance.rowwise().sum();
      column_power_s_ += weight * weight * conductance.colwise().sum().transpose();
    }
  }
  circuit_.reset();
  transition_.reset();
  wired_products_.clear();
  wire_error_ = WireError{};
  if (seed_slices == 0) {
    return false;
  }
  const double gain =
      has_noise() ? parameters_.amplifier.gain : std::numeric_limits<double>::infinity();
  try {
    if (parameters_.fidelity == Fidelity::circuit) {
      circuit_ =
          std::make_unique<TileCircuit>(parameters_, loop_layout(seed_slices), amplifiers_in_use());
      wire_error_ = compare(circuit_->circuit().network().loop_s, plus - minus);
      close_loop(circuit_->circuit(), squared);
      if (dynamics_.stable) {
        circuit_->prepare_shots();
      }
    } else {
      circuit::InvNetwork network;
      network.loop_s = plus - minus;
      network.row_load_s = load;
      network.minus_s = minus;
      close_loop(circuit::InvCircuit(std::move(network), gain, amplifiers_.offset_v(lines_)),
                 squared);
    }
  } catch (const std::domain_error&) {
    dynamics_.stable = false;
  }
  return dynamics_.stable;
}

void TileModel::close_loop(const circuit::InvCircuit& circuit, const Eigen::MatrixXd& squared_s2) {
  dynamics_ = circuit::analyse_loop(circuit, parameters_.amplifier.gain_bandwidth_hz,
                                    parameters_.amplifier.inverter_bandwidth_ratio);
  if (!dynamics_.stable) {
    return;
  }
  // Settled to half a step of the ADC.
  settling_time_s_ = dynamics_.settling_time_s(parameters_.adc.bits);
  if (settling_rows_ > 0) {
    transition_ = std::make_unique<circuit::OutputTransition>(
        circuit, parameters_.amplifier.gain_bandwidth_hz,
        parameters_.amplifier.inverter_bandwidth_ratio, std::min(settling_rows_, size_),
        settling_time_s_, settling_samples_);
    last_output_v_.setZero(size_);
  }
  const Eigen::MatrixXd inverse = circuit.inverse_ohm();
  const Eigen::VectorXd& offset_current = circuit.offset_current_a();
  if (uses_single_precision()) {
    loop_float_ = {inverse.cast<float>(), squared_s2.cast<float>(), offset_current.cast<float>()};
  } else {
    loop_double_ = {inverse, squared_s2, offset_current};
  }
}

circuit::LoopLayout TileModel::loop_layout(int seed_slices) {
  circuit::LoopLayout layout;
  layout.wires = parameters_.wires;
  layout.input_conductance_s = span_s_;
  for (int slice = 0; slice < seed_slices; ++slice) {
    for (int sign = 0; sign < 2; ++sign) {
      layout.arrays.push_back({cells_in_use(array(slice, sign).conductance_s()),
                               slice_weight(slice), sign == 1, circuit::RowEnd::left});
    }
  }
  return layout;
}

circuit::AmplifierRow TileModel::amplifiers_in_use() const {
  circuit::AmplifierRow row;
  row.gain = amplifiers_.gain(lines_);
  row.offset_v = amplifiers_.offset_v(lines_);
  row.relative_bandwidth = amplifiers_.relative_bandwidth(lines_);
  row.inverter_offset_v = amplifiers_.inverter_offset_v(lines_);
  return row;
}

std::uint32_t TileModel::maximum_writes() const {
  std::uint32_t maximum = 0;
  for (const auto& array : arrays_) {
    if (array) {
      maximum = std::max(maximum, array->maximum_writes());
    }
  }
  return maximum;
}

std::uint64_t TileModel::total_writes() const {
  std::uint64_t total = 0;
  for (const auto& array : arrays_) {
    if (array) {
      total += array->total_writes();
    }
  }
  return total;
}

std::uint64_t TileModel::arrays_in_use() const {
  return static_cast<std::uint64_t>(std::count_if(
      arrays_.begin(), arrays_.end(), [](const auto& array) { return array != nullptr; }));
}

bool TileModel::worn_out() const {
  return std::any_of(arrays_.begin(), arrays_.end(),
                     [](const auto& array) { return array && array->worn_out(); });
}

}  // namespace invar::tile
