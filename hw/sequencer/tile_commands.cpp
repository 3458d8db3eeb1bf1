// What each command of a tile computes, costs and answers.
#include <invar/sequencer/tile_sequencer.h>
#include <invar/tile/tile_programming.h>

#include <Eigen/Cholesky>
#include <algorithm>
#include <cmath>
#include <numeric>

namespace invar::sequencer {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;

/// A square root and a division, in multiply-accumulates (assumption).
constexpr std::uint64_t k_scale_operations = 10;

std::uint32_t to_status(solver::SolveStatus status) {
  switch (status) {
    case solver::SolveStatus::ok:
      return INVAR_STATUS_OK;
    case solver::SolveStatus::not_converged:
      return INVAR_STATUS_NOT_CONVERGED;
    case solver::SolveStatus::saturated:
      return INVAR_STATUS_SATURATED;
    case solver::SolveStatus::not_finite:
      return INVAR_STATUS_BAD_RHS;
  }
  return INVAR_STATUS_NOT_CONVERGED;
}

std::uint32_t to_status(programming::ProgrammingStatus status) {
  switch (status) {
    case programming::ProgrammingStatus::ok:
      return INVAR_STATUS_OK;
    case programming::ProgrammingStatus::cell_failed:
      return INVAR_STATUS_CELL_FAILED;
    case programming::ProgrammingStatus::worn_out:
      return INVAR_STATUS_WORN_OUT;
    case programming::ProgrammingStatus::unstable:
      return INVAR_STATUS_UNSTABLE;
  }
  return INVAR_STATUS_UNSTABLE;
}

std::uint32_t to_status(solver::MatrixVerdict verdict) {
  switch (verdict) {
    case solver::MatrixVerdict::ok:
      return INVAR_STATUS_OK;
    case solver::MatrixVerdict::not_positive_definite:
      return INVAR_STATUS_UNSTABLE;
    default:
      return INVAR_STATUS_BAD_MATRIX;
  }
}

std::uint32_t to_count(std::uint64_t value) {
  return static_cast<std::uint32_t>(std::min<std::uint64_t>(value, 0xFFFFFFFFu));
}

}  // namespace

void TileSequencer::program(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  const std::uint64_t generation = generation_;
  model_->disconnect();
  exact_factor_.resize(0, 0);
  const auto fail = [&](std::uint32_t status) {
    record.status = status;
    record.handle = INVAR_HANDLE_NONE;
    if (!was_reset(generation)) {
      model_->disconnect();
      exact_factor_.resize(0, 0);
      handle_ = INVAR_HANDLE_NONE;
    }
  };
  if (!load(descriptor.source, descriptor.n, descriptor.n, descriptor, matrix_)) {
    return fail(INVAR_STATUS_BUS_ERROR);
  }
  trace_.set_state(tile::TileState::program, {{"n", descriptor.n}, {"handle", handle_}});
  const int seed_slices = descriptor.slices != 0 ? static_cast<int>(descriptor.slices)
                                                 : configuration_.tile.seed_slices;
  const bool all_slices = configuration_.solver.residual == solver::ResidualPath::analog;
  programming::ProgrammingResult result;
  solver::MatrixVerdict verdict = solver::MatrixVerdict::ok;
  bool positive = true;
  const bool computed = compute([&] {
    solver::JacobiScaling scaling(matrix_);
    verdict = scaling.verdict;
    if (verdict != solver::MatrixVerdict::ok) {
      return;
    }
    scale_ = scaling.scale;
    if (configuration_.exact) {
      const Eigen::LLT<MatrixXd> factor(matrix_);
      positive = factor.info() == Eigen::Success;
      exact_factor_ = factor.matrixL();
      return;
    }
    result = tile::write_matrix(*model_, scaling.normalised, seed_slices,
                                all_slices ? configuration_.tile.slices : seed_slices,
                                configuration_.programming);
  });
  if (!computed) {
    return;
  }
  if (verdict != solver::MatrixVerdict::ok) {
    return fail(to_status(verdict));
  }
  if (!positive) {
    return fail(INVAR_STATUS_UNSTABLE);
  }
  if (configuration_.exact) {
    return;
  }
  const ledger::Phase phase = phase_of(descriptor);
  // S A S: two products an element; a root and a division for each row's scale.
  const std::uint64_t n = descriptor.n;
  // Rows that the array's compensation scales: one product more a row.
  const bool rescaled = model_->compensation().row_scale.size() != 0;
  const std::uint64_t scaling = 2 * n * n + (k_scale_operations + (rescaled ? 1 : 0)) * n;
  charge_macs(scaling, n * n * element_bytes(descriptor), command,
              sc_core::sc_time(mac_time_s(scaling), sc_core::SC_SEC));
  if (!spend(mac_time_s(scaling), phase)) {
    return;
  }
  const sc_core::sc_time start = sc_core::sc_time_stamp();
  account_.charge_programming(result, phase);
  if (configuration_.tile.fidelity == tile::Fidelity::circuit) {
    wire_errors_.add(model_->wire_error(), model_->stable());
  }
  trace_.set_power(result.energy_j() / std::max(result.duration_s, 1e-12));
  trace_.note({{"energy_j", result.energy_j()}});
  spend(result.duration_s, phase);
  account_.add_programming(sc_core::sc_time_stamp() - start, phase);
  trace_.set_power(0.0);
  record.failed_cells = to_count(result.failed_cells);
  record.settling_time_s = static_cast<float>(model_->settling_time_s());
  record.status = to_status(result.status);
  if (record.status != INVAR_STATUS_OK) {
    fail(record.status);
  }
}

