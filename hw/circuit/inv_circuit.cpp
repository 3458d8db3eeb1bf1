#include <invar/circuit/inv_circuit.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::circuit {
namespace {

void require_conductances(const Eigen::MatrixXd& matrix, const char* name) {
  for (Eigen::Index column = 0; column < matrix.cols(); ++column) {
    for (Eigen::Index row = 0; row < matrix.rows(); ++row) {
      if (!(matrix(row, column) >= 0.0) || !std::isfinite(matrix(row, column))) {
        throw std::invalid_argument(std::string("circuit: ") + name + " conductance (" +
                                    std::to_string(row) + ", " + std::to_string(column) +
                                    ") must be finite and not negative");
      }
    }
  }
}

}  // namespace

InvNetwork InvNetwork::with_ideal_wires(const Eigen::MatrixXd& plus_s,
                                        const Eigen::MatrixXd& minus_s,
                                        double input_conductance_s) {
  if (plus_s.rows() != plus_s.cols() || plus_s.rows() == 0) {
    throw std::invalid_argument("circuit: INV needs a square array, got " +
                                std::to_string(plus_s.rows()) + " x " +
                                std::to_string(plus_s.cols()));
  }
  if (minus_s.size() != 0 && (minus_s.rows() != plus_s.rows() || minus_s.cols() != plus_s.cols())) {
    throw std::invalid_argument("circuit: the minus array must have the plus array's size");
  }
  require_conductances(plus_s, "plus array");
  require_conductances(minus_s, "minus array");
  InvNetwork network;
  network.loop_s = plus_s;
  network.row_load_s = plus_s.rowwise().sum().array() + input_conductance_s;
  if (minus_s.size() != 0) {
    network.loop_s -= minus_s;
    network.row_load_s += minus_s.rowwise().sum();
    network.minus_s = minus_s;
  }
  return network;
}

InvCircuit::InvCircuit(InvNetwork network, double gain, Eigen::VectorXd offset_v)
    : network_(std::move(network)), gain_(gain), offset_v_(std::move(offset_v)) {
  const Eigen::Index n = network_.row_load_s.size();
  if (offset_v_.size() != n || network_.loop_s.rows() != n || network_.loop_s.cols() != n) {
    throw std::invalid_argument("circuit: offsets and row loads must have one value a row");
  }
  if (!(gain_ > 0.0)) {
    throw std::invalid_argument("circuit: gain must be above 0");
  }
  Eigen::MatrixXd system = network_.loop_s;
  system.diagonal() += network_.row_load_s / gain_;
  factor_.compute(system);
  const double pivot = factor_.matrixLU().diagonal().cwiseAbs().minCoeff();
  if (!(pivot > 0.0) || !std::isfinite(factor_.matrixLU().sum())) {
    throw std::domain_error("circuit: the INV network is singular");
  }
}

Eigen::MatrixXd InvCircuit::driven(const Eigen::MatrixXd& current_a) const {
  if (current_a.rows() != size()) {
    throw std::invalid_argument("circuit: " + std::to_string(current_a.rows()) +
                                " input currents for " + std::to_string(size()) + " rows");
  }
  const Eigen::VectorXd offset_current_a = network_.row_load_s.cwiseProduct(offset_v_);
  return (-current_a).colwise() + offset_current_a;
}

Eigen::MatrixXd InvCircuit::operating_point(const Eigen::MatrixXd& current_a) const {
  return factor_.solve(driven(current_a));
}

Eigen::VectorXd InvCircuit::saturated_operating_point(const Eigen::VectorXd& current_a,
                                                      double saturation_v,
                                                      SaturationLaw law) const {
  const Eigen::VectorXd drive = driven(current_a);
  const Eigen::VectorXd load = network_.row_load_s / gain_;
  const auto output = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd {
    if (law == SaturationLaw::hard) {
      return u.cwiseMax(-saturation_v).cwiseMin(saturation_v);
    }
    return saturation_v * (u.array() / saturation_v).tanh();
  };
  const auto slope = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd {
    if (law == SaturationLaw::hard) {
      return (u.array().abs() <= saturation_v).cast<double>();
    }
    return 1.0 - (u.array() / saturation_v).tanh().square();
  };
  const auto defect = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd {
    return load.cwiseProduct(u) + network_.loop_s * output(u) - drive;
  };

  // Unknown: u = A0 (V_os - V_M), what the outputs would be without a supply.
  constexpr int k_maximum_steps = 500;
  Eigen::VectorXd u = factor_.solve(drive).cwiseMax(-saturation_v).cwiseMin(saturation_v);
  Eigen::VectorXd error = defect(u);
  for (int step = 0; step < k_maximum_steps; ++step) {
    Eigen::MatrixXd jacobian = network_.loop_s * slope(u).asDiagonal();
    jacobian.diagonal() += load;
    const Eigen::VectorXd change = -jacobian.partialPivLu().solve(error);
    double damping = 1.0;
    Eigen::VectorXd next = u + change;
    Eigen::VectorXd next_error = defect(next);
    while (!(next_error.norm() <= error.norm() * (1.0 - 1e-4 * damping)) && damping > 1e-6) {
      damping *= 0.5;
      next = u + damping * change;
      next_error = defect(next);
    }
    const double moved = (output(next) - output(u)).norm();
    u = next;
    error = next_error;
    if (damping == 1.0 && moved <= 1e-15 * std::max(output(u).norm(), 1e-300)) {
      return output(u);
    }
    if (error.norm() <= 1e-15 * drive.norm()) {
      return output(u);
    }
    if (damping <= 1e-6) {
      break;
    }
  }
  if (error.norm() <= 1e-11 * drive.norm()) {
    return output(u);
  }
  throw std::runtime_error("circuit: the saturated operating point did not converge");
}

}  // namespace invar::circuit
