#include <Eigen/LU>
#include <boost/test/unit_test.hpp>
#include <cmath>

#include "system/command_fixture.h"

using namespace invar;
using invar::tests::CommandFixture;
using invar::tests::contains;
using invar::tests::Outcome;
using nlohmann::json;

BOOST_FIXTURE_TEST_SUITE(solve_command, CommandFixture)

BOOST_AUTO_TEST_CASE(the_solution_is_that_of_the_matrix_asked_for_to_the_tolerance) {
  const int n = 64;
  const Eigen::MatrixXd matrix = test::covariance_matrix(n, 0.03, 5, true);
  Eigen::MatrixXd rhs(n, 2);
  test::SimpleRandom random(6);
  for (double& value : rhs.reshaped()) {
    value = random.next();
  }
  write_matrix("a.mtx", matrix);
  write_matrix("b.mtx", rhs);
  const Outcome outcome =
      invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --tolerance 1e-6 --report r.json");
  BOOST_TEST(outcome.status == 0);
  const Eigen::MatrixXd residual = rhs - matrix * read_matrix("x.mtx");
  for (int column = 0; column < rhs.cols(); ++column) {
    BOOST_TEST(residual.col(column).norm() <= 1e-6 * rhs.col(column).norm());
  }
  const json solution = report("r.json")["solution"];
  BOOST_TEST(solution["iterations_mean"].get<double>() > 1.0);
  BOOST_TEST(solution["seed_effective_bits"].get<double>() > 0.0);
  BOOST_TEST(solution["fallbacks"]["digital"] == 0);
}

BOOST_AUTO_TEST_CASE(compensated_wires_are_seen_in_the_report_and_not_in_the_solution) {
  const int n = 48;
  const Eigen::MatrixXd matrix = test::covariance_matrix(n, 0.1, 5, true);
  write_matrix("a.mtx", matrix);
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(n, 4));
  const std::string command =
      "solve --matrix a.mtx --rhs b.mtx --out x.mtx --tolerance 1e-6 --report r.json "
      "--fidelity circuit --set wires.row_ohm=5 --set wires.column_ohm=5";
  BOOST_TEST(invar(command).status == 0);
  const json plain = report("r.json")["solution"];
  BOOST_TEST(invar(command + " --set programming.wire_compensation=network").status == 0);
  const json compensated = report("r.json")["solution"];
  const Eigen::MatrixXd residual = Eigen::MatrixXd::Identity(n, 4) - matrix * read_matrix("x.mtx");
  BOOST_TEST(residual.colwise().norm().maxCoeff() <= 1e-6);
  const double before = compensated["wire_error"]["inv_before"];
  BOOST_TEST(before > 0.1);
  BOOST_TEST(compensated["wire_error"]["inv_after"].get<double>() < 0.02 * before);
  BOOST_TEST(plain["wire_error"]["inv_after"] == plain["wire_error"]["inv_before"]);
}

BOOST_AUTO_TEST_CASE(every_inverter_solves_the_same_system) {
  write_matrix("a.mtx", test::covariance_matrix(16, 0.1, 7));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(16, 16));
  const Eigen::MatrixXd inverse = read_matrix("a.mtx").inverse();
  for (const std::string inverter : {"rram", "digital", "exact"}) {
    const Outcome outcome =
        invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --inverter " + inverter);
    BOOST_TEST(outcome.status == 0, inverter);
    BOOST_TEST((read_matrix("x.mtx") - inverse).norm() < 1e-4 * inverse.norm(), inverter);
  }
}

BOOST_AUTO_TEST_CASE(a_function_profile_tells_what_the_host_core_was_charged) {
  write_matrix("a.mtx", test::covariance_matrix(16, 0.1, 7));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(16, 16));
  const std::string solve = "solve --matrix a.mtx --rhs b.mtx --out x.mtx --inverter digital ";
  BOOST_TEST(invar(solve + "--function-profile p.txt --report r.json").status == 0);
  std::istringstream lines(text("p.txt"));
  std::string line;
  std::getline(lines, line);
  BOOST_TEST(line ==
             "# file function calls first_count second_count integer memory multiply divide float "
             "float_divide");
  double floats = 0.0, rows = 0.0;
  bool judged = false;
  while (std::getline(lines, line)) {
    std::istringstream words(line);
    std::string file, function;
    std::uint64_t calls = 0, first = 0, second = 0, other = 0, float_operations = 0;
    words >> file >> function >> calls >> first >> second;
    words >> other >> other >> other >> other >> float_operations >> other;
    BOOST_TEST(!words.fail(), line);
    judged |= file == "linear_system.c" && function == "invar_linear_system_judge" && calls >= 16 &&
              first == 16 * calls;
    floats += static_cast<double>(float_operations);
    rows += 1.0;
  }
  BOOST_TEST(judged);
  const json report_of_run = report("r.json");
  for (const json& component : report_of_run["components"]) {
    for (const json& event : component["events"]) {
      if (component["name"] == "soc.core" && event["name"] == "float") {
        BOOST_TEST(std::abs(floats - event["count"].get<double>()) <= 1.0 + 0.5 * rows);
        rows = 0.0;
      }
    }
  }
  BOOST_TEST(rows == 0.0);
  const Outcome riscv = invar(solve + "--function-profile p.txt --core riscv");
  BOOST_TEST(riscv.status == 2);
  BOOST_TEST(contains(riscv.error, "must go with --core native"), riscv.error);
}

