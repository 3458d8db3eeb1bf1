#include <invar/circuit/wire_compensation.h>

#include <algorithm>
#include <cmath>

namespace invar::circuit {
namespace {

using Eigen::Index;
using Eigen::MatrixXd;
using Eigen::VectorXd;

constexpr std::uint64_t k_division = 10;
/// Rows and columns are not scaled down further than this.
constexpr double k_least_square_scale = 1e-3;

/// The wires of one direction, each driven at its port beside cell 0: wire i has its cells in row i
/// of `cell_s`.
class Ladders {
 public:
  Ladders(const MatrixXd& cell_s, double ohm) : cell_s_(cell_s), ohm_(ohm), pass_(cell_s) {
    // Looking away from the port, from the open end.
    VectorXd load_s = VectorXd::Zero(cell_s.rows());
    for (Index j = cell_s.cols() - 1; j >= 0; --j) {
      load_s += cell_s.col(j);
      pass_.col(j) = (1.0 + ohm * load_s.array()).inverse();
      load_s.array() *= pass_.col(j).array();
    }
  }

  /// Voltages for 1 V at the ports, the cells' other ends at 0 V.
  MatrixXd transfer() const {
    MatrixXd voltage = pass_;
    for (Index j = 1; j < voltage.cols(); ++j) {
      voltage.col(j).array() *= voltage.col(j - 1).array();
    }
    return voltage;
  }

  /// Voltages for `port_v` at the ports and `source_v` at the cells' other ends.
  MatrixXd voltages(double port_v, const MatrixXd& source_v) const {
    MatrixXd voltage(cell_s_.rows(), cell_s_.cols());
    VectorXd current = VectorXd::Zero(cell_s_.rows());
    for (Index j = cell_s_.cols() - 1; j >= 0; --j) {
      current += cell_s_.col(j).cwiseProduct(source_v.col(j));
      current.array() *= pass_.col(j).array();
      voltage.col(j) = ohm_ * current;
    }
    voltage.col(0) += port_v * pass_.col(0);
    for (Index j = 1; j < voltage.cols(); ++j) {
      voltage.col(j) += pass_.col(j).cwiseProduct(voltage.col(j - 1));
    }
    return voltage;
  }

 private:
  const MatrixXd& cell_s_;
  double ohm_;
  MatrixXd pass_;  ///< voltage at a node over that at the node before, without sources
};

/// Currents into the ports of `sensed`, at 0 V, with all ports of `driven` at 1 V.
VectorXd currents(const Ladders& driven, const Ladders& sensed, double sensed_ohm, Index n,
                  int sweeps) {
  MatrixXd sensed_v = MatrixXd::Zero(n, n);
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    const MatrixXd driven_v = driven.voltages(1.0, sensed_v.transpose());
    sensed_v = sensed.voltages(0.0, driven_v.transpose());
  }
  return sensed_v.col(0) / sensed_ohm;
}

MatrixXd plus_cells(const MatrixXd& value, const CellRange& cells) {
  return (cells.minimum_s + cells.span_s() * value.array().max(0.0)).matrix();
}

MatrixXd minus_cells(const MatrixXd& value, const CellRange& cells) {
  return (cells.minimum_s + cells.span_s() * (-value.array()).max(0.0)).matrix();
}

MatrixXd transfer_of(const MatrixXd& conductance_s, const WireParameters& wires) {
  const MatrixXd transposed = conductance_s.transpose();
  return Ladders(conductance_s, wires.row_ohm)
      .transfer()
      .cwiseProduct(Ladders(transposed, wires.column_ohm).transfer().transpose());
}

}  // namespace

LoopEstimate::LoopEstimate(const MatrixXd& conductance_s, const WireParameters& wires, int sweeps) {
  const Index n = conductance_s.rows();
  const MatrixXd transposed = conductance_s.transpose();
  const Ladders rows(conductance_s, wires.row_ohm);
  const Ladders columns(transposed, wires.column_ohm);
  transfer_ = rows.transfer().cwiseProduct(columns.transfer().transpose());
  row_part_s_ = VectorXd::Zero(n);
  column_part_ = VectorXd::Zero(n);
  if (wires.row_ohm == 0.0 || wires.column_ohm == 0.0) {
    return;  // a way round takes wires of both directions
  }
  const MatrixXd direct_s = transfer_.cwiseProduct(conductance_s);
  const VectorXd into_rows =
      currents(columns, rows, wires.row_ohm, n, sweeps) - direct_s.rowwise().sum();
  const VectorXd into_columns =
      currents(rows, columns, wires.column_ohm, n, sweeps) - direct_s.colwise().sum().transpose();
  const double total = 0.5 * (into_rows.sum() + into_columns.sum());
  if (total > 0.0) {
    row_part_s_ = into_rows;
    column_part_ = into_columns / total;
  }
}