double TileSequencer::round_time_s(const solver::RefinementRound& round) const {
  const double digital_s = mac_time_s(round.multiply_accumulates);
  // Right-hand sides follow each other through the array and the MAC lanes as a pipeline of two:
  // what the last one takes on the lanes, or the first in the array, is not hidden.
  const double analog_s = round.inv_shots * round.inv_shot_time_s;
  const double fill_s =
      round.inv_shots > 0 ? std::min(round.inv_shot_time_s, digital_s / round.inv_shots) : 0.0;
  return std::max(analog_s, digital_s) + fill_s + round.mvm_shots * round.mvm_shot_time_s;
}

void TileSequencer::trace_rounds(const std::vector<solver::RefinementRound>& rounds,
                                 const std::vector<double>& round_s) const {
  sc_core::sc_time start = sc_core::sc_time_stamp();
  trace_.set_residual(1.0, start);
  for (std::size_t i = 0; i < rounds.size(); ++i) {
    const solver::RefinementRound& round = rounds[i];
    const sc_core::sc_time shot_time(round.inv_shot_time_s, sc_core::SC_SEC);
    const sc_core::sc_time converted(configuration_.tile.dac.conversion_time_s, sc_core::SC_SEC);
    const sc_core::sc_time settled(model_->settling_time_s(), sc_core::SC_SEC);
    sc_core::sc_time at = start;
    for (Index shot = 0; shot < round.dac_codes.cols(); ++shot) {
      trace_.set_dac_codes(round.dac_codes, shot, at);
      if (shot < round.settling_v.cols()) {
        trace_.set_outputs(round.settling_v, shot, at + converted, settled);
      }
      at += shot_time;
      trace_.set_adc_codes(round.adc_codes, shot, at);
    }
    start += sc_core::sc_time(round_s[i], sc_core::SC_SEC);
    trace_.set_residual(round.largest_residual, start);
  }
}

bool TileSequencer::load_vectors(const invar_descriptor& descriptor, Index size, MatrixXd& vectors,
                                 invar_completion& record) {
  if (descriptor.n != static_cast<std::uint32_t>(size)) {
    record.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return false;
  }
  if (!load(descriptor.source, descriptor.columns, descriptor.n, descriptor, vectors)) {
    record.status = INVAR_STATUS_BUS_ERROR;
    return false;
  }
  return true;
}

