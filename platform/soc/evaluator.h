#ifndef INVAR_PLATFORM_SOC_EVALUATOR_H
#define INVAR_PLATFORM_SOC_EVALUATOR_H

#include <invar/platform/dataset/dataset.h>
#include <invar/sw/boot/boot_block.h>

#include <cstdint>
#include <future>
#include <vector>

namespace invar::platform {

/// Test accuracy of the network that the firmware trains, computed outside the simulated machine:
/// it costs no simulated time and no energy, and says so in the report.
///
/// One evaluation runs on a thread of its own while the simulation goes on; the next one waits for
/// it. Results do not depend on that.
class Evaluator {
 public:
  /// \param geometry height, width, channels, kernel, stride, classes and pixel scaling
  /// \param threaded evaluate beside the simulation rather than within `start`
  Evaluator(const ImageSet& images, const invar_train_parameters& geometry, bool threaded);

  struct Result {
    std::uint64_t step = 0;
    double accuracy = 0.0;  ///< fraction of the images whose largest class is right
  };

  /// Starts the evaluation of a set of weights (layouts: struct invar_progress).
  void start(std::uint64_t step, std::vector<float> conv_weights, std::vector<float> dense_weights);
  /// Waits for the evaluation under way, if any, and returns all results so far, in order.
  const std::vector<Result>& results();

  /// Accuracy of the last evaluation that has ended; below 0 if none has.
  double latest_accuracy() const { return results_.empty() ? -1.0 : results_.back().accuracy; }

  std::size_t conv_weight_count() const { return channels_ * patch_; }
  std::size_t dense_weight_count() const { return classes_ * (features_ + 1); }

  /// The evaluation itself.
  double accuracy(const std::vector<float>& conv_weights,
                  const std::vector<float>& dense_weights) const;

 private:
  const ImageSet& images_;
  std::size_t height_, width_, channels_, kernel_, stride_, classes_;
  std::size_t out_height_, out_width_, pool_height_, pool_width_;
  std::size_t patch_;     ///< kernel^2 + 1
  std::size_t features_;  ///< pooled values of an image
  float scale_, offset_;
  std::launch launch_;
  std::vector<Result> results_;
  std::future<Result> pending_;
};

}  // namespace invar::platform

#endif
