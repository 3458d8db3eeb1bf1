#include <invar/digital_engine/engine_numerics.h>
#include <invar/digital_engine/low_precision.h>

#include <Eigen/Cholesky>
#include <Eigen/Core>
#include <Eigen/LU>
#include <cmath>

namespace invar::digital_engine {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MatrixMap = Eigen::Map<RowMajor>;
/// Rows that begin so many elements apart.
using BlockMap = Eigen::Map<RowMajor, Eigen::Unaligned, Eigen::OuterStride<>>;
using ArrayMap = Eigen::Map<Eigen::ArrayXf>;
using ColumnMap = Eigen::Map<Matrix>;

/// What a product adds to: a factor of 0 drops what is there, a NaN too.
void scale(MatrixMap& c, float factor) {
  if (factor == 0.0F) {
    c.setZero();
  } else if (factor != 1.0F) {
    c *= factor;
  }
}

/// Exchanges of row i with row exchanges[i] >= i, in the order of i, that bring row order[i] of a
/// matrix to place i.
void exchanges_of(const Eigen::VectorXi& order, std::uint32_t* exchanges) {
  for (Eigen::Index i = 0; i < order.size(); ++i) {
    std::uint32_t place = static_cast<std::uint32_t>(order[i]);
    while (place < i) {
      place = exchanges[place];  // where it was sent when its place was filled
    }
    exchanges[i] = place;
  }
}

}  // namespace

EngineNumerics::EngineNumerics(std::uint64_t scratchpad_bytes, const InversionFormats& formats)
    : storage_((scratchpad_bytes + 7) / 8), size_bytes_(scratchpad_bytes), formats_(formats) {}

invar_engine_status EngineNumerics::execute(const invar_engine_job& job) {
  switch (job.opcode) {
    case INVAR_ENGINE_GEMM:
      return gemm(job);
    case INVAR_ENGINE_SYRK:
      syrk(job);
      break;
    case INVAR_ENGINE_IM2COL:
      im2col(job);
      break;
    case INVAR_ENGINE_COL2IM:
      col2im(job);
      break;
    case INVAR_ENGINE_MAXPOOL:
      maxpool(job);
      break;
    case INVAR_ENGINE_MAXPOOL_BACKWARD:
      maxpool_backward(job);
      break;
    case INVAR_ENGINE_SOFTMAX:
      softmax(job);
      break;
    case INVAR_ENGINE_CROSS_ENTROPY_BACKWARD:
      cross_entropy_backward(job);
      break;
    case INVAR_ENGINE_DOT:
    case INVAR_ENGINE_TRACE:
      reduce(job);
      break;
    case INVAR_ENGINE_CHOLESKY:
      return cholesky(job);
    case INVAR_ENGINE_CHOLESKY_SOLVE:
      return cholesky_solve(job);
    case INVAR_ENGINE_CHOLESKY_INVERSE:
      return cholesky_inverse(job);
    case INVAR_ENGINE_LU:
      return lu(job);
    case INVAR_ENGINE_LU_SOLVE:
      lu_solve(job);
      break;
    default:
      elementwise(job);
  }
  return INVAR_ENGINE_OK;
}

invar_engine_status EngineNumerics::gemm(const invar_engine_job& job) {
  constexpr std::uint32_t k_inverse = INVAR_ENGINE_FLAG_INVERSE_A | INVAR_ENGINE_FLAG_INVERSE_B;
  if (formats_.product != Precision::fp32 && (job.flags & k_inverse) != 0) {
    return multiply_by_inverse(job);
  }
  if (gemm_format(job.flags, formats_) != Precision::fp32) {
    return multiply_in_format(job);
  }
  const bool transpose_a = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0;
  const bool transpose_b = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_B) != 0;
  const MatrixMap a(floats(job.a), transpose_a ? job.k : job.m, transpose_a ? job.m : job.k);
  const MatrixMap b(floats(job.b), transpose_b ? job.n : job.k, transpose_b ? job.k : job.n);
  MatrixMap c(floats(job.c), job.m, job.n);
  scale(c, job.beta);
  if (transpose_a && transpose_b) {
    c.noalias() += job.alpha * (a.transpose() * b.transpose());
  } else if (transpose_a) {
    c.noalias() += job.alpha * (a.transpose() * b);
  } else if (transpose_b) {
    c.noalias() += job.alpha * (a * b.transpose());
  } else {
    c.noalias() += job.alpha * (a * b);
  }
  return INVAR_ENGINE_OK;
}

