#ifndef INVAR_BENCHMARKS_NGSPICE_YARDSTICK_H
#define INVAR_BENCHMARKS_NGSPICE_YARDSTICK_H

#include <invar/circuit/wired_loop.h>

#include <Eigen/Core>
#include <optional>

namespace invar::benchmarks {

struct NgspiceResult {
  Eigen::VectorXd output_v;
  double cpu_s = 0.0;  ///< of the whole process
};

/// The operating point of a loop of one array by ngspice, from a netlist written for it. Empty if
/// ngspice is not installed or gives no result.
std::optional<NgspiceResult> ngspice_operating_point(const circuit::LoopLayout& layout, double gain,
                                                     const Eigen::VectorXd& current_a);

}  // namespace invar::benchmarks

#endif
