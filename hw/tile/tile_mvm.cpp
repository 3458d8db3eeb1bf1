// The MVM half of TileModel: bit-sliced products, lumped or conversion by conversion.
#include <invar/circuit/wired_mvm.h>
#include <invar/converter/quantizer.h>
#include <invar/tile/shot_cost.h>
#include <invar/tile/tile_model.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace invar::tile {

/// How a product is cut into analog operations, and what its ADCs convert.
struct TileModel::MvmPlan : MvmSteps {
  double adc_full_scale;  ///< of a partial sum, in (slice value) x (piece code)
};

TileModel::MvmPlan TileModel::mvm_plan() const {
  const MvmSteps steps = mvm_steps(parameters_, size_);
  return {steps, parameters_.mvm_adc_range * std::min(parameters_.mvm_row_group, size_) *
                     (std::ldexp(1.0, steps.piece_bits) - 1.0)};
}

const TileModel::WiredProduct& TileModel::wired_product(int slice, int sign) const {
  wired_products_.resize(arrays_.size());
  WiredProduct& product = wired_products_.at(2 * slice + sign);
  if (product.effective_s.rows() != size_) {
    const circuit::WiredMvm mvm(cells_in_use(arrays_[2 * slice + sign]->conductance_s()),
                                parameters_.wires);
    product.effective_s = mvm.effective_conductance_s().transpose();
    product.driven_s = mvm.driven_conductance_s();
  }
  return product;
}

Eigen::MatrixXd TileModel::slice_value(int slice) const {
  if (parameters_.fidelity == Fidelity::circuit) {
    return (wired_product(slice, 0).effective_s - wired_product(slice, 1).effective_s) / span_s_;
  }
  return (cells_in_use(arrays_[2 * slice]->conductance_s()) -
          cells_in_use(arrays_[2 * slice + 1]->conductance_s())) /
         span_s_;
}

Eigen::MatrixXd TileModel::slice_square(int slice) const {
  return (cells_in_use(arrays_[2 * slice]->conductance_s()).cwiseAbs2() +
          cells_in_use(arrays_[2 * slice + 1]->conductance_s()).cwiseAbs2()) /
         (span_s_ * span_s_);
}

AnalogBatch TileModel::multiply(const Eigen::MatrixXd& input) {
  if (size_ == 0) {
    throw std::logic_error("tile: MVM needs a stored matrix");
  }
  if (input.rows() != size_) {
    throw std::invalid_argument("tile: MVM inputs must have " + std::to_string(size_) + " rows");
  }
  const MvmPlan plan = mvm_plan();
  AnalogBatch batch;
  batch.clipped.assign(input.cols(), 0);
  batch.output = Eigen::MatrixXd::Zero(size_, input.cols());
  Eigen::MatrixXd codes = input * plan.input_full_scale;
  for (double& code : codes.reshaped()) {
    code = std::nearbyint(code);
    if (std::abs(code) > plan.input_full_scale) {
      code = std::copysign(plan.input_full_scale, code);
      ++batch.counts.dac_clips;
    }
  }
  if (parameters_.mvm_mode == MvmMode::lumped) {
    multiply_lumped(plan, codes, batch);
  } else {
    multiply_bit_serial(plan, codes, batch);
  }
  batch.output /= plan.input_full_scale;
  account_mvm(codes, batch);
  shots_ += input.cols();
  return batch;
}

void TileModel::multiply_lumped(const MvmPlan& plan, const Eigen::MatrixXd& codes,
                                AnalogBatch& batch) {
  const double step =
      plan.adc_full_scale / converter::Quantizer(parameters_.adc.bits, 1.0).largest_code();
  Eigen::MatrixXd value = Eigen::MatrixXd::Zero(size_, size_);
  Eigen::MatrixXd square = Eigen::MatrixXd::Zero(size_, size_);
  double rounding_variance = 0.0;
  for (int slice = 0; slice < slices_in_use_; ++slice) {
    const double weight = slice_weight(slice);
    value += weight * slice_value(slice);
    square += weight * weight * slice_square(slice);
    for (int piece = 0; piece < plan.pieces; ++piece) {
      const double scale = weight * std::ldexp(1.0, plan.piece_bits * piece);
      rounding_variance += plan.groups * scale * scale * step * step / 12.0;
    }
  }
  batch.output.noalias() = value.transpose() * codes;
  // Each piece meets its own read noise: the squares of the pieces add up, not the square of the
  // sum.
  Eigen::MatrixXd piece_squares = Eigen::MatrixXd::Zero(codes.rows(), codes.cols());
  const double base = std::ldexp(1.0, plan.piece_bits);
  Eigen::MatrixXd rest = codes.cwiseAbs();
  for (int piece = 0; piece < plan.pieces; ++piece) {
    const Eigen::MatrixXd higher = (rest / base).array().floor();
    piece_squares += ((rest - base * higher) * std::pow(base, piece)).cwiseAbs2();
    rest = higher;
  }
  const double read_noise_sigma = parameters_.device.read_noise;
  const Eigen::MatrixXd sigma =
      ((square.transpose() * piece_squares).array() * (read_noise_sigma * read_noise_sigma) +
       rounding_variance)
          .sqrt();
  batch.output += sigma.cwiseProduct(
      read_noise(device::RandomStream::read_noise_mvm, shots_, static_cast<int>(codes.cols())));
}

