#include "sw/mock_engine.h"

#include <Eigen/Dense>
#include <algorithm>
#include <cmath>
#include <cstring>
#include <stdexcept>

namespace invar::tests {
namespace {

using RowMatrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;
using MapF = Eigen::Map<RowMatrix>;

struct Geometry {
  explicit Geometry(std::uint32_t word)
      : height(word & 255),
        width(word >> 8 & 255),
        kernel(word >> 16 & 255),
        stride(word >> 24 & 255) {}
  unsigned height, width, kernel, stride;
};

}  // namespace

float* MockEngine::at(std::uint32_t offset, std::uint64_t elements) {
  if (offset % 4 != 0 || offset + elements * 4 > scratchpad_.size()) {
    throw std::out_of_range("operand leaves the scratchpad");
  }
  return reinterpret_cast<float*>(scratchpad_.data() + offset);
}

std::uint32_t* MockEngine::words(std::uint32_t offset, std::uint64_t elements) {
  return reinterpret_cast<std::uint32_t*>(at(offset, elements));
}

invar_engine_status MockEngine::run(const invar_engine_job& job) {
  try {
    switch (job.opcode) {
      case INVAR_ENGINE_LOAD:
      case INVAR_ENGINE_STORE:
      case INVAR_ENGINE_GATHER_U8:
        move(job);
        break;
      case INVAR_ENGINE_GEMM:
        gemm(job);
        break;
      case INVAR_ENGINE_SYRK:
        syrk(job);
        break;
      case INVAR_ENGINE_IM2COL:
      case INVAR_ENGINE_COL2IM:
        patches(job);
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
      case INVAR_ENGINE_FILL:
      case INVAR_ENGINE_RELU:
      case INVAR_ENGINE_RELU_BACKWARD:
      case INVAR_ENGINE_AXPBY:
      case INVAR_ENGINE_MULTIPLY_ACCUMULATE:
      case INVAR_ENGINE_ADAM_UPDATE:
        elementwise(job);
        break;
      case INVAR_ENGINE_DOT:
      case INVAR_ENGINE_TRACE:
        reduce(job);
        break;
      case INVAR_ENGINE_SCALE_ADD_DIAGONAL:
        square(job);
        break;
      case INVAR_ENGINE_CHOLESKY:
        return cholesky(job);
      case INVAR_ENGINE_CHOLESKY_SOLVE:
        cholesky_solve(job, false);
        break;
      case INVAR_ENGINE_CHOLESKY_INVERSE:
        cholesky_solve(job, true);
        break;
      case INVAR_ENGINE_TRANSPOSE:
        transpose(job);
        break;
      case INVAR_ENGINE_EXTRACT_BLOCK:
      case INVAR_ENGINE_INSERT_BLOCK:
        copy_block(job);
        break;
      case INVAR_ENGINE_LU:
        return lu(job);
      case INVAR_ENGINE_LU_SOLVE:
        lu_solve(job);
        break;
      default:
        return INVAR_ENGINE_BAD_JOB;
    }
  } catch (const std::out_of_range&) {
    return INVAR_ENGINE_BAD_OPERAND;
  } catch (const std::runtime_error&) {
    return INVAR_ENGINE_BUS_ERROR;
  }
  return INVAR_ENGINE_OK;
}

void MockEngine::move(const invar_engine_job& job) {
  const auto ram = [&](std::uint64_t address, std::uint64_t bytes) {
    unsigned char* data = memory_(address, bytes);
    if (data == nullptr) {
      throw std::runtime_error("not RAM");
    }
    return data;
  };
  if (job.opcode == INVAR_ENGINE_LOAD) {
    std::memcpy(at(job.c, (job.m + 3) / 4), ram(job.address, job.m), job.m);
  } else if (job.opcode == INVAR_ENGINE_STORE) {
    std::memcpy(ram(job.address, job.m), at(job.a, (job.m + 3) / 4), job.m);
  } else {
    const std::uint32_t* index = words(job.a, job.m);
    float* out = at(job.c, std::uint64_t{job.m} * job.k);
    for (unsigned i = 0; i < job.m; ++i) {
      const unsigned char* row = ram(job.address + std::uint64_t{index[i]} * job.k, job.k);
      for (unsigned j = 0; j < job.k; ++j) {
        *out++ = job.alpha * static_cast<float>(row[j]) + job.beta;
      }
    }
  }
}

void MockEngine::gemm(const invar_engine_job& job) {
  const bool ta = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0;
  const bool tb = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_B) != 0;
  const MapF a(at(job.a, std::uint64_t{job.m} * job.k), ta ? job.k : job.m, ta ? job.m : job.k);
  const MapF b(at(job.b, std::uint64_t{job.k} * job.n), tb ? job.n : job.k, tb ? job.k : job.n);
  MapF c(at(job.c, std::uint64_t{job.m} * job.n), job.m, job.n);
  const Eigen::MatrixXd left = (ta ? RowMatrix(a.transpose()) : RowMatrix(a)).cast<double>();
  const Eigen::MatrixXd right = (tb ? RowMatrix(b.transpose()) : RowMatrix(b)).cast<double>();
  Eigen::MatrixXd result = double{job.alpha} * (left * right);
  if (job.beta != 0.0f) {
    result += double{job.beta} * c.cast<double>();
  }
  c = result.cast<float>();
}

