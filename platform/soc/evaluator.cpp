#include <invar/platform/soc/evaluator.h>

#include <Eigen/Core>
#include <algorithm>
#include <cmath>
#include <utility>

namespace invar::platform {
namespace {

using RowMajor = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// Images whose patches fit the cache together.
constexpr std::size_t k_chunk = 32;

}  // namespace

Evaluator::Evaluator(const ImageSet& images, const invar_train_parameters& geometry, bool threaded)
    : images_(images),
      height_(geometry.height),
      width_(geometry.width),
      channels_(geometry.channels),
      kernel_(geometry.kernel),
      stride_(geometry.stride),
      classes_(geometry.classes),
      out_height_((height_ - kernel_) / stride_ + 1),
      out_width_((width_ - kernel_) / stride_ + 1),
      pool_height_(out_height_ / 2),
      pool_width_(out_width_ / 2),
      patch_(kernel_ * kernel_ + 1),
      features_(pool_height_ * pool_width_ * channels_),
      scale_(geometry.pixel_scale),
      offset_(geometry.pixel_offset),
      launch_(threaded ? std::launch::async : std::launch::deferred) {}

void Evaluator::start(std::uint64_t step, std::vector<float> conv_weights,
                      std::vector<float> dense_weights) {
  results();
  pending_ = std::async(
      launch_, [this, step, conv = std::move(conv_weights), dense = std::move(dense_weights)] {
        return Result{step, accuracy(conv, dense)};
      });
}

const std::vector<Evaluator::Result>& Evaluator::results() {
  if (pending_.valid()) {
    results_.push_back(pending_.get());
  }
  return results_;
}

double Evaluator::accuracy(const std::vector<float>& conv_weights,
                           const std::vector<float>& dense_weights) const {
  const Eigen::Map<const RowMajor> conv(conv_weights.data(), channels_, patch_);
  const Eigen::Map<const RowMajor> dense(dense_weights.data(), classes_, features_ + 1);
  const std::size_t positions = out_height_ * out_width_;
  RowMajor patches(k_chunk * positions, patch_);
  patches.rightCols(1).setOnes();
  RowMajor maps;
  RowMajor pooled(k_chunk, features_ + 1);
  pooled.rightCols(1).setOnes();
  RowMajor logits;
  std::size_t right = 0;
  for (std::size_t first = 0; first < images_.count; first += k_chunk) {
    const std::size_t count = std::min(k_chunk, images_.count - first);
    for (std::size_t image = 0; image < count; ++image) {
      const std::uint8_t* pixels = images_.images.data() + (first + image) * height_ * width_;
      float* patch = patches.row(image * positions).data();
      for (std::size_t y = 0; y < out_height_; ++y) {
        for (std::size_t x = 0; x < out_width_; ++x, patch += patch_) {
          for (std::size_t ky = 0; ky < kernel_; ++ky) {
            const std::uint8_t* row = pixels + (y * stride_ + ky) * width_ + x * stride_;
            for (std::size_t kx = 0; kx < kernel_; ++kx) {
              patch[ky * kernel_ + kx] = scale_ * row[kx] + offset_;
            }
          }
        }
      }
    }
    maps.noalias() = patches.topRows(count * positions) * conv.transpose();
    for (std::size_t image = 0; image < count; ++image) {
      for (std::size_t y = 0; y < pool_height_; ++y) {
        for (std::size_t x = 0; x < pool_width_; ++x) {
          const std::size_t corner = image * positions + 2 * y * out_width_ + 2 * x;
          pooled.row(image).segment((y * pool_width_ + x) * channels_, channels_) =
              maps.row(corner)
                  .cwiseMax(maps.row(corner + 1))
                  .cwiseMax(maps.row(corner + out_width_))
                  .cwiseMax(maps.row(corner + out_width_ + 1))
                  .cwiseMax(0.0F);
        }
      }
    }
    logits.noalias() = pooled.topRows(count) * dense.transpose();
    for (std::size_t image = 0; image < count; ++image) {
      Eigen::Index best = 0;
      logits.row(image).maxCoeff(&best);
      right += static_cast<std::size_t>(best) == images_.labels[first + image] ? 1 : 0;
    }
  }
  return images_.count == 0 ? 0.0 : static_cast<double>(right) / static_cast<double>(images_.count);
}

}  // namespace invar::platform
