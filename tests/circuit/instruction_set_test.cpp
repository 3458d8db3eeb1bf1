#include <invar/circuit/instruction_set.h>
#include <invar/circuit/nonlinear_inv.h>
#include <invar/circuit/wired_mvm.h>

#include <boost/test/unit_test.hpp>
#include <stdexcept>
#include <utility>
#include <vector>

#include "circuit/loop_states.h"
#include "circuit/reference_circuit.h"

BOOST_AUTO_TEST_SUITE(instruction_set)

using namespace invar;
using circuit::InstructionSet;
using test::distance;
using test::ReferenceCircuit;

namespace {

const std::vector<InstructionSet> k_all = {InstructionSet::baseline, InstructionSet::avx2,
                                           InstructionSet::avx512};

std::vector<InstructionSet> supported() {
  std::vector<InstructionSet> sets;
  for (const InstructionSet set : k_all) {
    if (circuit::is_supported(set)) {
      sets.push_back(set);
    }
  }
  return sets;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_best_set_is_supported_and_none_above_it) {
  const std::vector<InstructionSet> sets = supported();
  BOOST_TEST(!sets.empty());
  BOOST_TEST((sets.front() == InstructionSet::baseline));
  BOOST_TEST((sets.back() == circuit::best_instruction_set()));
  BOOST_TEST_MESSAGE("best: " << circuit::to_string(circuit::best_instruction_set()));
}

BOOST_AUTO_TEST_CASE(names_are_read_back) {
  for (const InstructionSet set : k_all) {
    BOOST_TEST((circuit::instruction_set_from_string(circuit::to_string(set)) == set));
  }
  BOOST_CHECK_THROW(circuit::instruction_set_from_string("sse"), std::invalid_argument);
}

BOOST_AUTO_TEST_CASE(a_set_that_this_processor_lacks_is_refused) {
  BOOST_TEST(circuit::is_supported(InstructionSet::baseline));
  for (const InstructionSet set : k_all) {
    if (!circuit::is_supported(set)) {
      BOOST_CHECK_THROW(circuit::WiredArray(test::random_levels(2, 2, 1), {1.0, 1.0}, set),
                        std::invalid_argument);
      BOOST_CHECK_THROW(circuit::DenseFactor(Eigen::MatrixXd::Identity(2, 2), set, "singular"),
                        std::invalid_argument);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_set_agrees_with_ngspice_and_with_the_others) {
  for (const char* name : {"wired_near_8", "wired_far_32", "wired_signed_16", "wired_slices_4",
                           "wired_amplifiers_8", "wired_signed_2"}) {
    const ReferenceCircuit reference(name);
    const Eigen::MatrixXd& current = reference.matrix("current_a");
    const Eigen::MatrixXd plain =
        reference.wired_circuit(InstructionSet::baseline).operating_point(current);
    for (const InstructionSet set : supported()) {
      const Eigen::MatrixXd output = reference.wired_circuit(set).operating_point(current);
      BOOST_TEST(distance(output, plain) < 1e-12, name << ' ' << circuit::to_string(set));
      BOOST_TEST(distance(output, reference.matrix("output_v")) < 1e-11, name);
    }
  }
}

BOOST_AUTO_TEST_CASE(responses_of_arrays_whose_size_fills_no_register_agree) {
  for (const auto& [rows, columns] :
       std::vector<std::pair<int, int>>{{1, 1}, {1, 9}, {3, 2}, {7, 5}, {17, 31}, {33, 19}}) {
    const Eigen::MatrixXd conductance = test::random_levels(rows, columns, 2);
    const circuit::WiredArray plain(conductance, {3.0, 2.0}, InstructionSet::baseline);
    for (const InstructionSet set : supported()) {
      const circuit::WiredArray array(conductance, {3.0, 2.0}, set);
      for (const circuit::RowEnd end : {circuit::RowEnd::left, circuit::RowEnd::right}) {
        const circuit::MarchResponse a = array.respond_to_terminals(end, {true, true, true});
        const circuit::MarchResponse b = plain.respond_to_terminals(end, {true, true, true});
        BOOST_TEST(distance(a.voltage_v, b.voltage_v) < 1e-13);
        BOOST_TEST(distance(a.current_a, b.current_a) < 1e-13);
        BOOST_TEST(distance(a.column_current_a, b.column_current_a) < 1e-13);
        const circuit::MarchResponse c = array.respond_to_drivers(end, {true, true, true});
        const circuit::MarchResponse d = plain.respond_to_drivers(end, {true, true, true});
        BOOST_TEST(distance(c.voltage_v, d.voltage_v) < 1e-13);
        BOOST_TEST(distance(c.current_a, d.current_a) < 1e-13);
        BOOST_TEST(distance(c.column_current_a, d.column_current_a) < 1e-13);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(mvm_and_nonlinear_loops_agree_between_sets) {
  const ReferenceCircuit mvm("mvm_wired_16_10");
  const ReferenceCircuit loop("nonlinear_wired_signed_8");
  const auto currents = [&](InstructionSet set) {
    return circuit::WiredMvm(mvm.matrix("conductance_s"), mvm.wires(), set)
        .operating_point(mvm.matrix("row_voltage_v"));
  };
  const auto outputs = [&](InstructionSet set) {
    return circuit::nonlinear_operating_point(loop.layout(), loop.amplifiers(),
                                              circuit::CellLaw{loop.number("nonlinearity_per_v")},
                                              loop.matrix("current_a"), 1e-12, set);
  };
  for (const InstructionSet set : supported()) {
    BOOST_TEST(distance(currents(set), currents(InstructionSet::baseline)) < 1e-11);
    BOOST_TEST(distance(outputs(set), outputs(InstructionSet::baseline)) < 1e-11);
  }
}

BOOST_AUTO_TEST_CASE(dense_algebra_agrees_between_sets_and_with_its_definition) {
  const Eigen::MatrixXd matrix =
      test::covariance_matrix(37, 0.2, 3) + 0.01 * test::rotating_matrix(37, 1.0, 0.5);
  const Eigen::MatrixXd other = 1e5 * test::random_levels(37, 21, 5);
  for (const InstructionSet set : supported()) {
    const circuit::DenseFactor factor(matrix, set, "singular");
    BOOST_TEST(distance(matrix * factor.solve(other), other) < 1e-12);
    BOOST_TEST(distance(matrix.transpose() * factor.solve_transposed(other), other) < 1e-12);
    const Eigen::MatrixXd one = factor.solve(Eigen::VectorXd(other.col(0)));
    BOOST_TEST(distance(matrix * one, other.col(0)) < 1e-12);
    BOOST_TEST(distance(circuit::product(set, matrix, other), matrix.lazyProduct(other)) < 1e-14);
    BOOST_TEST(distance(circuit::product(set, other, matrix, true, true),
                        other.transpose().lazyProduct(matrix.transpose())) < 1e-14);
    BOOST_CHECK_THROW(circuit::DenseFactor(Eigen::MatrixXd::Ones(4, 4), set, "singular"),
                      std::domain_error);
  }
}

BOOST_AUTO_TEST_CASE(the_place_of_the_data_in_memory_changes_no_bit) {
  for (const InstructionSet set : supported()) {
    const circuit::kernels::DenseKernels& kernels = circuit::kernels::dense_kernels(set);
    for (const int n : {1, 3, 8, 9, 16, 40}) {
      const Eigen::MatrixXd matrix =
          1e5 * test::random_levels(n, n, 3) + 5.0 * Eigen::MatrixXd::Identity(n, n);
      for (const int columns : {1, 2, 5, 17}) {
        const Eigen::MatrixXd vectors = 1e5 * test::random_levels(n, columns, 4);
        Eigen::MatrixXd solved, multiplied;
        for (const int shift : {0, 1, 2, 3, 5, 7}) {
          std::vector<double> memory(static_cast<std::size_t>(n * (n + 2 * columns) + 8));
          Eigen::Map<Eigen::MatrixXd> a(memory.data() + shift, n, n);
          Eigen::Map<Eigen::MatrixXd> x(a.data() + n * n, n, columns);
          Eigen::Map<Eigen::MatrixXd> y(x.data() + n * columns, n, columns);
          a = matrix;
          x = vectors;
          kernels.multiply(1.0, a.data(), false, x.data(), false, 0.0, y.data(), n, columns, n);
          kernels.factor(a.data(), n)->solve(x.data(), columns);
          if (shift == 0) {
            solved = x;
            multiplied = y;
          }
          BOOST_TEST((x.array() == solved.array()).all());
          BOOST_TEST((y.array() == multiplied.array()).all());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(repeated_solutions_of_each_set_have_the_same_bits) {
  const ReferenceCircuit reference("wired_signed_16");
  const Eigen::MatrixXd& current = reference.matrix("current_a");
  for (const InstructionSet set : supported()) {
    const Eigen::MatrixXd first = reference.wired_circuit(set).operating_point(current);
    const Eigen::MatrixXd second = reference.wired_circuit(set).operating_point(current);
    BOOST_TEST((first.array() == second.array()).all(), circuit::to_string(set));
  }
}

BOOST_AUTO_TEST_SUITE_END()
