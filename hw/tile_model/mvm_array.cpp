#include <invar/circuit/wired_mvm.h>
#include <invar/converter/quantizer.h>
#include <invar/tile_model/loop_response.h>
#include <invar/tile_model/mvm_array.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>

namespace invar::tile {

/// How a product is cut into analog operations, and what its ADCs convert.
struct MvmArray::Plan : MvmSteps {
  double adc_full_scale;  ///< of a partial sum, in (slice value) x (piece code)
};

MvmArray::MvmArray(const TileParameters& parameters, const CellArrays& cells,
                   const device::KeyedRandom& random, int size, int slices)
    : parameters_(parameters),
      cells_(cells),
      random_(random),
      size_(size),
      slices_(slices),
      wired_products_(2 * static_cast<std::size_t>(slices)) {}

MvmArray::Plan MvmArray::plan() const {
  const MvmSteps steps = mvm_steps(parameters_, size_);
  return {steps, parameters_.mvm_adc_range * std::min(parameters_.mvm_row_group, size_) *
                     (std::ldexp(1.0, steps.piece_bits) - 1.0)};
}

const MvmArray::WiredProduct& MvmArray::wired_product(int slice, int sign) const {
  WiredProduct& product = wired_products_.at(2 * slice + sign);
  if (product.effective_s.size() == 0 && sign == 1 && !cells_.has_minus(slice)) {
    const ReferenceColumn reference = cells_.reference_column(slice);
    const circuit::WiredMvm mvm(reference.conductance_s, parameters_.wires);
    product.effective_s = cells_.stood_for(mvm.effective_conductance_s().transpose());
    product.driven_s = mvm.driven_conductance_s();
  }
  if (product.effective_s.size() == 0) {
    const circuit::WiredMvm mvm(cells_.conductance_s(slice, sign), parameters_.wires);
    product.effective_s = mvm.effective_conductance_s().transpose();
    product.driven_s = mvm.driven_conductance_s();
  }
  return product;
}

Eigen::MatrixXd MvmArray::slice_value(int slice) const {
  if (parameters_.fidelity == Fidelity::circuit) {
    return (wired_product(slice, 0).effective_s - wired_product(slice, 1).effective_s) /
           cells_.span_s();
  }
  return (cells_.conductance_s(slice, 0) - cells_.conductance_s(slice, 1)) / cells_.span_s();
}

Eigen::MatrixXd MvmArray::slice_square(int slice) const {
  return (cells_.conductance_s(slice, 0).cwiseAbs2() + cells_.conductance_s(slice, 1).cwiseAbs2()) /
         (cells_.span_s() * cells_.span_s());
}

AnalogBatch MvmArray::multiply(const Eigen::MatrixXd& input, std::uint64_t first_shot) const {
  if (input.rows() != size_) {
    throw std::invalid_argument("tile: MVM inputs must have " + std::to_string(size_) + " rows");
  }
  const Plan plan = this->plan();
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
    multiply_lumped(plan, codes, first_shot, batch);
  } else {
    multiply_bit_serial(plan, codes, first_shot, batch);
  }
  batch.output /= plan.input_full_scale;
  batch.add_shots(
      mvm_work(parameters_, static_cast<double>(codes.cols()), size_, cells_.count(slices_)));
  batch.energy.array_j += mvm_energy_j_per_siemens(parameters_) * loaded_squares(codes);
  return batch;
}

void MvmArray::multiply_lumped(const Plan& plan, const Eigen::MatrixXd& codes,
                               std::uint64_t first_shot, AnalogBatch& batch) const {
  const double step =
      plan.adc_full_scale / converter::Quantizer(parameters_.adc.bits, 1.0).largest_code();
  Eigen::MatrixXd value = Eigen::MatrixXd::Zero(size_, size_);
  Eigen::MatrixXd square = Eigen::MatrixXd::Zero(size_, size_);
  double rounding_variance = 0.0;
  for (int slice = 0; slice < slices_; ++slice) {
    const double weight = cells_.slice_weight(slice);
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
  batch.output += sigma.cwiseProduct(read_noise_deviates(
      random_, device::RandomStream::read_noise_mvm, first_shot, codes.rows(), codes.cols()));
}

void MvmArray::multiply_bit_serial(const Plan& plan, const Eigen::MatrixXd& codes,
                                   std::uint64_t first_shot, AnalogBatch& batch) const {
  const converter::Quantizer adc(parameters_.adc.bits, plan.adc_full_scale);
  const int shots = static_cast<int>(codes.cols());
  const double base = std::ldexp(1.0, plan.piece_bits);
  for (int slice = 0; slice < slices_; ++slice) {
    const Eigen::MatrixXd value = slice_value(slice);
    const Eigen::MatrixXd square = slice_square(slice);
    Eigen::MatrixXd rest = codes.cwiseAbs();
    for (int piece = 0; piece < plan.pieces; ++piece) {
      const Eigen::MatrixXd higher = (rest / base).array().floor();
      const Eigen::MatrixXd digit = (rest - base * higher).cwiseProduct(codes.cwiseSign());
      rest = higher;
      const double scale = cells_.slice_weight(slice) * std::ldexp(1.0, plan.piece_bits * piece);
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
                                                     first_shot + shot)[0];
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

double MvmArray::loaded_squares(const Eigen::MatrixXd& codes) const {
  if (parameters_.fidelity == Fidelity::circuit) {
    Eigen::MatrixXd driven = Eigen::MatrixXd::Zero(size_, size_);
    for (int slice = 0; slice < slices_; ++slice) {
      driven += wired_product(slice, 0).driven_s + wired_product(slice, 1).driven_s;
    }
    return codes.cwiseProduct(driven * codes).sum();
  }
  Eigen::VectorXd row_load = Eigen::VectorXd::Zero(size_);
  for (int slice = 0; slice < slices_; ++slice) {
    for (int sign = 0; sign < 2; ++sign) {
      row_load += cells_.row_load_s(slice, sign);
    }
  }
  return row_load.dot(codes.cwiseAbs2().rowwise().sum());
}

}  // namespace invar::tile
