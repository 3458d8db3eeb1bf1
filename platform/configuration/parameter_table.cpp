#include <fmt/format.h>
#include <invar/platform/configuration/nearest_name.h>
#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/dataset/input_error.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <stdexcept>

namespace invar::platform {
namespace {

/// 1e9 and not 1000000000.0, 0.5, 40: for people.
std::string short_text(double value) {
  return fmt::format("{:.10g}", value);
}

template <typename T>
bool parse_whole(const std::string& text, T& value) {
  const char* first = text.data() + (text.size() > 1 && text[0] == '+' ? 1 : 0);
  const char* last = text.data() + text.size();
  const auto [end, error] = std::from_chars(first, last, value);
  return error == std::errc() && end == last && !text.empty();
}

}  // namespace

std::string to_text(const ParameterValue& value) {
  struct Visitor {
    std::string operator()(bool flag) const { return flag ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const {
      std::string text = fmt::format("{}", number);
      const bool plain = text.find_first_not_of("0123456789-") == std::string::npos;
      return plain ? text + ".0" : text;
    }
    std::string operator()(const std::string& text) const {
      std::string quoted = "\"";
      for (const char c : text) {
        if (c == '"' || c == '\\') {
          quoted += '\\';
        }
        if (static_cast<unsigned char>(c) < 0x20) {
          quoted += fmt::format("\\u{:04X}", static_cast<unsigned>(c));
        } else {
          quoted += c;
        }
      }
      return quoted + '"';
    }
  };
  return std::visit(Visitor{}, value);
}

Parameter& Parameter::with_flag(const std::string& name, const std::string& argument) {
  flag = name;
  flag_argument = argument;
  return *this;
}

Parameter& Parameter::only_for(Command command) {
  is_for_machine = false;
  commands = {command};
  return *this;
}

Parameter& Parameter::also_for(Command command) {
  commands.push_back(command);
  return *this;
}

Parameter& Parameter::not_for(Command command) {
  excepted.push_back(command);
  return *this;
}

bool Parameter::is_for(Command command) const {
  const auto has = [&](const std::vector<Command>& list) {
    return std::find(list.begin(), list.end(), command) != list.end();
  };
  return has(commands) || (is_for_machine && command.runs_machine && !has(excepted));
}

Parameter& Parameter::defining_the_task(const std::function<bool(const RunConfiguration&)>& when) {
  defines_task = when;
  return *this;
}

Parameter& Parameter::host_only() {
  affects_results = false;
  return *this;
}

Parameter& Parameter::with_dependent_default() {
  has_dependent_default = true;
  return *this;
}

const Parameter* ParameterTable::find(const std::string& key) const {
  for (const Parameter& parameter : parameters_) {
    if (parameter.key == key) {
      return &parameter;
    }
  }
  return nullptr;
}

std::string ParameterTable::unknown(const std::string& key) const {
  std::vector<std::string> keys;
  for (const Parameter& parameter : parameters_) {
    keys.push_back(parameter.key);
  }
  const std::string nearest = nearest_name(key, keys);
  return "unknown parameter " + key +
         (nearest.empty() ? "; `invar params` lists all" : "; did you mean " + nearest + "?");
}

void ParameterTable::limit_to(Command command, std::size_t first) {
  for (std::size_t i = first; i < parameters_.size(); ++i) {
    parameters_[i].only_for(command);
  }
}

void ParameterTable::assign(RunConfiguration& configuration, const Parameter& parameter,
                            const ParameterValue& value) const {
  parameter.set(configuration, value);
  configuration.given.insert(parameter.key);
}

Parameter& ParameterTable::add(const std::string& key, const std::string& unit,
                               const std::string& description, const std::string& source) {
  if (find(key) != nullptr || key.find('.') == std::string::npos) {
    throw std::logic_error("parameter " + key + ": declared twice or without a group");
  }
  Parameter parameter;
  parameter.key = key;
  parameter.unit = unit;
  parameter.description = description;
  parameter.source = source;
  parameters_.push_back(parameter);
  return parameters_.back();
}

const ParameterTable& parameter_table() {
  static const ParameterTable table = [] {
    ParameterTable all;
    add_run_parameters(all);
    add_core_parameters(all);
    add_circuit_parameters(all);
    add_workload_parameters(all);
    add_hardware_parameters(all);
    return all;
  }();
  return table;
}

namespace detail {

std::string describe(Range range) {
  if (range.above) {
    return "above " + short_text(range.lowest) + " and at most " + short_text(range.highest);
  }
  return "from " + short_text(range.lowest) + " to " + short_text(range.highest);
}

void throw_not_allowed(const std::string& key, const ParameterValue& value,
                       const std::string& allowed) {
  const auto* number = std::get_if<double>(&value);
  const std::string text = number != nullptr ? fmt::format("{}", *number) : to_text(value);
  throw InputError(key + " = " + text + ": must be " + allowed);
}

double require_real(const std::string& key, const ParameterValue& value, Range range) {
  double number = std::nan("");
  if (const auto* real = std::get_if<double>(&value)) {
    number = *real;
  } else if (const auto* whole = std::get_if<std::int64_t>(&value)) {
    number = static_cast<double>(*whole);
  } else {
    throw_not_allowed(key, value, "a number " + describe(range));
  }
  const bool low_enough = number <= range.highest;
  const bool high_enough = range.above ? number > range.lowest : number >= range.lowest;
  if (!low_enough || !high_enough) {
    throw_not_allowed(key, value, describe(range));
  }
  return number;
}

std::int64_t require_integer(const std::string& key, const ParameterValue& value, Range range) {
  const auto* whole = std::get_if<std::int64_t>(&value);
  if (whole == nullptr) {
    throw_not_allowed(key, value, "a whole number " + describe(range));
  }
  require_real(key, value, range);
  return *whole;
}

bool require_flag(const std::string& key, const ParameterValue& value) {
  const auto* flag = std::get_if<bool>(&value);
  if (flag == nullptr) {
    throw_not_allowed(key, value, "true or false");
  }
  return *flag;
}

std::string require_text(const std::string& key, const ParameterValue& value) {
  const auto* text = std::get_if<std::string>(&value);
  if (text == nullptr) {
    throw_not_allowed(key, value, "a text in quotes");
  }
  return *text;
}

// What cannot be read stays a text, which the range check then refuses by name.

ParameterValue parse_integer(const std::string& text) {
  std::int64_t value = 0;
  if (parse_whole(text, value)) {
    return value;
  }
  const ParameterValue real = parse_real(text);
  // 1e6 is a whole number too, as far as a double tells them apart.
  const auto* number = std::get_if<double>(&real);
  if (number != nullptr && *number == std::floor(*number) && std::abs(*number) < 0x1p53) {
    return static_cast<std::int64_t>(*number);
  }
  return real;
}

ParameterValue parse_real(const std::string& text) {
  double value = 0.0;
  if (parse_whole(text, value)) {
    return value;
  }
  return text;
}

ParameterValue parse_flag(const std::string& text) {
  if (text == "true" || text == "false") {
    return text == "true";
  }
  return text;
}

}  // namespace detail
}  // namespace invar::platform
