#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_lines.h>

#include <algorithm>

namespace invar::platform {
namespace {

constexpr std::size_t k_longest_line = std::size_t{1} << 16;
constexpr std::string_view k_byte_order_mark = "\xEF\xBB\xBF";

}  // namespace

bool InputLines::fill() {
  text_.erase(0, at_);
  at_ = 0;
  const std::size_t before = text_.size();
  text_.resize(before + k_longest_line);
  const std::size_t got = file_.read(text_.data() + before, k_longest_line);
  text_.resize(before + got);
  if (file_.is_truncated()) {
    throw InputError(file_.path() + ": damaged gzip data (it ends early)");
  }
  if (read_bytes_ == 0 && text_.compare(0, 3, k_byte_order_mark) == 0) {
    at_ = k_byte_order_mark.size();
  }
  read_bytes_ += got;
  return got != 0;
}

void InputLines::refuse(const std::string& what) const {
  throw InputError(file_.path() + ":" + std::to_string(number_ + 1) + ": " + what);
}

bool InputLines::next(std::string_view& line) {
  std::size_t end = text_.find('\n', at_);
  while (end == std::string::npos) {
    if (read_bytes_ > expected_bytes_) {
      refuse("longer than what it announces explains");
    }
    if (text_.size() - at_ > k_longest_line || !fill()) {
      end = text_.size();
    } else {
      end = text_.find('\n', at_);
    }
  }
  if (at_ == text_.size()) {
    return false;
  }
  if (end - at_ > k_longest_line) {
    refuse("a line of more than " + std::to_string(k_longest_line) + " bytes");
  }
  line = std::string_view(text_).substr(at_, end - at_);
  at_ = std::min(end + 1, text_.size());
  ++number_;
  return true;
}

}  // namespace invar::platform
