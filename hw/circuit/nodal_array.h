#ifndef INVAR_CIRCUIT_NODAL_ARRAY_H
#define INVAR_CIRCUIT_NODAL_ARRAY_H

#include <invar/circuit/wired_loop.h>

#include <Eigen/Core>
#include <Eigen/SparseCholesky>
#include <memory>
#include <vector>

namespace invar::circuit {

/// One array of rows x columns as a list of resistors, and the voltages within it when those of its
/// ports are imposed. Ports: first the sensed ends of the rows (the nodes M of an INV loop), then
/// the columns' drivers. A wire without resistance is one node with the port that it ends at.
class NodalArray {
 public:
  /// An inner node, or a port where negative (port p is ~p).
  struct Resistor {
    int from;
    int to;
    double conductance_s;
  };
  /// One row a node or port, right-hand sides side by side.
  static constexpr int k_width = 16;
  using Block = Eigen::Matrix<double, Eigen::Dynamic, k_width, Eigen::RowMajor>;

  /// \param sensed_end the end of the rows that is at the nodes M
  NodalArray(const Eigen::MatrixXd& conductance_s, const WireParameters& wires, RowEnd sensed_end);

  /// Inner nodes: one a cell for each of the two wires that has resistance.
  static long nodes(long rows, long columns, const WireParameters& wires) {
    return ((wires.row_ohm > 0.0 ? 1L : 0L) + (wires.column_ohm > 0.0 ? 1L : 0L)) * rows * columns;
  }

  int rows() const { return rows_; }
  int columns() const { return columns_; }
  int ports() const { return rows_ + columns_; }
  /// Inner nodes.
  int nodes() const { return nodes_; }
  /// Column by column, each from its column node to its row node.
  const std::vector<Resistor>& cells() const { return cells_; }
  const Resistor& cell(int row, int column) const {
    return cells_[static_cast<std::size_t>(column) * static_cast<std::size_t>(rows_) +
                  static_cast<std::size_t>(row)];
  }
  const std::vector<Resistor>& segments() const { return segments_; }
  /// The row's node beside its open end, which is where a `far` current enters the first array.
  int open_node(int row) const {
    return cell(row, sensed_end_ == RowEnd::right ? 0 : columns_ - 1).to;
  }

  /// \throws std::domain_error if the factorisation fails
  void factor();
  /// Voltages of the inner nodes, for voltages of the ports and currents into the inner nodes
  /// (none if empty).
  ///
  /// With `refine` by iterative refinement: the residual is summed from differences of voltages, so
  /// that the cells' currents are not lost beside those of much better conducting wires.
  Block solve(const Block& port_v, const Block& node_current_a, bool refine) const;
  /// The largest relative error that a refined solution may still have; grows with calls of
  /// `solve`.
  double error() const { return error_; }

  /// Current through a resistor, `from` to `to`.
  Eigen::Matrix<double, 1, k_width> current(const Resistor& resistor, const Block& node_v,
                                            const Block& port_v) const {
    return resistor.conductance_s *
           (at(resistor.from, node_v, port_v) - at(resistor.to, node_v, port_v));
  }

 private:
  static Eigen::Matrix<double, 1, k_width> at(int end, const Block& node_v, const Block& port_v) {
    return end >= 0 ? node_v.row(end) : port_v.row(~end);
  }
  void add_currents(const Resistor& resistor, const Block& node_v, const Block& port_v,
                    Block& into) const;
  void substitute(Block& x) const;

  int rows_;
  int columns_;
  RowEnd sensed_end_;
  int nodes_ = 0;
  std::vector<Resistor> cells_;
  std::vector<Resistor> segments_;
  std::unique_ptr<Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>>> factor_;
  mutable double error_ = 0.0;
};

}  // namespace invar::circuit

#endif
