// The INV half of TileModel: batches of shots through the closed loop.
#include <invar/circuit/dense_algebra.h>
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

/// a b, by the kernels of this processor where the network was solved by them too.
template <typename Matrix>
Matrix product(bool by_kernels, const Matrix& a, const Matrix& b) {
  if (by_kernels) {
    return circuit::product(circuit::best_instruction_set(), a, b);
  }
  return a * b;
}

}  // namespace

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
  Eigen::MatrixXd current_a;
  if (circuit_) {
    current_a = -drive.template cast<double>();
  }
  drive.colwise() += loop.offset_current_a;

  const bool by_kernels = circuit_ != nullptr;
  const bool each = circuit_ && circuit_->solves_each_shot();
  Matrix output;
  if (each) {
    output = circuit_->solve_shots(current_a, random_, shots_).template cast<Scalar>();
  } else {
    output = product(by_kernels, loop.inverse_ohm, drive);
  }
  if (parameters_.device.read_noise > 0.0 &&
      !(each && parameters_.read_noise_model == ReadNoiseModel::per_cell)) {
    const Matrix squares = output.cwiseAbs2();
    Matrix noise_a = product(by_kernels, loop.squared_s2, squares).cwiseSqrt();
    noise_a.array() *= read_noise(device::RandomStream::read_noise_inv, shots_, shots)
                           .template cast<Scalar>()
                           .array() *
                       static_cast<Scalar>(parameters_.device.read_noise);
    output -= product(by_kernels, loop.inverse_ohm, noise_a);
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
      // (A shot that could not be solved is NaN: flagged here as one that saturates, and repeated
      // with a smaller input.)
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
  if (transition_) {
    sample_settling(output.template cast<double>(), batch);
  }
  batch.counts.dac_clips += dac_clips;
  account_inv(shots, batch);
  const double analog_s = settling_time_s_ + parameters_.adc.sample_time_s;
  if (circuit_) {
    const TileCircuit::Power power =
        circuit_->power(output.template cast<float>(), current_a.template cast<float>());
    batch.energy.array_j += analog_s * power.array_w;
    batch.energy.amplifier_j += analog_s * power.output_stages_w;
  } else {
    // The rows are virtual grounds: all power in the cells comes from the columns and the inputs.
    const Eigen::VectorXd squares = output.cwiseAbs2().rowwise().sum().template cast<double>();
    batch.energy.array_j += analog_s * (column_power_s_.dot(squares) + span_s_ * input_square_sum);
  }
}

void TileModel::sample_settling(const Eigen::MatrixXd& output_v, AnalogBatch& batch) {
  batch.settling_v.resize(static_cast<Eigen::Index>(transition_->rows()) * transition_->samples(),
                          output_v.cols());
  for (Eigen::Index shot = 0; shot < output_v.cols(); ++shot) {
    batch.settling_v.col(shot) =
        transition_->between(last_output_v_, output_v.col(shot)).reshaped();
    last_output_v_ = output_v.col(shot);
  }
}

void TileModel::account_inv(int shots, AnalogBatch& batch) const {
  const converter::AdcParameters& adc = parameters_.adc;
  const double convert_s = adc.conversion_time_for(size_);
  const double analog_s = settling_time_s_ + adc.sample_time_s;
  batch.conversion_time_s = convert_s;
  batch.shot_time_s = parameters_.dac.conversion_time_s + analog_s + convert_s;
  batch.counts.shots += shots;
  batch.counts.dac_conversions += static_cast<std::uint64_t>(shots) * size_;
  batch.counts.adc_conversions += static_cast<std::uint64_t>(shots) * size_;
  batch.energy.dac_j += shots * size_ * parameters_.dac.energy_j();
  batch.energy.adc_j += shots * size_ * adc.energy_j;
  batch.energy.sample_hold_j += shots * size_ * adc.sample_hold_power_w * convert_s;
  batch.energy.amplifier_j +=
      shots * active_amplifiers() * parameters_.amplifier.power_w() * analog_s;
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
  if (uses_single_precision()) {
    invert_with(loop_float_, input, range, batch);
  } else {
    invert_with(loop_double_, input, range, batch);
  }
  shots_ += input.cols();
  return batch;
}

}  // namespace invar::tile
