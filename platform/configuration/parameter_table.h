#ifndef INVAR_PLATFORM_CONFIGURATION_PARAMETER_TABLE_H
#define INVAR_PLATFORM_CONFIGURATION_PARAMETER_TABLE_H

#include <invar/platform/configuration/run_configuration.h>

#include <cstdint>
#include <functional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>
#include <vector>

namespace invar::platform {

using ParameterValue = std::variant<bool, std::int64_t, double, std::string>;

/// As TOML spells it: 3, 0.5, true, "text". Doubles read back to the same bits.
std::string to_text(const ParameterValue& value);

/// From the lowest to the highest allowed value; `above` excludes the lowest itself.
struct Range {
  double lowest;
  double highest;
  bool above = false;
};

/// One parameter, declared once: the TOML reader, the flags, the range check, `invar params` and
/// the report all work from this.
class Parameter {
 public:
  std::string key;  ///< "group.name"
  std::string unit;
  std::string description;
  std::string source;         ///< a paper, a data set, or the word assumption
  std::string allowed;        ///< "from 1 to 512"
  std::string flag;           ///< "--epochs"; empty: --set only
  std::string flag_argument;  ///< what --help shows as the flag's value
  /// Whether it has a meaning for all commands that run the machine, but for some.
  bool is_for_machine = true;
  std::vector<Command> excepted;
  /// Commands that it has a meaning for besides.
  std::vector<Command> commands;
  /// False for what cannot change results (threads, paths: what lies there can): kept out of the
  /// configuration hash, which covers contents of input files, and reported under "host".
  bool affects_results = true;
  /// Whether two runs must share its value to be compared; empty: no.
  std::function<bool(const RunConfiguration&)> defines_task;
  /// Whether the default follows from other parameters where the user sets nothing.
  bool has_dependent_default = false;

  std::function<ParameterValue(const RunConfiguration&)> get;
  /// \throws InputError "KEY = VALUE: must be ..."
  std::function<void(RunConfiguration&, const ParameterValue&)> set;
  /// Reads a flag's text. \throws InputError like `set`
  std::function<ParameterValue(const std::string&)> parse;

  // Refinements of a declaration.
  Parameter& with_flag(const std::string& name, const std::string& argument);
  Parameter& only_for(Command command);
  Parameter& also_for(Command command);
  Parameter& not_for(Command command);
  Parameter& host_only();
  /// \param when whether it does in such a run
  Parameter& defining_the_task(const std::function<bool(const RunConfiguration&)>& when =
                                   [](const RunConfiguration&) { return true; });
  /// `write_toml` leaves it commented out until the user sets it.
  Parameter& with_dependent_default();

  std::string group() const { return key.substr(0, key.find('.')); }
  std::string name() const { return key.substr(key.find('.') + 1); }
  bool is_for(Command command) const;
};

/// How a table entry reaches its field: key and accessor in one word, for example
/// INVAR_FIELD(tile.rows).
#define INVAR_FIELD(path)            \
  [](auto& configuration) -> auto& { \
    return configuration.path;       \
  }

class ParameterTable {
 public:
  /// Whole numbers of any width.
  template <typename Field>
  Parameter& integer(const std::string& key, Field field, Range range, const std::string& unit,
                     const std::string& description, const std::string& source);
  template <typename Field>
  Parameter& real(const std::string& key, Field field, Range range, const std::string& unit,
                  const std::string& description, const std::string& source);
  template <typename Field>
  Parameter& flag(const std::string& key, Field field, const std::string& description,
                  const std::string& source);
  template <typename Field>
  Parameter& text(const std::string& key, Field field, const std::string& description,
                  const std::string& source);
  /// One of several names, stored as an enumeration.
  template <typename Field, typename Enumeration>
  Parameter& choice(const std::string& key, Field field,
                    const std::vector<std::pair<std::string, Enumeration>>& choices,
                    const std::string& description, const std::string& source);

  const std::vector<Parameter>& parameters() const { return parameters_; }
  /// \return nullptr if there is none
  const Parameter* find(const std::string& key) const;
  /// "unknown parameter tile.rwos; did you mean tile.rows?"
  std::string unknown(const std::string& key) const;

  /// Makes all parameters from the `first` on those of one command.
  void limit_to(Command command, std::size_t first);

  /// Sets a value and remembers that it was given. \throws InputError
  void assign(RunConfiguration& configuration, const Parameter& parameter,
              const ParameterValue& value) const;

 private:
  Parameter& add(const std::string& key, const std::string& unit, const std::string& description,
                 const std::string& source);