BOOST_AUTO_TEST_CASE(bad_matrices_are_named_with_the_reason_and_exit_2) {
  const Eigen::MatrixXd good = test::covariance_matrix(8, 0.1, 8);
  write_matrix("good.mtx", good);
  write_matrix("rhs.mtx", Eigen::MatrixXd::Ones(8, 1));
  Eigen::MatrixXd skewed = good;
  skewed(2, 5) += 1.0;
  Eigen::MatrixXd holed = good;
  holed(1, 1) = std::nan("");
  const struct {
    const char* name;
    Eigen::MatrixXd matrix;
    const char* message;
  } k_cases[] = {
      {"oblong.mtx", Eigen::MatrixXd::Ones(8, 7), "must be square"},
      {"skewed.mtx", skewed, "not symmetric: entry (6, 3)"},
      {"singular.mtx", Eigen::MatrixXd::Ones(8, 8), "singular"},
      {"negative.mtx", -good, "not positive definite: entry (1, 1)"},
      {"holed.mtx", holed, "entries must be finite"},
      {"large.mtx", Eigen::MatrixXd::Identity(200, 200), "must be 200"},
  };
  for (const auto& bad : k_cases) {
    write_matrix(bad.name, bad.matrix);
    const Outcome outcome =
        invar(std::string("solve --rhs rhs.mtx --out x.mtx --matrix ") + bad.name);
    BOOST_TEST(outcome.status == 2, bad.name);
    BOOST_TEST(contains(outcome.error, bad.name == std::string("large.mtx") ? "rhs.mtx" : bad.name),
               outcome.error);
    BOOST_TEST(contains(outcome.error, bad.message), outcome.error);
    BOOST_TEST(outcome.error.find('\n') == outcome.error.size() - 1, outcome.error);
  }
}

BOOST_AUTO_TEST_CASE(no_output_overwrites_an_input_or_another_output) {
  write_matrix("a.mtx", test::covariance_matrix(8, 0.1, 8));
  write_matrix("b.mtx", Eigen::MatrixXd::Ones(8, 1));
  const std::string matrix = text("a.mtx");
  for (const char* outputs :
       {"--out x.mtx --report a.mtx", "--out b.mtx", "--out x.mtx --report ./x.mtx",
        "--out x.mtx --vcd x.mtx", "--out x.mtx --vcd v.vcd --report v.vcd.gtkw"}) {
    const Outcome outcome = invar(std::string("solve --matrix a.mtx --rhs b.mtx ") + outputs);
    BOOST_TEST(outcome.status == 2, outputs);
    BOOST_TEST(contains(outcome.error, "must be one of its own"), outcome.error);
  }
  BOOST_TEST(text("a.mtx") == matrix);
}

BOOST_AUTO_TEST_CASE(a_full_disk_takes_one_output_and_not_the_others) {
  write_matrix("a.mtx", test::covariance_matrix(8, 0.1, 8));
  write_matrix("b.mtx", Eigen::MatrixXd::Ones(8, 1));
  const Outcome solution =
      invar("solve --matrix a.mtx --rhs b.mtx --out /dev/full --report r.json");
  BOOST_TEST(solution.status == 1);
  BOOST_TEST(contains(solution.error, "/dev/full"), solution.error);
  BOOST_TEST(report("r.json")["solution"]["right_hand_sides"] == 1);
  const Outcome waveform =
      invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --vcd /dev/full --report v.json");
  BOOST_TEST(waveform.status == 1);
  BOOST_TEST(contains(waveform.error, "/dev/full"), waveform.error);
  BOOST_TEST(report("v.json")["complete"] == false);
  BOOST_TEST(read_matrix("x.mtx").rows() == 8);
}

