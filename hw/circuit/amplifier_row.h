#ifndef INVAR_CIRCUIT_AMPLIFIER_ROW_H
#define INVAR_CIRCUIT_AMPLIFIER_ROW_H

#include <Eigen/Core>

namespace invar::circuit {

/// The op-amps that close one loop, each with its own imperfections, and the inverters of its minus
/// arrays. All vectors have one value a row.
struct AmplifierRow {
  Eigen::VectorXd gain;      ///< DC open-loop gain A0, above 0; infinity is ideal
  Eigen::VectorXd offset_v;  ///< input offset V_os
  /// Gain-bandwidth product relative to the nominal one; empty: 1 everywhere.
  Eigen::VectorXd relative_bandwidth;
  /// Offset at the inverters' outputs, p = -v + offset; empty: none.
  Eigen::VectorXd inverter_offset_v;

  static AmplifierRow uniform(Eigen::Index rows, double gain) {
    AmplifierRow row;
    row.gain = Eigen::VectorXd::Constant(rows, gain);
    row.offset_v = Eigen::VectorXd::Zero(rows);
    return row;
  }
  Eigen::Index size() const { return gain.size(); }
  /// \throws std::invalid_argument naming the culprit if a size is not `rows` or a value impossible
  void check(Eigen::Index rows) const;
};

}  // namespace invar::circuit

#endif
