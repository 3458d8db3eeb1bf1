#include <invar/sw/apps/firmware.h>

#include <boost/test/unit_test.hpp>

#include "sw/mock_machine.h"

BOOST_AUTO_TEST_SUITE(solve)

using namespace invar::tests;

namespace {

/// A well-conditioned system with a known solution in a mock machine.
struct SolveFixture {
  static constexpr int k_n = 24, k_columns = 5;
  MockMachine machine{8 << 20, 16384};
  invar_solve_parameters* p;
  Eigen::MatrixXd matrix, solution;

  explicit SolveFixture(invar_solver solver) {
    std::srand(3);
    const Eigen::MatrixXd random = Eigen::MatrixXd::Random(k_n, 40);
    matrix = random * random.transpose() / 40.0 + 0.05 * Eigen::MatrixXd::Identity(k_n, k_n);
    solution = Eigen::MatrixXd::Random(k_n, k_columns);
    const std::uint64_t matrix_address = machine.place(sizeof(double) * k_n * k_n);
    const std::uint64_t rhs_address = machine.place(sizeof(double) * k_n * k_columns);
    const std::uint64_t solution_address = machine.place(sizeof(double) * k_n * k_columns);
    p = &machine.boot(INVAR_APP_SOLVE).parameters.solve;
    *p = {};
    p->matrix_address = matrix_address;
    p->rhs_address = rhs_address;
    p->solution_address = solution_address;
    p->n = k_n;
    p->columns = k_columns;
    p->solver = solver;
    p->tolerance = 1e-12;
    p->slices = 2;
    p->slices_limit = 4;
    put();
  }
  void put() {
    Eigen::Map<Eigen::MatrixXd>(machine.ram<double>(p->matrix_address), k_n, k_n) = matrix;
    Eigen::Map<Eigen::MatrixXd>(machine.ram<double>(p->rhs_address), k_n, k_columns) =
        matrix * solution;
  }
  int run() {
    invar_port& port = machine.port();
    return firmware_main(&port);
  }
  double error() {
    const Eigen::Map<Eigen::MatrixXd> x(machine.ram<double>(p->solution_address), k_n, k_columns);
    return (x - solution).norm() / solution.norm();
  }
};

}  // namespace

BOOST_AUTO_TEST_CASE(the_accelerator_solves_and_gives_its_tile_back) {
  SolveFixture fixture(INVAR_SOLVER_ACCELERATOR);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.error() < 1e-12);
  BOOST_TEST(fixture.machine.tiles_in_use() == 0u);
  BOOST_TEST(fixture.machine.counters().right_hand_sides == 5u);
  BOOST_TEST(fixture.machine.counters().not_converged == 0u);
}

BOOST_AUTO_TEST_CASE(more_slices_are_tried_up_to_the_limit_then_it_fails_with_the_status) {
  SolveFixture helped(INVAR_SOLVER_ACCELERATOR);
  helped.machine.program_statuses = {INVAR_STATUS_UNSTABLE};
  helped.machine.solve_statuses = {INVAR_STATUS_NOT_CONVERGED};
  BOOST_TEST(helped.run() == INVAR_EXIT_OK);
  BOOST_TEST(helped.machine.counters().fallback_slices == 2u);
  BOOST_TEST(helped.error() < 1e-12);

  SolveFixture hopeless(INVAR_SOLVER_ACCELERATOR);
  hopeless.machine.solve_statuses = {INVAR_STATUS_NOT_CONVERGED, INVAR_STATUS_NOT_CONVERGED,
                                     INVAR_STATUS_NOT_CONVERGED};
  BOOST_TEST(hopeless.run() == INVAR_EXIT_SOLVE_FAILED);
  BOOST_TEST(hopeless.machine.counters().fallback_slices == 2u);
  BOOST_TEST(hopeless.machine.counters().fallback_digital == 0u);
  BOOST_TEST(hopeless.machine.counters().not_converged == 5u);
  BOOST_TEST(hopeless.machine.counters().status_counts[INVAR_STATUS_NOT_CONVERGED] == 3u);
  BOOST_TEST(hopeless.machine.console.find("not converged") != std::string::npos);
  BOOST_TEST(hopeless.machine.tiles_in_use() == 0u);
}

