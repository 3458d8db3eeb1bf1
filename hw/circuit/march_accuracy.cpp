#include <invar/circuit/dense_algebra.h>
#include <invar/circuit/march_accuracy.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <utility>
#include <vector>

namespace invar::circuit {
namespace {

constexpr int k_probes = 3;
constexpr const char* k_singular = "circuit: singular";

/// Signs that do not repeat with a short period.
Eigen::MatrixXd signs(Eigen::Index rows) {
  Eigen::MatrixXd sign(rows, k_probes);
  for (Eigen::Index probe = 0; probe < k_probes; ++probe) {
    for (Eigen::Index k = 0; k < rows; ++k) {
      const double phase = 1.0 + static_cast<double>(probe);
      sign(k, probe) =
          std::sin(phase + (1.1 + 0.6 * phase) * static_cast<double>(k * k)) > 0.0 ? 1.0 : -1.0;
    }
  }
  return sign;
}

/// One array's part of the loop's matrix: current into the rows for the outputs (n columns) and for
/// the sensed voltages that a volt of them takes (n columns more).
struct Part {
  Eigen::MatrixXd transfer;     ///< A', A the voltages at M for those at the open end
  Eigen::VectorXd scale;        ///< of each of its columns
  DenseFactor factor;           ///< of A' diag(scale)^-1
  Eigen::MatrixXd at_open_end;  ///< A' at_sense
  Eigen::MatrixXd at_sense;     ///< equations of the nodes M

  Eigen::MatrixXd to_sense(const Eigen::MatrixXd& open) const {
    return scale.cwiseInverse().asDiagonal() * factor.solve(open);
  }
  /// Errors of given sizes in the equations at the open end, as sizes in those of the nodes M.
  Eigen::MatrixXd carried(const Eigen::MatrixXd& size, const Eigen::MatrixXd& sign) const {
    return to_sense(size.cwiseProduct(sign)).cwiseAbs();
  }
};

double moved(const DenseFactor& loop, const Eigen::MatrixXd& error, const Eigen::MatrixXd& output) {
  const Eigen::RowVectorXd by = loop.solve(error).colwise().norm();
  return by.cwiseQuotient(output.colwise().norm()).maxCoeff();
}

}  // namespace

MarchAccuracy estimate_march_accuracy(const LoopLayout& layout, bool at_far_end, double gain,
                                      InstructionSet set) {
  constexpr double k_units = 4.0;
  const double unit = k_units * std::numeric_limits<double>::epsilon();
  const int n = layout.size();
  MarchAccuracy accuracy{std::numeric_limits<double>::infinity(), 0.0};

  std::vector<Part> parts;
  Eigen::MatrixXd loop = Eigen::MatrixXd::Identity(n, n) * (layout.input_conductance_s / gain);
  try {
    for (std::size_t a = 0; a < layout.arrays.size(); ++a) {
      const LoopArray& given = layout.arrays[a];
      MarchResponse response =
          WiredArray(given.conductance_s, layout.wires, set)
              .respond_to_terminals(opposite(WiredLoop::sensed_end(layout, a)), {true, true, true});
      if (!response.voltage_v.allFinite() || !response.column_current_a.allFinite()) {
        return accuracy;
      }
      Part part;
      part.transfer = std::move(response.voltage_v);
      part.scale = part.transfer.cwiseAbs().colwise().maxCoeff().transpose();
      part.factor =
          DenseFactor(part.transfer * part.scale.cwiseInverse().asDiagonal(), set, k_singular);
      part.at_open_end.resize(n, 2 * n);
      part.at_open_end << (given.inverted ? given.attenuation : -given.attenuation) *
                              response.column_current_a,
          response.current_a / gain;
      part.at_sense = part.to_sense(part.at_open_end);
      loop += part.at_sense.leftCols(n) + part.at_sense.rightCols(n);
      parts.push_back(std::move(part));
    }
    const DenseFactor factor(loop, set, k_singular);
    const Eigen::MatrixXd sign = signs(n);
    const Eigen::MatrixXd output = factor.solve(sign);
    const Eigen::MatrixXd size = output.cwiseAbs().replicate(2, 1);
    Eigen::MatrixXd inherent = Eigen::MatrixXd::Zero(n, k_probes);
    Eigen::MatrixXd march = inherent;
    for (std::size_t a = 0; a < parts.size(); ++a) {
      const Part& part = parts[a];
      const Eigen::MatrixXd entries = part.at_sense.cwiseAbs() * size;
      inherent += entries;
      if (a == 0 && at_far_end) {
        march += part.carried(part.at_open_end.cwiseAbs() * size, sign);
        continue;
      }
      march += entries;
      march += part.carried(part.transfer.cwiseAbs() * entries, sign);
      if (at_far_end) {
        const Part& first = parts.front();
        march += first.carried(first.transfer.cwiseAbs() * entries, sign);
      }
    }
    accuracy.inherent = unit * moved(factor, inherent.cwiseProduct(sign), output);
    accuracy.march = unit * moved(factor, march.cwiseProduct(sign), output);
  } catch (const std::domain_error&) {
    return accuracy;
  }
  return accuracy;
}

}  // namespace invar::circuit
