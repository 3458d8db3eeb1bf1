#include <invar/digital_engine/low_precision.h>
#include <invar/number_format/power_of_two.h>

#include <algorithm>
#include <cmath>

namespace invar::digital_engine {
namespace {

using Eigen::Index;
using Vector = Eigen::VectorXf;

/// Largest magnitude of a right-hand side's elements once they are scaled, a power of two:
/// solutions may grow by the inverse's norm before they leave FP16, and what is 2^-20 of the
/// largest is kept.
constexpr int k_headroom_bits = 4;

/// Of columns that are as good as zero: their scale stays in FP32.
constexpr int k_smallest_exponent = -100;

constexpr float k_largest_int8 = 127.0F;

/// Scales that bring the diagonal d of a matrix near 1.
Vector jacobi_scales(const Vector& diagonal) {
  return diagonal.unaryExpr([](float value) { return power_of_two_scale(value); });
}

/// A factor's rows have the root of the diagonal as their norms.
Vector factor_scales(const Matrix& factor) {
  Vector norms(factor.rows());
  for (Index row = 0; row < factor.rows(); ++row) {
    norms[row] = factor.row(row).head(row + 1).squaredNorm();
  }
  return jacobi_scales(norms);
}

/// Powers of two that bring the largest element of each column below 2^-bits.
Vector column_scales(const Matrix& x, int bits) {
  Vector scales(x.cols());
  for (Index column = 0; column < x.cols(); ++column) {
    const float largest = x.col(column).cwiseAbs().maxCoeff();
    scales[column] = std::isfinite(largest)
                         ? std::ldexp(1.0F, -bits - std::max(number_format::exponent_above(largest),
                                                             k_smallest_exponent))
                         : 1.0F;
  }
  return scales;
}

/// What was finite has to stay so; a NaN or an infinity that came in goes out.
invar_engine_status status_of(bool was_finite, const Matrix& result) {
  return was_finite && !result.allFinite() ? INVAR_ENGINE_OVERFLOW : INVAR_ENGINE_OK;
}

/// Columns [first, first + width) of the factor, from what the blocks before have left.
/// \return whether all pivots are positive and finite
bool factorize_panel(Matrix& l, Index first, Index width, Precision precision) {
  for (Index j = first; j < first + width; ++j) {
    const Index done = j - first;
    const auto row = l.row(j).segment(first, done);
    const float pivot = l(j, j) - row.squaredNorm();
    l(j, j) = pivot > 0.0F ? rounded(std::sqrt(pivot), precision) : 0.0F;
    if (!(l(j, j) > 0.0F) || !std::isfinite(l(j, j))) {
      return false;
    }
    const Index below = l.rows() - j - 1;
    auto column = l.col(j).tail(below);
    column -= l.block(j + 1, first, below, done) * row.transpose();
    column /= l(j, j);
    round_all(column, precision);
  }
  return true;
}

/// L y = x by substitution, in place.
void solve_forward(const InversionFormats& formats, const Matrix& l, Matrix& x) {
  for (Index first = 0; first < l.rows(); first += formats.block_rows) {
    const Index width = std::min<Index>(formats.block_rows, l.rows() - first);
    for (Index i = first; i < first + width; ++i) {
      x.row(i) -= l.row(i).segment(first, i - first) * x.middleRows(first, i - first);
      x.row(i) /= l(i, i);
      round_all(x.middleRows(i, 1), formats.factorization);
    }
    const Index below = l.rows() - first - width;
    x.bottomRows(below).noalias() -=
        l.block(first + width, first, below, width) * x.middleRows(first, width);
    round_all(x.bottomRows(below), formats.factorization);
  }
}

/// L^T y = x by substitution, in place.
void solve_backward(const InversionFormats& formats, const Matrix& l, Matrix& x) {
  const Index blocks = (l.rows() + formats.block_rows - 1) / formats.block_rows;
  for (Index block = blocks - 1; block >= 0; --block) {
    const Index first = block * formats.block_rows;
    const Index end = std::min<Index>(first + formats.block_rows, l.rows());
    for (Index i = end - 1; i >= first; --i) {
      const Index after = end - i - 1;
      x.row(i) -= l.col(i).segment(i + 1, after).transpose() * x.middleRows(i + 1, after);
      x.row(i) /= l(i, i);
      round_all(x.middleRows(i, 1), formats.factorization);
    }
    x.topRows(first).noalias() -=
        l.block(first, 0, end - first, first).transpose() * x.middleRows(first, end - first);
    round_all(x.topRows(first), formats.factorization);
  }
}

/// Scales of an inverse's rows and columns, so that its diagonal is near 1 (INT8: 1).
Vector inverse_scales(const Matrix& inverse, Precision precision) {
  if (precision != Precision::int8) {
    return jacobi_scales(inverse.diagonal());
  }
  return inverse.diagonal().unaryExpr(
      [](float value) { return value > 0.0F ? 1.0F / std::sqrt(value) : 1.0F; });
}

/// What one unit of the format stands for in a matrix of elements up to 1.
float unit_of(Precision precision) {
  return precision == Precision::int8 ? 1.0F / k_largest_int8 : 1.0F;
}

/// The inverse in the format, with its diagonal near 1.
Matrix scaled_inverse(const Matrix& inverse, const Vector& scales, Precision precision) {
  Matrix result = scales.asDiagonal() * inverse * scales.asDiagonal();
  result /= unit_of(precision);
  round_all(result, precision);
  return result;
}

/// What columns have to be multiplied with to be in the format.
Vector operand_scales(const Matrix& x, Precision precision) {
  if (precision != Precision::int8) {
    return column_scales(x, 0);
  }
  Vector scales(x.cols());
  for (Index column = 0; column < x.cols(); ++column) {
    const float largest = x.col(column).cwiseAbs().maxCoeff();
    const bool has_scale = largest > std::ldexp(1.0F, k_smallest_exponent);
    scales[column] = has_scale && std::isfinite(largest) ? k_largest_int8 / largest : 1.0F;
  }
  return scales;
}

}  // namespace

void round_all(Eigen::Ref<Matrix> values, Precision precision) {
  values = values.unaryExpr([precision](float value) { return rounded(value, precision); });
}

invar_engine_status low_precision_cholesky(const InversionFormats& formats, Matrix& a) {
  const Vector scales = jacobi_scales(a.diagonal());
  a.triangularView<Eigen::StrictlyUpper>().setZero();
  const bool was_finite = a.allFinite();
  a = (scales.asDiagonal() * a * scales.asDiagonal()).eval();
  round_all(a, formats.factorization);
  for (Index first = 0; first < a.rows(); first += formats.block_rows) {
    const Index width = std::min<Index>(formats.block_rows, a.rows() - first);
    if (!factorize_panel(a, first, width, formats.factorization)) {
      return INVAR_ENGINE_NOT_POSITIVE_DEFINITE;
    }
    const Index below = a.rows() - first - width;
    auto trailing = a.bottomRightCorner(below, below);
    trailing.selfadjointView<Eigen::Lower>().rankUpdate(a.block(first + width, first, below, width),
                                                        -1.0F);
    round_all(trailing, formats.factorization);
  }
  a = scales.cwiseInverse().asDiagonal() * a;
  return status_of(was_finite, a);
}

invar_engine_status low_precision_solve(const InversionFormats& formats, const Matrix& factor,
                                        Matrix& x) {
  const bool was_finite = factor.allFinite() && x.allFinite();
  const Vector rows = factor_scales(factor);
  Matrix l = rows.asDiagonal() * factor;
  round_all(l, formats.factorization);
  x = rows.asDiagonal() * x;
  const Vector columns = column_scales(x, k_headroom_bits);
  x = x * columns.asDiagonal();
  round_all(x, formats.factorization);
  solve_forward(formats, l, x);
  solve_backward(formats, l, x);
  x = rows.asDiagonal() * x * columns.cwiseInverse().asDiagonal();
  return status_of(was_finite, x);
}

invar_engine_status low_precision_inverse(const InversionFormats& formats, const Matrix& factor,
                                          Matrix& inverse) {
  inverse = Matrix::Identity(factor.rows(), factor.rows());
  const invar_engine_status status = low_precision_solve(formats, factor, inverse);
  if (status == INVAR_ENGINE_OK) {
    round_inverse(formats, inverse);
  }
  return status;
}

void round_inverse(const InversionFormats& formats, Matrix& inverse) {
  const Vector scales = inverse_scales(inverse, formats.product);
  const Vector back = scales.cwiseInverse();
  inverse = back.asDiagonal() * scaled_inverse(inverse, scales, formats.product) *
            back.asDiagonal() * unit_of(formats.product);
}

invar_engine_status low_precision_product(const InversionFormats& formats, const Matrix& inverse,
                                          Matrix& x) {
  const Precision precision = formats.product;
  const bool was_finite = inverse.allFinite() && x.allFinite();
  const Vector scales = inverse_scales(inverse, precision);
  const Vector back = scales.cwiseInverse();
  x = back.asDiagonal() * x;
  const Vector columns = operand_scales(x, precision);
  x = x * columns.asDiagonal();
  round_all(x, precision);
  x = scaled_inverse(inverse, scales, precision) * x;
  x = back.asDiagonal() * x * columns.cwiseInverse().asDiagonal() * unit_of(precision);
  return status_of(was_finite, x);
}

invar_engine_status low_precision_gemm(Precision precision, const Matrix& left, const Matrix& right,
                                       Matrix& product) {
  const bool was_finite = left.allFinite() && right.allFinite();
  const Vector rows = operand_scales(left.transpose(), precision);
  const Vector columns = operand_scales(right, precision);
  Matrix a = rows.asDiagonal() * left;
  Matrix b = right * columns.asDiagonal();
  round_all(a, precision);
  round_all(b, precision);
  product = rows.cwiseInverse().asDiagonal() * (a * b) * columns.cwiseInverse().asDiagonal();
  return status_of(was_finite, product);
}

}  // namespace invar::digital_engine
