#include <fmt/format.h>
#include <invar/platform/configuration/toml_document.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>

#include <algorithm>
#include <sstream>

namespace invar::platform {
namespace {

/// Follows brackets and dotted keys through a text, past strings and comments.
class NestingCheck {
 public:
  NestingCheck(const std::string& path, const std::string& text) : path_(path), text_(text) {}

  void run() {
    for (; at_ < text_.size(); ++at_) {
      step(text_[at_]);
    }
  }

 private:
  void step(char c) {
    switch (c) {
      case '[':
      case '{':
        dots_ = 0;
        return deepen(depth_);
      case ']':
      case '}':
        dots_ = 0;
        depth_ = std::max(depth_ - 1, 0);
        return;
      case '.':
        return deepen(dots_);
      case '\n':
        ++line_;
        dots_ = 0;
        return;
      case ',':
      case '=':
        dots_ = 0;
        return;
      case '#':
        at_ = std::min(text_.find('\n', at_), text_.size()) - 1;
        return;
      case '"':
      case '\'':
        return skip_string(c);
      default:
        return;
    }
  }

  void deepen(int& levels) const {
    if (++levels > k_deepest_nesting) {
      throw InputError(fmt::format("{}:{}: nested deeper than {} levels, the most that are read",
                                   path_, line_, k_deepest_nesting));
    }
  }

  /// To the last character of a string; one in single delimiters ends with its line.
  void skip_string(char quote) {
    const std::string triple(3, quote);
    const bool multiline = text_.compare(at_, 3, triple) == 0;
    at_ += multiline ? 3 : 1;
    for (; at_ < text_.size(); ++at_) {
      if (text_[at_] == '\n') {
        if (!multiline) {
          --at_;
          return;
        }
        ++line_;
      } else if (text_[at_] == '\\' && quote == '"') {
        ++at_;
        line_ += at_ < text_.size() && text_[at_] == '\n' ? 1 : 0;
      } else if (!multiline && text_[at_] == quote) {
        return;
      } else if (multiline && text_.compare(at_, 3, triple) == 0) {
        // Up to two quotes before the delimiter are the string's own.
        const std::size_t after = std::min(text_.find_first_not_of(quote, at_), text_.size());
        at_ += std::min<std::size_t>(after - at_, 5) - 1;
        return;
      }
    }
  }

  const std::string& path_;
  const std::string& text_;
  std::size_t at_ = 0;
  int line_ = 1;
  int depth_ = 0;
  int dots_ = 0;
};

/// The first line of toml11's drawing of the error, without its own decoration.
std::string first_line(const std::string& drawing) {
  std::string line = drawing.substr(0, drawing.find('\n'));
  for (const std::string& prefix : {std::string("[error] "), std::string("toml::")}) {
    if (line.rfind(prefix, 0) == 0) {
      line.erase(0, prefix.size());
    }
  }
  return line;
}

}  // namespace

toml::value parse_toml(const std::string& path, const std::string& text) {
  NestingCheck(path, text).run();
  if (text.empty()) {
    return toml::table();
  }
  std::istringstream stream(text);
  try {
    return toml::parse(stream, path);
  } catch (const toml::exception& error) {
    throw InputError(
        fmt::format("{}:{}: {}", path, error.location().line(), first_line(error.what())));
  } catch (const std::exception& error) {
    throw InputError(path + ": " + first_line(error.what()));
  }
}

}  // namespace invar::platform
