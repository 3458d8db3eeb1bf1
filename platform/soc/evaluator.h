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
  /// \param layers as the firmware is given them
  /// \param geometry height, width and pixel scaling
  /// \param threaded evaluate beside the simulation rather than within `start`
  Evaluator(const ImageSet& images, const std::vector<invar_layer_shape>& layers,
            const invar_train_parameters& geometry, bool threaded);

  struct Result {
    std::uint64_t step = 0;
    double accuracy = 0.0;  ///< fraction of the images whose largest class is right
  };

  /// Starts the evaluation of a set of weights (layout: struct invar_progress).
  void start(std::uint64_t step, std::vector<float> weights);
  /// Waits for the evaluation under way, if any, and returns all results so far, in order.
  const std::vector<Result>& results();

  /// Accuracy of the last evaluation that has ended; below 0 if none has.
  double latest_accuracy() const { return results_.empty() ? -1.0 : results_.back().accuracy; }

  /// The evaluation itself.
  double accuracy(const std::vector<float>& weights) const;

 private:
  const ImageSet& images_;
  std::vector<invar_layer_shape> layers_;
  std::size_t pixels_;  ///< of an image
  float scale_, offset_;
  std::launch launch_;
  std::vector<Result> results_;
  std::future<Result> pending_;
};

}  // namespace invar::platform

#endif
