#include <invar/circuit/conductance_check.h>
#include <invar/circuit/gmres.h>
#include <invar/circuit/nodal_array.h>
#include <invar/circuit/nodal_network.h>
#include <invar/circuit/wired_mvm.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::circuit {
namespace {

constexpr int k_maximum_krylov_steps = 40;
/// Beyond this share of the rows, as many vectors are dearer one by one than all at once.
constexpr int k_rows_per_vector = 8;

/// Rows in reverse order; a bad cell is named by its place before that.
Eigen::MatrixXd reversed_rows(const Eigen::MatrixXd& conductance_s) {
  require_conductances(conductance_s, "array");
  return conductance_s.colwise().reverse();
}

constexpr const char* k_too_large = "circuit: the wires' resistance is too large for the march";

/// Multiplications of a march of all rows at once, with its factorisation, and of the sparse one.
/// A grid is eliminated across its shorter side.
double march_work(double rows, double columns) {
  return rows * rows * (6.0 * columns + rows);
}
double nodal_work(double nodes, double rows, double columns) {
  const double front = nodes / std::max(rows, columns);
  return nodes * front * front;
}

}  // namespace

WiredMvm::WiredMvm(const Eigen::MatrixXd& conductance_s, const WireParameters& wires,
                   InstructionSet set)
    : conductance_s_(reversed_rows(conductance_s)), array_(conductance_s_, wires, set) {}

Eigen::MatrixXd WiredMvm::operating_point(const Eigen::MatrixXd& row_voltage_v,
                                          double tolerance) const {
  if (row_voltage_v.rows() != array_.rows()) {
    throw std::invalid_argument("circuit: " + std::to_string(row_voltage_v.rows()) +
                                " row voltages for " + std::to_string(array_.rows()) + " rows");
  }
  if (!row_voltage_v.allFinite()) {
    throw std::invalid_argument("circuit: row voltages must be finite");
  }
  if (grows()) {
    return careful_currents(row_voltage_v).column_a;
  }
  const auto all_at_once = [&]() -> Eigen::MatrixXd {
    if (prefers_nodal()) {
      return nodal_currents(row_voltage_v).column_a;
    }
    return product(array_.instruction_set(), effective_conductance_s(), row_voltage_v);
  };
  if (effective_s_.size() != 0 || row_voltage_v.cols() * k_rows_per_vector > array_.rows()) {
    return all_at_once();
  }
  Eigen::MatrixXd current(array_.columns(), row_voltage_v.cols());
  for (Eigen::Index vector = 0; vector < row_voltage_v.cols(); ++vector) {
    const Eigen::VectorXd found = iterate(row_voltage_v.col(vector), tolerance);
    if (found.size() == 0) {
      return all_at_once();
    }
    current.col(vector) = found;
  }
  return current;
}

Eigen::VectorXd WiredMvm::iterate(const Eigen::VectorXd& row_voltage_v, double tolerance) const {
  const Eigen::VectorXd grounded = Eigen::VectorXd::Zero(array_.columns());
  const Eigen::VectorXd driven = row_voltage_v.reverse();
  WiredArray::State state;
  const auto march = [&](const Eigen::VectorXd& open_end_v) -> const Eigen::VectorXd& {
    state.voltage_v = open_end_v;
    state.current_a.setZero(array_.rows());
    array_.march(RowEnd::right, grounded, state);
    return state.voltage_v;
  };
  const auto as_it_is = [](const auto& vector) { return Eigen::VectorXd(vector); };
  Eigen::VectorXd open_end_v = driven;
  const GmresResult reached = gmres(march, as_it_is, driven, tolerance,
                                    std::min(k_maximum_krylov_steps, array_.rows()), open_end_v);
  if (!(reached.relative_residual <= tolerance)) {
    return {};
  }
  march(open_end_v);
  return -state.column_current_a;
}

bool WiredMvm::grows() const {
  constexpr double k_harmless_growth = 1e3;
  // All voltages of the march grow together with these.
  WiredArray::State state;
  state.voltage_v.setOnes(array_.rows());
  state.current_a.setZero(array_.rows());
  array_.march(RowEnd::right, Eigen::VectorXd::Zero(array_.columns()), state);
  return !state.voltage_v.allFinite() || state.voltage_v.maxCoeff() > k_harmless_growth;
}

bool WiredMvm::prefers_nodal() const {
  constexpr double k_sparse_penalty = 50.0;  // of its memory accesses
  return nodes() > 0 && nodes() <= k_nodal_node_limit &&
         march_work(array_.rows(), array_.columns()) >
             k_sparse_penalty *
                 nodal_work(static_cast<double>(nodes()), array_.rows(), array_.columns());
}

long WiredMvm::nodes() const {
  return NodalArray::nodes(array_.rows(), array_.columns(), array_.wires());
}

void WiredMvm::refuse(const std::string& what) const {
  throw std::domain_error(
      what + ", and the array for the nodal method: " + std::to_string(array_.rows()) + " x " +
      std::to_string(array_.columns()) + " cells have " + std::to_string(nodes()) +
      " nodes, it takes " + std::to_string(k_nodal_node_limit));
}

MarchResponse WiredMvm::respond() const {
  if (array_.rows() > k_most_rows_at_once) {
    refuse("circuit: " + std::to_string(array_.rows()) +
           " rows are too many for the march of all at once, which takes " +
           std::to_string(k_most_rows_at_once));
  }
  return array_.respond_to_terminals(RowEnd::right, {true, true, true});
}

