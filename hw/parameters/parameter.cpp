#include <invar/parameters/parameter.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace invar::parameters {
namespace {

[[noreturn]] void refuse(const Parameter& parameter, const Value& value, const std::string& what) {
  const auto* number = std::get_if<double>(&value);
  const std::string text = number != nullptr ? number_text(*number) : to_text(value);
  throw std::invalid_argument(parameter.key + " = " + text + ": must be " + what);
}

void require_range(const Parameter& parameter, const Value& value, double number) {
  const Range& range = parameter.range;
  const bool high_enough = range.above ? number > range.lowest : number >= range.lowest;
  if (!high_enough || !(number <= range.highest)) {
    refuse(parameter, value, parameter.allowed);
  }
}

Value checked_whole(const Parameter& parameter, const Value& value) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (whole == nullptr) {
    refuse(parameter, value, "a whole number " + parameter.allowed);
  }
  require_range(parameter, value, static_cast<double>(*whole));
  return value;
}

Value checked_real(const Parameter& parameter, const Value& value) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  const auto* real = std::get_if<double>(&value);
  if (whole == nullptr && real == nullptr) {
    refuse(parameter, value, "a number " + parameter.allowed);
  }
  const double number = real != nullptr ? *real : static_cast<double>(*whole);
  require_range(parameter, value, number);
  return number;
}

Value checked_choice(const Parameter& parameter, const Value& value) {
  const auto* name = std::get_if<std::string>(&value);
  const auto& choices = parameter.choices;
  if (name == nullptr || std::find(choices.begin(), choices.end(), *name) == choices.end()) {
    refuse(parameter, value, parameter.allowed);
  }
  return value;
}

template <typename T>
bool parse_number(const std::string& text, T& value) {
  const char* first = text.data() + (text.size() > 1 && text[0] == '+' ? 1 : 0);
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, value);
  return error == std::errc() && end == last && !text.empty();
}

Value parse_real(const std::string& text) {
  double number = 0.0;
  return parse_number(text, number) ? Value(number) : Value(text);
}

Value parse_whole(const std::string& text) {
  std::int64_t whole = 0;
  if (parse_number(text, whole)) {
    return whole;
  }
  const Value real = parse_real(text);
  // 1e6 is a whole number too, as far as a double tells them apart.
  const auto* number = std::get_if<double>(&real);
  if (number != nullptr && *number == std::floor(*number) && std::abs(*number) < 0x1p53) {
    return static_cast<std::int64_t>(*number);
  }
  return real;
}

}  // namespace

std::string to_text(Range range) {
  return range.above
             ? "above " + short_text(range.lowest) + " and at most " + short_text(range.highest)
             : "from " + short_text(range.lowest) + " to " + short_text(range.highest);
}

Value Parameter::checked(const Value& value) const {
  switch (kind) {
    case Kind::whole:
      return checked_whole(*this, value);
    case Kind::real:
      return checked_real(*this, value);
    case Kind::choice:
      return checked_choice(*this, value);
    case Kind::flag:
      if (!std::holds_alternative<bool>(value)) {
        refuse(*this, value, allowed);
      }
      return value;
    case Kind::text:
      if (!std::holds_alternative<std::string>(value)) {
        refuse(*this, value, "a text in quotes");
      }
      return value;
  }
  return value;
}

Value Parameter::parse(const std::string& text) const {
  switch (kind) {
    case Kind::whole:
      return parse_whole(text);
    case Kind::real:
      return parse_real(text);
    case Kind::flag:
      return text == "true" || text == "false" ? Value(text == "true") : Value(text);
    default:
      return text;
  }
}

}  // namespace invar::parameters
