#include <invar/circuit/gmres.h>
#include <invar/circuit/wired_mvm.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::circuit {
namespace {

constexpr int k_maximum_steps = 40;
/// Beyond this share of the rows, as many vectors are dearer one by one than all at once.
constexpr int k_rows_per_vector = 8;

}  // namespace

WiredMvm::WiredMvm(const Eigen::MatrixXd& conductance_s, const WireParameters& wires,
                   InstructionSet set)
    : array_(conductance_s.colwise().reverse(), wires, set) {}

Eigen::MatrixXd WiredMvm::operating_point(const Eigen::MatrixXd& row_voltage_v,
                                          double tolerance) const {
  if (row_voltage_v.rows() != array_.rows()) {
    throw std::invalid_argument("circuit: " + std::to_string(row_voltage_v.rows()) +
                                " row voltages for " + std::to_string(array_.rows()) + " rows");
  }
  if (!row_voltage_v.allFinite()) {
    throw std::invalid_argument("circuit: row voltages must be finite");
  }
  if (effective_s_.size() != 0 || row_voltage_v.cols() * k_rows_per_vector > array_.rows()) {
    return product(array_.instruction_set(), effective_conductance_s(), row_voltage_v);
  }
  Eigen::MatrixXd current(array_.columns(), row_voltage_v.cols());
  for (Eigen::Index vector = 0; vector < row_voltage_v.cols(); ++vector) {
    const Eigen::VectorXd found = iterate(row_voltage_v.col(vector), tolerance);
    if (found.size() == 0) {
      return product(array_.instruction_set(), effective_conductance_s(), row_voltage_v);
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
                                    std::min(k_maximum_steps, array_.rows()), open_end_v);
  if (!(reached.relative_residual <= tolerance)) {
    return {};
  }
  march(open_end_v);
  return -state.column_current_a;
}

void WiredMvm::reduce() const {
  if (effective_s_.size() != 0) {
    return;
  }
  // From the open ends, x: driven voltages A x, currents into the rows C x, currents out of the
  // columns' grounds E x; all transposed.
  MarchResponse response = array_.respond_to_terminals(RowEnd::right, {true, true, true});
  const DenseFactor transfer(response.voltage_v, array_.instruction_set(),
                             "circuit: the wires' resistance is too large for the march");
  effective_s_ =
      -transfer.solve(std::move(response.column_current_a)).transpose().rowwise().reverse();
  driven_s_ = transfer.solve(std::move(response.current_a)).reverse();
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