BOOST_AUTO_TEST_CASE(a_matrix_larger_than_all_tiles_is_refused_with_how_many_it_takes) {
  write_matrix("a.mtx", test::covariance_matrix(50, 0.2, 3));
  write_matrix("b.mtx", Eigen::MatrixXd::Ones(50, 1));
  const std::string command =
      "solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json --set tile.rows=16 ";
  const Outcome refused = invar(command + "--set accelerator.tiles=3");
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(
      contains(refused.error, "a.mtx: 50 rows take 4 tiles of 16 rows, but accelerator.tiles = 3"),
      refused.error);
  const std::string analog = command + "--set solver.block_product=analog ";
  BOOST_TEST(contains(invar(analog + "--set accelerator.tiles=15").error, "take 16 tiles"));
  BOOST_TEST(invar(analog + "--set accelerator.tiles=16").status == 0);
  BOOST_TEST(invar(command + "--set accelerator.tiles=4").status == 0);
  const Eigen::MatrixXd residual =
      Eigen::MatrixXd::Ones(50, 1) - read_matrix("a.mtx") * read_matrix("x.mtx");
  BOOST_TEST(residual.norm() <= 1e-6 * std::sqrt(50.0));
}

BOOST_AUTO_TEST_CASE(a_general_matrix_is_solved_when_symmetry_is_not_promised) {
  Eigen::MatrixXd matrix = test::covariance_matrix(24, 0.5, 3);
  test::SimpleRandom random(8);
  for (double& value : matrix.reshaped()) {
    value += 0.02 * random.next();
  }
  write_matrix("a.mtx", matrix);
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(24, 3));
  const std::string command = "solve --matrix a.mtx --rhs b.mtx --out x.mtx";
  const Outcome refused = invar(command);
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(contains(refused.error, "(--general takes such)"), refused.error);
  BOOST_TEST(invar(command + " --general").status == 0);
  const Eigen::MatrixXd residual = Eigen::MatrixXd::Identity(24, 3) - matrix * read_matrix("x.mtx");
  BOOST_TEST(residual.colwise().norm().maxCoeff() <= 1e-6);
  BOOST_TEST(invar(command + " --general --inverter digital").status == 0);
  const Eigen::MatrixXd digital = Eigen::MatrixXd::Identity(24, 3) - matrix * read_matrix("x.mtx");
  BOOST_TEST(digital.colwise().norm().maxCoeff() <= 1e-6);
}

