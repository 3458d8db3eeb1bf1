#include <fmt/format.h>
#include <invar/platform/configuration/nearest_name.h>
#include <invar/platform/configuration/toml_document.h>
#include <invar/platform/configuration/toml_file.h>
#include <invar/platform/dataset/input_error.h>
#include <invar/platform/dataset/input_file.h>

#include <algorithm>
#include <map>

namespace invar::platform {
namespace {

std::string place(const std::string& path, const toml::source_location& location) {
  return fmt::format("{}:{}: ", path, location.line());
}

/// A table's entries in the order of the file, so that the first mistake is the one reported.
std::vector<std::pair<std::string, toml::value>> in_file_order(const toml::value& table) {
  // The line of a value is counted from the start of the file each time it is asked for.
  std::multimap<std::size_t, std::pair<std::string, toml::value>> by_line;
  for (const auto& entry : table.as_table()) {
    by_line.emplace(entry.second.location().line(), entry);
  }
  std::vector<std::pair<std::string, toml::value>> ordered;
  for (auto& [line, entry] : by_line) {
    ordered.push_back(std::move(entry));
  }
  return ordered;
}

std::vector<std::string> group_names() {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameter_table().parameters()) {
    if (names.empty() || names.back() != parameter.group()) {
      names.push_back(parameter.group());
    }
  }
  return names;
}

ParameterValue to_parameter_value(const toml::value& value) {
  if (value.is_boolean()) {
    return value.as_boolean();
  }
  if (value.is_integer()) {
    return static_cast<std::int64_t>(value.as_integer());
  }
  if (value.is_floating()) {
    return value.as_floating();
  }
  if (value.is_string()) {
    return value.as_string().str;
  }
  throw InputError("must be a number, a text, true or false");
}

void read_group(const std::string& path, const std::string& group, const toml::value& table,
                RunConfiguration& configuration) {
  const ParameterTable& parameters = parameter_table();
  for (const auto& [name, value] : in_file_order(table)) {
    const std::string key = group + "." + name;
    const std::string where = place(path, value.location());
    const Parameter* parameter = parameters.find(key);
    if (parameter == nullptr) {
      throw InputError(where + parameters.unknown(key));
    }
    if (value.is_table() || value.is_array() || value.is_uninitialized()) {
      throw InputError(where + key + ": must be " + parameter->allowed);
    }
    try {
      parameters.assign(configuration, *parameter, to_parameter_value(value));
    } catch (const InputError& error) {
      throw InputError(where + error.what());
    }
  }
}

}  // namespace

void read_toml_file(const std::string& path, RunConfiguration& configuration,
                    const std::vector<std::string>& foreign) {
  const toml::value root = parse_toml(path, read_text(path, k_largest_toml_bytes));
  const std::vector<std::string> groups = group_names();
  for (const auto& [name, value] : in_file_order(root)) {
    if (std::find(foreign.begin(), foreign.end(), name) != foreign.end()) {
      continue;
    }
    const std::string where = place(path, value.location());
    const bool known = std::find(groups.begin(), groups.end(), name) != groups.end();
    if (!known) {
      const std::string nearest = nearest_name(name, groups);
      const std::string kind = value.is_table() ? "table [" + name + "]" : "key " + name;
      throw InputError(where + "unknown " + kind +
                       (nearest.empty() ? "" : "; did you mean [" + nearest + "]?"));
    }
    if (!value.is_table()) {
      throw InputError(where + name + " must be a table: write [" + name + "]");
    }
    read_group(path, name, value, configuration);
  }
}

bool has_toml_key(const std::string& path, const std::string& name) {
  return parse_toml(path, read_text(path, k_largest_toml_bytes)).contains(name);
}

std::string write_toml(const RunConfiguration& configuration) {
  std::string text;
  std::string group;
  for (const Parameter& parameter : parameter_table().parameters()) {
    if (!parameter.is_for(configuration.command)) {
      continue;
    }
    if (parameter.group() != group) {
      group = parameter.group();
      text += fmt::format("{}[{}]\n", text.empty() ? "" : "\n", group);
    }
    const std::string assignment = fmt::format(
        "{}{} = {}",
        parameter.has_dependent_default && !configuration.is_given(parameter.key) ? "# " : "",
        parameter.name(), to_text(parameter.get(configuration)));
    const std::string unit = parameter.unit.empty() ? "" : parameter.unit + "; ";
    text += fmt::format("{:<36} # {}{}; {}; source: {}\n", assignment, unit, parameter.allowed,
                        parameter.description, parameter.source);
  }
  return text;
}

}  // namespace invar::platform
