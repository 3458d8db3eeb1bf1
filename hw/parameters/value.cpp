#include <invar/parameters/value.h>

#include <array>
#include <charconv>
#include <string_view>

namespace invar::parameters {
namespace {

/// Numbers from 1e-4 up to this power of ten are written without an exponent.
constexpr int k_smallest_exponent = -4;
constexpr int k_exponent_limit = 16;

template <typename... Format>
std::string digits(double number, Format... format) {
  std::array<char, 64> buffer;
  const auto result =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), number, format...);
  return {buffer.data(), result.ptr};
}

std::string in_quotes(const std::string& text) {
  constexpr std::string_view k_hexadecimal = "0123456789ABCDEF";
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') {
      quoted += '\\';
    }
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20) {
      quoted += "\\u00";
      quoted += k_hexadecimal[code / 16];
      quoted += k_hexadecimal[code % 16];
    } else {
      quoted += c;
    }
  }
  return quoted + '"';
}

struct Writer {
  std::string operator()(bool flag) const { return flag ? "true" : "false"; }
  std::string operator()(std::int64_t number) const { return std::to_string(number); }
  std::string operator()(double number) const {
    const std::string text = number_text(number);
    const bool plain = text.find_first_not_of("0123456789-") == std::string::npos;
    return plain ? text + ".0" : text;
  }
  std::string operator()(const std::string& text) const { return in_quotes(text); }
};

}  // namespace

std::string to_text(const Value& value) {
  return std::visit(Writer{}, value);
}

std::string number_text(double number) {
  const std::string scientific = digits(number, std::chars_format::scientific);
  const std::size_t mark = scientific.find('e');
  if (mark == std::string::npos) {
    return scientific;  // infinite or no number
  }
  const int exponent = std::stoi(scientific.substr(mark + 1));
  return exponent < k_smallest_exponent || exponent >= k_exponent_limit
             ? scientific
             : digits(number, std::chars_format::fixed);
}

std::string short_text(double number) {
  return digits(number, std::chars_format::general, 10);
}

}  // namespace invar::parameters
