#include <invar/converter/quantizer.h>
#include <invar/state/archive.h>
#include <invar/tile_model/inv_loop.h>
#include <invar/tile_model/loop_cells.h>
#include <invar/tile_model/mvm_array.h>
#include <invar/tile_model/shot_cost.h>
#include <invar/tile_model/tile_circuit.h>
#include <invar/tile_model/tile_model.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::tile {
namespace {

/// Cells without flaws, where fidelity asks for that.
TileParameters checked(TileParameters parameters) {
  parameters.check();
  if (parameters.fidelity == Fidelity::ideal) {
    parameters.device.programming_error = device::ProgrammingErrorModel::none;
    parameters.device.read_noise = 0.0;
    parameters.device.stuck_fraction = 0.0;
  }
  return parameters;
}

/// Bounds outputs by their magnitudes. \return whether there was something to bound
bool saturate(double* output_v, const Eigen::VectorXd& bound_v) {
  int bounded = 0;
  for (Eigen::Index k = 0; k < bound_v.size(); ++k) {
    const double before = output_v[k];
    const double supply_v = bound_v[k];
    // In this order what is not a number ends at the supply.
    double after = before <= supply_v ? before : supply_v;
    after = after >= -supply_v ? after : -supply_v;
    bounded += after != before ? 1 : 0;
    output_v[k] = after;
  }
  return bounded != 0;
}

}  // namespace

TileModel::TileModel(const TileParameters& parameters, std::uint64_t seed, std::uint32_t tile)
    : parameters_(checked(parameters)),
      random_(seed, tile),
      cells_(parameters_, random_),
      amplifiers_(TileCircuit::draw_amplifiers(parameters_.amplifier, random_, parameters_.rows)) {}

TileModel::~TileModel() = default;

Eigen::MatrixXd TileModel::measured_slice(int slice) const {
  return loop_value(cells_.measured_conductance_s(slice, 0),
                    cells_.measured_conductance_s(slice, 1));
}

Eigen::MatrixXd TileModel::measured_matrix() const {
  Eigen::MatrixXd sum = Eigen::MatrixXd::Zero(size_, size_);
  for (int slice = 0; slice < slices_in_use_; ++slice) {
    sum += cells_.slice_weight(slice) * measured_slice(slice);
  }
  return compensation_.matrix_of(std::move(sum));
}

Eigen::VectorXd TileModel::inv_row_scale() const {
  return compensation_.row_scale.size() != 0 ? compensation_.row_scale
                                             : Eigen::VectorXd::Ones(size_);
}

bool TileModel::connect(int n, int seed_slices, int slices) {
  if (n < 1 || n > parameters_.rows || seed_slices < 0 || seed_slices > slices || slices < 1 ||
      slices > parameters_.slices) {
    throw std::invalid_argument("tile: cannot connect " + std::to_string(n) + " rows and " +
                                std::to_string(slices) + " slices");
  }
  size_ = n;
  if (static_cast<int>(cells_.lines().size()) != n) {
    cells_.map_lines(n, false);
  }
  seed_slices_ = seed_slices;
  slices_in_use_ = slices;
  cells_.make(slices);
  mvm_ = std::make_unique<MvmArray>(parameters_, cells_, random_, n, slices);
  loop_.reset();
  wire_error_ = WireError{};
  if (seed_slices > 0) {
    close_loop();
  }
  return stable();
}

void TileModel::close_loop() {
  try {
    const circuit::AmplifierRow amplifiers = amplifiers_in_use();
    loop_ = make_inv_loop({parameters_,
                           cells_,
                           amplifiers,
                           random_,
                           seed_slices_,
                           {settling_rows_, settling_samples_}});
  } catch (const std::domain_error&) {
    return;  // singular
  }
  if (const Eigen::MatrixXd* seen_s = loop_->seen_s()) {
    wire_error_ = wire_error_of_loop(*seen_s);
  }
}

circuit::AmplifierRow TileModel::amplifiers_in_use() const {
  const LineMap& lines = cells_.lines();
  circuit::AmplifierRow row;
  row.gain = amplifiers_.gain(lines);
  row.offset_v = amplifiers_.offset_v(lines);
  row.relative_bandwidth = amplifiers_.relative_bandwidth(lines);
  row.inverter_offset_v = amplifiers_.inverter_offset_v(lines);
  return row;
}

WireError TileModel::wire_error_of_loop(const Eigen::MatrixXd& seen_s) const {
  const LoopCells cells(cells_, seed_slices_);
  const Eigen::MatrixXd ideal_s = cells.plus_s - cells.minus_s;
  Eigen::MatrixXd known_s = ideal_s;
  if (compensation_.sweeps > 0) {
    known_s.setZero();
    for (int slice = 0; slice < seed_slices_; ++slice) {
      known_s += cells_.slice_weight(slice) * cells_.span_s() *
                 loop_value(cells_.conductance_s(slice, 0), cells_.conductance_s(slice, 1));
    }
  }
  if (compensation_.bias.size() != 0) {
    known_s -= cells_.span_s() * compensation_.bias;
  }
  return wire_error_of(seen_s, ideal_s, known_s);
}

