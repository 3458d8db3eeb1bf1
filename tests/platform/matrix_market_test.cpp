#include <invar/platform/configuration/matrix_market.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/configuration/solve_problem.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <filesystem>
#include <string>

#include "support/temporary_directory.h"

BOOST_AUTO_TEST_SUITE(matrix_market)

using namespace invar::platform;
using invar::tests::contains;
using invar::tests::message_of;
using invar::tests::TemporaryDirectory;

namespace {

const std::string k_array = "%%MatrixMarket matrix array real general\n";
const std::string k_coordinate = "%%MatrixMarket matrix coordinate real symmetric\n";

std::string read_error(const std::string& text) {
  TemporaryDirectory directory;
  const std::string path = directory.write("a.mtx", text);
  const std::string message = message_of<InputError>([&] { read_matrix_market(path); });
  return message.empty() ? message : message.substr(directory.path().size() + 1);
}

std::string solve_error(const std::string& matrix, const std::string& rhs) {
  TemporaryDirectory directory;
  const std::string a = directory.write("a.mtx", matrix);
  const std::string b = directory.write("b.mtx", rhs);
  const std::string message = message_of<InputError>([&] { load_solve_problem(a, b); });
  return message.empty() ? message : message.substr(directory.path().size() + 1);
}

}  // namespace

BOOST_AUTO_TEST_CASE(arrays_are_read_column_by_column_and_symmetric_ones_by_their_lower_half) {
  TemporaryDirectory directory;
  Eigen::MatrixXd matrix = read_matrix_market(
      directory.write("a.mtx", k_array + "% a comment\n\n2 3\n1\n2\n+3\n4e0\n5.5\r\n-6\n"));
  Eigen::MatrixXd expected(2, 3);
  expected << 1, 3, 5.5, 2, 4, -6;
  BOOST_TEST((matrix == expected));
  matrix = read_matrix_market(
      directory.write("s.mtx", "%%MatrixMarket MATRIX Array integer Symmetric\n2 2\n1\n2\n3\n"));
  expected.resize(2, 2);
  expected << 1, 2, 2, 3;
  BOOST_TEST((matrix == expected));
}

BOOST_AUTO_TEST_CASE(coordinates_fill_a_dense_matrix) {
  TemporaryDirectory directory;
  const Eigen::MatrixXd matrix =
      read_matrix_market(directory.write("a.mtx", k_coordinate + "3 3 2\n1 1 4\n3 1 -1\n"));
  Eigen::MatrixXd expected = Eigen::MatrixXd::Zero(3, 3);
  expected(0, 0) = 4;
  expected(2, 0) = expected(0, 2) = -1;
  BOOST_TEST((matrix == expected));
}

BOOST_AUTO_TEST_CASE(mistakes_are_named_with_their_line) {
  BOOST_TEST(contains(read_error(""), "a.mtx:0: must begin with: %%MatrixMarket"));
  BOOST_TEST(contains(read_error("%%MatrixMarket matrix array complex general\n"),
                      "a.mtx:1: \"complex\" is not supported here: must be real or integer"));
  BOOST_TEST(read_error(k_array + "2 2\n1\n2\n3\n") ==
             "a.mtx:5: truncated: 4 entries expected, 3 found");
  BOOST_TEST(read_error(k_array + "1 1\n1\n2\n") ==
             "a.mtx:4: more entries than the size line announces");
  BOOST_TEST(read_error(k_array + "1 1\nnan\n") ==
             "a.mtx:3: entry (1, 1) is nan: entries must be finite numbers");
  BOOST_TEST(read_error(k_array + "1 1\n-inf\n") ==
             "a.mtx:3: entry (1, 1) is -inf: entries must be finite numbers");
  BOOST_TEST(read_error(k_array + "1 1\n1e999\n") ==
             "a.mtx:3: entry (1, 1) is 1e999: too large: must be at most 1.797e308");
  BOOST_TEST(read_error(k_array + "1 1\nx\n") == "a.mtx:3: \"x\" is no number");
  BOOST_TEST(read_error(k_array + "0 1\n") == "a.mtx:2: rows = 0: must be from 1 to 134217728");
  BOOST_TEST(contains(read_error(k_array + "100000 100000\n"), "must be at most 2^27"));
  BOOST_TEST(contains(read_error(k_array + "3\n"), "must have two numbers"));
  BOOST_TEST(read_error(k_coordinate + "2 2 1\n3 1 1\n") ==
             "a.mtx:3: row = 3: must be from 1 to 2");
  BOOST_TEST(contains(read_error(k_coordinate + "2 2 1\n1 2 1\n"), "above the diagonal"));
  BOOST_TEST(contains(read_error(k_coordinate + "2 2 2\n1 1 1\n1 1 1\n"), "given twice"));
  BOOST_TEST(contains(read_error(k_coordinate + "2 3 1\n1 1 1\n"), "must be square"));
}

