#ifndef INVAR_TESTS_CIRCUIT_WHOLE_CIRCUIT_H
#define INVAR_TESTS_CIRCUIT_WHOLE_CIRCUIT_H

#include <invar/circuit/wired_loop.h>

#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>
#include <functional>
#include <random>
#include <string>
#include <vector>

namespace invar::test {

/// Every node of an INV loop in one dense system of Kirchhoff's laws: slow, small, and made of
/// nothing that the library has.
class WholeCircuit {
 public:
  using Number = long double;
  using Matrix = Eigen::Matrix<Number, Eigen::Dynamic, Eigen::Dynamic>;
  using Vector = Eigen::Matrix<Number, Eigen::Dynamic, 1>;

  WholeCircuit(const circuit::LoopLayout& layout, const circuit::AmplifierRow& amplifiers,
               const Eigen::VectorXd& current_a)
      : n_(static_cast<int>(current_a.size())) {
    // Nodes: M, O, then those of the wires. A wire without resistance is a node of its own whose
    // equation says that it has the voltage of the node it is shorted to.
    const int arrays = static_cast<int>(layout.arrays.size());
    const int size = 2 * n_ + arrays * (2 * n_ * n_ + n_) + n_;
    system_ = Matrix::Zero(size, size);
    drive_ = Vector::Zero(size);
    const int open = size - n_;
    for (int k = 0; k < n_; ++k) {
      // Op-amp k: V_O / A0 + V_M = V_os. Row n + k is this equation, row k the current into M.
      system_(n_ + k, n_ + k) = 1.0L / static_cast<Number>(amplifiers.gain[k]);
      system_(n_ + k, k) = 1.0L;
      drive_[n_ + k] = amplifiers.offset_v[k];
      system_(k, k) += layout.input_conductance_s;
    }
    for (int a = 0; a < arrays; ++a) {
      const circuit::LoopArray& array = layout.arrays[a];
      const int base = 2 * n_ + a * (2 * n_ * n_ + n_);
      const auto row = [&](int k, int j) { return base + k * n_ + j; };
      const auto column = [&](int k, int j) { return base + n_ * n_ + k * n_ + j; };
      const auto driver = [&](int j) { return base + 2 * n_ * n_ + j; };
      const bool right =
          array.sensed_end.value_or(a == 0 ? circuit::RowEnd::right : circuit::RowEnd::left) ==
          circuit::RowEnd::right;
      for (int j = 0; j < n_; ++j) {
        system_(driver(j), driver(j)) = 1.0L;
        system_(driver(j), n_ + j) = array.inverted ? array.attenuation : -array.attenuation;
        if (array.inverted && amplifiers.inverter_offset_v.size() != 0) {
          drive_[driver(j)] = array.attenuation * amplifiers.inverter_offset_v[j];
        }
        driver_nodes_.push_back(driver(j));
      }
      for (int k = 0; k < n_; ++k) {
        for (int j = 0; j < n_; ++j) {
          resistor(row(k, j), column(k, j), array.conductance_s(k, j));
          const bool at_sense = right ? j == n_ - 1 : j == 0;
          wire(row(k, j), at_sense ? k : row(k, right ? j + 1 : j - 1), layout.wires.row_ohm);
          wire(column(k, j), k == 0 ? driver(j) : column(k - 1, j), layout.wires.column_ohm);
        }
        if (a == 0) {
          wire(open + k, row(k, right ? 0 : n_ - 1), layout.wires.row_ohm);
        }
      }
    }
    for (int k = 0; k < n_; ++k) {
      inject(layout.injection == circuit::Injection::far ? open + k : k, current_a[k]);
    }
    merge_shorts();
    voltage_ = system_.partialPivLu().solve(drive_);
    input_w_ = input_power(layout, current_a);
  }

  Eigen::VectorXd output_v() const { return voltage_.segment(n_, n_).cast<double>(); }
  Eigen::VectorXd sensed_v() const { return voltage_.head(n_).cast<double>(); }
  /// Current times voltage over every resistor, the input conductances' included.
  double dissipation_w() const {
    Number watts = input_w_;
    for (const Resistor& resistor : resistors_) {
      const Number across = voltage_[resistor.a] - voltage_[resistor.b];
      watts += resistor.conductance * across * across;
    }
    return static_cast<double>(watts);
  }

 private:
  struct Resistor {
    int a, b;
    Number conductance;
  };
  struct Short {
    int node, to;
  };

  bool has_kirchhoff(int node) const {
    if (node >= n_ && node < 2 * n_) {
      return false;
    }
    for (const int driver : driver_nodes_) {
      if (node == driver) {
        return false;
      }
    }
    return true;
  }
  void resistor(int a, int b, Number conductance) {
    resistors_.push_back({a, b, conductance});
    for (const auto& [from, to] : {std::pair{a, b}, std::pair{b, a}}) {
      if (has_kirchhoff(from)) {
        system_(from, from) += conductance;
        system_(from, to) -= conductance;
      }
    }
  }
  void wire(int node, int to, double ohm) {
    if (ohm > 0.0) {
      resistor(node, to, 1.0L / ohm);
    } else {
      shorts_.push_back({node, to});
    }
  }
  void inject(int node, double current) { drive_[node] += current; }

