#include <invar/circuit/gmres.h>
#include <invar/circuit/loop_solver.h>

#include <algorithm>
#include <stdexcept>
#include <string>
#include <utility>

namespace invar::circuit {
namespace {

constexpr int k_maximum_steps = 60;

}  // namespace

/// Unknowns: outputs v, then x_a of every array but the first. Residuals: current that is too much
/// at the first array's far ends, then voltage by which the other arrays miss the nodes M.
struct LoopSolver::Implementation {
  LoopLayout layout;
  InstructionSet set;
  double largest_gain;
  Eigen::MatrixXd transposed_transfer;  ///< A' of the first array
  InvCircuit circuit;
  std::vector<WiredArray> nominal;
  struct Arm {
    DenseFactor transfer;     ///< A
    Eigen::MatrixXd current;  ///< C'
  };
  std::vector<Arm> arms;  ///< of the second array on

  Implementation(const LoopLayout& given, AmplifierRow amplifiers, InstructionSet instruction_set)
      : layout(given),
        set(instruction_set),
        largest_gain(amplifiers.size() > 0 ? amplifiers.gain.maxCoeff() : 1.0),
        circuit(network(given, instruction_set, largest_gain, transposed_transfer),
                std::move(amplifiers), instruction_set) {
    for (std::size_t a = 0; a < layout.arrays.size(); ++a) {
      nominal.emplace_back(layout.arrays[a].conductance_s, layout.wires, set);
      if (a > 0) {
        MarchResponse open = nominal.back().respond_to_terminals(open_end(a));
        arms.push_back({DenseFactor(open.voltage_v.transpose(), set,
                                    "circuit: the wires' resistance is too large for the march"),
                        std::move(open.current_a)});
      }
    }
  }

  static InvNetwork network(const LoopLayout& layout, InstructionSet set, double gain,
                            Eigen::MatrixXd& transfer) {
    WiredLoop::Options options;
    options.instruction_set = set;
    options.gain = gain;
    options.at_far_end = true;
    WiredLoop loop(layout, options);
    transfer = loop.far_transfer();
    return loop.network();
  }

  int rows() const { return circuit.size(); }
  RowEnd open_end(std::size_t array) const {
    return opposite(WiredLoop::sensed_end(layout, array));
  }

  Eigen::VectorXd drive(std::size_t array, const Eigen::VectorXd& output_v,
                        bool with_offset) const {
    const LoopArray& given = layout.arrays[array];
    if (!given.inverted) {
      return given.attenuation * output_v;
    }
    const Eigen::VectorXd& offset = circuit.amplifiers().inverter_offset_v;
    if (with_offset && offset.size() != 0) {
      return given.attenuation * (offset - output_v);
    }
    return -given.attenuation * output_v;
  }

  /// Residuals at `unknown`; linear in it once `currents` (inputs, offsets and cells') is off.
  Eigen::VectorXd residual(const std::vector<WiredArray>& arrays, const std::vector<Cells>& cells,
                           const Eigen::VectorXd& unknown, const Eigen::VectorXd* input_a,
                           State* state) const {
    const int n = rows();
    const bool affine = input_a != nullptr;
    const Eigen::VectorXd output = unknown.head(n);
    Eigen::VectorXd sensed = -output.cwiseQuotient(circuit.amplifiers().gain);
    if (affine) {
      sensed += circuit.amplifiers().offset_v;
    }
    Eigen::VectorXd result(unknown.size());
    // What leaves the nodes M by the other arms comes out of the first array.
    Eigen::VectorXd leaving = layout.input_conductance_s * sensed;
    if (affine && layout.injection == Injection::near) {
      leaving -= *input_a;
    }
    WiredArray::State march;
    const auto run = [&](std::size_t a, RowEnd start) {
      const Eigen::MatrixXd* extra =
          affine && cells[a].current_a.size() != 0 ? &cells[a].current_a : nullptr;
      arrays[a].march(start, drive(a, output, affine), march, extra, state != nullptr);
      if (state != nullptr) {
        state->cell_voltage_v[a] = march.cell_voltage_v;
      }
    };
    for (std::size_t a = 1; a < arrays.size(); ++a) {
      march.voltage_v = unknown.segment(a * n, n);
      march.current_a.setZero(n);
      run(a, open_end(a));
      result.segment(a * n, n) = march.voltage_v - sensed;
      leaving += march.current_a;
    }
    march.voltage_v = sensed;
    march.current_a = leaving;
    run(0, opposite(open_end(0)));
    result.head(n) = march.current_a;
    if (affine && layout.injection == Injection::far) {
      result.head(n) -= *input_a;
    }
    return result;
  }