MatrixXd LoopEstimate::loop_s(const MatrixXd& conductance_s) const {
  return transfer_.cwiseProduct(conductance_s) + collective_s();
}

std::uint64_t LoopEstimate::operations(int n, int sweeps) {
  // Both directions: a division and three more a cell for the ladders, one for the product; four a
  // direction and sweep, for F 1 and for F' 1; two for the estimate itself.
  const std::uint64_t cell = 2 * (k_division + 3) + 1 + 16 * static_cast<std::uint64_t>(sweeps) + 2;
  return cell * static_cast<std::uint64_t>(n) * static_cast<std::uint64_t>(n);
}

MatrixXd estimated_value(const MatrixXd& plus_s, const MatrixXd& minus_s, const CellRange& cells,
                         const WireParameters& wires, int sweeps) {
  return (LoopEstimate(plus_s, wires, sweeps).loop_s(plus_s) -
          LoopEstimate(minus_s, wires, sweeps).loop_s(minus_s)) /
         cells.span_s();
}

CompensatedPair compensate_pair(const MatrixXd& wanted, const CellRange& cells,
                                const WireParameters& wires, int sweeps, int passes,
                                bool row_scale) {
  const Index n = wanted.rows();
  const double span_s = cells.span_s();
  CompensatedPair pair{wanted, VectorXd::Ones(n)};
  if (wires.ideal()) {
    return pair;
  }
  for (int pass = 0; pass < passes; ++pass) {
    const LoopEstimate plus(plus_cells(pair.value, cells), wires, sweeps);
    const LoopEstimate minus(minus_cells(pair.value, cells), wires, sweeps);
    const MatrixXd collective_s = plus.collective_s() - minus.collective_s();
    if (row_scale) {
      // So that a full cell on the diagonal, where the loop's stability is, is just enough.
      const VectorXd square =
          (plus.transfer().diagonal() * cells.maximum_s -
           minus.transfer().diagonal() * cells.minimum_s + collective_s.diagonal()) /
          span_s;
      pair.row_scale = square.cwiseMax(k_least_square_scale).cwiseMin(1.0).cwiseSqrt();
    }
    for (Index column = 0; column < n; ++column) {
      for (Index row = 0; row < n; ++row) {
        const double direct_s =
            pair.row_scale[row] * wanted(row, column) * pair.row_scale[column] * span_s -
            collective_s(row, column);
        const double t_plus = plus.transfer()(row, column);
        const double t_minus = minus.transfer()(row, column);
        const double above_s = (direct_s + t_minus * cells.minimum_s) / t_plus - cells.minimum_s;
        const double below_s = (t_plus * cells.minimum_s - direct_s) / t_minus - cells.minimum_s;
        const double value = above_s >= 0.0 ? above_s / span_s : -std::max(below_s, 0.0) / span_s;
        pair.value(row, column) = std::clamp(value, -1.0, 1.0);
      }
    }
  }
  return pair;
}

std::uint64_t compensation_operations(int n, int sweeps) {
  // Two estimates; for each cell pair its target, by a division.
  return 2 * LoopEstimate::operations(n, sweeps) +
         (k_division + 6) * static_cast<std::uint64_t>(n) * static_cast<std::uint64_t>(n);
}

double best_bias(const MatrixXd& wanted, const CellRange& cells, const WireParameters& wires) {
  const MatrixXd plus = transfer_of(plus_cells(wanted, cells), wires);
  const MatrixXd minus = transfer_of(minus_cells(wanted, cells), wires);
  double squares = 0.0;
  double lost = 0.0;
  for (Index column = 0; column < wanted.cols(); ++column) {
    for (Index row = 0; row < wanted.rows(); ++row) {
      const double value = wanted(row, column);
      if (value != 0.0) {
        const double transfer = value > 0.0 ? plus(row, column) : minus(row, column);
        lost += transfer * (1.0 - transfer) * std::abs(value);
        squares += transfer * transfer;
      }
    }
  }
  return squares > 0.0 ? lost / squares : 0.0;
}

std::uint64_t bias_operations(int n) {
  // Ladders of both directions and arrays, their products, two sums and the bias itself.
  const std::uint64_t cell = 2 * (2 * (k_division + 3) + 1) + 5;
  return cell * static_cast<std::uint64_t>(n) * static_cast<std::uint64_t>(n);
}

MatrixXd with_bias(const MatrixXd& wanted, double bias) {
  return wanted.unaryExpr([bias](double value) {
    return value == 0.0 ? 0.0 : std::copysign(std::clamp(std::abs(value) + bias, 0.0, 1.0), value);
  });
}

}  // namespace invar::circuit