void TileModel::multiply_bit_serial(const MvmPlan& plan, const Eigen::MatrixXd& codes,
                                    AnalogBatch& batch) {
  const converter::Quantizer adc(parameters_.adc.bits, plan.adc_full_scale);
  const int shots = static_cast<int>(codes.cols());
  const double base = std::ldexp(1.0, plan.piece_bits);
  for (int slice = 0; slice < slices_in_use_; ++slice) {
    const Eigen::MatrixXd value = slice_value(slice);
    const Eigen::MatrixXd square = slice_square(slice);
    Eigen::MatrixXd rest = codes.cwiseAbs();
    for (int piece = 0; piece < plan.pieces; ++piece) {
      const Eigen::MatrixXd higher = (rest / base).array().floor();
      const Eigen::MatrixXd digit = (rest - base * higher).cwiseProduct(codes.cwiseSign());
      rest = higher;
      const double scale = slice_weight(slice) * std::ldexp(1.0, plan.piece_bits * piece);
      for (int group = 0; group < plan.groups; ++group) {
        const int first = group * parameters_.mvm_row_group;
        const int rows = std::min(parameters_.mvm_row_group, size_ - first);
        const Eigen::MatrixXd sum =
            value.middleRows(first, rows).transpose() * digit.middleRows(first, rows);
        const Eigen::MatrixXd sigma =
            parameters_.device.read_noise *
            (square.middleRows(first, rows).transpose() * digit.middleRows(first, rows).cwiseAbs2())
                .cwiseSqrt();
        for (int shot = 0; shot < shots; ++shot) {
          std::uint32_t clips = 0;
          for (int column = 0; column < size_; ++column) {
            const std::uint32_t step =
                static_cast<std::uint32_t>(1 + group + plan.groups * (piece + plan.pieces * slice));
            const double noise = random_.normal_pair(device::RandomStream::conversion, column, step,
                                                     shots_ + shot)[0];
            batch.output(column, shot) +=
                scale * adc.value(adc.code(sum(column, shot) + sigma(column, shot) * noise, clips));
          }
          if (clips != 0) {
            batch.clipped[shot] = 1;
            batch.counts.adc_clips += clips;
          }
        }
      }
    }
  }
}

void TileModel::account_mvm(const Eigen::MatrixXd& codes, AnalogBatch& batch) const {
  batch.add_shots(mvm_work(parameters_, static_cast<double>(codes.cols()), size_, slices_in_use_));
  const double joules_per_siemens = mvm_energy_j_per_siemens(parameters_);
  if (parameters_.fidelity == Fidelity::circuit) {
    Eigen::MatrixXd driven = Eigen::MatrixXd::Zero(size_, size_);
    for (int slice = 0; slice < slices_in_use_; ++slice) {
      driven += wired_product(slice, 0).driven_s + wired_product(slice, 1).driven_s;
    }
    batch.energy.array_j += joules_per_siemens * codes.cwiseProduct(driven * codes).sum();
    return;
  }
  Eigen::VectorXd row_load = Eigen::VectorXd::Zero(size_);
  for (int slice = 0; slice < slices_in_use_; ++slice) {
    for (int sign = 0; sign < 2; ++sign) {
      row_load += cells_in_use(arrays_[2 * slice + sign]->conductance_s()).rowwise().sum();
    }
  }
  batch.energy.array_j += joules_per_siemens * row_load.dot(codes.cwiseAbs2().rowwise().sum());
}

}  // namespace invar::tile