invar_engine_status EngineNumerics::multiply_by_inverse(const invar_engine_job& job) {
  const bool transpose_a = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0;
  const bool transpose_b = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_B) != 0;
  const MatrixMap a(floats(job.a), transpose_a ? job.k : job.m, transpose_a ? job.m : job.k);
  const MatrixMap b(floats(job.b), transpose_b ? job.n : job.k, transpose_b ? job.k : job.n);
  const bool inverse_is_a = (job.flags & INVAR_ENGINE_FLAG_INVERSE_A) != 0;
  // From the right it is the transposed product.
  const Matrix left = transpose_a ? Matrix(a.transpose()) : Matrix(a);
  const Matrix right = transpose_b ? Matrix(b.transpose()) : Matrix(b);
  Matrix x = inverse_is_a ? right : Matrix(left.transpose());
  const invar_engine_status status =
      low_precision_product(formats_, inverse_is_a ? left : Matrix(right.transpose()), x);
  MatrixMap c(floats(job.c), job.m, job.n);
  scale(c, job.beta);
  c += job.alpha * (inverse_is_a ? x : Matrix(x.transpose()));
  return status;
}

invar_engine_status EngineNumerics::multiply_in_format(const invar_engine_job& job) {
  const bool transpose_a = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0;
  const bool transpose_b = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_B) != 0;
  const MatrixMap a(floats(job.a), transpose_a ? job.k : job.m, transpose_a ? job.m : job.k);
  const MatrixMap b(floats(job.b), transpose_b ? job.n : job.k, transpose_b ? job.k : job.n);
  Matrix product;
  const invar_engine_status status = low_precision_gemm(
      gemm_format(job.flags, formats_), transpose_a ? Matrix(a.transpose()) : Matrix(a),
      transpose_b ? Matrix(b.transpose()) : Matrix(b), product);
  MatrixMap c(floats(job.c), job.m, job.n);
  scale(c, job.beta);
  c += job.alpha * product;
  return status;
}

