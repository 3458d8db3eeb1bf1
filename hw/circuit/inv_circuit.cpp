#include <invar/circuit/conductance_check.h>
#include <invar/circuit/inv_circuit.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace invar::circuit {
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
  if (!(input_conductance_s >= 0.0) || !std::isfinite(input_conductance_s)) {
    throw std::invalid_argument("circuit: the input conductance must be finite and not negative");
  }
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
  if (network_.minus_s.size() != 0 &&
      (network_.minus_s.rows() != n || network_.minus_s.cols() != n)) {
    throw std::invalid_argument("circuit: the minus array must have the plus array's size");
  }
  if (!offset_v_.allFinite()) {
    throw std::invalid_argument("circuit: offsets must be finite");
  }
  if (!(gain_ > 0.0)) {
    throw std::invalid_argument("circuit: gain must be above 0");
  }
  Eigen::MatrixXd system = network_.loop_s;
  system.diagonal() += network_.row_load_s / gain_;
  factor_.compute(system);
  // Below rounding the last pivots are noise, even if they are not zero.
  const double pivot = factor_.matrixLU().diagonal().cwiseAbs().minCoeff();
  if (!(pivot > 0.0) || !(factor_.rcond() > std::numeric_limits<double>::epsilon())) {
    throw std::domain_error("circuit: the INV network is singular");
  }
}

Eigen::MatrixXd InvCircuit::driven(const Eigen::MatrixXd& current_a) const {
  if (current_a.rows() != size()) {
    throw std::invalid_argument("circuit: " + std::to_string(current_a.rows()) +
                                " input currents for " + std::to_string(size()) + " rows");
  }
  if (!current_a.allFinite()) {
    throw std::invalid_argument("circuit: input currents must be finite");
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
  if (!(saturation_v > 0.0) || !std::isfinite(saturation_v)) {
    throw std::invalid_argument("circuit: the saturation voltage must be finite and above 0");
  }
  const Eigen::VectorXd drive = driven(current_a);
  return law == SaturationLaw::hard ? clamped_output(drive, saturation_v)
                                    : tanh_output(drive, saturation_v);
}

Eigen::VectorXd InvCircuit::clamped_output(const Eigen::VectorXd& drive,
                                           double saturation_v) const {
  Eigen::MatrixXd system = network_.loop_s;
  system.diagonal() += network_.row_load_s / gain_;
  const Eigen::Index n = drive.size();
  const double output_limit = saturation_v * (1.0 + 1e-14);
  const double drive_rounding = 1e-14 * (drive.cwiseAbs().maxCoeff() +
                                         saturation_v * system.rowwise().lpNorm<1>().maxCoeff());

  // Each output is free or at a supply (+-1). Block principal pivoting (Judice and Pires, Computers
  // & Operations Research 21, 587, 1994): change every output that is on the wrong side at once as
  // long as that leaves fewer of them, otherwise only the last one, which ends for P-matrices.
  constexpr int k_patience = 10;
  const int maximum_steps = 200 + 20 * static_cast<int>(n);
  std::vector<int> supply(static_cast<std::size_t>(n), 0);
  Eigen::Index fewest = n + 1;
  int patience = k_patience;
  for (int step = 0; step < maximum_steps; ++step) {
    std::vector<Eigen::Index> free;
    Eigen::VectorXd output = Eigen::VectorXd::Zero(n);
    for (Eigen::Index k = 0; k < n; ++k) {
      output(k) = supply[k] * saturation_v;
      if (supply[k] == 0) {
        free.push_back(k);
      }
    }
    if (!free.empty()) {
      const Eigen::VectorXd rest = drive - system * output;
      output(free) = system(free, free).partialPivLu().solve(rest(free)).eval();
    }
    // What a clamped op-amp is driven beyond its supply, as a current.
    const Eigen::VectorXd beyond = drive - system * output;
    std::vector<Eigen::Index> wrong;
    for (Eigen::Index k = 0; k < n; ++k) {
      if (supply[k] == 0 ? std::abs(output(k)) > output_limit
                         : supply[k] * beyond(k) < -drive_rounding) {
        wrong.push_back(k);
      }
    }
    const Eigen::Index count = static_cast<Eigen::Index>(wrong.size());
    if (count == 0) {
      return output.cwiseMax(-saturation_v).cwiseMin(saturation_v);
    }
    if (count < fewest) {
      fewest = count;
      patience = k_patience;
    } else if (patience > 0) {
      --patience;
    } else {
      wrong.erase(wrong.begin(), wrong.end() - 1);
    }
    for (const Eigen::Index k : wrong) {
      supply[k] = supply[k] != 0 ? 0 : (output(k) > 0.0 ? 1 : -1);
    }
  }
  throw std::runtime_error("circuit: the saturated operating point did not converge");
}

Eigen::VectorXd InvCircuit::tanh_output(const Eigen::VectorXd& drive, double saturation_v) const {
  const Eigen::VectorXd load = network_.row_load_s / gain_;
  const auto output = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd {
    return saturation_v * (u.array() / saturation_v).tanh();
  };
  const auto defect = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd {
    return load.cwiseProduct(u) + network_.loop_s * output(u) - drive;
  };

  // Unknown: u = A0 (V_os - V_M), what the outputs would be without a supply.
  constexpr int k_maximum_steps = 500;
  constexpr double k_accepted = 1e-11;
  Eigen::VectorXd u = factor_.solve(drive).cwiseMax(-saturation_v).cwiseMin(saturation_v);
  Eigen::VectorXd error = defect(u);
  for (int step = 0; step < k_maximum_steps; ++step) {
    const Eigen::VectorXd slope = 1.0 - (u.array() / saturation_v).tanh().square();
    Eigen::MatrixXd jacobian = network_.loop_s * slope.asDiagonal();
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
    // Outputs that stand still prove nothing while the defect is large: all may be at the supply.
    if (error.norm() <= 1e-15 * drive.norm() ||
        (damping == 1.0 && moved <= 1e-15 * output(u).norm() &&
         error.norm() <= k_accepted * drive.norm())) {
      return output(u);
    }
    if (damping <= 1e-6) {
      break;
    }
  }
  if (error.norm() <= k_accepted * drive.norm()) {
    return output(u);
  }
  throw std::runtime_error("circuit: the saturated operating point did not converge");
}

}  // namespace invar::circuit
