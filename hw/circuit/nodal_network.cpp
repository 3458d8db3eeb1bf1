#include <invar/circuit/nodal_array.h>
#include <invar/circuit/nodal_network.h>

#include <Eigen/SparseLU>
#include <algorithm>
#include <stdexcept>
#include <string>
#include <vector>

namespace invar::circuit {
namespace {

using Block = NodalArray::Block;
constexpr int k_width = NodalArray::k_width;

void add(Eigen::MatrixXd& sum, double factor, const Eigen::MatrixXd& term) {
  if (sum.size() == 0) {
    sum = factor * term;
  } else {
    sum += factor * term;
  }
}

/// What the cells of an array carry for 1 V at one port after the other.
struct PortResponse {
  Eigen::MatrixXd row_current_a;     ///< n x n, into the rows
  Eigen::MatrixXd column_current_a;  ///< n x n, out of the drivers
  Eigen::MatrixXd open_end_v;        ///< n x n, at the row nodes beside column 0
};

/// Currents are summed over the cells, not read from the wires: those of a well conducting wire are
/// differences of nearly equal voltages.
PortResponse respond(const NodalArray& array, int first_port) {
  const int n = array.size();
  PortResponse response;
  for (Eigen::MatrixXd* matrix :
       {&response.row_current_a, &response.column_current_a, &response.open_end_v}) {
    *matrix = Eigen::MatrixXd::Zero(n, n);
  }
  for (int first = 0; first < n; first += k_width) {
    const int count = std::min(k_width, n - first);
    Block port_v = Block::Zero(2 * n, k_width);
    for (int lane = 0; lane < count; ++lane) {
      port_v(first_port + first + lane, lane) = 1.0;
    }
    const Block node_v = array.solve(port_v, {}, true);
    for (int j = 0; j < n; ++j) {
      for (int k = 0; k < n; ++k) {
        const auto through =
            array.current(array.cells()[static_cast<std::size_t>(j) * n + k], node_v, port_v)
                .eval();
        response.row_current_a.row(k).segment(first, count) += through.head(count);
        response.column_current_a.row(j).segment(first, count) += through.head(count);
      }
    }
    for (int k = 0; k < n && array.first_node(k) >= 0; ++k) {
      response.open_end_v.row(k).segment(first, count) =
          node_v.row(array.first_node(k)).head(count);
    }
  }
  return response;
}

NodalArray make_array(const LoopLayout& layout, std::size_t a) {
  return {layout.arrays[a].conductance_s, layout.wires, a == 0};
}

}  // namespace

NodalReduction nodal_reduction(const LoopLayout& layout, bool power) {
  layout.check();
  const int n = layout.size();
  const bool far = layout.injection == Injection::far;
  const long nodes = NodalArray::nodes(n, layout.wires);
  if (nodes > k_nodal_node_limit) {
    throw std::domain_error("circuit: " + std::to_string(nodes) +
                            " nodes of an array are too many for the nodal method, which takes " +
                            std::to_string(k_nodal_node_limit));
  }
  NodalReduction reduction;
  InvNetwork& network = reduction.network;
  network.row_load_s = layout.row_load_s();
  for (std::size_t a = 0; a < layout.arrays.size(); ++a) {
    const LoopArray& given = layout.arrays[a];
    NodalArray array = make_array(layout, a);
    array.factor();
    // 1 V at M: the load, and by reciprocity what the drivers do.
    const PortResponse sense = respond(array, 0);
    const Eigen::MatrixXd loop = -sense.column_current_a.transpose();
    add(network.load_s, -1.0, sense.row_current_a);
    add(network.loop_s, given.inverted ? -given.attenuation : given.attenuation, loop);
    if (given.inverted) {
      add(network.minus_s, given.attenuation, loop);
    }
    if (a == 0 && far && array.first_node(0) >= 0) {
      network.input_transfer = sense.open_end_v.transpose();
    }
    if (power) {
      add(given.inverted ? reduction.inverted_inverted_s : reduction.output_output_s,
          given.attenuation * given.attenuation, respond(array, n).column_current_a);
    }
    reduction.error = std::max(reduction.error, array.error());
  }
  network.load_s.diagonal().array() += layout.input_conductance_s;
  return reduction;
}

InvNetwork nodal_network(const LoopLayout& layout) {
  return nodal_reduction(layout).network;
}

Eigen::VectorXd nodal_operating_point(const LoopLayout& layout, const AmplifierRow& amplifiers,
                                      const Eigen::VectorXd& current_a) {
  layout.check();
  const int n = layout.size();
  amplifiers.check(n);
  if (current_a.size() != n || !current_a.allFinite()) {
    throw std::invalid_argument("circuit: input currents must be finite, one a row");
  }
  const Eigen::VectorXd inverter_offset = amplifiers.inverter_offset_v.size() != 0
                                              ? amplifiers.inverter_offset_v
                                              : Eigen::VectorXd(Eigen::VectorXd::Zero(n));
  std::vector<NodalArray> arrays;
  int nodes = 0;
  for (std::size_t a = 0; a < layout.arrays.size(); ++a) {
    arrays.push_back(make_array(layout, a));
    nodes += arrays.back().nodes();
  }
  // Unknowns: inner nodes of array after array, then the outputs v. Equations: currents into the
  // inner nodes, then into the nodes M. Every voltage is a factor times an unknown plus a constant.
  struct Voltage {
    int unknown;
    double factor;
    double constant;
    int equation;
  };
  std::vector<Eigen::Triplet<double>> entries;
  Eigen::VectorXd drive = Eigen::VectorXd::Zero(nodes + n);
  const auto add_current = [&](int equation, double conductance, const Voltage& voltage) {
    entries.emplace_back(equation, voltage.unknown, conductance * voltage.factor);
    drive[equation] -= conductance * voltage.constant;
  };
  const auto sense = [&](int k) {
    return Voltage{nodes + k, -1.0 / amplifiers.gain[k], amplifiers.offset_v[k], nodes + k};
  };
  int first = 0;
  for (std::size_t a = 0; a < arrays.size(); ++a) {
    const LoopArray& given = layout.arrays[a];
    const auto voltage = [&](int end) {
      if (end >= 0) {
        return Voltage{first + end, 1.0, 0.0, first + end};
      }
      if (~end < n) {
        return sense(~end);
      }
      const int j = ~end - n;
      return given.inverted ? Voltage{nodes + j, -given.attenuation,
                                      given.attenuation * inverter_offset[j], -1}
                            : Voltage{nodes + j, given.attenuation, 0.0, -1};
    };
    for (const auto* resistors : {&arrays[a].cells(), &arrays[a].segments()}) {
      for (const NodalArray::Resistor& resistor : *resistors) {
        if (resistor.conductance_s == 0.0) {
          continue;
        }
        const Voltage from = voltage(resistor.from);
        const Voltage to = voltage(resistor.to);
        for (const Voltage& end : {from, to}) {
          if (end.equation >= 0) {
            const double sign = end.equation == to.equation ? 1.0 : -1.0;
            add_current(end.equation, sign * resistor.conductance_s, from);
            add_current(end.equation, -sign * resistor.conductance_s, to);
          }
        }
      }
    }
    first += arrays[a].nodes();
  }
  for (int k = 0; k < n; ++k) {
    if (layout.input_conductance_s > 0.0) {
      add_current(nodes + k, -layout.input_conductance_s, sense(k));
    }
    const int entry = layout.injection == Injection::far ? arrays[0].first_node(k) : -1;
    drive[entry >= 0 ? entry : nodes + k] -= current_a[k];
  }
  Eigen::SparseMatrix<double> system(nodes + n, nodes + n);
  system.setFromTriplets(entries.begin(), entries.end());
  Eigen::SparseLU<Eigen::SparseMatrix<double>> factor(system);
  if (factor.info() != Eigen::Success) {
    throw std::domain_error("circuit: the nodal system is singular");
  }
  return factor.solve(drive).tail(n);
}

double nodal_dissipation_w(const LoopLayout& layout, const Eigen::VectorXd& output_v,
                           const Eigen::VectorXd& inverted_v, const Eigen::VectorXd& sensed_v,
                           const Eigen::VectorXd& current_a) {
  layout.check();
  const int n = layout.size();
  const bool far = layout.injection == Injection::far;
  double watts = 0.0;
  for (std::size_t a = 0; a < layout.arrays.size(); ++a) {
    NodalArray array = make_array(layout, a);
    array.factor();
    Block port_v = Block::Zero(2 * n, k_width);
    port_v.col(0) << sensed_v,
        layout.arrays[a].attenuation * (layout.arrays[a].inverted ? inverted_v : output_v);
    Block node_current = Block::Zero(array.nodes(), k_width);
    for (int k = 0; k < n && a == 0 && far; ++k) {
      if (array.first_node(k) >= 0) {
        node_current(array.first_node(k), 0) = current_a[k];
      }
    }
    const Block node_v = array.solve(port_v, node_current, true);
    for (const auto* resistors : {&array.cells(), &array.segments()}) {
      for (const NodalArray::Resistor& resistor : *resistors) {
        if (resistor.conductance_s > 0.0) {
          const double through = array.current(resistor, node_v, port_v)[0];
          watts += through * through / resistor.conductance_s;
        }
      }
    }
  }
  if (far) {
    // The segment between the row's open end and its first cell.
    watts += layout.wires.row_ohm * current_a.squaredNorm();
  }
  if (layout.input_conductance_s > 0.0) {
    watts += (current_a - layout.input_conductance_s * sensed_v).squaredNorm() /
             layout.input_conductance_s;
  }
  return watts;
}

}  // namespace invar::circuit
