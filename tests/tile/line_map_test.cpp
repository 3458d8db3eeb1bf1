#include <invar/tile_model/line_map.h>

#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <set>

BOOST_AUTO_TEST_SUITE(line_map_tests)

using namespace invar::tile;

namespace {

double harm_within(const Eigen::MatrixXd& harm, const LineMap& lines) {
  double sum = 0.0;
  for (const int row : lines) {
    for (const int column : lines) {
      sum += harm(row, column);
    }
  }
  return sum;
}

}  // namespace

BOOST_AUTO_TEST_CASE(without_harm_the_first_lines_are_taken) {
  BOOST_CHECK((lines_around(Eigen::MatrixXd::Zero(6, 6), 4) == LineMap{0, 1, 2, 3}));
  BOOST_CHECK((lines_around(Eigen::MatrixXd::Ones(5, 5), 5) == LineMap{0, 1, 2, 3, 4}));
}

BOOST_AUTO_TEST_CASE(a_bad_line_is_replaced_and_the_others_stay) {
  Eigen::MatrixXd harm = Eigen::MatrixXd::Zero(6, 6);
  harm(1, 0) = harm(1, 3) = harm(2, 1) = 1.0;
  BOOST_CHECK((lines_around(harm, 4) == LineMap{0, 4, 2, 3}));
  // A spare line that is worse is not taken.
  harm.row(4).setConstant(1.0);
  BOOST_CHECK((lines_around(harm, 4) == LineMap{0, 5, 2, 3}));
}

BOOST_AUTO_TEST_CASE(one_bad_cell_costs_one_line) {
  Eigen::MatrixXd harm = Eigen::MatrixXd::Zero(5, 5);
  harm(0, 3) = 1.0;
  const LineMap lines = lines_around(harm, 4);
  BOOST_TEST(harm_within(harm, lines) == 0.0);
  harm(2, 2) = 1.0;  // on the diagonal: counted once
  BOOST_TEST(harm_within(harm, lines_around(harm, 3)) == 0.0);
}

BOOST_AUTO_TEST_CASE(lines_are_as_good_as_the_best_of_all_choices_for_scattered_cells) {
  // Cells that share no line: each line left out removes at most one.
  Eigen::MatrixXd harm = Eigen::MatrixXd::Zero(10, 10);
  harm(0, 5) = 1.0;
  harm(1, 7) = 0.5;
  harm(8, 2) = 2.0;
  harm(4, 4) = 0.125;
  for (int spare = 0; spare <= 4; ++spare) {
    double best = 1e9;
    for (int choice = 0; choice < 1 << 10; ++choice) {
      LineMap lines;
      for (int line = 0; line < 10; ++line) {
        if (choice >> line & 1) {
          lines.push_back(line);
        }
      }
      if (static_cast<int>(lines.size()) == 10 - spare) {
        best = std::min(best, harm_within(harm, lines));
      }
    }
    const LineMap lines = lines_around(harm, 10 - spare);
    BOOST_TEST(harm_within(harm, lines) == best);
    BOOST_TEST(std::set<int>(lines.begin(), lines.end()).size() == lines.size());
  }
}

BOOST_AUTO_TEST_SUITE_END()