void MockEngine::syrk(const invar_engine_job& job) {
  const bool transpose = (job.flags & INVAR_ENGINE_FLAG_TRANSPOSE_A) != 0;
  float* const operand = at(job.a, std::uint64_t{job.m} * job.k);
  const RowMatrix a = transpose ? RowMatrix(MapF(operand, job.k, job.m).transpose())
                                : RowMatrix(MapF(operand, job.m, job.k));
  MapF c(at(job.c, std::uint64_t{job.m} * job.m), job.m, job.m);
  const Eigen::MatrixXd wide = a.cast<double>();
  for (Eigen::Index row = 0; row < c.rows(); ++row) {
    for (Eigen::Index column = 0; column <= row; ++column) {
      const double old = job.beta == 0.0f ? 0.0 : double{job.beta} * c(row, column);
      const double sum = wide.row(row).dot(wide.row(column));
      c(row, column) = static_cast<float>(double{job.alpha} * sum + old);
      c(column, row) = c(row, column);
    }
  }
}

void MockEngine::patches(const invar_engine_job& job) {
  const Geometry g(job.geometry);
  const bool back = job.opcode == INVAR_ENGINE_COL2IM;
  const bool last = (job.flags & INVAR_ENGINE_FLAG_CHANNELS_LAST) != 0;
  const bool bias = (job.flags & INVAR_ENGINE_FLAG_NO_BIAS) == 0;
  const int padding = static_cast<int>(job.flags >> INVAR_ENGINE_PADDING_SHIFT & 255);
  const int height = static_cast<int>(g.height), width = static_cast<int>(g.width);
  const int out_h =
      (height + 2 * padding - static_cast<int>(g.kernel)) / static_cast<int>(g.stride) + 1;
  const int out_w =
      (width + 2 * padding - static_cast<int>(g.kernel)) / static_cast<int>(g.stride) + 1;
  const std::uint64_t pixels = std::uint64_t{job.m} * job.n * g.height * g.width;
  const std::uint64_t row = job.n * g.kernel * g.kernel + (bias ? 1 : 0);
  float* maps = at(back ? job.c : job.a, pixels);
  float* patch =
      at(back ? job.a : job.c, std::uint64_t{job.m} * static_cast<unsigned>(out_h * out_w) * row);
  if (back) {
    std::fill(maps, maps + pixels, 0.0f);
  }
  for (unsigned image = 0; image < job.m; ++image) {
    for (int place = 0; place < out_h * out_w; ++place) {
      for (unsigned i = 0; i < row; ++i, ++patch) {
        const unsigned channel = i / (g.kernel * g.kernel);
        if (channel == job.n) {
          *patch = back ? *patch : 1.0f;
          continue;
        }
        const int y = place / out_w * static_cast<int>(g.stride) +
                      static_cast<int>(i / g.kernel % g.kernel) - padding;
        const int x =
            place % out_w * static_cast<int>(g.stride) + static_cast<int>(i % g.kernel) - padding;
        const bool inside = y >= 0 && y < height && x >= 0 && x < width;
        const auto pixel = static_cast<std::uint64_t>(inside ? y * width + x : 0);
        const std::uint64_t map = std::uint64_t{image} * job.n * g.height * g.width;
        float& element = maps[map + (last ? pixel * job.n + channel
                                          : channel * std::uint64_t{g.height} * g.width + pixel)];
        if (back) {
          element += inside ? *patch : 0.0f;
        } else {
          *patch = inside ? element : 0.0f;
        }
      }
    }
  }
}