  std::vector<Parameter> parameters_;
};

/// All parameters of the `invar` command.
const ParameterTable& parameter_table();

/// The groups of the table.
void add_run_parameters(ParameterTable& table);
void add_core_choice(ParameterTable& table);
void add_core_parameters(ParameterTable& table);
void add_circuit_parameters(ParameterTable& table);
void add_workload_parameters(ParameterTable& table);
void add_hardware_parameters(ParameterTable& table);
void add_area_parameters(ParameterTable& table);

// --- details ---------------------------------------------------------------------------------

namespace detail {

std::string describe(Range range);
/// \throws InputError unless the value is of the wanted kind and in the range
std::int64_t require_integer(const std::string& key, const ParameterValue& value, Range range);
double require_real(const std::string& key, const ParameterValue& value, Range range);
bool require_flag(const std::string& key, const ParameterValue& value);
std::string require_text(const std::string& key, const ParameterValue& value);
[[noreturn]] void throw_not_allowed(const std::string& key, const ParameterValue& value,
                                    const std::string& allowed);

ParameterValue parse_integer(const std::string& text);
ParameterValue parse_real(const std::string& text);
ParameterValue parse_flag(const std::string& text);

template <typename Field>
using FieldType = std::decay_t<decltype(std::declval<Field>()(std::declval<RunConfiguration&>()))>;

}  // namespace detail

template <typename Field>
Parameter& ParameterTable::integer(const std::string& key, Field field, Range range,
                                   const std::string& unit, const std::string& description,
                                   const std::string& source) {
  Parameter& parameter = add(key, unit, description, source);
  parameter.allowed = detail::describe(range);
  parameter.get = [field](const RunConfiguration& c) {
    return ParameterValue(static_cast<std::int64_t>(field(c)));
  };
  parameter.set = [field, key, range](RunConfiguration& c, const ParameterValue& value) {
    field(c) = static_cast<detail::FieldType<Field>>(detail::require_integer(key, value, range));
  };
  parameter.parse = detail::parse_integer;
  return parameter;
}

template <typename Field>
Parameter& ParameterTable::real(const std::string& key, Field field, Range range,
                                const std::string& unit, const std::string& description,
                                const std::string& source) {
  Parameter& parameter = add(key, unit, description, source);
  parameter.allowed = detail::describe(range);
  parameter.get = [field](const RunConfiguration& c) {
    return ParameterValue(static_cast<double>(field(c)));
  };
  parameter.set = [field, key, range](RunConfiguration& c, const ParameterValue& value) {
    field(c) = static_cast<detail::FieldType<Field>>(detail::require_real(key, value, range));
  };
  parameter.parse = detail::parse_real;
  return parameter;
}

template <typename Field>
Parameter& ParameterTable::flag(const std::string& key, Field field, const std::string& description,
                                const std::string& source) {
  Parameter& parameter = add(key, "", description, source);
  parameter.allowed = "true or false";
  parameter.get = [field](const RunConfiguration& c) { return ParameterValue(bool{field(c)}); };
  parameter.set = [field, key](RunConfiguration& c, const ParameterValue& value) {
    field(c) = detail::require_flag(key, value);
  };
  parameter.parse = detail::parse_flag;
  return parameter;
}

template <typename Field>
Parameter& ParameterTable::text(const std::string& key, Field field, const std::string& description,
                                const std::string& source) {
  Parameter& parameter = add(key, "", description, source);
  parameter.allowed = "a text";
  parameter.get = [field](const RunConfiguration& c) { return ParameterValue(field(c)); };
  parameter.set = [field, key](RunConfiguration& c, const ParameterValue& value) {
    field(c) = detail::require_text(key, value);
  };
  parameter.parse = [](const std::string& text) { return ParameterValue(text); };
  return parameter;
}

template <typename Field, typename Enumeration>
Parameter& ParameterTable::choice(const std::string& key, Field field,
                                  const std::vector<std::pair<std::string, Enumeration>>& choices,
                                  const std::string& description, const std::string& source) {
  Parameter& parameter = add(key, "", description, source);
  std::string allowed;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    allowed += (i == 0 ? "" : i + 1 == choices.size() ? " or " : ", ") + choices[i].first;
  }
  parameter.allowed = allowed;
  parameter.get = [field, choices](const RunConfiguration& c) {
    for (const auto& [name, value] : choices) {
      if (value == field(c)) {
        return ParameterValue(name);
      }
    }
    return ParameterValue(std::string("unknown"));
  };
  parameter.set = [field, choices, key, allowed](RunConfiguration& c, const ParameterValue& given) {
    for (const auto& [name, value] : choices) {
      if (given == ParameterValue(name)) {
        field(c) = value;
        return;
      }
    }
    detail::throw_not_allowed(key, given, allowed);
  };
  parameter.parse = [](const std::string& text) { return ParameterValue(text); };
  return parameter;
}

}  // namespace invar::platform

#endif
