#include <invar/platform/soc/evaluator.h>
#include <invar/platform/workload/network_shapes.h>
#include <invar/sw/network/layer.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

namespace invar::platform {
namespace {

using std::size_t;
using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Images whose patches fit the cache together.
constexpr size_t k_images_at_once = 32;

/// The elements of one patch, which may reach over the edge.
void cut_patch(const invar_layer_shape& s, const float* map, std::int64_t top, std::int64_t left,
               float* patch) {
  for (std::int64_t channel = 0; channel < s.channels; ++channel) {
    for (std::int64_t y = top; y < top + s.kernel; ++y) {
      for (std::int64_t x = left; x < left + s.kernel; ++x) {
        const bool inside = y >= 0 && y < s.height && x >= 0 && x < s.width;
        *patch++ = inside ? map[(y * s.width + x) * s.channels + channel] : 0.0F;
      }
    }
  }
}

/// Rows of patches of all maps, a column of ones at the end if there is a bias.
RowMajor cut_patches(const invar_layer_shape& s, const float* maps, size_t count) {
  const size_t height = output_height(s);
  const size_t width = output_width(s);
  const size_t map = size_t{s.height} * s.width * s.channels;
  RowMajor patches = RowMajor::Ones(count * height * width, inputs_of(s));
  for (size_t row = 0; row < count * height * width; ++row) {
    const auto y = static_cast<std::int64_t>(row / width % height);
    const auto x = static_cast<std::int64_t>(row % width);
    cut_patch(s, maps + row / (height * width) * map, y * s.stride - s.padding,
              x * s.stride - s.padding, patches.row(row).data());
  }
  return patches;
}

/// Rows are images; elements of a map are row, column, channel.
RowMajor multiply(const invar_layer_shape& s, const RowMajor& maps, const float* weights) {
  const auto count = static_cast<size_t>(maps.rows());
  const Eigen::Map<const RowMajor> matrix(weights, s.outputs, inputs_of(s));
  RowMajor result;
  result.noalias() = cut_patches(s, maps.data(), count) * matrix.transpose();
  return Eigen::Map<RowMajor>(result.data(), count, result.size() / maps.rows());
}

/// What has no weights.
RowMajor evaluate(const invar_layer_shape& s, const RowMajor& maps, const float* addend) {
  RowMajor result(maps.rows(), static_cast<Eigen::Index>(invar_layer_output_elements(&s)));
  invar_layer_evaluate(&s, maps.data(), addend, result.data(),
                       static_cast<std::uint32_t>(maps.rows()));
  return result;
}

/// Class scores of images, one a row.
RowMajor scores(const std::vector<invar_layer_shape>& layers, const float* weights,
                const RowMajor& images) {
  std::vector<RowMajor> outputs;
  for (const invar_layer_shape& s : layers) {
    const RowMajor& input = outputs.empty() ? images : outputs.back();
    RowMajor output;
    if (s.kind == INVAR_LAYER_PRODUCT) {
      output = multiply(s, input, weights);
      weights += size_t{s.outputs} * inputs_of(s);
    } else {
      const bool has_addend = s.addend < outputs.size();
      output = evaluate(s, input, has_addend ? outputs[s.addend].data() : nullptr);
    }
    if ((s.flags & INVAR_LAYER_RELU) != 0) {
      output = output.cwiseMax(0.0F);
    }
    outputs.push_back(std::move(output));
  }
  return outputs.back();
}

}  // namespace

Evaluator::Evaluator(const ImageSet& images, const std::vector<invar_layer_shape>& layers,
                     const invar_train_parameters& geometry, bool threaded)
    : images_(images),
      layers_(layers),
      pixels_(size_t{geometry.height} * geometry.width),
      scale_(geometry.pixel_scale),
      offset_(geometry.pixel_offset),
      launch_(threaded ? std::launch::async : std::launch::deferred) {}

void Evaluator::start(std::uint64_t step, std::vector<float> weights) {
  results();
  pending_ = std::async(launch_, [this, step, weights = std::move(weights)] {
    return Result{step, accuracy(weights)};
  });
}

const std::vector<Evaluator::Result>& Evaluator::results() {
  if (pending_.valid()) {
    results_.push_back(pending_.get());
  }
  return results_;
}

double Evaluator::accuracy(const std::vector<float>& weights) const {
  size_t right = 0;
  for (size_t first = 0; first < images_.count; first += k_images_at_once) {
    const size_t count = std::min(k_images_at_once, images_.count - first);
    RowMajor images(count, pixels_);
    const std::uint8_t* pixels = images_.images.data() + first * pixels_;
    std::transform(pixels, pixels + count * pixels_, images.data(),
                   [this](std::uint8_t pixel) { return scale_ * pixel + offset_; });
    const RowMajor result = scores(layers_, weights.data(), images);
    for (size_t image = 0; image < count; ++image) {
      Eigen::Index best = 0;
      result.row(static_cast<Eigen::Index>(image)).maxCoeff(&best);
      right += static_cast<size_t>(best) == images_.labels[first + image] ? 1 : 0;
    }
  }
  return images_.count == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(images_.count);
}

}  // namespace invar::platform