void MockEngine::maxpool(const invar_engine_job& job) {
  const Geometry g(job.geometry);
  const unsigned h = g.height / 2, w = g.width / 2, n = job.n;
  const unsigned row = h * w * n + ((job.flags & INVAR_ENGINE_FLAG_BIAS) != 0 ? 1 : 0);
  for (unsigned map = 0; map < job.m; ++map) {
    const float* in = at(job.a, std::uint64_t{job.m} * g.height * g.width * n) +
                      std::uint64_t{map} * g.height * g.width * n;
    float* out = at(job.c, std::uint64_t{job.m} * row) + std::uint64_t{map} * row;
    std::uint32_t* winner =
        words(job.b, std::uint64_t{job.m} * h * w * n) + std::uint64_t{map} * h * w * n;
    for (unsigned i = 0; i < h * w * n; ++i) {
      const unsigned channel = i % n, x = i / n % w, y = i / n / w;
      std::uint32_t best = ((2 * y) * g.width + 2 * x) * n + channel;
      for (unsigned k = 1; k < 4; ++k) {
        const std::uint32_t other = ((2 * y + k / 2) * g.width + 2 * x + k % 2) * n + channel;
        best = in[other] > in[best] ? other : best;
      }
      winner[i] = best;
      out[i] = in[best];
    }
    if (row > h * w * n) {
      out[row - 1] = 1.0f;
    }
  }
}

void MockEngine::maxpool_backward(const invar_engine_job& job) {
  const Geometry g(job.geometry);
  const unsigned count = g.height / 2 * (g.width / 2) * job.n;
  const unsigned row = count + ((job.flags & INVAR_ENGINE_FLAG_BIAS) != 0 ? 1 : 0);
  const std::uint64_t map_size = std::uint64_t{g.height} * g.width * job.n;
  float* out = at(job.c, job.m * map_size);
  std::fill(out, out + job.m * map_size, 0.0f);
  for (unsigned map = 0; map < job.m; ++map) {
    const float* in = at(job.a, std::uint64_t{job.m} * row) + std::uint64_t{map} * row;
    const std::uint32_t* winner = words(job.b, std::uint64_t{job.m} * count) + map * count;
    for (unsigned i = 0; i < count; ++i) {
      out[map * map_size + winner[i]] += in[i];
    }
  }
}

void MockEngine::softmax(const invar_engine_job& job) {
  const float* in = at(job.a, std::uint64_t{job.m} * job.n);
  float* out = at(job.c, std::uint64_t{job.m} * job.n);
  for (unsigned i = 0; i < job.m; ++i, in += job.n, out += job.n) {
    const double largest = *std::max_element(in, in + job.n);
    double sum = 0.0;
    for (unsigned j = 0; j < job.n; ++j) {
      sum += std::exp(in[j] - largest);
    }
    for (unsigned j = 0; j < job.n; ++j) {
      out[j] = static_cast<float>(std::exp(in[j] - largest) / sum);
    }
  }
}

