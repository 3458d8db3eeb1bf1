#include <fmt/format.h>
#include <invar/platform/command_line/progress_line.h>
#include <unistd.h>

#include <cmath>

namespace invar::platform {
namespace {

std::string simulated(double time_s) {
  if (time_s < 1e-6) {
    return fmt::format("{:.0f} ns", time_s * 1e9);
  }
  if (time_s < 1e-3) {
    return fmt::format("{:.1f} us", time_s * 1e6);
  }
  return time_s < 1.0 ? fmt::format("{:.1f} ms", time_s * 1e3) : fmt::format("{:.2f} s", time_s);
}

std::string left(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

}  // namespace

ProgressLine::ProgressLine(bool quiet, std::FILE* stream)
    : stream_(stream), shown_(!quiet && isatty(fileno(stream)) == 1) {}

std::string ProgressLine::format(const Progress& progress, double elapsed_s) {
  std::string line = fmt::format("epoch {:.2f}  step {}/{}  {} simulated  loss {:.3f}",
                                 progress.epoch, progress.step, progress.steps,
                                 simulated(progress.simulated_time_s), progress.loss);
  if (progress.test_accuracy >= 0.0) {
    line += fmt::format("  accuracy {:.1f} %", 100.0 * progress.test_accuracy);
  }
  if (progress.step > 0 && progress.steps >= progress.step) {
    const double steps_left = static_cast<double>(progress.steps - progress.step);
    line +=
        fmt::format("  {} left", left(elapsed_s * steps_left / static_cast<double>(progress.step)));
  }
  return line;
}

void ProgressLine::update(const Progress& progress) {
  if (!shown_) {
    return;
  }
  const Clock::time_point now = Clock::now();
  if (now < next_) {
    return;
  }
  next_ = now + std::chrono::milliseconds(100);
  const double elapsed_s = std::chrono::duration<double>(now - start_).count();
  fmt::print(stream_, "\r\x1b[K{}", format(progress, elapsed_s));
  std::fflush(stream_);
  written_ = true;
}

void ProgressLine::finish() {
  if (written_) {
    std::fputs("\r\x1b[K", stream_);
    std::fflush(stream_);
    written_ = false;
  }
}

}  // namespace invar::platform
