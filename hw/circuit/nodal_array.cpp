#include <invar/circuit/nodal_array.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>

namespace invar::circuit {

NodalArray::NodalArray(const Eigen::MatrixXd& conductance_s, const WireParameters& wires,
                       RowEnd sensed_end)
    : rows_(static_cast<int>(conductance_s.rows())),
      columns_(static_cast<int>(conductance_s.cols())),
      sensed_end_(sensed_end) {
  const bool row_nodes = wires.row_ohm > 0.0;
  const bool column_nodes = wires.column_ohm > 0.0;
  const auto sense = [](int k) { return ~k; };
  const auto driver = [this](int j) { return ~(rows_ + j); };
  const auto row_node = [&](int k, int j) { return row_nodes ? j * rows_ + k : sense(k); };
  const int first_column_node = row_nodes ? rows_ * columns_ : 0;
  const auto column_node = [&](int k, int j) {
    return column_nodes ? first_column_node + j * rows_ + k : driver(j);
  };
  nodes_ = first_column_node + (column_nodes ? rows_ * columns_ : 0);
  for (int j = 0; j < columns_; ++j) {
    for (int k = 0; k < rows_; ++k) {
      cells_.push_back({column_node(k, j), row_node(k, j), conductance_s(k, j)});
      if (column_nodes) {
        segments_.push_back({k == 0 ? driver(j) : column_node(k - 1, j), column_node(k, j),
                             1.0 / wires.column_ohm});
      }
      if (row_nodes) {
        const int next = sensed_end == RowEnd::right ? j + 1 : j - 1;
        const bool last = next < 0 || next == columns_;
        segments_.push_back(
            {last ? sense(k) : row_node(k, next), row_node(k, j), 1.0 / wires.row_ohm});
      }
    }
  }
}

void NodalArray::factor() {
  std::vector<Eigen::Triplet<double>> entries;
  entries.reserve(4 * (cells_.size() + segments_.size()));
  for (const std::vector<Resistor>* resistors : {&cells_, &segments_}) {
    for (const Resistor& resistor : *resistors) {
      const double conductance = resistor.conductance_s;
      if (conductance == 0.0) {
        continue;
      }
      if (resistor.from >= 0) {
        entries.emplace_back(resistor.from, resistor.from, conductance);
      }
      if (resistor.to >= 0) {
        entries.emplace_back(resistor.to, resistor.to, conductance);
      }
      if (resistor.from >= 0 && resistor.to >= 0) {
        entries.emplace_back(std::max(resistor.from, resistor.to),
                             std::min(resistor.from, resistor.to), -conductance);
      }
    }
  }
  Eigen::SparseMatrix<double> matrix(nodes_, nodes_);
  matrix.setFromTriplets(entries.begin(), entries.end());
  factor_ = std::make_unique<Eigen::SimplicialLDLT<Eigen::SparseMatrix<double>>>(matrix);
  if (factor_->info() != Eigen::Success) {
    throw std::domain_error("circuit: the wires' nodal matrix is singular");
  }
}

void NodalArray::add_currents(const Resistor& resistor, const Block& node_v, const Block& port_v,
                              Block& into) const {
  if (resistor.conductance_s == 0.0) {
    return;
  }
  const auto through = current(resistor, node_v, port_v).eval();
  if (resistor.from >= 0) {
    into.row(resistor.from) -= through;
  }
  if (resistor.to >= 0) {
    into.row(resistor.to) += through;
  }
}

void NodalArray::substitute(Block& x) const {
  // Eigen's own substitution takes one right-hand side after the other.
  const Eigen::SparseMatrix<double>& lower = factor_->matrixL().nestedExpression();
  const auto& place = factor_->permutationP().indices();
  Block y(nodes_, k_width);
  for (int node = 0; node < nodes_; ++node) {
    y.row(place[node]) = x.row(node);
  }
  const auto* starts = lower.outerIndexPtr();
  const auto* rows = lower.innerIndexPtr();
  const double* values = lower.valuePtr();
  for (int column = 0; column < nodes_; ++column) {
    const Eigen::Matrix<double, 1, k_width> pivot = y.row(column);
    for (auto entry = starts[column]; entry < starts[column + 1]; ++entry) {
      y.row(rows[entry]) -= values[entry] * pivot;
    }
  }
  const auto diagonal = factor_->vectorD();
  for (int column = nodes_ - 1; column >= 0; --column) {
    Eigen::Matrix<double, 1, k_width> sum = y.row(column) / diagonal[column];
    for (auto entry = starts[column]; entry < starts[column + 1]; ++entry) {
      sum -= values[entry] * y.row(rows[entry]);
    }
    y.row(column) = sum;
  }
  for (int node = 0; node < nodes_; ++node) {
    x.row(node) = y.row(place[node]);
  }
}

NodalArray::Block NodalArray::solve(const Block& port_v, const Block& node_current_a,
                                    bool refine) const {
  constexpr int k_maximum_steps = 4;
  Block node_v = Block::Zero(nodes_, k_width);
  if (nodes_ == 0) {
    return node_v;
  }
  double moved = std::numeric_limits<double>::infinity();
  for (int step = 0; step <= (refine ? k_maximum_steps : 0); ++step) {
    Block change =
        node_current_a.size() != 0 ? node_current_a : Block(Block::Zero(nodes_, k_width));
    for (const Resistor& cell : cells_) {
      add_currents(cell, node_v, port_v, change);
    }
    for (const Resistor& segment : segments_) {
      add_currents(segment, node_v, port_v, change);
    }
    substitute(change);
    node_v += change;
    const double before = moved;
    moved =
        (change.colwise().lpNorm<Eigen::Infinity>().array() /
         node_v.colwise().lpNorm<Eigen::Infinity>().array().max(std::numeric_limits<double>::min()))
            .maxCoeff();
    // As much again is left as the last step was smaller than the one before.
    if (step > 0 && (moved <= 4.0 * std::numeric_limits<double>::epsilon() || moved >= before)) {
      break;
    }
  }
  if (refine) {
    error_ = std::max(error_, std::isfinite(moved) ? moved : 1.0);
  }
  return node_v;
}

}  // namespace invar::circuit
