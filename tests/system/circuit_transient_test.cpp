#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <sstream>
#include <string>
#include <vector>

#include "system/circuit_fixture.h"

using invar::tests::CircuitFixture;
using invar::tests::contains;
using invar::tests::k_inv;
using invar::tests::Outcome;
using nlohmann::json;

namespace {

/// A step response as its file holds it.
struct Wave {
  std::string header;
  std::vector<double> time_s;
  std::vector<Eigen::VectorXd> output_v;

  /// Linear interpolation, as a user does it; the last value from then on.
  Eigen::VectorXd at(double time) const {
    std::size_t next = 1;
    while (next + 1 < time_s.size() && time_s[next] < time) {
      ++next;
    }
    const double part =
        std::min((time - time_s[next - 1]) / (time_s[next] - time_s[next - 1]), 1.0);
    return output_v[next - 1] + part * (output_v[next] - output_v[next - 1]);
  }
};

struct StepFixture : CircuitFixture {
  StepFixture() {
    write_matrix("g.mtx", heavy_diagonal(6, 30e-6, 6e-6));
    write_matrix("h.mtx", heavy_diagonal(6, 0.0, 3e-6));
    write_matrix("i.mtx", random_matrix(6, 1, 15e-6));
    write_matrix("o.mtx", random_matrix(6, 1, 5e-3));
    write_matrix("x.mtx", random_matrix(6, 1, 5e-3));
    write_matrix("w.mtx", random_matrix(6, 1, 40e6).array() + 100e6);
  }