void WiredMvm::reduce() const {
  if (effective_s_.size() != 0) {
    return;
  }
  if (grows() || prefers_nodal()) {
    Currents currents = careful_currents(Eigen::MatrixXd::Identity(array_.rows(), array_.rows()));
    effective_s_ = std::move(currents.column_a);
    driven_s_ = std::move(currents.row_a);
    return;
  }
  // From the open ends, x: driven voltages A x, currents into the rows C x, currents out of the
  // columns' grounds E x; all transposed.
  MarchResponse response = respond();
  const DenseFactor transfer(response.voltage_v, array_.instruction_set(), k_too_large);
  effective_s_ =
      -transfer.solve(std::move(response.column_current_a)).transpose().rowwise().reverse();
  driven_s_ = transfer.solve(std::move(response.current_a)).reverse();
}

std::optional<WiredMvm::Currents> WiredMvm::march_currents(
    const Eigen::MatrixXd& row_voltage_v) const {
  constexpr double k_units = 8.0;
  constexpr double k_tolerated = 1e-9;
  const MarchResponse response = respond();
  if (!response.voltage_v.allFinite() || !response.column_current_a.allFinite()) {
    return std::nullopt;
  }
  const Eigen::VectorXd scale = response.voltage_v.cwiseAbs().colwise().maxCoeff();
  const auto unscaled = scale.cwiseInverse().asDiagonal();
  DenseFactor transfer;
  try {
    transfer = DenseFactor(response.voltage_v * unscaled, array_.instruction_set(), k_too_large);
  } catch (const std::domain_error&) {
    return std::nullopt;
  }
  const auto open_ends = [&](const Eigen::MatrixXd& driven) {
    return transfer.solve_transposed(Eigen::MatrixXd(unscaled * driven));
  };
  const Eigen::MatrixXd open = open_ends(row_voltage_v.colwise().reverse());
  Currents currents{-response.column_current_a.transpose() * open,
                    (response.current_a.transpose() * open).colwise().reverse()};
  // Errors of a few units in the last place in every entry, with signs that do not repeat with a
  // short period, carried on to the currents.
  const auto disturbed = [](Eigen::MatrixXd size) {
    for (Eigen::Index i = 0; i < size.size(); ++i) {
      const double at = static_cast<double>(i % size.rows());
      size.data()[i] *= std::sin(1.0 + 2.3 * at * at) > 0.0 ? 1.0 : -1.0;
    }
    return size;
  };
  const Eigen::MatrixXd moved_open =
      open_ends(disturbed(response.voltage_v.transpose().cwiseAbs() * open.cwiseAbs()));
  const Eigen::MatrixXd moved = (response.column_current_a.transpose() * moved_open).cwiseAbs() +
                                response.column_current_a.transpose().cwiseAbs() * open.cwiseAbs();
  const double unit = k_units * std::numeric_limits<double>::epsilon();
  for (Eigen::Index vector = 0; vector < open.cols(); ++vector) {
    if (!(unit * moved.col(vector).norm() <= k_tolerated * currents.column_a.col(vector).norm()) &&
        row_voltage_v.col(vector).norm() > 0.0) {
      return std::nullopt;
    }
  }
  return currents;
}

WiredMvm::Currents WiredMvm::nodal_currents(const Eigen::MatrixXd& row_voltage_v) const {
  if (nodes() > k_nodal_node_limit) {
    refuse(k_too_large);
  }
  const int rows = array_.rows();
  NodalArray array(conductance_s_, array_.wires(), RowEnd::left);
  array.factor();
  Currents currents{Eigen::MatrixXd::Zero(array_.columns(), row_voltage_v.cols()),
                    Eigen::MatrixXd::Zero(rows, row_voltage_v.cols())};
  constexpr int k_width = NodalArray::k_width;
  for (Eigen::Index first = 0; first < row_voltage_v.cols(); first += k_width) {
    const Eigen::Index count = std::min<Eigen::Index>(k_width, row_voltage_v.cols() - first);
    NodalArray::Block port_v = NodalArray::Block::Zero(array.ports(), k_width);
    port_v.topLeftCorner(rows, count) = row_voltage_v.middleCols(first, count).colwise().reverse();
    const NodalArray::Block node_v = array.solve(port_v, {}, true);
    for (int j = 0; j < array_.columns(); ++j) {
      for (int k = 0; k < rows; ++k) {
        // From the column into the row: against the way of an MVM.
        const auto through = array.current(array.cell(k, j), node_v, port_v).eval();
        currents.column_a.row(j).segment(first, count) -= through.head(count);
        currents.row_a.row(rows - 1 - k).segment(first, count) -= through.head(count);
      }
    }
  }
  if (!(array.error() <= 1e-9)) {
    throw std::domain_error(k_too_large);
  }
  return currents;
}

WiredMvm::Currents WiredMvm::careful_currents(const Eigen::MatrixXd& row_voltage_v) const {
  if (!prefers_nodal()) {
    if (std::optional<Currents> currents = march_currents(row_voltage_v)) {
      return std::move(*currents);
    }
  }
  return nodal_currents(row_voltage_v);
}

const Eigen::MatrixXd& WiredMvm::effective_conductance_s() const {
  reduce();
  return effective_s_;
}

const Eigen::MatrixXd& WiredMvm::driven_conductance_s() const {
  reduce();
  return driven_s_;
}

}  // namespace invar::circuit