BOOST_AUTO_TEST_CASE(a_weak_seed_gets_slices_in_its_place_before_it_is_used) {
  SolveFixture fixture(INVAR_SOLVER_ACCELERATOR);
  fixture.p->contraction_limit = 0.8;
  fixture.machine.contractions = {1.7, 0.9, 0.3};
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.machine.counters().quality_slices == 2u);
  BOOST_TEST(fixture.machine.counters().fallback_slices == 0u);
  BOOST_TEST(fixture.machine.counters().solves == 1u);
  std::vector<std::uint32_t> slices;
  std::vector<std::uint32_t> handles;
  for (const invar_descriptor& command : fixture.machine.commands) {
    if (command.opcode == INVAR_OP_PROGRAM) {
      slices.push_back(command.slices);
      handles.push_back(command.handle);
    }
  }
  BOOST_TEST((slices == std::vector<std::uint32_t>{2, 3, 4}));
  BOOST_TEST(handles[0] == INVAR_HANDLE_NONE);
  BOOST_TEST(handles[1] != INVAR_HANDLE_NONE);
  BOOST_TEST(handles[2] == handles[1]);
  BOOST_TEST(fixture.machine.tiles_in_use() == 0u);

  // At the limit the seed is used as it is; without a limit for the contraction, at once.
  SolveFixture limited(INVAR_SOLVER_ACCELERATOR);
  limited.p->contraction_limit = 0.8;
  limited.p->slices_limit = 2;
  limited.machine.contractions = {1.7};
  BOOST_TEST(limited.run() == INVAR_EXIT_OK);
  BOOST_TEST(limited.machine.counters().quality_slices == 0u);
  SolveFixture indifferent(INVAR_SOLVER_ACCELERATOR);
  indifferent.machine.contractions = {1.7};
  BOOST_TEST(indifferent.run() == INVAR_EXIT_OK);
  BOOST_TEST(indifferent.machine.counters().quality_slices == 0u);
}

BOOST_AUTO_TEST_CASE(a_tolerance_out_of_reach_is_told_with_what_was_reached) {
  SolveFixture fixture(INVAR_SOLVER_ACCELERATOR);
  fixture.p->slices_limit = 2;
  fixture.machine.solve_statuses = {INVAR_STATUS_NOT_CONVERGED};
  fixture.machine.missed_residual = 3.14e-4;
  BOOST_TEST(fixture.run() == INVAR_EXIT_SOLVE_FAILED);
  // What the firmware finds itself, not what the record says.
  BOOST_TEST(fixture.machine.console.find(
                 "right-hand side 5: cannot reach the tolerance 1.0e-12, reached 1.0e+00") !=
                 std::string::npos,
             fixture.machine.console);
}

BOOST_AUTO_TEST_CASE(a_status_that_slices_do_not_cure_fails_at_once) {
  SolveFixture fixture(INVAR_SOLVER_ACCELERATOR);
  fixture.machine.rows = 16;
  BOOST_TEST(fixture.run() == INVAR_EXIT_SOLVE_FAILED);
  BOOST_TEST(fixture.machine.counters().programs == 1u);
  BOOST_TEST(fixture.machine.console.find("more tiles than there are") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_accelerator_does_not_solve_goes_to_the_engine) {
  SolveFixture fixture(INVAR_SOLVER_ACCELERATOR);
  fixture.p->digital_fallback = 1;
  fixture.machine.solve_statuses = {INVAR_STATUS_NOT_CONVERGED, INVAR_STATUS_SATURATED,
                                    INVAR_STATUS_NOT_CONVERGED};
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.error() < 1e-11);
  BOOST_TEST(fixture.machine.counters().fallback_slices == 2u);
  BOOST_TEST(fixture.machine.counters().fallback_digital == 1u);
  BOOST_TEST(fixture.machine.counters().not_converged == 0u);
  BOOST_TEST(fixture.machine.tiles_in_use() == 0u);
  for (const char* tried : {"2 slices: not converged, 5 right-hand sides left",
                            "3 slices: output saturated", "4 slices: not converged"}) {
    BOOST_TEST(fixture.machine.console.find(tried) != std::string::npos, fixture.machine.console);
  }
}

BOOST_AUTO_TEST_CASE(search_directions_solve_what_no_factors_in_binary32_can) {
  // Singular in binary32, condition 1e9; and a scratchpad that holds no matrix at all.
  for (const std::size_t scratchpad : {std::size_t{16384}, std::size_t{512}}) {
    SolveFixture fixture(INVAR_SOLVER_ENGINE);
    MockMachine machine(8 << 20, scratchpad);
    const int n = SolveFixture::k_n;
    fixture.matrix = Eigen::MatrixXd::Constant(n, n, 1.0);
    fixture.matrix.diagonal().array() += 1e-8;
    fixture.p->tolerance = 1e-9;
    fixture.put();
    std::copy_n(fixture.machine.memory(MockMachine::k_ram_base, 8 << 20), 8 << 20,
                machine.memory(MockMachine::k_ram_base, 8 << 20));
    invar_port& port = machine.port();
    BOOST_TEST(firmware_main(&port) == INVAR_EXIT_OK);
    const Eigen::Map<Eigen::MatrixXd> x(machine.ram<double>(fixture.p->solution_address), n,
                                        SolveFixture::k_columns);
    const Eigen::MatrixXd rhs = fixture.matrix * fixture.solution;
    BOOST_TEST((rhs - fixture.matrix * x).norm() <= 1e-9 * rhs.norm());
  }
}

BOOST_AUTO_TEST_CASE(unknowns_of_small_units_are_solved_like_the_others) {
  for (const invar_solver solver : {INVAR_SOLVER_ENGINE, INVAR_SOLVER_ACCELERATOR}) {
    SolveFixture fixture(solver);
    const Eigen::VectorXd units =
        Eigen::pow(10.0, Eigen::ArrayXd::LinSpaced(SolveFixture::k_n, 0.0, 6.0)).matrix();
    fixture.matrix = units.asDiagonal() * fixture.matrix * units.asDiagonal();
    fixture.p->tolerance = 1e-6;
    fixture.put();
    BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
    const Eigen::Map<Eigen::MatrixXd> x(fixture.machine.ram<double>(fixture.p->solution_address),
                                        SolveFixture::k_n, SolveFixture::k_columns);
    const double worst =
        (x - fixture.solution).cwiseQuotient(fixture.solution).cwiseAbs().maxCoeff();
    BOOST_TEST(worst < 1e-2);
  }
}

