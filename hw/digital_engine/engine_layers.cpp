// The layers of a network: patches, pooling, softmax and its gradient.
#include <invar/digital_engine/engine_numerics.h>

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace invar::digital_engine {
namespace {

/// The rows of all patches of an IM2COL or COL2IM job, in the order of its patch matrix.
class PatchWalk {
 public:
  explicit PatchWalk(const invar_engine_job& job)
      : g_(job),
        images_(job.m),
        channels_(job.n),
        bias_((job.flags & INVAR_ENGINE_FLAG_NO_BIAS) == 0),
        plane_(std::size_t{g_.height} * g_.width),
        pixel_step_((job.flags & INVAR_ENGINE_FLAG_CHANNELS_LAST) != 0 ? job.n : 1),
        channel_step_(pixel_step_ == 1 ? plane_ : 1) {}

  std::uint32_t kernel() const { return g_.kernel; }
  /// From one pixel of a row to the next of the same channel.
  std::size_t pixel_step() const { return pixel_step_; }
  /// Of all images.
  std::size_t elements() const { return images_ * channels_ * plane_; }

  /// \param row (first element of the images, elements of the row that are padding before it,
  /// elements that are pixels) \param bias once a patch that has a bias element, at its end
  template <typename Row, typename Bias>
  void for_each_row(const Row& row, const Bias& bias) const {
    for (std::size_t image = 0; image < images_; ++image) {
      for (std::uint32_t y = 0; y < g_.out_height(); ++y) {
        for (std::uint32_t x = 0; x < g_.out_width(); ++x) {
          patch(image * channels_ * plane_, std::int64_t{y} * g_.stride - g_.padding,
                std::int64_t{x} * g_.stride - g_.padding, row);
          if (bias_) {
            bias();
          }
        }
      }
    }
  }

 private:
  template <typename Row>
  void patch(std::size_t image, std::int64_t top, std::int64_t left, const Row& row) const {
    const auto skip = static_cast<std::uint32_t>(std::max<std::int64_t>(0, -left));
    const std::int64_t right = std::min<std::int64_t>(g_.kernel, std::int64_t{g_.width} - left);
    const auto count = static_cast<std::uint32_t>(std::max<std::int64_t>(0, right - skip));
    for (std::size_t channel = 0; channel < channels_; ++channel) {
      for (std::int64_t y = top; y < top + g_.kernel; ++y) {
        const bool inside = y >= 0 && y < g_.height && count != 0;
        const std::size_t pixel =
            inside ? static_cast<std::size_t>(y) * g_.width + static_cast<std::size_t>(left + skip)
                   : 0;
        row(image + channel * channel_step_ + pixel * pixel_step_, skip, inside ? count : 0);
      }
    }
  }

  JobGeometry g_;
  std::size_t images_, channels_;
  bool bias_;
  std::size_t plane_, pixel_step_, channel_step_;
};

}  // namespace

void EngineNumerics::convert_gathered(const invar_engine_job& job,
                                      const std::vector<std::uint8_t>& bytes) {
  float* out = floats(job.c);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    out[i] = job.alpha * static_cast<float>(bytes[i]) + job.beta;
  }
}

void EngineNumerics::im2col(const invar_engine_job& job) {
  const PatchWalk walk(job);
  const float* images = floats(job.a);
  float* patch = floats(job.c);
  walk.for_each_row(
      [&](std::size_t first, std::uint32_t skip, std::uint32_t count) {
        std::fill_n(patch, walk.kernel(), 0.0F);
        if (walk.pixel_step() == 1) {
          std::copy_n(images + first, count, patch + skip);
        } else {
          for (std::uint32_t x = 0; x < count; ++x) {
            patch[skip + x] = images[first + x * walk.pixel_step()];
          }
        }
        patch += walk.kernel();
      },
      [&] { *patch++ = 1.0F; });
}

void EngineNumerics::col2im(const invar_engine_job& job) {
  const PatchWalk walk(job);
  const float* patch = floats(job.a);
  float* images = floats(job.c);
  std::fill_n(images, walk.elements(), 0.0F);
  walk.for_each_row(
      [&](std::size_t first, std::uint32_t skip, std::uint32_t count) {
        for (std::uint32_t x = 0; x < count; ++x) {
          images[first + x * walk.pixel_step()] += patch[skip + x];
        }
        patch += walk.kernel();
      },
      [&] { ++patch; });
}

void EngineNumerics::maxpool(const invar_engine_job& job) {
  const JobGeometry g(job);
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
  const JobGeometry g(job);
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