bool TileModel::stable() const {
  return loop_ && loop_->stable();
}

double TileModel::settling_time_s() const {
  return loop_ ? loop_->settling_time_s() : 0.0;
}

InvDrive TileModel::drive(const Eigen::MatrixXd& input, const std::vector<int>& range,
                          AnalogBatch& batch) const {
  const auto shots = input.cols();
  const converter::Quantizer dac(parameters_.dac.bits, 1.0);
  const int watched = std::min(watched_rows_, size_);
  batch.dac_codes.resize(watched, watched == 0 ? 0 : shots);
  InvDrive drive;
  drive.first_shot = shots_;
  drive.voltage_v.resize(size_, shots);
  std::uint32_t clips = 0;
  Eigen::VectorXi codes(size_);
  Eigen::VectorXd voltage_v(size_);
  for (Eigen::Index shot = 0; shot < shots; ++shot) {
    const double full_scale_v = std::ldexp(parameters_.dac.full_scale_v, -range[shot]);
    dac.codes(input.col(shot).data(), size_, codes.data(), clips);
    for (int row = 0; row < size_; ++row) {
      voltage_v[row] = full_scale_v * dac.value(codes[row]);
    }
    drive.voltage_v.col(shot) = voltage_v;
    drive.square_sum_v2 += voltage_v.squaredNorm();
    if (watched > 0) {
      batch.dac_codes.col(shot) = codes.head(watched);
    }
  }
  batch.counts.dac_clips += clips;
  return drive;
}

void TileModel::convert(Eigen::MatrixXd& output_v, const std::vector<int>& range,
                        AnalogBatch& batch) const {
  const auto shots = output_v.cols();
  const converter::Quantizer adc(parameters_.adc.bits, parameters_.adc.full_scale_v);
  const int watched = std::min(watched_rows_, size_);
  batch.adc_codes.resize(watched, watched == 0 ? 0 : shots);
  batch.output.resize(size_, shots);
  batch.clipped.assign(shots, 0);
  batch.peak.assign(shots, 0.0F);
  Eigen::VectorXi codes(size_);
  for (Eigen::Index shot = 0; shot < shots; ++shot) {
    const double scale = -std::ldexp(1.0 / parameters_.dac.full_scale_v, range[shot]);
    std::uint32_t clips = 0;
    // (A shot that could not be solved is NaN: flagged here as one that saturates, and repeated
    // with a smaller input.)
    const bool bounded = saturate(output_v.col(shot).data(), loop_->bound_v()) ||
                         loop_->reference_clips(output_v.col(shot));
    adc.codes(output_v.col(shot).data(), size_, codes.data(), clips);
    double* result = batch.output.col(shot).data();
    for (int row = 0; row < size_; ++row) {
      result[row] = scale * adc.value(codes[row]);
    }
    if (watched > 0) {
      batch.adc_codes.col(shot) = codes.head(watched);
    }
    batch.peak[shot] =
        static_cast<float>(codes.cwiseAbs().maxCoeff()) / static_cast<float>(adc.largest_code());
    batch.clipped[shot] = bounded || clips != 0 ? 1 : 0;
    batch.counts.adc_clips += clips;
  }
}

AnalogBatch TileModel::invert(const Eigen::MatrixXd& input, const std::vector<int>& range) {
  if (!stable() || size_ == 0) {
    throw std::logic_error("tile: INV needs a stored matrix and a stable loop");
  }
  if (input.rows() != size_ || static_cast<std::size_t>(input.cols()) != range.size()) {
    throw std::invalid_argument("tile: INV inputs must be " + std::to_string(size_) +
                                " rows with one range a column");
  }
  AnalogBatch batch;
  const InvDrive drive = this->drive(input, range, batch);
  Eigen::MatrixXd output_v = loop_->sampled(loop_->outputs(drive));
  convert(output_v, range, batch);
  batch.settling_v = loop_->settle(output_v);
  batch.add_shots(inv_work(parameters_, static_cast<double>(input.cols()), size_,
                           cells_.count(seed_slices_), loop_->settling_time_s()));
  const InvPower power = loop_->power(output_v, drive);
  const double analog_s = inv_analog_time_s(parameters_, loop_->settling_time_s());
  batch.energy.array_j += analog_s * power.cells_w;
  batch.energy.amplifier_j += analog_s * power.output_stages_w;
  shots_ += input.cols();
  return batch;
}

AnalogBatch TileModel::multiply(const Eigen::MatrixXd& input) {
  if (size_ == 0) {
    throw std::logic_error("tile: MVM needs a stored matrix");
  }
  AnalogBatch batch = mvm_->multiply(input, shots_);
  shots_ += input.cols();
  return batch;
}

void TileModel::exchange(state::Archive& archive) {
  archive.part("tile");
  cells_.exchange(archive);
  archive.value(shots_);
}

}  // namespace invar::tile
