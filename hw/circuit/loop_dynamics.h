#ifndef INVAR_CIRCUIT_LOOP_DYNAMICS_H
#define INVAR_CIRCUIT_LOOP_DYNAMICS_H

#include <invar/circuit/inv_circuit.h>

#include <Eigen/Core>
#include <complex>
#include <vector>

namespace invar::circuit {

/// The slowest mode of the closed loop and what follows from it.
struct LoopDynamics {
  /// Whether every mode decays. An unstable loop rails; its DC solution means nothing.
  bool stable = false;
  /// The smallest real part among the eigenvalues of the normalised loop, D^-1 (G + D / A0), with
  /// the inverters' lag included to first order. Below 0: unstable.
  double minimum_real_eigenvalue = 0.0;
  /// 1 / (2 pi GBWP minimum_real_eigenvalue); infinite when unstable.
  double slowest_time_constant_s = 0.0;

  /// Time to settle to `bits` bits: (bits + 1) ln 2 time constants (Sun et al., arXiv 2005.04530:
  /// the smallest eigenvalue governs, not n).
  double settling_time_s(int bits) const;
};

/// Poles of the loop: dv/dt = -w (U G v + v / A0 + U i), w = 2 pi GBWP, U = D^-1.
///
/// Minus arrays are driven through inverters with a pole at `inverter_bandwidth_ratio` GBWP. Up to
/// k_exact_inverter_size rows the poles of the 2n states are computed; above, the lag of the
/// inverters is taken to first order, which is exact for slow modes:
/// s (D + G_minus / ratio) v = -w (G + D / A0) v.
///
/// For large n the smallest eigenvalue comes from an Arnoldi iteration on the inverse, but only
/// after a Cholesky factorisation of the symmetric part has proved that every real part is
/// positive; without that proof all eigenvalues are computed.
///
/// \param gain_bandwidth_hz GBWP of every op-amp, above 0
LoopDynamics analyse_loop(const InvCircuit& circuit, double gain, double gain_bandwidth_hz,
                          double inverter_bandwidth_ratio);

constexpr int k_exact_inverter_size = 32;

}  // namespace invar::circuit

#endif
