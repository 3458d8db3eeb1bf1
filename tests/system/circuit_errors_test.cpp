#include <boost/test/unit_test.hpp>
#include <string>

#include "system/circuit_fixture.h"

using invar::tests::CircuitFixture;
using invar::tests::contains;
using invar::tests::Outcome;

namespace {

const std::string k_good = "--operation inv --conductance g.mtx --input i.mtx --out v.mtx ";

struct FourRows : CircuitFixture {
  FourRows() {
    write_matrix("g.mtx", heavy_diagonal(4, 30e-6, 4e-6));
    write_matrix("i.mtx", random_matrix(4, 1, 1e-6));
    write_matrix("three.mtx", random_matrix(3, 1, 1e-6));
    write_matrix("oblong.mtx", Eigen::MatrixXd::Constant(4, 3, 1e-6));
  }

  void check(const std::string& arguments, int status, const std::string& message) const {
    const Outcome outcome = circuit(arguments);
    BOOST_TEST(outcome.status == status, arguments);
    BOOST_TEST(contains(outcome.error, message), outcome.error);
    BOOST_TEST(outcome.error.find('\n') == outcome.error.size() - 1, outcome.error);
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(circuit_errors, FourRows)

BOOST_AUTO_TEST_CASE(cells_that_are_no_conductance_are_named) {
  Eigen::MatrixXd matrix = read_matrix("g.mtx");
  matrix(1, 2) = -1e-6;
  write_matrix("negative.mtx", matrix);
  matrix(1, 2) = std::nan("");
  write_matrix("nan.mtx", matrix);
  check(k_good + "--conductance negative.mtx", 2,
        "negative.mtx: conductance (2, 3) is -1e-06 S: must not be negative");
  check(k_good + "--conductance nan.mtx", 2, "entry (2, 3) is nan: entries must be finite");
  check(k_good + "--conductance-negative negative.mtx", 2, "negative.mtx: conductance (2, 3)");
}

BOOST_AUTO_TEST_CASE(sizes_that_do_not_match_name_both_files) {
  check(k_good + "--input three.mtx", 2,
        "three.mtx: 3 x 1: must have as many rows as g.mtx, which is 4 x 4");
  check(k_good + "--conductance-negative oblong.mtx", 2,
        "oblong.mtx: 4 x 3: must have the size of g.mtx, which is 4 x 4");
  check(k_good + "--conductance oblong.mtx", 2, "oblong.mtx: 4 x 3: must be square");
  for (const char* flag : {"--offset", "--inverter-offset", "--gains", "--gain-bandwidths"}) {
    check(k_good + flag + " three.mtx", 2,
          "three.mtx: 3 x 1: must be 4 x 1, a value a row of g.mtx, which is 4 x 4");
  }
  check("--operation mvm --conductance oblong.mtx --input three.mtx --out v.mtx", 2,
        "three.mtx: 3 x 1: must have as many rows as oblong.mtx, which is 4 x 3");
}

BOOST_AUTO_TEST_CASE(what_is_missing_or_unknown_is_named) {
  check("--conductance g.mtx --input i.mtx --out v.mtx", 2, "--operation is missing");
  check("--operation inv --input i.mtx --out v.mtx", 2, "--conductance is missing");
  check("--operation inv --conductance g.mtx --out v.mtx", 2, "--input is missing");
  check("--operation inv --conductance g.mtx --input i.mtx", 2, "--out is missing");
  for (const char* flag : {"--conductance", "--conductance-negative", "--input", "--offset"}) {
    check(k_good + flag + " nowhere.mtx", 2, "nowhere.mtx: no such file");
  }
  check(k_good + "--operation invert", 2, "--operation = \"invert\": must be inv or mvm");
  check(k_good + "--injection left", 2, "--injection = \"left\": must be near or far");
  check(k_good + "--saturation 1 --saturation-law soft", 2, "must be hard or tanh");
  check(k_good + "--wire-resistence 1", 2, "did you mean --wire-resistance?");
  check(k_good + "--set circuit.instruction_set=neon", 2, "must be baseline, avx2 or avx512");
}

BOOST_AUTO_TEST_CASE(values_out_of_range_are_told_with_the_range) {
  check(k_good + "--wire-resistance -1", 2, "--wire-resistance = -1: must be from 0");
  check(k_good + "--gain 0", 2, "--gain = 0: must be above 0");
  check(k_good + "--gain nan", 2, "--gain = nan: must be above 0");
  check(k_good + "--gain-bandwidth 0", 2, "--gain-bandwidth = 0: must be above 0");
  check(k_good + "--saturation -1", 2, "--saturation = -1: must be from 0");
  check(k_good + "--settling-tolerance 0", 2, "--settling-tolerance = 0: must be from");
  write_matrix("zero.mtx", Eigen::VectorXd::LinSpaced(4, 3.0, 0.0));
  check(k_good + "--gains zero.mtx", 2, "zero.mtx: value 4 is 0: must be above 0");
  check(k_good + "--gain-bandwidths zero.mtx", 2, "zero.mtx: value 4 is 0: must be above 0");
}

BOOST_AUTO_TEST_CASE(combinations_that_mean_nothing_are_refused) {
  check(k_good + "--saturation-law tanh", 2, "--saturation-law tanh: needs --saturation");
  check(k_good + "--operation mvm --transient t.csv", 2, "--transient");
  check(k_good + "--operation mvm --nonlinearity 1", 2, "--nonlinearity");
  check(k_good + "--saturation 1 --nonlinearity 1", 2, "--nonlinearity");
}

BOOST_AUTO_TEST_CASE(flags_without_effect_are_told_but_change_nothing) {
  const std::string mvm = "--operation mvm --conductance g.mtx --input i.mtx ";
  BOOST_TEST(circuit(mvm + "--out plain.mtx").error.empty());
  const Outcome outcome = circuit(mvm + "--out more.mtx --gain 5");
  BOOST_TEST(outcome.status == 0);
  BOOST_TEST(contains(outcome.error, "--gain has no effect on mvm"), outcome.error);
  BOOST_TEST(text("plain.mtx") == text("more.mtx"));
}

BOOST_AUTO_TEST_CASE(no_output_overwrites_an_input_or_another_output) {
  const std::string conductance = text("g.mtx");
  write_matrix("o.mtx", Eigen::VectorXd::Zero(4));
  for (const char* outputs :
       {"--out g.mtx", "--out v.mtx --report i.mtx", "--out v.mtx --transient ./v.mtx",
        "--offset o.mtx --out o.mtx", "--gains o.mtx --out v.mtx --transient o.mtx"}) {
    check(std::string("--operation inv --conductance g.mtx --input i.mtx ") + outputs, 2,
          "must be one of its own");
  }
  BOOST_TEST(text("g.mtx") == conductance);
  check(k_good + "--out nowhere/v.mtx", 2, "--out nowhere/v.mtx: cannot be written");
}

BOOST_AUTO_TEST_CASE(a_matrix_without_an_inverse_ends_with_status_1) {
  Eigen::MatrixXd matrix = read_matrix("g.mtx");
  matrix.row(2).setZero();
  write_matrix("empty_row.mtx", matrix);
  matrix.row(2) = matrix.row(1);
  write_matrix("twice.mtx", matrix);
  for (const char* name : {"empty_row.mtx", "twice.mtx"}) {
    check(k_good + "--allow-unstable --conductance " + name, 1, "singular");
  }
  BOOST_TEST(text("v.mtx").empty());
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_told_and_the_report_kept) {
  check(k_good + "--out /dev/full --report r.json", 1, "/dev/full");
  BOOST_TEST(report("r.json")["complete"] == false);
}

BOOST_AUTO_TEST_SUITE_END()
