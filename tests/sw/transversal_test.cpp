#include <invar/sw/apps/transversal.h>

#include <Eigen/Dense>
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <numeric>
#include <vector>

#include "sw/mock_machine.h"

BOOST_AUTO_TEST_SUITE(transversal)

using invar::tests::MockMachine;
using RowMajor = Eigen::Matrix<double, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

namespace {

struct Found {
  int result;
  std::vector<std::uint32_t> row;
  RowMajor scaled;
};

Found find(const RowMajor& matrix) {
  MockMachine machine;
  const std::uint32_t n = static_cast<std::uint32_t>(matrix.rows());
  invar_heap heap;
  invar_heap_init(&heap, &machine.port(), MockMachine::k_ram_base + (1 << 20), 8 << 20);
  invar_transversal transversal{};
  Found found{
      invar_transversal_find(&transversal, &machine.port(), &heap, matrix.data(), n), {}, {}};
  if (found.result == INVAR_RESULT_OK) {
    found.row.assign(transversal.row, transversal.row + n);
    found.scaled.resize(n, n);
    for (std::uint32_t i = 0; i < n; ++i) {
      for (std::uint32_t j = 0; j < n; ++j) {
        found.scaled(i, j) =
            matrix(transversal.row[i], j) * transversal.column_scale[j] * transversal.row_scale[i];
      }
    }
  }
  return found;
}

}  // namespace

BOOST_AUTO_TEST_CASE(the_product_of_matched_entries_is_the_largest_of_all_orders) {
  std::srand(11);
  for (int trial = 0; trial < 40; ++trial) {
    const int n = 1 + trial % 6;
    RowMajor matrix = RowMajor::Random(n, n);
    for (double& value : matrix.reshaped()) {
      value = std::rand() % 4 == 0 ? 0.0 : std::copysign(std::pow(10.0, 6.0 * value), value);
    }
    std::vector<int> order(n);
    std::iota(order.begin(), order.end(), 0);
    double largest = -INFINITY;
    do {
      double logarithm = 0.0;
      for (int j = 0; j < n; ++j) {
        logarithm += std::log(std::abs(matrix(order[j], j)));
      }
      largest = std::max(largest, logarithm);
    } while (std::next_permutation(order.begin(), order.end()));
    const Found found = find(matrix);
    BOOST_TEST((found.result == INVAR_RESULT_OK) == std::isfinite(largest));
    if (found.result == INVAR_RESULT_OK) {
      double logarithm = 0.0;
      for (int j = 0; j < n; ++j) {
        logarithm += std::log(std::abs(matrix(found.row[j], j)));
      }
      BOOST_TEST(std::abs(logarithm - largest) < 1e-9);
    }
  }
}

BOOST_AUTO_TEST_CASE(the_scaled_matrix_has_a_positive_diagonal_that_no_entry_is_far_above) {
  std::srand(12);
  for (const int n : {1, 2, 7, 40, 150}) {
    RowMajor matrix = RowMajor::Random(n, n);
    for (int i = 0; i < n; ++i) {
      matrix.row(i) *= std::pow(10.0, std::rand() % 21 - 10);
      matrix.col(i) *= std::pow(10.0, std::rand() % 21 - 10);
    }
    const Found found = find(matrix);
    BOOST_TEST(found.result == INVAR_RESULT_OK);
    // Scales are rounded to powers of two: a factor of two and a little more.
    BOOST_TEST(found.scaled.diagonal().minCoeff() > 0.49);
    BOOST_TEST(found.scaled.diagonal().maxCoeff() < 2.01);
    BOOST_TEST(found.scaled.cwiseAbs().maxCoeff() < 2.01);
  }
}

BOOST_AUTO_TEST_CASE(a_matrix_without_a_matching_is_told) {
  RowMajor matrix = RowMajor::Zero(3, 3);
  matrix(0, 0) = matrix(1, 0) = matrix(2, 1) = matrix(2, 2) = 1.0;
  BOOST_TEST(find(matrix).result == INVAR_RESULT_NOT_FINITE);
  BOOST_TEST(find(RowMajor::Zero(2, 2)).result == INVAR_RESULT_NOT_FINITE);
}

BOOST_AUTO_TEST_SUITE_END()
