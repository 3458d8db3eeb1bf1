// A second set of circuits, made apart from scripts/make_circuit_references.py and solved with
// ngspice 39.3 and 46 (KLU): data/golden, one file a circuit. Names: kind, n, ohm a segment,
// injection, gain; `dd` decays from the diagonal, `rand` is 8 random levels (ill-conditioned, and
// unstable as a loop), `wish` a positive covariance.
#include <invar/circuit/step_response.h>
#include <invar/circuit/wired_mvm.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(golden_circuits)

using namespace invar;
using test::distance;
using test::ReferenceCircuit;

namespace {

std::vector<std::string> circuits_of(const std::string& kind) {
  std::vector<std::string> names;
  for (const auto& file :
       std::filesystem::directory_iterator(std::string(INVAR_CIRCUIT_DATA) + "/golden")) {
    const std::string name = file.path().stem().string();
    if (name.compare(0, kind.size(), kind) == 0) {
      names.push_back("golden/" + name);
    }
  }
  return names;
}

/// Operating points of a kind against ngspice.
void check_operating_points(const std::string& kind, std::size_t count, double tolerance) {
  const std::vector<std::string> names = circuits_of(kind);
  BOOST_TEST(names.size() == count);
  for (const std::string& name : names) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd output =
        reference.wired_circuit().operating_point(reference.matrix("current_a"));
    BOOST_TEST(distance(output, reference.matrix("output_v")) < tolerance, name);
  }
}

}  // namespace

BOOST_AUTO_TEST_CASE(decaying_matrices_agree_with_ngspice_to_1e_11) {
  check_operating_points("inv_dd", 19, 1e-11);
}

BOOST_AUTO_TEST_CASE(random_matrices_agree_with_ngspice_to_1e_9) {
  check_operating_points("inv_rand", 17, 1e-9);
}

BOOST_AUTO_TEST_CASE(covariances_agree_with_ngspice_to_1e_11) {
  check_operating_points("inv_wish", 10, 1e-11);
}

BOOST_AUTO_TEST_CASE(signed_pairs_agree_with_ngspice_to_1e_11) {
  check_operating_points("signed", 4, 1e-11);
}

BOOST_AUTO_TEST_CASE(saturated_outputs_agree_with_ngspice_to_1e_12) {
  for (const std::string& name : circuits_of("sat")) {
    const ReferenceCircuit reference(name);
    const Eigen::VectorXd output = reference.wired_circuit().saturated_operating_point(
        reference.matrix("current_a"), reference.number("saturation_v"),
        circuit::SaturationLaw::tanh);
    BOOST_TEST(distance(output, reference.matrix("output_v")) < 1e-12, name);
  }
  BOOST_TEST(circuits_of("sat").size() == 3u);
}

BOOST_AUTO_TEST_CASE(products_agree_with_ngspice_to_1e_11) {
  for (const std::string& name : circuits_of("mvm")) {
    const ReferenceCircuit reference(name);
    const circuit::WiredMvm product(reference.matrix("conductance_s"), reference.wires());
    BOOST_TEST(distance(product.operating_point(reference.matrix("row_voltage_v")),
                        reference.matrix("current_a")) < 1e-11,
               name);
  }
  BOOST_TEST(circuits_of("mvm").size() == 2u);
}

BOOST_AUTO_TEST_CASE(waveforms_agree_with_ngspice_to_1e_4_and_settling_times_to_1_percent) {
  for (const std::string& name : circuits_of("tran")) {
    const ReferenceCircuit reference(name);
    const circuit::InvCircuit loop = reference.wired_circuit();
    const circuit::StepResponse response(loop, reference.number("gain_bandwidth_hz"), 0.5,
                                         reference.matrix("current_a"));
    const Eigen::MatrixXd& times = reference.matrix("time_s");
    const Eigen::MatrixXd& wave = reference.matrix("wave_v");
    const double full_scale = wave.cwiseAbs().maxCoeff();
    for (Eigen::Index i = 0; i < times.rows(); ++i) {
      const Eigen::VectorXd off = response.output_v(times(i, 0)) - wave.row(i).transpose();
      BOOST_TEST(off.cwiseAbs().maxCoeff() < 1e-4 * full_scale, name);
    }
    BOOST_TEST(std::abs(response.settling_time_s(0.01) / reference.number("settling_1_percent_s") -
                        1.0) < 0.01,
               name);
  }
  BOOST_TEST(circuits_of("tran").size() == 10u);
}

BOOST_AUTO_TEST_SUITE_END()
