#ifndef INVAR_CIRCUIT_LOOP_DYNAMICS_H
#define INVAR_CIRCUIT_LOOP_DYNAMICS_H

#include <invar/circuit/inv_circuit.h>

namespace invar::circuit {

/// The slowest mode of the closed loop and what follows from it.
struct LoopDynamics {
  /// Whether every mode decays. An unstable loop rails; its DC solution means nothing.
  bool stable = false;
  /// The smallest decay rate (negative real part of a pole) in units of 2 pi GBWP, the inverters'
  /// poles included. Below 0: unstable; in a large loop then the rate of one growing mode, not
  /// necessarily of the fastest, or -infinity where only the sign of the determinant told.
  double minimum_real_eigenvalue = 0.0;
  /// 1 / (2 pi GBWP minimum_real_eigenvalue); infinite when unstable.
  double slowest_time_constant_s = 0.0;

  /// Time to settle to `bits` bits: (bits + 1) ln 2 time constants (Sun et al., arXiv 2005.04530:
  /// the smallest eigenvalue governs, not n).
  double settling_time_s(int bits) const;
  /// The same with outputs that slew first: a step of `step_v` at no more than `slew_rate_v_per_s`
  /// until the slowest time constant tau asks for no more, then linearly,
  /// step / rate + tau (ln(rate tau / step) + (bits + 1) ln 2 - 1). Exact for one pole.
  double settling_time_s(int bits, double step_v, double slew_rate_v_per_s) const;
};

/// Poles of the loop: dv/dt = -w (U (G+ v + G- p + i) + v / A0), w = 2 pi GBWP, U = D^-1.
///
/// Minus arrays are driven by inverters, dp/dt = -w ratio (p + v), so a signed loop has 2n states.
///
/// Up to k_dense_states states all poles are computed. Above, an Arnoldi iteration on the inverse
/// gives the slowest mode, and a Cholesky factorisation of a Lyapunov function proves that the loop
/// is stable and no mode decays at less than k_proven_share of that rate; without that proof all
/// poles are computed.
///
/// \param gain_bandwidth_hz nominal GBWP of the op-amps (the circuit's amplifiers may deviate)
/// \param inverter_bandwidth_ratio bandwidth of the inverters over GBWP
/// \throws std::invalid_argument for a bandwidth or ratio that is not above 0
LoopDynamics analyse_loop(const InvCircuit& circuit, double gain_bandwidth_hz,
                          double inverter_bandwidth_ratio);

/// All poles of the loop in the s plane, slowest first: s = -2 pi GBWP rate, in rad/s.
/// \throws std::invalid_argument for a bandwidth or ratio that is not above 0
Eigen::VectorXcd loop_poles(const InvCircuit& circuit, double gain_bandwidth_hz,
                            double inverter_bandwidth_ratio);

constexpr int k_dense_states = 64;
/// The decay rate of a large loop is at least this share of the one reported.
constexpr double k_proven_share = 0.25;

}  // namespace invar::circuit

#endif