void EngineNumerics::syrk(const invar_engine_job& job) {
  MatrixMap c(floats(job.c), job.m, job.m);
  scale(c, job.beta);
  auto lower = c.selfadjointView<Eigen::Lower>();
  if ((job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0) {
    lower.rankUpdate(MatrixMap(floats(job.a), job.k, job.m).transpose(), job.alpha);
  } else {
    lower.rankUpdate(MatrixMap(floats(job.a), job.m, job.k), job.alpha);
  }
  c.triangularView<Eigen::StrictlyUpper>() = c.transpose();
}

void EngineNumerics::elementwise(const invar_engine_job& job) {
  switch (job.opcode) {
    case INVAR_ENGINE_FILL:
      ArrayMap(floats(job.c), job.m).setConstant(job.alpha);
      break;
    case INVAR_ENGINE_RELU:
      ArrayMap(floats(job.c), job.m) = ArrayMap(floats(job.a), job.m).max(0.0F);
      break;
    case INVAR_ENGINE_RELU_BACKWARD:
      ArrayMap(floats(job.c), job.m) =
          (ArrayMap(floats(job.b), job.m) > 0.0F).select(ArrayMap(floats(job.a), job.m), 0.0F);
      break;
    case INVAR_ENGINE_AXPBY:
      ArrayMap(floats(job.c), job.m) =
          job.alpha * ArrayMap(floats(job.a), job.m) + job.beta * ArrayMap(floats(job.b), job.m);
      break;
    case INVAR_ENGINE_MULTIPLY_ACCUMULATE: {
      ArrayMap c(floats(job.c), job.m);
      c = job.alpha * ArrayMap(floats(job.a), job.m) * ArrayMap(floats(job.b), job.m) +
          job.beta * c;
      break;
    }
    case INVAR_ENGINE_ADAM_UPDATE:
      ArrayMap(floats(job.c), job.m) -= job.alpha * ArrayMap(floats(job.a), job.m) /
                                        (ArrayMap(floats(job.b), job.m).sqrt() + job.beta);
      break;
    case INVAR_ENGINE_SCALE_ADD_DIAGONAL: {
      MatrixMap c(floats(job.c), job.m, job.m);
      c = job.alpha * MatrixMap(floats(job.a), job.m, job.m);
      c.diagonal().array() += job.beta;
      break;
    }
    case INVAR_ENGINE_TRANSPOSE: {
      // Through a copy, so that c may be a.
      const RowMajor copy = MatrixMap(floats(job.a), job.m, job.n);
      MatrixMap(floats(job.c), job.n, job.m) = copy.transpose();
      break;
    }
    case INVAR_ENGINE_EXTRACT_BLOCK:
      MatrixMap(floats(job.c), job.m, job.n) =
          BlockMap(floats(job.a), job.m, job.n, Eigen::OuterStride<>(job.k));
      break;
    case INVAR_ENGINE_INSERT_BLOCK:
      BlockMap(floats(job.c), job.m, job.n, Eigen::OuterStride<>(job.k)) =
          MatrixMap(floats(job.a), job.m, job.n);
      break;
    default:
      break;
  }
}

void EngineNumerics::reduce(const invar_engine_job& job) {
  // Summed in double: the array's wide accumulators.
  double sum = 0.0;
  const float* a = floats(job.a);
  if (job.opcode == INVAR_ENGINE_TRACE) {
    for (std::uint64_t i = 0; i < job.m; ++i) {
      sum += a[i * (job.m + 1)];
    }
  } else {
    const float* b = floats(job.b);
    for (std::uint64_t i = 0; i < job.m; ++i) {
      sum += static_cast<double>(a[i]) * b[i];
    }
  }
  *floats(job.c) = static_cast<float>(job.alpha * sum);
}

invar_engine_status EngineNumerics::cholesky(const invar_engine_job& job) {
  MatrixMap c(floats(job.c), job.m, job.m);
  if (formats_.factorization != Precision::fp32) {
    Matrix factor = MatrixMap(floats(job.a), job.m, job.m);
    const invar_engine_status status = low_precision_cholesky(formats_, factor);
    c = factor;
    return status;
  }
  const RowMajor copy = MatrixMap(floats(job.a), job.m, job.m);
  const Eigen::LLT<RowMajor> factor(copy);
  c = factor.matrixL();
  const bool good = factor.info() == Eigen::Success && c.allFinite();
  return good ? INVAR_ENGINE_OK : INVAR_ENGINE_NOT_POSITIVE_DEFINITE;
}

invar_engine_status EngineNumerics::cholesky_solve(const invar_engine_job& job) {
  const MatrixMap factor(floats(job.a), job.m, job.m);
  if (formats_.factorization != Precision::fp32) {
    Matrix columns = ColumnMap(floats(job.b), job.m, job.n);
    const invar_engine_status status =
        low_precision_solve(formats_, factor.triangularView<Eigen::Lower>(), columns);
    ColumnMap(floats(job.c), job.m, job.n) = columns;
    return status;
  }
  // Right-hand sides are rows: X L^T = B, then X L = that.
  RowMajor x = MatrixMap(floats(job.b), job.n, job.m);
  factor.triangularView<Eigen::Lower>().transpose().solveInPlace<Eigen::OnTheRight>(x);
  factor.triangularView<Eigen::Lower>().solveInPlace<Eigen::OnTheRight>(x);
  MatrixMap(floats(job.c), job.n, job.m) = x;
  return INVAR_ENGINE_OK;
}

invar_engine_status EngineNumerics::lu(const invar_engine_job& job) {
  MatrixMap c(floats(job.c), job.m, job.m);
  const RowMajor copy = MatrixMap(floats(job.a), job.m, job.m);
  const Eigen::PartialPivLU<RowMajor> factors(copy);
  c = factors.matrixLU();
  exchanges_of(factors.permutationP().transpose().eval().indices(), words(job.b));
  const bool good = c.allFinite() && c.diagonal().cwiseAbs().minCoeff() > 0.0F;
  return good ? INVAR_ENGINE_OK : INVAR_ENGINE_SINGULAR;
}

void EngineNumerics::lu_solve(const invar_engine_job& job) {
  const MatrixMap factors(floats(job.a), job.m, job.m);
  // Right-hand sides are rows: X P^T, then X L^T and X U^T from the right.
  RowMajor x = MatrixMap(floats(job.b), job.n, job.m);
  for (std::uint32_t i = 0; i < job.m; ++i) {
    const std::uint32_t other = words(job.operand_d)[i];
    if (other > i && other < job.m) {  // the guest may have written anything
      x.col(i).swap(x.col(other));
    }
  }
  factors.triangularView<Eigen::UnitLower>().transpose().solveInPlace<Eigen::OnTheRight>(x);
  factors.triangularView<Eigen::Upper>().transpose().solveInPlace<Eigen::OnTheRight>(x);
  MatrixMap(floats(job.c), job.n, job.m) = x;
}

invar_engine_status EngineNumerics::cholesky_inverse(const invar_engine_job& job) {
  const MatrixMap factor(floats(job.a), job.m, job.m);
  if (formats_.factorization != Precision::fp32) {
    Matrix inverse;
    const invar_engine_status status =
        low_precision_inverse(formats_, factor.triangularView<Eigen::Lower>(), inverse);
    MatrixMap(floats(job.c), job.m, job.m) = inverse;
    return status;
  }
  RowMajor x = RowMajor::Identity(job.m, job.m);
  factor.triangularView<Eigen::Lower>().solveInPlace(x);
  factor.triangularView<Eigen::Lower>().transpose().solveInPlace(x);
  if (formats_.product != Precision::fp32) {
    Matrix inverse = x;
    round_inverse(formats_, inverse);
    x = inverse;
  }
  MatrixMap(floats(job.c), job.m, job.m) = x;
  return INVAR_ENGINE_OK;
}

}  // namespace invar::digital_engine