  /// The change of the unknowns that a nominal loop would need for these residuals.
  Eigen::VectorXd precondition(const Eigen::VectorXd& residuals) const {
    const int n = rows();
    Eigen::VectorXd change(residuals.size());
    Eigen::VectorXd far = residuals.head(n);
    if (!arms.empty()) {
      Eigen::VectorXd leaving = Eigen::VectorXd::Zero(n);
      for (std::size_t a = 1; a <= arms.size(); ++a) {
        change.segment(a * n, n) =
            arms[a - 1].transfer.solve(Eigen::VectorXd(residuals.segment(a * n, n)));
        leaving += arms[a - 1].current.transpose() * change.segment(a * n, n);
      }
      far -= transposed_transfer * leaving;
    }
    // The first residual of the nominal loop is -(G + D / A0) v - ...
    const Eigen::VectorXd output = -circuit.factor().solve(std::move(far));
    change.head(n) = output;
    WiredArray::State march;
    for (std::size_t a = 1; a <= arms.size(); ++a) {
      march.voltage_v.setZero(n);
      march.current_a.setZero(n);
      nominal[a].march(open_end(a), drive(a, output, false), march);
      const Eigen::VectorXd moved =
          march.voltage_v + output.cwiseQuotient(circuit.amplifiers().gain);
      change.segment(a * n, n) -= arms[a - 1].transfer.solve(Eigen::VectorXd(moved));
    }
    return change;
  }
};

LoopSolver::LoopSolver(const LoopLayout& layout, AmplifierRow amplifiers, InstructionSet set)
    : self_(std::make_unique<Implementation>(layout, std::move(amplifiers), set)) {}
LoopSolver::~LoopSolver() = default;
LoopSolver::LoopSolver(LoopSolver&&) noexcept = default;

int LoopSolver::size() const {
  return self_->rows();
}
const InvCircuit& LoopSolver::circuit() const {
  return self_->circuit;
}
const LoopLayout& LoopSolver::layout() const {
  return self_->layout;
}

LoopSolver::State LoopSolver::solve(const Eigen::VectorXd& current_a,
                                    const std::vector<Cells>& cells, double tolerance,
                                    bool want_cells) const {
  const std::size_t arrays = self_->layout.arrays.size();
  if (current_a.size() != size() || cells.size() != arrays || !current_a.allFinite()) {
    throw std::invalid_argument(
        "circuit: a shot needs one finite input current a row and the cells of every array");
  }
  std::vector<WiredArray> actual;
  actual.reserve(arrays);
  for (const Cells& array : cells) {
    actual.emplace_back(array.conductance_s, self_->layout.wires, self_->set);
  }
  State state;
  state.cell_voltage_v.resize(arrays);
  const Eigen::VectorXd start = Eigen::VectorXd::Zero(static_cast<Eigen::Index>(arrays) * size());
  const Eigen::VectorXd driven = -self_->residual(actual, cells, start, &current_a, nullptr);
  Eigen::VectorXd unknown = self_->precondition(driven);
  const GmresResult reached = gmres(
      [&](const Eigen::VectorXd& x) { return self_->residual(actual, cells, x, nullptr, nullptr); },
      [&](const Eigen::VectorXd& r) { return self_->precondition(r); }, driven, tolerance,
      std::min<int>(k_maximum_steps, static_cast<int>(start.size())), unknown);
  if (!(reached.relative_residual <= tolerance)) {
    throw std::runtime_error("circuit: a shot did not converge (relative residual " +
                             std::to_string(reached.relative_residual) + ")");
  }
  state.steps = reached.steps;
  state.relative_residual = reached.relative_residual;
  if (want_cells) {
    self_->residual(actual, cells, unknown, &current_a, &state);
  }
  state.output_v = unknown.head(size());
  return state;
}

}  // namespace invar::circuit
