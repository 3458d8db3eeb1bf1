#include <invar/circuit/loop_dynamics.h>
#include <invar/tile_model/circuit_loop.h>
#include <invar/tile_model/lumped_loop.h>

#include <algorithm>

namespace invar::tile {

bool InvLoop::analyse(const circuit::InvCircuit& circuit, const LoopSetup& setup) {
  const circuit::AmplifierParameters& amplifier = setup.parameters.amplifier;
  const circuit::LoopDynamics dynamics = circuit::analyse_loop(circuit, amplifier.gain_bandwidth_hz,
                                                               amplifier.inverter_bandwidth_ratio);
  stable_ = dynamics.stable;
  if (!stable_) {
    return false;
  }
  settling_time_s_ = dynamics.settling_time_s(setup.parameters.adc.bits);
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
