#include <invar/circuit/nodal_network.h>

#include <boost/test/unit_test.hpp>
#include <limits>
#include <string>

#include "circuit/reference_circuit.h"
#include "circuit/refusal.h"
#include "circuit/whole_circuit.h"

BOOST_AUTO_TEST_SUITE(nodal_network_suite)

using namespace invar;
using namespace invar::circuit;
using test::distance;
using test::mentions;
using test::refusal;
using test::WholeCircuit;

namespace {

constexpr int k_size = 6;

}  // namespace

BOOST_AUTO_TEST_CASE(nodal_networks_give_the_outputs_of_the_whole_circuit) {
  const AmplifierRow amplifiers = test::uneven_amplifiers(k_size);
  const Eigen::VectorXd current = test::uneven_currents(k_size);
  for (const auto& [name, layout] : test::various_layouts(k_size)) {
    const Eigen::VectorXd expected = WholeCircuit(layout, amplifiers, current).output_v();
    const InvCircuit reduced(nodal_network(layout), amplifiers);
    BOOST_TEST(distance(reduced.operating_point(current), expected) < 1e-12, name);
    BOOST_TEST(distance(nodal_operating_point(layout, amplifiers, current), expected) < 1e-10,
               name);
  }
}

BOOST_AUTO_TEST_CASE(the_march_gives_the_outputs_of_the_whole_circuit) {
  const AmplifierRow amplifiers = test::uneven_amplifiers(k_size);
  const Eigen::VectorXd current = test::uneven_currents(k_size);
  for (const auto& [name, layout] : test::various_layouts(k_size)) {
    const Eigen::VectorXd expected = WholeCircuit(layout, amplifiers, current).output_v();
    const WiredLoop loop(layout);
    BOOST_TEST((loop.method() == WiredLoop::Method::march), name);
    const InvCircuit circuit(loop.network(), amplifiers);
    BOOST_TEST(distance(circuit.operating_point(current), expected) < 1e-12, name);
  }
}

BOOST_AUTO_TEST_CASE(march_and_nodal_network_agree_for_every_input_of_larger_loops) {
  const int n = 40;
  const AmplifierRow amplifiers = test::uneven_amplifiers(n);
  const Eigen::MatrixXd inputs = 1e-6 * Eigen::MatrixXd::Identity(n, n);
  for (const auto& [name, layout] : test::various_layouts(n)) {
    const InvCircuit marched(WiredLoop(layout).network(), amplifiers);
    const InvCircuit nodal(nodal_network(layout), amplifiers);
    BOOST_TEST(distance(marched.operating_point(inputs), nodal.operating_point(inputs)) < 1e-11,
               name);
  }
}

BOOST_AUTO_TEST_CASE(power_is_the_sum_over_cells_wires_and_inputs) {
  const AmplifierRow amplifiers = test::uneven_amplifiers(k_size);
  const Eigen::VectorXd current = test::uneven_currents(k_size);
  WiredLoop::Options options;
  options.power = true;
  int compared = 0;
  for (const auto& [name, layout] : test::various_layouts(k_size)) {
    const WholeCircuit whole(layout, amplifiers, current);
    const Eigen::VectorXd output = whole.output_v();
    const Eigen::VectorXd inverted = -output + amplifiers.inverter_offset_v;
    const double nodal = nodal_dissipation_w(layout, output, inverted, whole.sensed_v(), current);
    BOOST_TEST(nodal == whole.dissipation_w(), boost::test_tools::tolerance(1e-12));
    if (layout.injection == Injection::near) {
      const WiredLoop loop(layout, options);
      BOOST_TEST(loop.power(amplifiers, output, current).front().total_w() == nodal,
                 boost::test_tools::tolerance(1e-11));
      ++compared;
    }
  }
  BOOST_TEST(compared >= 6);
}

BOOST_AUTO_TEST_CASE(vanishing_wires_are_ideal_wires) {
  // r G = 1e-14: currents read from the wires would be noise.
  LoopLayout layout = test::various_layouts(k_size).back().layout;
  const AmplifierRow amplifiers = test::uneven_amplifiers(k_size);
  const Eigen::VectorXd current = test::uneven_currents(k_size);
  layout.wires = {0.0, 0.0};
  const Eigen::VectorXd ideal =
      InvCircuit(nodal_network(layout), amplifiers).operating_point(current);
  layout.wires = {1e-9, 1e-9};
  const NodalReduction reduction = nodal_reduction(layout);
  BOOST_TEST(distance(InvCircuit(reduction.network, amplifiers).operating_point(current), ideal) <
             1e-11);
  BOOST_TEST(reduction.error < 1e-12);
}

BOOST_AUTO_TEST_CASE(arrays_with_too_many_nodes_are_refused_with_the_limit) {
  LoopLayout layout;
  layout.arrays.push_back({Eigen::MatrixXd::Constant(257, 257, 1e-6), 1.0, false, {}});
  layout.wires = {1.0, 1.0};
  const std::string message = refusal<std::domain_error>([&] { nodal_network(layout); });
  BOOST_TEST(mentions(message, std::to_string(k_nodal_node_limit)), message);
}

BOOST_AUTO_TEST_CASE(bad_layouts_are_refused_by_name) {
  const LoopLayout good = test::various_layouts(k_size).front().layout;
  const auto refused = [&](const char* part, auto change) {
    LoopLayout layout = good;
    change(layout);
    for (const std::string& message :
         {refusal<std::invalid_argument>([&] { nodal_network(layout); }),
          refusal<std::invalid_argument>([&] { WiredLoop loop(layout); })}) {
      BOOST_TEST(mentions(message, part), message);
    }
  };
  refused("array", [](LoopLayout& layout) { layout.arrays.clear(); });
  refused("6 x 5", [](LoopLayout& layout) {
    layout.arrays[0].conductance_s.conservativeResize(k_size, k_size - 1);
  });
  refused("(2, 3)", [](LoopLayout& layout) { layout.arrays[0].conductance_s(2, 3) = -1e-6; });
  refused("attenuation", [](LoopLayout& layout) {
    layout.arrays[0].attenuation = std::numeric_limits<double>::infinity();
  });
  refused("wires.row_ohm", [](LoopLayout& layout) { layout.wires.row_ohm = -1.0; });
  refused("input conductance", [](LoopLayout& layout) { layout.input_conductance_s = -1e-6; });
  refused("input conductance", [](LoopLayout& layout) {
    layout.injection = Injection::far;
    layout.input_conductance_s = 1e-6;
  });
}

BOOST_AUTO_TEST_CASE(a_rewritten_array_gives_the_bits_of_a_loop_built_anew) {
  for (const auto& [name, given] : test::various_layouts(k_size)) {
    for (const bool power : {false, true}) {
      if (power && given.injection == Injection::far) {
        continue;
      }
      WiredLoop::Options options;
      options.power = power;
      WiredLoop loop(given, options);
      LoopLayout changed = given;
      const std::size_t last = changed.arrays.size() - 1;
      changed.arrays[last].conductance_s(1, 2) += 7e-6;
      loop.rewrite(last, changed.arrays[last].conductance_s);
      const WiredLoop anew(changed, options);
      BOOST_TEST((loop.network().loop_s.array() == anew.network().loop_s.array()).all(), name);
      BOOST_TEST((loop.network().load_s.array() == anew.network().load_s.array()).all(), name);
      BOOST_TEST((loop.network().row_load_s.array() == anew.network().row_load_s.array()).all(),
                 name);
      BOOST_TEST(loop.growth() == anew.growth(), name);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