BOOST_AUTO_TEST_CASE(rows_in_any_order_and_of_any_sign_are_matched) {
  for (const invar_solver solver : {INVAR_SOLVER_ENGINE, INVAR_SOLVER_ACCELERATOR}) {
    SolveFixture fixture(solver);
    Eigen::PermutationMatrix<Eigen::Dynamic> order(SolveFixture::k_n);
    order.setIdentity();
    std::reverse(order.indices().data(), order.indices().data() + SolveFixture::k_n);
    fixture.matrix = order * fixture.matrix;
    fixture.matrix.row(3) *= -1e5;
    fixture.p->general = 1;
    fixture.p->tolerance = 1e-10;
    // Row by row in memory.
    fixture.machine.ram<double>(fixture.p->matrix_address);
    Eigen::Map<Eigen::MatrixXd>(fixture.machine.ram<double>(fixture.p->matrix_address),
                                SolveFixture::k_n, SolveFixture::k_n) = fixture.matrix.transpose();
    Eigen::Map<Eigen::MatrixXd>(fixture.machine.ram<double>(fixture.p->rhs_address),
                                SolveFixture::k_n, SolveFixture::k_columns) =
        fixture.matrix * fixture.solution;
    BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
    BOOST_TEST(fixture.error() < 1e-7);
  }
}

BOOST_AUTO_TEST_CASE(the_engine_refines_single_precision_to_the_tolerance) {
  SolveFixture fixture(INVAR_SOLVER_ENGINE);
  BOOST_TEST(fixture.run() == INVAR_EXIT_OK);
  BOOST_TEST(fixture.error() < 1e-11);
  BOOST_TEST(fixture.machine.counters().digital_factorizations == 1u);
  BOOST_TEST(fixture.machine.counters().digital_right_hand_sides == 5u);
  BOOST_TEST(fixture.machine.counters().max_residual <= 1e-12);

  // Search directions go on where refinement may not.
  SolveFixture impatient(INVAR_SOLVER_ENGINE);
  impatient.p->iteration_limit = 1;
  BOOST_TEST(impatient.run() == INVAR_EXIT_OK);
  BOOST_TEST(impatient.error() < 1e-11);
}

BOOST_AUTO_TEST_CASE(right_hand_sides_that_do_not_fit_the_scratchpad_go_in_turn) {
  const std::size_t needed = 2304 + 2 * 2 * 24 * 4;  // a matrix, two right-hand sides
  SolveFixture small(INVAR_SOLVER_ENGINE);
  MockMachine machine(8 << 20, needed);
  std::copy_n(small.machine.memory(MockMachine::k_ram_base, 8 << 20), 8 << 20,
              machine.memory(MockMachine::k_ram_base, 8 << 20));
  invar_port& port = machine.port();
  BOOST_TEST(firmware_main(&port) == INVAR_EXIT_OK);
  const Eigen::Map<Eigen::MatrixXd> x(machine.ram<double>(small.p->solution_address),
                                      SolveFixture::k_n, SolveFixture::k_columns);
  BOOST_TEST((x - small.solution).norm() < 1e-10);
}

BOOST_AUTO_TEST_CASE(an_indefinite_matrix_is_said_to_be_one) {
  SolveFixture fixture(INVAR_SOLVER_ENGINE);
  fixture.matrix(3, 3) = -1.0;
  fixture.put();
  BOOST_TEST(fixture.run() == INVAR_EXIT_SOLVE_FAILED);
  BOOST_TEST(fixture.machine.console.find("not positive definite") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(bad_parameters_are_refused_with_the_culprit) {
  const auto refused = [](const char* culprit, auto&& spoil) {
    SolveFixture fixture(INVAR_SOLVER_ACCELERATOR);
    spoil(*fixture.p);
    BOOST_TEST(fixture.run() == INVAR_EXIT_BAD_BOOT_BLOCK);
    BOOST_TEST(fixture.machine.console.find(culprit) != std::string::npos, culprit);
  };
  using Solve = invar_solve_parameters;
  refused("n:", [](Solve& p) { p.n = 0; });
  refused("columns", [](Solve& p) { p.columns = 0; });
  refused("tolerance", [](Solve& p) { p.tolerance = 0.0; });
  refused("iteration_limit", [](Solve& p) { p.iteration_limit = 1001; });
  refused("matrix_address", [](Solve& p) { p.matrix_address = 0; });
  refused("rhs_address", [](Solve& p) { p.columns = 1u << 20; });
  refused("solution_address", [](Solve& p) { p.solution_address = 8; });
  refused("solver", [](Solve& p) { p.solver = 3; });
}

BOOST_AUTO_TEST_SUITE_END()
