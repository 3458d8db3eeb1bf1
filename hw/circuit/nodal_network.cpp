#include <invar/circuit/inv_circuit.h>
#include <invar/circuit/nodal_array.h>
#include <invar/circuit/nodal_network.h>

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
  Eigen::MatrixXd open_end_v;        ///< n x n, at the row nodes beside the open end
};

/// Currents are summed over the cells, not read from the wires: those of a well conducting wire are
/// differences of nearly equal voltages.
PortResponse respond(const NodalArray& array, int first_port, bool refine) {
  const int n = array.rows();
  PortResponse response;
  for (Eigen::MatrixXd* matrix :
       {&response.row_current_a, &response.column_current_a, &response.open_end_v}) {
    *matrix = Eigen::MatrixXd::Zero(n, n);
  }
  for (int first = 0; first < n; first += k_width) {
    const int count = std::min(k_width, n - first);
    Block port_v = Block::Zero(array.ports(), k_width);
    for (int lane = 0; lane < count; ++lane) {
      port_v(first_port + first + lane, lane) = 1.0;
    }
    const Block node_v = array.solve(port_v, {}, refine);
    for (int j = 0; j < n; ++j) {
      for (int k = 0; k < n; ++k) {
        const auto through = array.current(array.cell(k, j), node_v, port_v).eval();
        response.row_current_a.row(k).segment(first, count) += through.head(count);
        response.column_current_a.row(j).segment(first, count) += through.head(count);
      }
    }
    for (int k = 0; k < n && array.open_node(k) >= 0; ++k) {
      response.open_end_v.row(k).segment(first, count) = node_v.row(array.open_node(k)).head(count);
    }
  }
  return response;
}

NodalArray make_array(const LoopLayout& layout, std::size_t a) {
  return {layout.arrays[a].conductance_s, layout.wires, WiredLoop::sensed_end(layout, a)};
}

NodalReduction reduce(const LoopLayout& layout, bool power, bool refine) {
  layout.check();
  const int n = layout.size();
  const bool far = layout.injection == Injection::far;
  const long nodes = NodalArray::nodes(n, n, layout.wires);
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
    const PortResponse sense = respond(array, 0, refine);
    const Eigen::MatrixXd loop = -sense.column_current_a.transpose();
    add(network.load_s, -1.0, sense.row_current_a);
    add(network.loop_s, given.inverted ? -given.attenuation : given.attenuation, loop);
    if (given.inverted) {
      add(network.minus_s, given.attenuation, loop);
    }
    if (a == 0 && far && array.open_node(0) >= 0) {
      network.input_transfer = sense.open_end_v.transpose();
    }
    if (power) {
      reduction.driver_to_sense_s.push_back(loop);
      reduction.driver_to_driver_s.push_back(respond(array, n, refine).column_current_a);
    }
    reduction.error = std::max(reduction.error, array.error());
  }
  network.load_s.diagonal().array() += layout.input_conductance_s;
  return reduction;
}

}  // namespace

NodalReduction nodal_reduction(const LoopLayout& layout, bool power) {
  return reduce(layout, power, true);
}

InvNetwork nodal_network(const LoopLayout& layout) {
  return nodal_reduction(layout).network;
}

Eigen::MatrixXd nodal_operating_point(const LoopLayout& layout, const AmplifierRow& amplifiers,
                                      const Eigen::MatrixXd& current_a) {
  return InvCircuit(reduce(layout, false, false).network, amplifiers).operating_point(current_a);
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
      if (array.open_node(k) >= 0) {
        node_current(array.open_node(k), 0) = current_a[k];
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
