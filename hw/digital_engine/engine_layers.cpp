// The layers of a network: patches, pooling, softmax and its gradient.
#include <invar/digital_engine/engine_numerics.h>

#include <algorithm>
#include <cmath>

namespace invar::digital_engine {

void EngineNumerics::convert_gathered(const invar_engine_job& job,
                                      const std::vector<std::uint8_t>& bytes) {
  float* out = floats(job.c);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[i] = job.alpha * static_cast<float>(bytes[i]) + job.beta;
  }
}

void EngineNumerics::im2col(const invar_engine_job& job) {
  const JobGeometry g(job.geometry);
  const float* image = floats(job.a);
  float* patch = floats(job.c);
  const std::size_t plane = static_cast<std::size_t>(g.height) * g.width;
  for (std::uint32_t m = 0; m < job.m; ++m, image += plane * job.n) {
    for (std::uint32_t y = 0; y < g.out_height(); ++y) {
      for (std::uint32_t x = 0; x < g.out_width(); ++x) {
        const float* corner = image + (y * g.stride) * g.width + x * g.stride;
        for (std::uint32_t channel = 0; channel < job.n; ++channel) {
          for (std::uint32_t row = 0; row < g.kernel; ++row, patch += g.kernel) {
            std::copy_n(corner + channel * plane + row * g.width, g.kernel, patch);
          }
        }
        *patch++ = 1.0F;
      }
    }
  }
}

void EngineNumerics::maxpool(const invar_engine_job& job) {
  const JobGeometry g(job.geometry);
  const std::uint32_t channels = job.n;
  const std::uint32_t row_step = g.width * channels;
  const std::size_t map = static_cast<std::size_t>(g.height) * row_step;
  const bool bias = (job.flags & INVAR_ENGINE_FLAG_BIAS) != 0;
  const float* in = floats(job.a);
  float* out = floats(job.c);
  std::uint32_t* winner = words(job.b);
  for (std::uint32_t m = 0; m < job.m; ++m, in += map) {
    for (std::uint32_t y = 0; y < g.height / 2; ++y) {
      for (std::uint32_t x = 0; x < g.width / 2; ++x) {
        const std::uint32_t corner = (2 * y * g.width + 2 * x) * channels;
        for (std::uint32_t channel = 0; channel < channels; ++channel) {
          const std::uint32_t first = corner + channel;
          const std::uint32_t others[3] = {first + channels, first + row_step,
                                           first + row_step + channels};
          std::uint32_t best = first;
          for (const std::uint32_t other : others) {
            best = in[other] > in[best] ? other : best;
          }
          *winner++ = best;
          *out++ = in[best];
        }
      }
    }
    if (bias) {
      *out++ = 1.0F;
    }
  }
}

void EngineNumerics::maxpool_backward(const invar_engine_job& job) {
  const JobGeometry g(job.geometry);
  const std::size_t map = static_cast<std::size_t>(g.height) * g.width * job.n;
  const std::size_t pooled = static_cast<std::size_t>(g.height / 2) * (g.width / 2) * job.n;
  const bool bias = (job.flags & INVAR_ENGINE_FLAG_BIAS) != 0;
  const float* gradient = floats(job.a);
  const std::uint32_t* winner = words(job.b);
  float* out = floats(job.c);
  std::fill_n(out, map * job.m, 0.0F);
  for (std::uint32_t m = 0; m < job.m; ++m, out += map) {
    for (std::size_t i = 0; i < pooled; ++i) {
      const std::uint32_t place = *winner++;
      // The winners are the guest's data: one outside the map is dropped.
      if (place < map) {
        out[place] += gradient[i];
      }
    }
    gradient += pooled + (bias ? 1 : 0);
  }
}

void EngineNumerics::softmax(const invar_engine_job& job) {
  const float* in = floats(job.a);
  float* out = floats(job.c);
  for (std::uint32_t row = 0; row < job.m; ++row, in += job.n, out += job.n) {
    const float largest = *std::max_element(in, in + job.n);
    float sum = 0.0F;
    for (std::uint32_t i = 0; i < job.n; ++i) {
      out[i] = std::exp(in[i] - largest);
      sum += out[i];
    }
    for (std::uint32_t i = 0; i < job.n; ++i) {
      out[i] /= sum;
    }
  }
}

void EngineNumerics::cross_entropy_backward(const invar_engine_job& job) {
  const float* probability = floats(job.a);
  const std::uint32_t* label = words(job.b);
  float* out = floats(job.c);
  double loss = 0.0;
  for (std::uint32_t row = 0; row < job.m; ++row, probability += job.n, out += job.n, ++label) {
    if (*label < job.n) {
      loss -= std::log(static_cast<double>(probability[*label]));
    }
    for (std::uint32_t i = 0; i < job.n; ++i) {
      out[i] = job.alpha * (probability[i] - (i == *label ? 1.0F : 0.0F));
    }
  }
  if (job.operand_d != INVAR_ENGINE_OPERAND_NONE) {
    *floats(job.operand_d) = static_cast<float>(loss);
  }
}

}  // namespace invar::digital_engine