void MockEngine::cross_entropy_backward(const invar_engine_job& job) {
  const float* in = at(job.a, std::uint64_t{job.m} * job.n);
  float* out = at(job.c, std::uint64_t{job.m} * job.n);
  const std::uint32_t* labels = words(job.b, job.m);
  double loss = 0.0;
  for (unsigned i = 0; i < job.m; ++i) {
    loss -= std::log(in[i * job.n + labels[i]]);
    for (unsigned j = 0; j < job.n; ++j) {
      out[i * job.n + j] = job.alpha * (in[i * job.n + j] - (j == labels[i] ? 1.0f : 0.0f));
    }
  }
  if (job.operand_d != INVAR_ENGINE_OPERAND_NONE) {
    *at(job.operand_d, 1) = static_cast<float>(loss);
  }
}

void MockEngine::elementwise(const invar_engine_job& job) {
  float* c = at(job.c, job.m);
  const float* a = job.opcode == INVAR_ENGINE_FILL ? c : at(job.a, job.m);
  const bool has_b = job.opcode != INVAR_ENGINE_FILL && job.opcode != INVAR_ENGINE_RELU;
  const float* b = has_b ? at(job.b, job.m) : c;
  for (unsigned i = 0; i < job.m; ++i) {
    switch (job.opcode) {
      case INVAR_ENGINE_FILL:
        c[i] = job.alpha;
        break;
      case INVAR_ENGINE_RELU:
        c[i] = std::max(a[i], 0.0f);
        break;
      case INVAR_ENGINE_RELU_BACKWARD:
        c[i] = b[i] > 0.0f ? a[i] : 0.0f;
        break;
      case INVAR_ENGINE_AXPBY:
        c[i] = job.alpha * a[i] + job.beta * b[i];
        break;
      case INVAR_ENGINE_MULTIPLY_ACCUMULATE:
        c[i] = job.alpha * a[i] * b[i] + job.beta * c[i];
        break;
      default:
        c[i] -= job.alpha * a[i] / (std::sqrt(b[i]) + job.beta);
    }
  }
}

void MockEngine::reduce(const invar_engine_job& job) {
  double sum = 0.0;
  if (job.opcode == INVAR_ENGINE_TRACE) {
    const float* a = at(job.a, std::uint64_t{job.m} * job.m);
    for (unsigned i = 0; i < job.m; ++i) {
      sum += a[std::uint64_t{i} * job.m + i];
    }
  } else {
    const float* a = at(job.a, job.m);
    const float* b = at(job.b, job.m);
    for (unsigned i = 0; i < job.m; ++i) {
      sum += double{a[i]} * b[i];
    }
  }
  *at(job.c, 1) = static_cast<float>(double{job.alpha} * sum);
}

void MockEngine::square(const invar_engine_job& job) {
  const std::uint64_t elements = std::uint64_t{job.m} * job.m;
  const float* a = at(job.a, elements);
  float* c = at(job.c, elements);
  for (std::uint64_t i = 0; i < elements; ++i) {
    c[i] = job.alpha * a[i] + (i % (job.m + 1) == 0 ? job.beta : 0.0f);
  }
}

void MockEngine::copy_block(const invar_engine_job& job) {
  const bool extracts = job.opcode == INVAR_ENGINE_EXTRACT_BLOCK;
  const std::uint64_t spaced = std::uint64_t{job.m - 1} * job.k + job.n;
  float* const whole = at(extracts ? job.a : job.c, spaced);
  float* const part = at(extracts ? job.c : job.a, std::uint64_t{job.m} * job.n);
  for (unsigned i = 0; i < job.m; ++i) {
    for (unsigned j = 0; j < job.n; ++j) {
      float& there = whole[std::uint64_t{i} * job.k + j];
      float& here = part[std::uint64_t{i} * job.n + j];
      extracts ? here = there : there = here;
    }
  }
}

