#include <invar/converter/quantizer.h>
#include <invar/tile/tile_model.h>

#include <algorithm>
#include <cmath>
#include <cstdlib>
#include <limits>
#include <stdexcept>
#include <string>

namespace invar::tile {
namespace {

/// Single precision (1e-7) is far below the converters' steps up to this many bits.
constexpr int k_single_precision_bits = 12;

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
  offset_v_ = Eigen::VectorXd::Zero(parameters_.rows);
  if (has_noise()) {
    for (int row = 0; row < parameters_.rows; ++row) {
      offset_v_[row] = parameters_.amplifier.offset_sigma_v *
                       random_.normal_pair(device::RandomStream::amplifier_offset, row, 0, 0)[0];
    }
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

Eigen::MatrixXd TileModel::measured_slice(int slice, int n) const {
  return (arrays_.at(2 * slice)->measured_conductance_s().topLeftCorner(n, n) -
          arrays_.at(2 * slice + 1)->measured_conductance_s().topLeftCorner(n, n)) /
         span_s_;
}

Eigen::MatrixXd TileModel::measured_matrix() const {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(size_, size_);
  for (int slice = 0; slice < slices_in_use_; ++slice) {
    sum += slice_weight(slice) * measured_slice(slice, size_);
  }
  return sum;
}

bool TileModel::connect(int n, int seed_slices, int slices) {
  if (n < 1 || n > parameters_.rows || seed_slices < 1 || seed_slices > slices ||
      slices > parameters_.slices) {
    throw std::invalid_argument("tile: cannot connect " + std::to_string(n) + " rows and " +
                                std::to_string(slices) + " slices");
  }
  size_ = n;
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
      const auto conductance = array(slice, sign).conductance_s().topLeftCorner(n, n);
      (sign == 0 ? plus : minus) += weight * conductance;
      squared += (weight * conductance).cwiseAbs2();
      load += conductance.rowwise().sum();
      column_power_s_ += weight * weight * conductance.colwise().sum().transpose();
    }
  }
  circuit::InvNetwork network;
  network.loop_s = plus - minus;
  network.row_load_s = load;
  network.minus_s = minus;
  const double gain =
      has_noise() ? parameters_.amplifier.gain : std::numeric_limits<double>::infinity();
  try {
    const circuit::InvCircuit circuit(std::move(network), gain, offset_v_.head(n));
    dynamics_ = circuit::analyse_loop(circuit, parameters_.amplifier.gain_bandwidth_hz,
                                      parameters_.amplifier.inverter_bandwidth_ratio);
    if (dynamics_.stable) {
      // Settled to half a step of the ADC.
      settling_time_s_ = dynamics_.settling_time_s(parameters_.adc.bits);
      const Eigen::MatrixXd inverse = circuit.inverse_ohm();
      const Eigen::VectorXd offset_current = load.cwiseProduct(offset_v_.head(n));
      if (parameters_.adc.bits <= k_single_precision_bits) {
        loop_float_ = {inverse.cast<float>(), squared.cast<float>(), offset_current.cast<float>()};
      } else {
        loop_double_ = {inverse, squared, offset_current};
      }
    }
  } catch (const std::domain_error&) {
    dynamics_.stable = false;
  }
  return dynamics_.stable;
}

Eigen::MatrixXd TileModel::read_noise(device::RandomStream stream, std::uint64_t first_shot,
                                      int shots) {
  Eigen::MatrixXd noise(size_, shots);
  for (int shot = 0; shot < shots; ++shot) {
    for (int row = 0; row < size_; row += 4) {
      const auto words = random_.words(stream, row / 4, 0, first_shot + shot);
      const auto first = device::KeyedRandom::to_normal_pair(words[0], words[1]);
      const auto second = device::KeyedRandom::to_normal_pair(words[2], words[3]);
      const double deviates[4] = {first[0], first[1], second[0], second[1]};
      for (int i = 0; i < std::min(4, size_ - row); ++i) {
        noise(row + i, shot) = deviates[i];
      }
    }
  }
  return noise;
}

template <typename Scalar>
void TileModel::invert_with(const Loop<Scalar>& loop, const Eigen::MatrixXd& input,
                            const std::vector<int>& range, AnalogBatch& batch) {
  using Matrix = Eigen::Matrix<Scalar, Eigen::Dynamic, Eigen::Dynamic>;
  const int shots = static_cast<int>(input.cols());
  const converter::Quantizer dac(parameters_.dac.bits, 1.0);
  const converter::Quantizer adc(parameters_.adc.bits, parameters_.adc.full_scale_v);

  const int watched = std::min(watched_rows_, size_);
  batch.dac_codes.resize(watched, watched == 0 ? 0 : shots);
  batch.adc_codes.resize(watched, watched == 0 ? 0 : shots);

  Matrix drive(size_, shots);
  std::uint32_t dac_clips = 0;
  double input_square_sum = 0.0;
  for (int shot = 0; shot < shots; ++shot) {
    const double full_scale_v = std::ldexp(parameters_.dac.full_scale_v, -range[shot]);
    for (int row = 0; row < size_; ++row) {
      const std::int32_t code = dac.code(input(row, shot), dac_clips);
      if (row < watched) {
        batch.dac_codes(row, shot) = code;
      }
      const double voltage = full_scale_v * dac.value(code);
      input_square_sum += voltage * voltage;
      drive(row, shot) = static_cast<Scalar>(-span_s_ * voltage);
    }
  }
  drive.colwise() += loop.offset_current_a;

  Matrix output = loop.inverse_ohm * drive;
  if (parameters_.device.read_noise > 0.0) {
    Matrix noise_a = (loop.squared_s2 * output.cwiseAbs2()).cwiseSqrt();
    noise_a.array() *= read_noise(device::RandomStream::read_noise_inv, shots_, shots)
                           .template cast<Scalar>()
                           .array() *
                       static_cast<Scalar>(parameters_.device.read_noise);
    output.noalias() -= loop.inverse_ohm * noise_a;
  }

  const double saturation_v =
      has_noise() ? parameters_.amplifier.saturation_v : std::numeric_limits<double>::infinity();
  batch.output.resize(size_, shots);
  batch.clipped.assign(shots, 0);
  batch.peak.assign(shots, 0.0F);
  for (int shot = 0; shot < shots; ++shot) {
    const double scale = -std::ldexp(1.0 / parameters_.dac.full_scale_v, range[shot]);
    std::uint32_t clips = 0;
    std::int32_t largest_code = 0;
    for (int row = 0; row < size_; ++row) {
      double voltage = output(row, shot);
      if (!(std::abs(voltage) <= saturation_v)) {
        voltage = std::copysign(saturation_v, voltage);
        output(row, shot) = static_cast<Scalar>(voltage);
        batch.clipped[shot] = 1;
      }
      const std::int32_t code = adc.code(voltage, clips);
      if (row < watched) {
        batch.adc_codes(row, shot) = code;
      }
      largest_code = std::max(largest_code, std::abs(code));
      batch.output(row, shot) = scale * adc.value(code);
    }
    batch.peak[shot] = static_cast<float>(largest_code) / static_cast<float>(adc.largest_code());
    if (clips != 0) {
      batch.clipped[shot] = 1;
      batch.counts.adc_clips += clips;
    }
  }
  batch.counts.dac_clips += dac_clips;
  account_inv(output.cwiseAbs2().rowwise().sum().template cast<double>(), input_square_sum, shots,
              batch);
}

void TileModel::account_inv(const Eigen::VectorXd& output_square_sums, double input_square_sum,
                            int shots, AnalogBatch& batch) const {
  const converter::AdcParameters& adc = parameters_.adc;
  const double convert_s = adc.conversion_time_for(size_);
  const double analog_s = settling_time_s_ + adc.sample_time_s;
  batch.shot_time_s = parameters_.dac.conversion_time_s + analog_s + convert_s;
  batch.counts.shots += shots;
  batch.counts.dac_conversions += static_cast<std::uint64_t>(shots) * size_;
  batch.counts.adc_conversions += static_cast<std::uint64_t>(shots) * size_;
  batch.energy.dac_j += shots * size_ * parameters_.dac.energy_j();
  batch.energy.adc_j += shots * size_ * adc.energy_j;
  batch.energy.sample_hold_j += shots * size_ * adc.sample_hold_power_w * convert_s;
  batch.energy.amplifier_j +=
      shots * active_amplifiers() * parameters_.amplifier.power_w() * analog_s;
  // The rows are virtual grounds: all power in the cells comes from the columns and the inputs.
  batch.energy.array_j +=
      analog_s * (column_power_s_.dot(output_square_sums) + span_s_ * input_square_sum);
}

AnalogBatch TileModel::invert(const Eigen::MatrixXd& input, const std::vector<int>& range) {
  if (!dynamics_.stable || size_ == 0) {
    throw std::logic_error("tile: INV needs a stored matrix and a stable loop");
  }
  if (input.rows() != size_ || static_cast<std::size_t>(input.cols()) != range.size()) {
    throw std::invalid_argument("tile: INV inputs must be " + std::to_string(size_) +
                                " rows with one range a column");
  }
  AnalogBatch batch;
  if (parameters_.adc.bits <= k_single_precision_bits) {
    invert_with(loop_float_, input, range, batch);
  } else {
    invert_with(loop_double_, input, range, batch);
  }
  shots_ += input.cols();
  return batch;
}

int TileModel::active_amplifiers() const {
  return size_ * (2 + 2 * (seed_slices_ - 1));
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