void TileSequencer::store_result(const invar_descriptor& descriptor, const MatrixXd& result,
                                 invar_completion& record) {
  if (!store(descriptor.destination, result, descriptor)) {
    record.status = INVAR_STATUS_BUS_ERROR;
  }
}

void TileSequencer::solve(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  if (configuration_.exact) {
    return solve_exactly(command, record);
  }
  MatrixXd transposed;
  if (!load_vectors(descriptor, model_->size(), transposed, record)) {
    return;
  }
  trace_.set_state(
      tile::TileState::solve,
      {{"n", descriptor.n}, {"columns", descriptor.columns}, {"handle", descriptor.handle}});
  solver::SolveResult result;
  std::vector<double> round_s;
  const bool computed = compute([&] {
    result = solver::refine(*model_, matrix_, scale_.cwiseProduct(model_->inv_row_scale()),
                            transposed.transpose(), descriptor.tolerance,
                            static_cast<int>(descriptor.iteration_limit),
                            element_bytes(descriptor) == 4, configuration_.solver);
    for (const solver::RefinementRound& round : result.rounds) {
      round_s.push_back(round_time_s(round));
    }
    transposed = result.solution.transpose();
  });
  if (!computed) {
    return;
  }
  record.status = to_status(result.status);
  record.iterations = result.largest_iterations();
  record.total_iterations = to_count(result.total_iterations());
  record.residual = result.relative_residual.maxCoeff();
  record.retries = to_count(result.retries);
  record.clipped = to_count(result.counts.dac_clips + result.counts.adc_clips);
  record.converged = result.converged;
  record.seed_effective_bits = static_cast<float>(result.seed_effective_bits);
  record.settling_time_s = static_cast<float>(model_->settling_time_s());
  if (result.status == solver::SolveStatus::not_finite) {
    return;
  }

  const ledger::Phase phase = phase_of(descriptor);
  const double duration_s = std::accumulate(round_s.begin(), round_s.end(), 0.0);
  const sc_core::sc_time duration(duration_s, sc_core::SC_SEC);
  account_.charge(result.energy, result.counts, phase, duration);
  const std::uint64_t matrix_bytes =
      static_cast<std::uint64_t>(descriptor.n) * descriptor.n * element_bytes(descriptor);
  charge_macs(result.total_multiply_accumulates(), result.total_residuals() * matrix_bytes, command,
              duration);
  if (trace_.is_attached()) {
    trace_rounds(result.rounds, round_s);
    trace_.set_power(result.energy.total_j() / std::max(duration_s, 1e-12));
  }
  trace_.note({{"iterations", record.iterations}, {"energy_j", result.energy.total_j()}});
  const bool finished = spend(duration_s, phase);
  trace_.set_power(0.0);
  if (!finished) {
    return;
  }
  store_result(descriptor, transposed, record);
}

void TileSequencer::solve_exactly(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  MatrixXd vectors;
  if (!load_vectors(descriptor, exact_factor_.rows(), vectors, record)) {
    return;
  }
  bool finite = true;
  const bool computed = compute([&] {
    finite = vectors.allFinite();
    MatrixXd solution = vectors.transpose();
    exact_factor_.triangularView<Eigen::Lower>().solveInPlace(solution);
    exact_factor_.transpose().triangularView<Eigen::Upper>().solveInPlace(solution);
    vectors = solution.transpose();
  });
  if (!computed) {
    return;
  }
  if (!finite) {
    record.status = INVAR_STATUS_BAD_RHS;
    return;
  }
  record.converged = descriptor.columns;
  store_result(descriptor, vectors, record);
}

