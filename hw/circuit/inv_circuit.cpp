#include <invar/circuit/conductance_check.h>
#include <invar/circuit/inv_circuit.h>

#include <Eigen/LU>
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

Eigen::MatrixXd InvNetwork::load_times(const Eigen::MatrixXd& x) const {
  if (load_s.size() == 0) {
    return row_load_s.asDiagonal() * x;
  }
  return load_s * x;
}

Eigen::MatrixXd InvNetwork::load_solve(const Eigen::MatrixXd& x) const {
  if (load_s.size() == 0) {
    return row_load_s.cwiseInverse().asDiagonal() * x;
  }
  const Eigen::PartialPivLU<Eigen::MatrixXd> factor(load_s);
  if (!(factor.rcond() > std::numeric_limits<double>::epsilon())) {
    throw std::domain_error("circuit: the load of the rows is singular");
  }
  return factor.solve(x);
}

Eigen::MatrixXd InvNetwork::closed(const Eigen::VectorXd& gain) const {
  Eigen::MatrixXd system = loop_s;
  if (load_s.size() != 0) {
    system += load_s * gain.cwiseInverse().asDiagonal();
  } else {
    system.diagonal() += row_load_s.cwiseQuotient(gain);
  }
  return system;
}

InvCircuit::InvCircuit(InvNetwork network, double gain, const Eigen::VectorXd& offset_v)
    : InvCircuit(std::move(network), [&] {
        AmplifierRow row = AmplifierRow::uniform(offset_v.size(), gain);
        row.offset_v = offset_v;
        return row;
      }()) {}

InvCircuit::InvCircuit(InvNetwork network, AmplifierRow amplifiers, InstructionSet set)
    : network_(std::move(network)), amplifiers_(std::move(amplifiers)), set_(set) {
  const Eigen::Index n = network_.size();
  if (network_.loop_s.rows() != n || network_.loop_s.cols() != n) {
    throw std::invalid_argument("circuit: row loads must have one value a row");
  }
  amplifiers_.check(n);
  for (const Eigen::MatrixXd* matrix :
       {&network_.minus_s, &network_.load_s, &network_.input_transfer}) {
    if (matrix->size() != 0 && (matrix->rows() != n || matrix->cols() != n)) {
      throw std::invalid_argument("circuit: the minus array must have the plus array's size");
    }
  }
  factor_ =
      DenseFactor(network_.closed(amplifiers_.gain), set, "circuit: the INV network is singular");
  offset_current_a_ = network_.load_times(amplifiers_.offset_v);
  if (amplifiers_.inverter_offset_v.size() != 0 && network_.minus_s.size() != 0) {
    offset_current_a_ -= network_.minus_s * amplifiers_.inverter_offset_v;
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
  if (network_.input_transfer.size() != 0) {
    return (-product(set_, network_.input_transfer, current_a)).colwise() + offset_current_a_;
  }
  return (-current_a).colwise() + offset_current_a_;
}

Eigen::MatrixXd InvCircuit::operating_point(const Eigen::MatrixXd& current_a) const {
  return factor_.solve(driven(current_a));
}

Eigen::MatrixXd InvCircuit::inverse_ohm() const {
  return network_.input_transfer.size() != 0 ? factor_.solve(network_.input_transfer)
                                             : factor_.inverse();
}

Eigen::MatrixXd InvCircuit::sensed_voltage(const Eigen::MatrixXd& output_v) const {
  return (-(amplifiers_.gain.cwiseInverse().asDiagonal() * output_v)).colwise() +
         amplifiers_.offset_v;
}

double InvCircuit::rounding_error(const Eigen::VectorXd& output_v) const {
  constexpr double k_units = 4.0;
  const Eigen::VectorXd size = network_.closed(amplifiers_.gain).cwiseAbs() * output_v.cwiseAbs() +
                               offset_current_a_.cwiseAbs();
  // Signs that do not repeat with a short period stand for those of rounding.
  Eigen::MatrixXd error(size.size(), 2);
  for (Eigen::Index k = 0; k < size.size(); ++k) {
    error(k, 0) = std::sin(1.0 + 2.3 * static_cast<double>(k * k)) > 0.0 ? size[k] : -size[k];
    error(k, 1) = std::sin(2.0 + 1.1 * static_cast<double>(k * k)) > 0.0 ? size[k] : -size[k];
  }
  const double moved = factor_.solve(error).colwise().norm().maxCoeff();
  return k_units * std::numeric_limits<double>::epsilon() * moved /
         std::max(output_v.norm(), std::numeric_limits<double>::min());
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

Eigen::VectorXd InvCircuit::clamped_output(const Eigen::VectorXd& row_drive,
                                           double saturation_v) const {
  // Rows scaled by the load: load / A0 (u - v) is what drives output k beyond its supply.
  const Eigen::MatrixXd system = network_.load_solve(network_.closed(amplifiers_.gain));
  const Eigen::VectorXd drive = network_.load_solve(row_drive);
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
    // (u - v) / A0: what a clamped op-amp is driven beyond its supply.
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
  const Eigen::MatrixXd load =
      network_.load_times(amplifiers_.gain.cwiseInverse().asDiagonal().toDenseMatrix());
  const auto output = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd {
    return saturation_v * (u.array() / saturation_v).tanh();
  };
  const auto defect = [&](const Eigen::VectorXd& u) -> Eigen::VectorXd {
    return load * u + network_.loop_s * output(u) - drive;
  };

  // Unknown: u = A0 (V_os - V_M), what the outputs would be without a supply.
  constexpr int k_maximum_steps = 500;
  constexpr double k_accepted = 1e-11;
  Eigen::VectorXd u = factor_.solve(drive).cwiseMax(-saturation_v).cwiseMin(saturation_v);
  Eigen::VectorXd error = defect(u);
  for (int step = 0; step < k_maximum_steps; ++step) {
    const Eigen::VectorXd slope = 1.0 - (u.array() / saturation_v).tanh().square();
    Eigen::MatrixXd jacobian = network_.loop_s * slope.asDiagonal();
    jacobian += load;
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
