#include <fmt/format.h>
#include <invar/platform/command_line/progress_line.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <algorithm>
#include <cmath>
#include <utility>
#include <vector>

namespace invar::platform {
namespace {

std::string left(double seconds) {
  const auto whole = static_cast<long>(std::lround(seconds));
  return whole < 3600 ? fmt::format("{}:{:02}", whole / 60, whole % 60)
                      : fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60);
}

/// Some terminals go to the next line when the last column is written.
constexpr std::size_t k_columns = 79;

/// A piece of the line; those of the lowest rank go first where room is short.
struct Piece {
  std::string text;
  int rank;
};

std::string join(const std::vector<Piece>& pieces) {
  std::string line;
  for (const Piece& piece : pieces) {
    line += (line.empty() ? "" : "  ") + piece.text;
  }
  return line;
}

std::string fit(std::vector<Piece> pieces, std::size_t columns) {
  const auto is_less = [](const Piece& a, const Piece& b) { return a.rank < b.rank; };
  while (pieces.size() > 1 && join(pieces).size() > columns) {
    pieces.erase(std::min_element(pieces.begin(), pieces.end(), is_less));
  }
  return join(pieces).substr(0, columns);
}

}  // namespace

std::string format_simulated(double time_s) {
  if (time_s < 1e-6) {
    return fmt::format("{:.0f} ns", time_s * 1e9);
  }
  if (time_s < 1e-3) {
    return fmt::format("{:.1f} us", time_s * 1e6);
  }
  return time_s < 1.0 ? fmt::format("{:.1f} ms", time_s * 1e3) : fmt::format("{:.2f} s", time_s);
}

ProgressLine::ProgressLine(bool quiet, std::FILE* stream)
    : stream_(stream), shown_(!quiet && isatty(fileno(stream)) == 1) {}

std::string ProgressLine::format(const Progress& progress, double elapsed_s, std::size_t columns) {
  std::vector<Piece> pieces = {{fmt::format("epoch {:.2f}", progress.epoch), 2},
                               {fmt::format("step {}/{}", progress.step, progress.steps), 6},
                               {format_simulated(progress.simulated_time_s), 1},
                               {fmt::format("loss {:.3f}", progress.loss), 4}};
  if (progress.test_accuracy >= 0.0) {
    pieces.push_back({fmt::format("accuracy {:.1f} %", 100.0 * progress.test_accuracy), 3});
  }
  if (progress.step > 0 && progress.steps >= progress.step) {
    const double steps_left = static_cast<double>(progress.steps - progress.step);
    pieces.push_back(
        {left(elapsed_s * steps_left / static_cast<double>(progress.step)) + " left", 5});
  }
  return fit(std::move(pieces), columns);
}

std::size_t ProgressLine::columns() const {
  winsize size = {};
  const bool known = ioctl(fileno(stream_), TIOCGWINSZ, &size) == 0 && size.ws_col > 1;
  return known ? std::min<std::size_t>(size.ws_col - 1, k_columns) : k_columns;
}

bool ProgressLine::is_due() {
  const Clock::time_point now = Clock::now();
  if (!shown_ || now < next_) {
    return false;
  }
  next_ = now + std::chrono::milliseconds(100);
  return true;
}

void ProgressLine::update(const Progress& progress) {
  if (is_due()) {
    const double elapsed_s = std::chrono::duration<double>(Clock::now() - start_).count();
    print(format(progress, elapsed_s, columns()));
  }
}

void ProgressLine::show(const std::string& text) {
  if (is_due()) {
    print(text.substr(0, columns()));
  }
}

void ProgressLine::print(const std::string& line) {
  // Not fmt::print, which throws when the terminal has gone.
  std::fputs(("\r\x1b[K" + line).c_str(), stream_);
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