BOOST_AUTO_TEST_CASE(a_general_matrix_may_have_any_diagonal) {
  // By hand: rows in the other order, a rotation, and one that is negative definite.
  Eigen::MatrixXd swapped(2, 2), turned(2, 2), negative(2, 2);
  swapped << 0.0, 1.0, 1.0, 0.0;
  turned << 0.0, -2.0, 2.0, 0.0;
  negative << -4.0, 1.0, 1.0, -4.0;
  Eigen::MatrixXd rhs(2, 1);
  rhs << 1.0, 2.0;
  write_matrix("b.mtx", rhs);
  const struct {
    Eigen::MatrixXd matrix;
    Eigen::Vector2d solution;
  } k_cases[] = {
      {swapped, {2.0, 1.0}}, {turned, {1.0, -0.5}}, {negative, {-6.0 / 15.0, -9.0 / 15.0}}};
  for (const auto& each : k_cases) {
    write_matrix("a.mtx", each.matrix);
    for (const std::string inverter : {"rram", "digital", "exact"}) {
      BOOST_TEST(
          invar("solve --general --matrix a.mtx --rhs b.mtx --out x.mtx --inverter " + inverter)
              .status == 0);
      BOOST_TEST((read_matrix("x.mtx") - each.solution).norm() < 3e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(what_is_asked_is_judged_with_rows_and_columns_scaled) {
  // An asymmetric block beside a large entry is seen.
  Eigen::MatrixXd hidden = Eigen::MatrixXd::Identity(3, 3);
  hidden(0, 0) = 1e12;
  hidden(1, 2) = 0.9;
  hidden(2, 1) = 0.1;
  write_matrix("a.mtx", hidden);
  write_matrix("b.mtx", Eigen::Vector3d(0.0, 1.0, 2.0));
  const std::string command = "solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json ";
  for (const std::string inverter : {"rram", "digital"}) {
    const Outcome refused = invar(command + "--inverter " + inverter);
    BOOST_TEST(refused.status == 2);
    BOOST_TEST(contains(refused.error, "not symmetric: entry (3, 2) is 0.1"), refused.error);
    BOOST_TEST(invar(command + "--general --inverter " + inverter).status == 0);
    BOOST_TEST((read_matrix("x.mtx") - Eigen::Vector3d(0.0, -0.8 / 0.91, 1.9 / 0.91)).norm() <
               1e-5);
  }
  // A regular matrix of any units is no singular one, and every unknown is solved for.
  for (const double unit : {1e7, 1e16}) {
    Eigen::MatrixXd mixed = Eigen::MatrixXd::Identity(2, 2);
    mixed(0, 0) = unit;
    write_matrix("a.mtx", mixed);
    write_matrix("b.mtx", Eigen::Vector2d(unit, 1.0));
    for (const std::string flags :
         {"", "--general", "--inverter digital", "--general --inverter digital"}) {
      BOOST_TEST(invar(command + flags).status == 0, flags);
      BOOST_TEST((read_matrix("x.mtx") - Eigen::Vector2d::Ones()).cwiseAbs().maxCoeff() < 2e-6,
                 flags);
      const json solution = report("r.json")["solution"];
      BOOST_TEST(solution["scaled_condition"].get<double>() < 2.1);
      BOOST_TEST(solution["worst_component"]["relative_error"].get<double>() < 2e-6);
      BOOST_TEST(solution["residual_checked_outside"].get<double>() <= 1e-6);
    }
  }
}

BOOST_AUTO_TEST_CASE(a_chain_that_conjugate_gradients_solve_is_solved) {
  const int n = 96;
  Eigen::MatrixXd chain = 2.0 * Eigen::MatrixXd::Identity(n, n);
  chain.diagonal(1).setConstant(-1.0);
  chain.diagonal(-1).setConstant(-1.0);
  write_matrix("a.mtx", chain);
  write_matrix("b.mtx", chain * Eigen::VectorXd::Ones(n));
  for (int seed = 1; seed <= 5; ++seed) {
    const Outcome outcome =
        invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --seed " + std::to_string(seed));
    BOOST_TEST(outcome.status == 0, outcome.error);
    BOOST_TEST((read_matrix("x.mtx") - Eigen::VectorXd::Ones(n)).cwiseAbs().maxCoeff() <
               3813 * 1e-6);
  }
}

BOOST_AUTO_TEST_CASE(one_right_hand_side_that_fails_leaves_the_others_solved) {
  // One shot is enough for a unit vector's neighbourhood, or it is not.
  const Eigen::MatrixXd matrix = test::covariance_matrix(24, 0.05, 3);
  write_matrix("a.mtx", matrix);
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(24, 24));
  const Outcome outcome = invar(
      "solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json --tolerance 0.2 "
      "--set solve.iteration_limit=1 --set solve.digital_fallback=false "
      "--set solve.slices_limit=2 --set solve.contraction_limit=0");
  const json solution = report("r.json")["solution"];
  const Eigen::MatrixXd x = read_matrix("x.mtx");
  const Eigen::VectorXd scale = matrix.diagonal().cwiseSqrt().cwiseInverse();
  int solved = 0;
  for (int column = 0; column < 24; ++column) {
    const Eigen::VectorXd residual =
        scale.cwiseProduct(Eigen::VectorXd::Unit(24, column) - matrix * x.col(column));
    solved += residual.norm() <= 0.2 * scale[column];
  }
  BOOST_TEST(solution["right_hand_sides"] == solved);
  BOOST_TEST(solution["not_converged"] == 24 - solved);
  BOOST_TEST(outcome.status == (solved == 24 ? 0 : 1));
  BOOST_TEST(
      contains(outcome.error, "cannot reach the tolerance 2.0e-01, reached") == (solved < 24),
      outcome.error);
}

BOOST_AUTO_TEST_CASE(
    a_matrix_as_large_as_the_engine_s_scratchpad_is_solved_and_a_larger_one_named) {
  write_matrix("a.mtx", test::covariance_matrix(64, 0.2, 3));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(64, 64));
  const std::string command =
      "solve --matrix a.mtx --rhs b.mtx --out x.mtx --inverter digital --set "
      "engine.scratchpad_bytes=";
  BOOST_TEST(invar(command + "17408").status == 0);
  const Outcome refused = invar(command + "16384");
  BOOST_TEST(refused.status == 2);
  BOOST_TEST(contains(refused.error, "a.mtx: 64 rows take"), refused.error);
  BOOST_TEST(contains(refused.error, "engine.scratchpad_bytes = 16384"), refused.error);
}

BOOST_AUTO_TEST_CASE(worker_threads_and_traces_change_no_bit_of_a_solve_on_many_tiles) {
  write_matrix("a.mtx", test::covariance_matrix(50, 0.2, 3));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(50, 50));
  const std::string command =
      "solve --matrix a.mtx --rhs b.mtx --set tile.rows=16 --set accelerator.tiles=16 "
      "--set sequencer.tiles_per_adc=2 ";
  std::string solution;
  json first;
  for (const std::string variant : {"--threads 1", "--threads 2", "--threads 4",
                                    "--threads 1 --vcd t.vcd", "--threads 4 --vcd t.vcd"}) {
    const Outcome outcome = invar(command + "--out x.mtx --report r.json " + variant);
    BOOST_TEST(outcome.status == 0, outcome.error);
    json seen = report("r.json");
    for (const char* key : {"host", "configuration"}) {
      seen.erase(key);
    }
    if (solution.empty()) {
      solution = text("x.mtx");
      first = seen;
    }
    BOOST_TEST((text("x.mtx") == solution), variant);
    BOOST_TEST((seen == first), variant);
  }
}

BOOST_AUTO_TEST_CASE(right_hand_sides_of_any_scale_are_solved_or_refused) {
  const int n = 12;
  const Eigen::MatrixXd matrix = test::covariance_matrix(n, 0.2, 5);
  Eigen::MatrixXd rhs(n, 6);
  test::SimpleRandom random(4);
  for (double& value : rhs.reshaped()) {
    value = random.next();
  }
  const double scales[] = {1e-300, 1e-165, 1e-40, 1.0, 1e40, 1e300};
  for (int column = 0; column < 6; ++column) {
    rhs.col(column) *= scales[column];
  }
  write_matrix("a.mtx", matrix);
  write_matrix("b.mtx", rhs);
  const Outcome outcome = invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx");
  BOOST_TEST(outcome.status == 0, outcome.error);
  const Eigen::MatrixXd solution = read_matrix("x.mtx");
  for (int column = 0; column < 6; ++column) {
    const Eigen::VectorXd residual =
        (rhs.col(column) - matrix * solution.col(column)) / scales[column];
    BOOST_TEST(residual.norm() <= 1e-6 * (rhs.col(column) / scales[column]).norm());
  }
  // The engine computes in binary32, but of numbers that the firmware has scaled.
  BOOST_TEST(invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --inverter digital").status == 0);
  const Eigen::MatrixXd digital = read_matrix("x.mtx");
  for (int column = 0; column < 6; ++column) {
    const Eigen::VectorXd residual =
        (rhs.col(column) - matrix * digital.col(column)) / scales[column];
    BOOST_TEST(residual.norm() <= 1e-6 * (rhs.col(column) / scales[column]).norm());
  }
}

BOOST_AUTO_TEST_CASE(a_run_that_is_cut_off_while_numbers_are_computed_ends_in_order) {
  write_matrix("a.mtx", test::covariance_matrix(240, 0.2, 3));
  write_matrix("b.mtx", Eigen::MatrixXd::Identity(240, 240));
  for (int i = 0; i < 6; ++i) {
    const Outcome outcome =
        invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json --timeout 0.0" +
              std::to_string(1 + i) + " --threads 4");
    BOOST_TEST((outcome.status == 1 || outcome.status == 0), outcome.status);
    BOOST_TEST(report("r.json")["total_energy_aj"].get<std::uint64_t>() > 0u);
  }
}

BOOST_AUTO_TEST_CASE(a_system_beyond_the_seed_ends_with_status_1_and_a_report_of_what_happened) {
  // A nearly singular matrix without damping: no seed of two to four slices is stable.
  Eigen::MatrixXd matrix = Eigen::MatrixXd::Constant(32, 32, 1.0);
  matrix.diagonal().array() += 1e-5;
  write_matrix("a.mtx", matrix);
  write_matrix("b.mtx", Eigen::VectorXd::LinSpaced(32, -1.0, 1.0));
  const std::string command =
      "solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json --timeout 60";
  BOOST_TEST(invar(command).status == 0);
  BOOST_TEST(report("r.json")["solution"]["fallbacks"]["digital"] == 1);
  const Outcome outcome = invar(command + " --set solve.digital_fallback=false");
  BOOST_TEST(outcome.status == 1);
  BOOST_TEST(contains(outcome.error, "could not be solved"), outcome.error);
  BOOST_TEST(contains(outcome.error, "accelerator, 4 slices: "), outcome.error);
  BOOST_TEST(read_matrix("x.mtx").rows() == 32);
  const json result = report("r.json");
  BOOST_TEST(result["complete"] == false);
  BOOST_TEST(result["total_energy_aj"].get<std::uint64_t>() > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