  Wave wave(const std::string& name) const {
    Wave result;
    std::istringstream lines(text(name));
    std::getline(lines, result.header);
    for (std::string line; std::getline(lines, line);) {
      std::istringstream fields(line);
      std::vector<double> row;
      for (std::string field; std::getline(fields, field, ',');) {
        row.push_back(std::stod(field));
      }
      result.time_s.push_back(row.front());
      result.output_v.push_back(Eigen::Map<const Eigen::VectorXd>(
          row.data() + 1, static_cast<Eigen::Index>(row.size()) - 1));
    }
    return result;
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(circuit_transient, StepFixture)

BOOST_AUTO_TEST_CASE(step_responses_and_settling_times_agree_with_ngspice) {
  if (!has_ngspice()) {
    return;
  }
  const std::string k_signed = "--conductance-negative h.mtx --wire-resistance 10 ";
  for (const std::string& more : {std::string("--injection far --wire-resistance 20"), k_signed,
                                  k_signed + "--offset o.mtx --inverter-offset x.mtx --gain 500 "
                                             "--inverter-bandwidth-ratio 0.3",
                                  std::string("--gain-bandwidths w.mtx --gain 300")}) {
    const Outcome ours = circuit(k_inv + more + " --out v.mtx --transient t.csv --report r.json");
    BOOST_TEST(ours.status == 0, ours.error);
    const int status = spice(k_inv + more + " --out s.mtx --transient s.csv --stop-time 1e-7");
    BOOST_TEST(status == 0, text("spice.txt"));
    const Wave expected = wave("s.csv");
    const Wave wave_v = wave("t.csv");
    const Eigen::VectorXd end = read_matrix("s.mtx").reshaped();
    double largest = 0.0;
    double settled_s = 0.0;
    for (std::size_t sample = 0; sample < expected.time_s.size(); ++sample) {
      const Eigen::VectorXd& v = expected.output_v[sample];
      largest =
          std::max(largest, (wave_v.at(expected.time_s[sample]) - v).lpNorm<Eigen::Infinity>());
      if ((v - end).norm() > 0.01 * end.norm()) {
        settled_s = expected.time_s[sample];
      }
    }
    BOOST_TEST(largest < 2e-4 * end.lpNorm<Eigen::Infinity>(), more);
    BOOST_TEST(report("r.json")["settling_time_s"].get<double>() / settled_s == 1.0,
               boost::test_tools::tolerance(5e-3));
  }
}

BOOST_AUTO_TEST_CASE(a_step_response_goes_from_0_v_to_the_operating_point) {
  BOOST_TEST(circuit(k_inv + "--out v.mtx --transient t.csv --gain-bandwidth 1e3").status == 0);
  const Wave result = wave("t.csv");
  BOOST_TEST(result.header == "t_s,v0,v1,v2,v3,v4,v5");
  BOOST_TEST(result.time_s.front() == 0.0);
  BOOST_TEST(result.output_v.front().norm() == 0.0);
  const Eigen::VectorXd end = read_matrix("v.mtx").reshaped();
  BOOST_TEST((result.output_v.back() - end).norm() < 1e-4 * end.norm());
}

BOOST_AUTO_TEST_CASE(one_row_settles_like_one_pole) {
  // One cell: D^-1 G = 1, so the rate is 2 pi GBW (1 + 1 / A0), and 1 % takes ln(100) of its
  // inverse.
  write_matrix("g.mtx", Eigen::MatrixXd::Constant(1, 1, 2e-5));
  write_matrix("i.mtx", Eigen::MatrixXd::Constant(1, 1, 1e-6));
  const double rate = 2.0 * 3.14159265358979323846 * 1e6 * (1.0 + 1.0 / 100.0);
  const auto close = boost::test_tools::tolerance(1e-5);
  for (const double tolerance : {0.01, 1e-9}) {
    std::ostringstream flag;
    flag << " --settling-tolerance " << tolerance;
    BOOST_TEST(
        circuit(k_inv + "--out v.mtx --gain 100 --gain-bandwidth 1e6 --report r.json" + flag.str())
            .status == 0);
    const json result = report("r.json");
    BOOST_TEST(result["settling_time_s"].get<double>() * rate / -std::log(tolerance) == 1.0, close);
    BOOST_TEST(result["poles"].size() == 1u);
    BOOST_TEST(result["poles_are_all"] == true);
  }
}

BOOST_AUTO_TEST_CASE(every_right_hand_side_has_its_settling_time_and_the_worst_is_on_top) {
  write_matrix("i.mtx", random_matrix(6, 3, 15e-6));
  BOOST_TEST(circuit(k_inv + "--out v.mtx --report r.json").status == 0);
  const json result = report("r.json");
  double worst = 0.0;
  for (const json& solution : result["solutions"]) {
    worst = std::max(worst, solution["settling_time_s"].get<double>());
  }
  BOOST_TEST(result["solutions"].size() == 3u);
  BOOST_TEST(worst > 0.0);
  BOOST_TEST(result["settling_time_s"] == worst);
}

BOOST_AUTO_TEST_CASE(a_supply_that_is_reached_on_the_way_is_told) {
  BOOST_TEST(circuit(k_inv + "--out v.mtx --transient free.csv").status == 0);
  double peak = 0.0;
  for (const Eigen::VectorXd& v : wave("free.csv").output_v) {
    peak = std::max(peak, v.lpNorm<Eigen::Infinity>());
  }
  const auto with_supply = [&](double share) {
    return circuit(k_inv + "--out v.mtx --transient t.csv --report r.json --saturation " +
                   std::to_string(share * peak));
  };
  BOOST_TEST(with_supply(1.01).status == 0);
  BOOST_TEST(text("t.csv") == text("free.csv"));
  const Outcome clamped = with_supply(0.9);
  BOOST_TEST(clamped.status == 1);
  BOOST_TEST(contains(clamped.error, "reaches its supply"), clamped.error);
}

BOOST_AUTO_TEST_CASE(step_responses_that_are_not_modelled_are_refused) {
  for (const char* more : {"--saturation 1 --saturation-law tanh", "--nonlinearity 1"}) {
    const Outcome outcome = circuit(k_inv + "--out v.mtx --transient t.csv " + more);
    BOOST_TEST(outcome.status == 2, more);
    BOOST_TEST(contains(outcome.error, "--transient"), outcome.error);
  }
  write_matrix("i.mtx", random_matrix(6, 2, 15e-6));
  const Outcome outcome = circuit(k_inv + "--out v.mtx --transient t.csv");
  BOOST_TEST(outcome.status == 2);
  BOOST_TEST(contains(outcome.error, "i.mtx: 2 columns: must be one for --transient"),
             outcome.error);
}

BOOST_AUTO_TEST_SUITE_END()
