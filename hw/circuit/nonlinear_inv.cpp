#include <invar/circuit/nonlinear_inv.h>
#include <invar/parameters/range_check.h>

#include <algorithm>
#include <cmath>
#include <optional>
#include <stdexcept>
#include <utility>
#include <vector>

namespace invar::circuit {
namespace {

constexpr int k_newton_steps = 60;
constexpr double k_linear_tolerance = 1e-14;
/// Preconditioners older than this many GMRES steps are made anew.
constexpr int k_patience = 25;

using Voltages = std::vector<Eigen::MatrixXd>;
using Cells = std::vector<LoopSolver::Cells>;

double largest(const Voltages& voltages) {
  double result = 0.0;
  for (const Eigen::MatrixXd& array : voltages) {
    result = std::max(result, array.cwiseAbs().maxCoeff());
  }
  return result;
}

/// How far cells are from their law: sum over cells of (law(V) - I)^2 with I the linearised
/// current.
class NonlinearLoop {
 public:
  NonlinearLoop(const LoopLayout& layout, const AmplifierRow& amplifiers, const CellLaw& law,
                InstructionSet set)
      : layout_(layout), amplifiers_(amplifiers), law_(law), set_(set) {}

  /// Tangents of the cells at these voltages.
  Cells tangents(const Voltages& voltages) const {
    Cells cells(layout_.arrays.size());
    for (std::size_t a = 0; a < cells.size(); ++a) {
      const Eigen::MatrixXd& conductance = layout_.arrays[a].conductance_s;
      cells[a].conductance_s.resize(conductance.rows(), conductance.cols());
      cells[a].current_a.resize(conductance.rows(), conductance.cols());
      for (Eigen::Index i = 0; i < conductance.size(); ++i) {
        const double g = conductance.data()[i], v = voltages[a].data()[i];
        const double slope = law_.slope_s(g, v);
        cells[a].conductance_s.data()[i] = slope;
        cells[a].current_a.data()[i] = law_.current_a(g, v) - slope * v;
      }
    }
    return cells;
  }

  LoopLayout with_slopes(const Cells& cells) const {
    LoopLayout layout = layout_;
    for (std::size_t a = 0; a < cells.size(); ++a) {
      layout.arrays[a].conductance_s = cells[a].conductance_s;
    }
    return layout;
  }

  struct Solution {
    Eigen::VectorXd output_v;
    Voltages cell_voltage_v;
  };

  Solution solve(const Eigen::VectorXd& current_a, double tolerance) {
    Voltages voltages;
    for (const LoopArray& array : layout_.arrays) {
      voltages.push_back(
          Eigen::MatrixXd::Zero(array.conductance_s.rows(), array.conductance_s.cols()));
    }
    Solution solution;
    double before = 0.0;
    for (int step = 0; step < k_newton_steps; ++step) {
      const Cells cells = tangents(voltages);
      LoopSolver::State next = linear_step(current_a, cells);
      double moved = 0.0;
      for (std::size_t a = 0; a < voltages.size(); ++a) {
        moved = std::max(moved, (next.cell_voltage_v[a] - voltages[a]).cwiseAbs().maxCoeff());
      }
      const double scale = largest(next.cell_voltage_v);
      if (!std::isfinite(moved)) {
        break;
      }
      if (moved <= tolerance * scale ||
          (step > 2 && moved <= 100.0 * tolerance * scale && moved > 0.5 * before)) {
        return {std::move(next.output_v), std::move(next.cell_voltage_v)};
      }
      // A cell's current grows as exp(a V): beyond a few 1/a a tangent says nothing.
      const double reach = 2.0 / std::max(law_.nonlinearity_per_v, 1e-300);
      const double damping = std::min(1.0, reach / moved);
      for (std::size_t a = 0; a < voltages.size(); ++a) {
        voltages[a] += damping * (next.cell_voltage_v[a] - voltages[a]);
      }
      before = moved;
    }
    throw std::runtime_error("circuit: the operating point with non-linear cells did not converge");
  }

 private:
  LoopSolver::State linear_step(const Eigen::VectorXd& current_a, const Cells& cells) {
    if (solver_) {
      try {
        LoopSolver::State state = solver_->solve(current_a, cells, k_linear_tolerance, true);
        if (state.steps > k_patience) {
          solver_.reset();
        }
        return state;
      } catch (const std::runtime_error&) {
        // Too far from the cells that the preconditioner was made of.
      }
    }
    solver_.emplace(with_slopes(cells), amplifiers_, set_);
    return solver_->solve(current_a, cells, k_linear_tolerance, true);
  }

  LoopLayout layout_;
  AmplifierRow amplifiers_;
  CellLaw law_;
  InstructionSet set_;
  std::optional<LoopSolver> solver_;
};

}  // namespace

double CellLaw::current_a(double conductance_s, double voltage_v) const {
  return nonlinearity_per_v == 0.0
             ? conductance_s * voltage_v
             : conductance_s * std::sinh(nonlinearity_per_v * voltage_v) / nonlinearity_per_v;
}

double CellLaw::slope_s(double conductance_s, double voltage_v) const {
  return conductance_s * std::cosh(nonlinearity_per_v * voltage_v);
}

void CellLaw::check() const {
  parameters::require_range("nonlinearity_per_v", nonlinearity_per_v, 0.0, 100.0);
}

Eigen::MatrixXd nonlinear_operating_point(const LoopLayout& layout, const AmplifierRow& amplifiers,
                                          const CellLaw& law, const Eigen::MatrixXd& current_a,
                                          double tolerance, InstructionSet set) {
  law.check();
  NonlinearLoop loop(layout, amplifiers, law, set);
  Eigen::MatrixXd output(current_a.rows(), current_a.cols());
  for (Eigen::Index column = 0; column < current_a.cols(); ++column) {
    output.col(column) = loop.solve(current_a.col(column), tolerance).output_v;
  }
  return output;
}

LoopLayout linearised_layout(const LoopLayout& layout, const AmplifierRow& amplifiers,
                             const CellLaw& law, const Eigen::VectorXd& current_a, double tolerance,
                             InstructionSet set) {
  law.check();
  NonlinearLoop loop(layout, amplifiers, law, set);
  return loop.with_slopes(loop.tangents(loop.solve(current_a, tolerance).cell_voltage_v));
}

}  // namespace invar::circuit
