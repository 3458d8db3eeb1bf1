#include <invar/number_format/block_rounding.h>
#include <invar/number_format/power_of_two.h>

#include <boost/test/unit_test.hpp>
#include <cmath>
#include <limits>
#include <string>

BOOST_AUTO_TEST_SUITE(number_formats)

using namespace invar::number_format;
using Eigen::MatrixXd;

BOOST_AUTO_TEST_CASE(values_round_to_the_significand_of_their_format) {
  // One third in binary: 11, 8 and 24 bits of significand, by hand.
  BOOST_TEST(rounded(1.0F / 3.0F, NumberFormat::fp16) == 1365.0F / 4096.0F);
  BOOST_TEST(rounded(1.0F / 3.0F, NumberFormat::bf16) == 171.0F / 512.0F);
  BOOST_TEST(rounded(1.0F / 3.0F, NumberFormat::fp32) == 1.0F / 3.0F);
  BOOST_TEST(rounded(2.5F, NumberFormat::int8) == 2.0F);
  BOOST_TEST(rounded(200.0F, NumberFormat::int8) == 127.0F);
  BOOST_TEST(std::isinf(rounded(70000.0F, NumberFormat::fp16)));
}

BOOST_AUTO_TEST_CASE(each_format_has_its_name_and_its_bytes) {
  const auto spelled = [](NumberFormat format) {
    return name_of(format) + std::string(" ") + std::to_string(bytes_of(format));
  };
  BOOST_TEST(spelled(NumberFormat::fp64) == "fp64 8");
  BOOST_TEST(spelled(NumberFormat::fp32) == "fp32 4");
  BOOST_TEST(spelled(NumberFormat::fp16) == "fp16 2");
  BOOST_TEST(spelled(NumberFormat::bf16) == "bf16 2");
  BOOST_TEST(spelled(NumberFormat::int8) == "int8 1");
}

BOOST_AUTO_TEST_CASE(a_power_of_two_is_not_below_itself_and_not_above_itself) {
  BOOST_TEST(exponent_not_below(8.0) == 3);
  BOOST_TEST(exponent_above(8.0) == 4);
  for (const auto exponent : {exponent_not_below, exponent_above}) {
    BOOST_TEST(exponent(std::nextafter(8.0, 9.0)) == 4);
    BOOST_TEST(exponent(std::nextafter(8.0, 7.0)) == 3);
    BOOST_TEST(exponent(5 * 0x1p-1074) == -1071);
  }
  BOOST_TEST(exponent_above(0.0) == 0);
}

BOOST_AUTO_TEST_CASE(columns_share_an_exponent_so_that_nothing_overflows) {
  MatrixXd vectors(2, 3);
  vectors << 1e30, 1e-30, 0.0, 1e30 / 3.0, 1e-30 / 3.0, 0.0;
  for (const auto format :
       {NumberFormat::fp32, NumberFormat::fp16, NumberFormat::bf16, NumberFormat::int8}) {
    MatrixXd rounded = vectors;
    round_vectors(format, rounded);
    BOOST_TEST(rounded.allFinite());
    const double step = format == NumberFormat::fp32   ? 0x1p-24
                        : format == NumberFormat::fp16 ? 0x1p-11
                        : format == NumberFormat::bf16 ? 0x1p-8
                                                       : 0x1p-7;
    for (int column = 0; column < 2; ++column) {
      const double error = (rounded.col(column) - vectors.col(column)).cwiseAbs().maxCoeff() /
                           vectors.col(column).maxCoeff();
      BOOST_TEST(error > 0.0);
      BOOST_TEST(error <= step);
    }
    BOOST_TEST(rounded.col(2).norm() == 0.0);
  }
}

BOOST_AUTO_TEST_CASE(fp64_changes_no_bit_and_what_is_not_finite_stays) {
  MatrixXd matrix = MatrixXd::Constant(2, 2, 1.0 / 3.0);
  MatrixXd same = matrix;
  round_matrix(NumberFormat::fp64, same);
  BOOST_TEST((same.array() == matrix.array()).all());
  matrix(1, 1) = std::numeric_limits<double>::quiet_NaN();
  round_matrix(NumberFormat::fp16, matrix);
  BOOST_TEST(std::isnan(matrix(1, 1)));
}

BOOST_AUTO_TEST_CASE(integers_are_127_steps_to_the_power_of_two_not_below_the_largest) {
  MatrixXd matrix(1, 3);
  matrix << 1.0, 0.5, 0.004;
  round_matrix(NumberFormat::int8, matrix);
  BOOST_TEST(matrix(0, 0) == 1.0);
  BOOST_TEST(matrix(0, 1) == 64.0 / 127.0, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(matrix(0, 2) == 1.0 / 127.0, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_SUITE_END()
