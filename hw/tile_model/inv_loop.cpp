#include <invar/circuit/loop_dynamics.h>
#include <invar/tile_model/circuit_loop.h>
#include <invar/tile_model/loop_cells.h>
#include <invar/tile_model/lumped_loop.h>

#include <algorithm>
#include <cmath>

namespace invar::tile {

namespace {

/// Whether outputs are sampled before they have settled to the ADCs' accuracy.
bool leaves_a_rest(const TileParameters& parameters) {
  const int bits = parameters.amplifier.settling_bits;
  return bits != 0 && bits < parameters.adc.bits && parameters.fidelity != Fidelity::ideal;
}

}  // namespace

void InvLoop::settle_by(const circuit::LoopDynamics& dynamics, const circuit::InvCircuit& circuit,
                        const LoopSetup& setup) {
  const circuit::AmplifierParameters& amplifier = setup.parameters.amplifier;
  const int bits =
      amplifier.settling_bits != 0 ? amplifier.settling_bits : setup.parameters.adc.bits;
  const double linear_s = dynamics.settling_time_s(bits);
  settling_time_s_ = amplifier.slew_rate_v_per_s > 0.0
                         ? dynamics.settling_time_s(bits, setup.parameters.adc.full_scale_v,
                                                    amplifier.slew_rate_v_per_s)
                         : linear_s;
  if (leaves_a_rest(setup.parameters)) {
    rest_.emplace(circuit, amplifier.gain_bandwidth_hz, amplifier.inverter_bandwidth_ratio,
                  circuit.size(), linear_s, 1);
    sampled_v_.setZero(circuit.size());
  }
}

Eigen::MatrixXd InvLoop::sampled(Eigen::MatrixXd settled_v) {
  for (Eigen::Index shot = 0; rest_ && shot < settled_v.cols(); ++shot) {
    settled_v.col(shot) = rest_->between(sampled_v_, settled_v.col(shot));
    sampled_v_ = settled_v.col(shot).cwiseMin(bound_v_).cwiseMax(-bound_v_);
    if (!sampled_v_.allFinite()) {
      sampled_v_.setZero();  // of a shot that could not be solved
    }
  }
  return settled_v;
}

void InvLoop::set_bounds(const LoopSetup& setup, const LoopCells& cells, double supply_v) {
  bound_v_.setConstant(cells.row_load_s.size(), supply_v);
  const double current_a = setup.parameters.amplifier.output_current_a;
  const bool limited = current_a > 0.0 && setup.parameters.fidelity != Fidelity::ideal;
  if (limited) {
    bound_v_ = bound_v_.cwiseMin(current_a * cells.largest_column_s.cwiseInverse());
  }
  for (const ReferenceColumn& reference : cells.references) {
    const double drive_v =
        limited ? std::min(supply_v, current_a / reference.conductance_s.sum()) : supply_v;
    sum_bounds_v_.push_back(drive_v / reference.gain);
  }
}

bool InvLoop::reference_clips(const Eigen::VectorXd& output_v) const {
  const double sum_v = std::abs(output_v.sum());
  return std::any_of(sum_bounds_v_.begin(), sum_bounds_v_.end(),
                     [sum_v](double bound_v) { return sum_v > bound_v; });
}

bool InvLoop::analyse(const circuit::InvCircuit& circuit, const LoopSetup& setup) {
  const circuit::AmplifierParameters& amplifier = setup.parameters.amplifier;
  const circuit::LoopDynamics dynamics = circuit::analyse_loop(circuit, amplifier.gain_bandwidth_hz,
                                                               amplifier.inverter_bandwidth_ratio);
  stable_ = dynamics.stable;
  if (!stable_) {
    return false;
  }
  settle_by(dynamics, circuit, setup);
  if (setup.watch.rows > 0) {
    transition_.emplace(circuit, amplifier.gain_bandwidth_hz, amplifier.inverter_bandwidth_ratio,
                        std::min(setup.watch.rows, circuit.size()), settling_time_s_,
                        setup.watch.samples);
    last_output_v_.setZero(circuit.size());
  }
  return true;
}

Eigen::MatrixXd InvLoop::settle(const Eigen::MatrixXd& output_v) {
  if (!transition_) {
    return {};
  }
  Eigen::MatrixXd way(static_cast<Eigen::Index>(transition_->rows()) * transition_->samples(),
                      output_v.cols());
  for (Eigen::Index shot = 0; shot < output_v.cols(); ++shot) {
    way.col(shot) = transition_->between(last_output_v_, output_v.col(shot)).reshaped();
    last_output_v_ = output_v.col(shot);
  }
  return way;
}

std::unique_ptr<InvLoop> make_inv_loop(const LoopSetup& setup) {
  return setup.parameters.fidelity == Fidelity::circuit ? make_circuit_loop(setup)
                                                        : make_lumped_loop(setup);
}

}  // namespace invar::tile