void MockEngine::transpose(const invar_engine_job& job) {
  const MapF a(at(job.a, std::uint64_t{job.m} * job.n), job.m, job.n);
  const RowMatrix result = a.transpose();
  MapF(at(job.c, std::uint64_t{job.m} * job.n), job.n, job.m) = result;
}

/// Row by row, with exchanges.
invar_engine_status MockEngine::lu(const invar_engine_job& job) {
  const Eigen::Index n = job.m;
  RowMatrix a = MapF(at(job.a, n * n), n, n);
  std::uint32_t* exchanges = words(job.b, n);
  for (Eigen::Index k = 0; k < n; ++k) {
    Eigen::Index pivot = 0;
    a.col(k).tail(n - k).cwiseAbs().maxCoeff(&pivot);
    exchanges[k] = static_cast<std::uint32_t>(k + pivot);
    a.row(k).swap(a.row(k + pivot));
    if (!(std::abs(a(k, k)) > 0.0F)) {
      return INVAR_ENGINE_SINGULAR;
    }
    a.col(k).tail(n - k - 1) /= a(k, k);
    a.bottomRightCorner(n - k - 1, n - k - 1) -=
        a.col(k).tail(n - k - 1) * a.row(k).tail(n - k - 1);
  }
  MapF(at(job.c, n * n), n, n) = a;
  return INVAR_ENGINE_OK;
}

void MockEngine::lu_solve(const invar_engine_job& job) {
  const Eigen::Index n = job.m;
  const MapF a(at(job.a, n * n), n, n);
  const std::uint32_t* exchanges = words(job.operand_d, n);
  for (std::uint64_t k = 0; k < job.n; ++k) {
    Eigen::VectorXf x = MapF(at(job.b, job.n * n), job.n, n).row(k).transpose();
    for (Eigen::Index i = 0; i < n; ++i) {
      std::swap(x[i], x[exchanges[i]]);
    }
    for (Eigen::Index i = 0; i < n; ++i) {
      x[i] -= a.row(i).head(i).dot(x.head(i));
    }
    for (Eigen::Index i = n - 1; i >= 0; --i) {
      x[i] = (x[i] - a.row(i).tail(n - i - 1).dot(x.tail(n - i - 1))) / a(i, i);
    }
    MapF(at(job.c, job.n * n), job.n, n).row(k) = x.transpose();
  }
}

invar_engine_status MockEngine::cholesky(const invar_engine_job& job) {
  const MapF a(at(job.a, std::uint64_t{job.m} * job.m), job.m, job.m);
  const Eigen::LLT<Eigen::MatrixXd> llt(a.cast<double>());
  if (llt.info() != Eigen::Success || !a.allFinite()) {
    return INVAR_ENGINE_NOT_POSITIVE_DEFINITE;
  }
  MapF(at(job.c, std::uint64_t{job.m} * job.m), job.m, job.m) =
      Eigen::MatrixXd(llt.matrixL()).cast<float>();
  return INVAR_ENGINE_OK;
}

void MockEngine::cholesky_solve(const invar_engine_job& job, bool inverse) {
  const unsigned m = job.m, n = inverse ? m : job.n;
  const Eigen::MatrixXd factor = MapF(at(job.a, std::uint64_t{m} * m), m, m).cast<double>();
  Eigen::MatrixXd x = Eigen::MatrixXd::Identity(m, m);
  if (!inverse) {
    x = MapF(at(job.b, std::uint64_t{m} * n), n, m).cast<double>().transpose();
  }
  factor.triangularView<Eigen::Lower>().solveInPlace(x);
  factor.transpose().triangularView<Eigen::Upper>().solveInPlace(x);
  MapF(at(job.c, std::uint64_t{m} * n), n, m) = x.transpose().cast<float>();
}

}  // namespace invar::tests
