#ifndef INVAR_PLATFORM_COMMAND_LINE_PROGRESS_LINE_H
#define INVAR_PLATFORM_COMMAND_LINE_PROGRESS_LINE_H

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <string>

namespace invar::platform {

/// What a training run tells while it runs.
struct Progress {
  double epoch = 0.0;
  std::uint64_t step = 0;
  std::uint64_t steps = 0;  ///< in all
  double simulated_time_s = 0.0;
  double loss = 0.0;
  double test_accuracy = -1.0;  ///< below 0: not evaluated yet
};

/// One line on a terminal, rewritten in place at most ten times a second, with the time left by
/// the steps done so far. Prints nothing when the stream is no terminal or `quiet` is set, and
/// never more than fits the terminal's width, at most 80 columns.
class ProgressLine {
 public:
  explicit ProgressLine(bool quiet, std::FILE* stream = stderr);
  ~ProgressLine() { finish(); }
  ProgressLine(const ProgressLine&) = delete;
  ProgressLine& operator=(const ProgressLine&) = delete;

  void update(const Progress& progress);
  /// Any other text.
  void show(const std::string& text);
  /// Clears the line.
  void finish();

  /// "epoch 1.25  step 250/600  12.3 ms  loss 0.511  accuracy 81.2 %  0:42 left", without what
  /// matters least where that is longer than `columns`.
  static std::string format(const Progress& progress, double elapsed_s, std::size_t columns = 79);

 private:
  using Clock = std::chrono::steady_clock;

  bool is_due();
  std::size_t columns() const;
  void print(const std::string& line);

  std::FILE* stream_;
  bool shown_;
  bool written_ = false;
  Clock::time_point start_ = Clock::now();
  Clock::time_point next_ = start_;
};

/// Simulated time as people read it, "12.3 ms".
std::string format_simulated(double time_s);

}  // namespace invar::platform

#endif
