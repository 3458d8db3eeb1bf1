#include <invar/configuration/toml_document.h>

#include <algorithm>
#include <map>
#include <sstream>
#include <stdexcept>
#include <toml.hpp>

namespace invar::configuration {
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
    if (++levels > k_deepest_toml_nesting) {
      throw std::invalid_argument(path_ + ":" + std::to_string(line_) + ": nested deeper than " +
                                  std::to_string(k_deepest_toml_nesting) +
                                  " levels, the most that are read");
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

TomlValue convert(const toml::value& from);

std::vector<TomlValue> convert_array(const toml::array& from) {
  std::vector<TomlValue> values;
  for (const toml::value& value : from) {
    values.push_back(convert(value));
  }
  return values;
}

/// In the order of the file, so that the first mistake is the one reported.
std::vector<std::pair<std::string, TomlValue>> convert_table(const toml::table& from) {
  std::multimap<std::size_t, std::pair<std::string, TomlValue>> by_line;
  for (const auto& [key, value] : from) {
    TomlValue converted = convert(value);
    by_line.emplace(converted.line, std::make_pair(key, std::move(converted)));
  }
  std::vector<std::pair<std::string, TomlValue>> entries;
  for (auto& [line, entry] : by_line) {
    entries.push_back(std::move(entry));
  }
  return entries;
}

TomlValue convert(const toml::value& from) {
  TomlValue to;
  to.kind = TomlValue::Kind::value;
  to.line = from.location().line();
  if (from.is_boolean()) {
    to.value = from.as_boolean();
  } else if (from.is_integer()) {
    to.value = static_cast<std::int64_t>(from.as_integer());
  } else if (from.is_floating()) {
    to.value = from.as_floating();
  } else if (from.is_string()) {
    to.value = from.as_string().str;
  } else if (from.is_array()) {
    to.kind = TomlValue::Kind::array;
    to.array = convert_array(from.as_array());
  } else if (from.is_table()) {
    to.kind = TomlValue::Kind::table;
    to.table = convert_table(from.as_table());
  } else {
    to.kind = TomlValue::Kind::other;
  }
  return to;
}

}  // namespace

const TomlValue* TomlValue::find(const std::string& key) const {
  const auto found = std::find_if(table.begin(), table.end(),
                                  [&key](const auto& entry) { return entry.first == key; });
  return found == table.end() ? nullptr : &found->second;
}

TomlValue parse_toml(const std::string& path, const std::string& text) {
  NestingCheck(path, text).run();
  if (text.empty()) {
    return {};
  }
  std::istringstream stream(text);
  try {
    return convert(toml::parse(stream, path));
  } catch (const toml::exception& error) {
    throw std::invalid_argument(path + ":" + std::to_string(error.location().line()) + ": " +
                                first_line(error.what()));
  } catch (const std::exception& error) {
    throw std::invalid_argument(path + ": " + first_line(error.what()));
  }
}

}  // namespace invar::configuration