void TileSequencer::multiply(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  const Index size = configuration_.exact ? exact_factor_.rows() : model_->size();
  MatrixXd vectors;
  if (!load_vectors(descriptor, size, vectors, record)) {
    return;
  }
  trace_.set_state(tile::TileState::multiply);
  tile::AnalogBatch batch;
  bool finite = true;
  const bool computed = compute([&] {
    finite = vectors.allFinite();
    if (!finite) {
      return;
    }
    if (configuration_.exact) {
      vectors = vectors * matrix_.transpose();
      return;
    }
    // A x = S^-1 (S A S) S^-1 x, each vector scaled to the DAC.
    const auto unscale = scale_.cwiseInverse().asDiagonal();
    const MatrixXd scaled = unscale * vectors.transpose();
    Eigen::VectorXd peak = scaled.cwiseAbs().colwise().maxCoeff();
    peak = (peak.array() > 0.0).select(peak, 1.0);
    batch = model_->multiply(scaled * peak.cwiseInverse().asDiagonal());
    vectors = (unscale * (batch.output * peak.asDiagonal())).transpose();
  });
  if (!computed) {
    return;
  }
  if (!finite) {
    record.status = INVAR_STATUS_BAD_RHS;
    return;
  }
  if (!configuration_.exact) {
    // S^-1 x, its largest magnitude, the scaling to the DAC, S^-1 y.
    const std::uint64_t scaling = 4 * static_cast<std::uint64_t>(vectors.size());
    const double duration_s =
        mac_time_s(scaling) + batch.shot_time_s * static_cast<double>(batch.counts.shots);
    const sc_core::sc_time duration(duration_s, sc_core::SC_SEC);
    charge_macs(scaling, 0, command, duration);
    account_.charge(batch.energy, batch.counts, phase_of(descriptor), duration);
    record.clipped = to_count(batch.counts.dac_clips + batch.counts.adc_clips);
    if (!spend(duration_s, phase_of(descriptor))) {
      return;
    }
  }
  store_result(descriptor, vectors, record);
}

void TileSequencer::read_back(const Command& command, invar_completion& record) {
  const invar_descriptor& descriptor = command.descriptor;
  if (descriptor.n != static_cast<std::uint32_t>(matrix_.rows())) {
    record.status = INVAR_STATUS_BAD_DESCRIPTOR;
    return;
  }
  MatrixXd matrix;
  tile::ReadBack read;
  const bool computed = compute([&] {
    if (configuration_.exact) {
      matrix = matrix_;
      return;
    }
    read = tile::read_matrix(*model_);
    const auto unscale = scale_.cwiseInverse().asDiagonal();
    matrix = unscale * read.value * unscale;
  });
  if (!computed) {
    return;
  }
  if (!configuration_.exact) {
    const ledger::Phase phase = phase_of(descriptor);
    const std::uint64_t scaling = 2 * read.reads + read.operations;
    const sc_core::sc_time start = sc_core::sc_time_stamp();
    account_.charge_read_back(read, phase);
    charge_macs(scaling, 0, command, sc_core::sc_time(read.duration_s, sc_core::SC_SEC));
    const bool finished = spend(read.duration_s + mac_time_s(scaling), phase);
    account_.add_programming(sc_core::sc_time_stamp() - start, phase);
    if (!finished) {
      return;
    }
  }
  store_result(descriptor, matrix, record);
}

void TileSequencer::release(invar_completion& record) {
  record.handle = handle_;
  handle_ = INVAR_HANDLE_NONE;
  release_pending_ = false;
  model_->disconnect();
  exact_factor_.resize(0, 0);
}

void TileSequencer::calibrate(const Command& command, invar_completion& record) {
  if (configuration_.exact) {
    return;
  }
  // The controller watches the response to one step on all rows settle.
  tile::AnalogBatch batch;
  const bool computed = compute([&] {
    batch =
        model_->invert(MatrixXd::Ones(model_->size(), 1), {configuration_.solver.largest_range});
  });
  if (!computed) {
    return;
  }
  const ledger::Phase phase = phase_of(command.descriptor);
  account_.charge(batch.energy, batch.counts, phase,
                  sc_core::sc_time(batch.shot_time_s, sc_core::SC_SEC));
  record.settling_time_s = static_cast<float>(model_->settling_time_s());
  spend(batch.shot_time_s, phase);
}

}  // namespace invar::sequencer
