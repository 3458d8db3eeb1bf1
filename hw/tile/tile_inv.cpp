// The INV half of TileModel: batches of shots through the closed loop.
#include <invar/circuit/dense_algebra.h>
#include <invar/converter/quantizer.h>
#include <invar/tile/shot_cost.h>
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

/// Bounds outputs by the supply. \return whether there was something to bound
template <typename Scalar>
bool saturate(Scalar* output_v, int count, Scalar supply_v) {
  int bounded = 0;
  for (int k = 0; k < count; ++k) {
    const Scalar before = output_v[k];
    // In this order what is not a number ends at the supply.
    Scalar after = before <= supply_v ? before : supply_v;
    after = after >= -supply_v ? after : -supply_v;
    bounded += after != before ? 1 : 0;
    output_v[k] = after;
  }
  return bounded != 0;
}

}  // namespace

Eigen::MatrixXd TileModel::read_noise(device::RandomStream stream, std::uint64_t first_shot,
                                      int shots) {
  Eigen::MatrixXd noise(size_, shots);
  for (int shot = 0; shot < shots; ++shot) {
    random_.normals(stream, 0, first_shot + shot, size_, noise.col(shot).data());
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
  Eigen::VectorXi codes(size_);
  Eigen::VectorXd voltage_v(size_);
  for (int shot = 0; shot < shots; ++shot) {
    const double full_scale_v = std::ldexp(parameters_.dac.full_scale_v, -range[shot]);
    dac.codes(input.col(shot).data(), size_, codes.data(), dac_clips);
    for (int row = 0; row < size_; ++row) {
      voltage_v[row] = full_scale_v * dac.value(codes[row]);
    }
    drive.col(shot) = (-span_s_ * voltage_v).template cast<Scalar>();
    input_square_sum += voltage_v.squaredNorm();
    if (watched > 0) {
      batch.dac_codes.col(shot) = codes.head(watched);
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

  const Scalar saturation_v = has_noise() ? static_cast<Scalar>(parameters_.amplifier.saturation_v)
                                          : std::numeric_limits<Scalar>::infinity();
  batch.output.resize(size_, shots);
  batch.clipped.assign(shots, 0);
  batch.peak.assign(shots, 0.0F);
  for (int shot = 0; shot < shots; ++shot) {
    const double scale = -std::ldexp(1.0 / parameters_.dac.full_scale_v, range[shot]);
    std::uint32_t clips = 0;
    // (A shot that could not be solved is NaN: flagged here as one that saturates, and repeated
    // with a smaller input.)
    if (saturate(output.col(shot).data(), size_, saturation_v)) {
      batch.clipped[shot] = 1;
    }
    adc.codes(output.col(shot).data(), size_, codes.data(), clips);
    double* result = batch.output.col(shot).data();
    for (int row = 0; row < size_; ++row) {
      result[row] = scale * adc.value(codes[row]);
    }
    const int largest_code = codes.cwiseAbs().maxCoeff();
    if (watched > 0) {
      batch.adc_codes.col(shot) = codes.head(watched);
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
  batch.add_shots(inv_work(parameters_, shots, size_, seed_slices_, settling_time_s_));
  const double analog_s = inv_analog_time_s(parameters_, settling_time_s_);
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