  /// Current of a shorted node goes to the node that it is shorted to, link by link.
  void merge_shorts() {
    std::vector<bool> merged(static_cast<std::size_t>(system_.rows()), false);
    const std::function<void(int)> merge = [&](int node) {
      for (const Short& link : shorts_) {
        if (link.to == node) {
          merge(link.node);
        }
      }
      for (const Short& link : shorts_) {
        if (link.node != node || merged[static_cast<std::size_t>(node)]) {
          continue;
        }
        merged[static_cast<std::size_t>(node)] = true;
        if (has_kirchhoff(link.to)) {
          system_.row(link.to) += system_.row(node);
          drive_[link.to] += drive_[node];
        }
        system_.row(node).setZero();
        system_(node, node) = 1.0L;
        system_(node, link.to) = -1.0L;
        drive_[node] = 0.0L;
      }
    };
    for (const Short& link : shorts_) {
      merge(link.node);
    }
  }
  Number input_power(const circuit::LoopLayout& layout, const Eigen::VectorXd& current_a) const {
    Number watts = 0.0L;
    if (layout.input_conductance_s > 0.0) {
      for (int k = 0; k < n_; ++k) {
        const Number across =
            current_a[k] / static_cast<Number>(layout.input_conductance_s) - voltage_[k];
        watts += layout.input_conductance_s * across * across;
      }
    }
    return watts;
  }

  int n_;
  Matrix system_;
  Vector drive_;
  Vector voltage_;
  std::vector<int> driver_nodes_;
  std::vector<Resistor> resistors_;
  std::vector<Short> shorts_;
  Number input_w_ = 0.0L;
};

/// Conductances of 0.5 ... 35 uS: `dense` any of 8 levels, `decaying` from the diagonal,
/// `covariance` a positive Wishart matrix, `sparse` with most cells 0.
enum class Pattern { dense, decaying, covariance, sparse };

inline Eigen::MatrixXd conductances(int n, Pattern pattern, unsigned seed) {
  std::mt19937 engine(seed);
  std::uniform_int_distribution<int> level(0, 7);
  std::normal_distribution<double> normal;
  Eigen::MatrixXd matrix(n, n);
  if (pattern == Pattern::covariance) {
    const Eigen::MatrixXd samples =
        Eigen::MatrixXd::NullaryExpr(n, 4 * n, [&] { return std::abs(normal(engine)); });
    matrix = samples * samples.transpose();
    return 35e-6 / matrix.maxCoeff() * matrix;
  }
  for (int k = 0; k < n; ++k) {
    for (int j = 0; j < n; ++j) {
      const double random = 0.5e-6 + 34.5e-6 * level(engine) / 7.0;
      switch (pattern) {
        case Pattern::decaying:
          matrix(k, j) = 0.5e-6 + (k == j ? 34.5e-6 : 0.4 * random * std::exp(-std::abs(k - j)));
          break;
        case Pattern::sparse:
          matrix(k, j) = k == j ? 35e-6 : (level(engine) < 5 ? 0.0 : random);
          break;
        default:
          matrix(k, j) = random;
      }
    }
  }
  return matrix;
}

/// Gains, offsets and inverter offsets that differ from row to row.
inline circuit::AmplifierRow uneven_amplifiers(int n) {
  circuit::AmplifierRow row = circuit::AmplifierRow::uniform(n, 1e4);
  row.inverter_offset_v.resize(n);
  for (int k = 0; k < n; ++k) {
    row.gain[k] = 1e4 * (1.0 + 0.1 * std::sin(k));
    row.offset_v[k] = 50e-6 * std::sin(2.0 + 3.0 * k);
    row.inverter_offset_v[k] = 80e-6 * std::cos(1.0 + 2.0 * k);
  }
  return row;
}

inline Eigen::VectorXd uneven_currents(int n) {
  Eigen::VectorXd current(n);
  for (int k = 0; k < n; ++k) {
    current[k] = 1e-6 * std::sin(1.0 + 1.7 * k);
  }
  return current;
}

struct NamedLayout {
  std::string name;
  circuit::LoopLayout layout;
};

/// Layouts of one to four n x n arrays with everything a layout may have.
inline std::vector<NamedLayout> various_layouts(int n) {
  using circuit::Injection;
  using circuit::LoopArray;
  using circuit::LoopLayout;
  using circuit::RowEnd;
  const LoopArray plus{conductances(n, Pattern::decaying, 1), 1.0, false, {}};
  const LoopArray slice{conductances(n, Pattern::dense, 2), 0.125, false, {}};
  const LoopArray minus{0.3 * conductances(n, Pattern::sparse, 3), 1.0, true, {}};
  const LoopArray minus_slice{conductances(n, Pattern::sparse, 4), 0.125, true, {}};
  LoopArray holes = plus;
  holes.conductance_s.row(1).head(n / 2).setZero();
  holes.conductance_s(n - 1, 0) = 0.0;
  LoopArray left = plus;
  left.sensed_end = RowEnd::left;
  LoopArray right_minus = minus;
  right_minus.sensed_end = RowEnd::right;
  return {
      {"one array", {{plus}, {2.0, 2.0}, Injection::near, 0.0}},
      {"far currents", {{plus}, {2.0, 5.0}, Injection::far, 0.0}},
      {"zero cells", {{holes}, {40.0, 10.0}, Injection::near, 10e-6}},
      {"row wires only", {{plus, minus}, {30.0, 0.0}, Injection::near, 20e-6}},
      {"column wires only, far", {{plus, minus}, {0.0, 30.0}, Injection::far, 0.0}},
      {"no wires", {{plus, minus}, {0.0, 0.0}, Injection::near, 5e-6}},
      {"signed, far", {{plus, minus}, {100.0, 300.0}, Injection::far, 0.0}},
      {"star of four", {{plus, slice, minus, minus_slice}, {5.0, 1.0}, Injection::near, 10e-6}},
      {"star of four, far", {{holes, slice, minus, minus_slice}, {1.0, 7.0}, Injection::far, 0.0}},
      {"sensed at the left", {{left, slice, right_minus}, {50.0, 20.0}, Injection::near, 1e-6}},
      {"sensed at the left, far", {{left, minus}, {50.0, 20.0}, Injection::far, 0.0}},
  };
}

}  // namespace invar::test

#endif
