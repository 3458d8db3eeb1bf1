#include <invar/number_format/block_rounding.h>
#include <invar/number_format/power_of_two.h>

#include <cmath>

namespace invar::number_format {
namespace {

constexpr double k_largest_int8 = 127.0;

/// The value in the format, of a block whose largest magnitude is 2^exponent at most.
double rounded_in_block(double value, NumberFormat format, int exponent) {
  const double scaled = std::ldexp(value, -exponent);
  const auto single = static_cast<float>(scaled);
  return std::ldexp(format == NumberFormat::int8
                        ? std::nearbyint(scaled * k_largest_int8) / k_largest_int8
                        : static_cast<double>(rounded(single, format)),
                    exponent);
}

template <typename Block>
void round_block(NumberFormat format, Block&& block) {
  const double largest = block.size() == 0 ? 0.0 : block.cwiseAbs().maxCoeff();
  if (!(largest > 0.0) || !block.allFinite()) {
    return;
  }
  const int exponent = exponent_not_below(largest);
  block = block.unaryExpr([=](double value) { return rounded_in_block(value, format, exponent); });
}

}  // namespace

void round_vectors(NumberFormat format, Eigen::Ref<Eigen::MatrixXd> columns) {
  if (format == NumberFormat::fp64) {
    return;
  }
  for (Eigen::Index i = 0; i < columns.cols(); ++i) {
    round_block(format, columns.col(i));
  }
}

void round_matrix(NumberFormat format, Eigen::MatrixXd& matrix) {
  if (format != NumberFormat::fp64) {
    round_block(format, matrix);
  }
}

}  // namespace invar::number_format