BOOST_AUTO_TEST_CASE(numbers_are_those_of_c_and_fortran_and_underflow_is_zero) {
  TemporaryDirectory directory;
  const Eigen::MatrixXd matrix = read_matrix_market(
      directory.write("a.mtx", "\xEF\xBB\xBF" + k_array +
                                   "8 1\n1.0D+00\n1.0d0\n-2.5D-3\n1.5-100\n1e-400\n-1d-999\n"
                                   "5e-324\n-4.0d-320\n"));
  Eigen::VectorXd expected(8);
  expected << 1.0, 1.0, -2.5e-3, 1.5e-100, 0.0, -0.0, 5e-324, -4e-320;
  BOOST_TEST((matrix == expected));
}

BOOST_AUTO_TEST_CASE(what_is_written_reads_back_to_the_same_bits) {
  TemporaryDirectory directory;
  Eigen::MatrixXd matrix(2, 2);
  matrix << 0.1, 1.0 / 3.0, -1e-300, 12345678901234567.0;
  write_matrix_market(directory.path("x.mtx"), matrix);
  BOOST_TEST((read_matrix_market(directory.path("x.mtx")) == matrix));
}

BOOST_AUTO_TEST_CASE(a_problem_must_be_square_symmetric_regular_definite_and_of_one_size) {
  const std::string rhs = k_array + "2 1\n1\n2\n";
  BOOST_TEST(solve_error(k_array + "2 2\n4\n1\n1\n3\n", rhs).empty());
  BOOST_TEST(solve_error(k_array + "2 1\n4\n1\n", rhs) == "a.mtx: 2 x 1: must be square");
  BOOST_TEST(
      contains(solve_error(k_array + "2 2\n4\n1\n1.5\n3\n", rhs), "a.mtx: not symmetric: entry "));
  BOOST_TEST(solve_error(k_array + "2 2\n4\n1\n1.0000000000001\n3\n", rhs).empty());
  BOOST_TEST(contains(solve_error(k_array + "2 2\n1\n1\n1\n1\n", rhs), "a.mtx: singular"));
  BOOST_TEST(contains(solve_error(k_array + "2 2\n0\n0\n0\n0\n", rhs),
                      "a.mtx: not positive definite: entry (1, 1) is 0"));
  BOOST_TEST(contains(solve_error(k_array + "2 2\n1\n2\n2\n1\n", rhs), "not positive definite"));
  BOOST_TEST(solve_error(k_array + "2 2\n4\n1\n1\n3\n", k_array + "3 1\n1\n2\n3\n") ==
             "b.mtx: right-hand sides of length 3: must be 2, as the matrix");
}

BOOST_AUTO_TEST_CASE(a_symmetric_matrix_of_binary32_comes_back_to_the_bit) {
  TemporaryDirectory directory;
  Eigen::MatrixXd matrix(3, 3);
  for (Eigen::Index row = 0; row < 3; ++row) {
    for (Eigen::Index column = 0; column <= row; ++column) {
      const float value =
          std::ldexp(1.0F + 0.1F * static_cast<float>(row), 7 * (static_cast<int>(column) - 1));
      matrix(row, column) = matrix(column, row) = -value;
    }
  }
  write_symmetric_matrix_market(directory.path("a.mtx"), matrix, 9);
  const std::string text = read_text(directory.path("a.mtx"), 100000);
  BOOST_TEST(text.find("%%MatrixMarket matrix array real symmetric\n3 3\n") == 0u, text);
  BOOST_TEST(std::count(text.begin(), text.end(), '\n') == 2 + 6);
  const Eigen::MatrixXd read = read_matrix_market(directory.path("a.mtx"));
  BOOST_TEST((read.cast<float>() == matrix.cast<float>()));
}

BOOST_AUTO_TEST_CASE(outputs_are_checked_before_and_replaced_as_a_whole) {
  TemporaryDirectory directory;
  const auto error = [&](const std::string& path) {
    return message_of<InputError>([&] { require_writable("--report", path); });
  };
  BOOST_TEST(contains(error(directory.path("absent/report.json")), "No such file or directory"));
  BOOST_TEST(contains(error(directory.path()), "Is a directory"));
  BOOST_TEST(error("/dev/null").empty());
  BOOST_TEST(error("").empty());
  BOOST_TEST(error(directory.path("report.json")).empty());
  BOOST_TEST(!std::filesystem::exists(directory.path("report.json")));

  directory.write("report.json", "old");
  BOOST_TEST(error(directory.path("report.json")).empty());
  BOOST_TEST(read_text(directory.path("report.json"), 100) == "old");
  write_file_atomically(directory.path("report.json"), "new");
  BOOST_TEST(read_text(directory.path("report.json"), 100) == "new");
  BOOST_CHECK_THROW(write_file_atomically(directory.path("absent/x"), "x"), std::runtime_error);
  BOOST_CHECK_THROW(write_file_atomically("/dev/full", "x"), std::runtime_error);
  int files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(directory.path())) {
    static_cast<void>(entry);
    ++files;
  }
  BOOST_TEST(files == 1);
}

BOOST_AUTO_TEST_SUITE_END()
