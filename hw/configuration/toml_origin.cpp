#include <invar/configuration/toml_origin.h>

#include <cstdint>
#include <stdexcept>

namespace invar::configuration {
namespace {

using parameters::Origin;
using parameters::Range;
using parameters::Value;

[[noreturn]] void refuse(const std::string& key, const std::string& what) {
  throw std::invalid_argument(key + ": " + what);
}

double number(const std::string& key, const TomlValue& from, const std::string& what) {
  if (const auto* real = from.as<double>()) {
    return *real;
  }
  if (const auto* whole = from.as<std::int64_t>()) {
    return static_cast<double>(*whole);
  }
  refuse(key, what);
}

std::string text(const std::string& key, const TomlValue& from, const std::string& name) {
  const auto* const found = from.as<std::string>();
  if (found == nullptr || found->empty()) {
    refuse(key, name + ": must be a text that is not empty");
  }
  return *found;
}

int year(const std::string& key, const TomlValue& from) {
  const std::string what = "year: must be a whole number from 1900 to 2100";
  const double value = number(key, from, what);
  if (!(value >= 1900 && value <= 2100) || value != static_cast<int>(value)) {
    refuse(key, what);
  }
  return static_cast<int>(value);
}

Range believed(const std::string& key, const TomlValue& from, const TomlValue& value) {
  const std::string what = "believed: must be [lowest, highest] with the value within";
  if (!from.is_array() || from.array.size() != 2) {
    refuse(key, what);
  }
  const Range range{number(key, from.array[0], what), number(key, from.array[1], what)};
  const double own = number(key, value, what);
  if (!(range.lowest <= own && own <= range.highest)) {
    refuse(key, what);
  }
  return range;
}

}  // namespace

Origin read_origin(const std::string& key, const TomlValue& table) {
  Origin origin;
  for (const auto& [name, entry] : table.table) {
    if (name == "source") {
      origin.source = text(key, entry, name);
    } else if (name == "node") {
      origin.node = text(key, entry, name);
    } else if (name == "year") {
      origin.year = year(key, entry);
    } else if (name == "believed") {
      origin.believed = believed(key, entry, *table.find("value"));
    } else if (name != "value") {
      refuse(key, name + ": unknown; must be value, source, node, year or believed");
    }
  }
  if (origin.source.empty()) {
    refuse(key, "must say its source: a paper, a data set, \"assumption\" or \"choice\"");
  }
  return origin;
}

std::string value_with_origin(const Value& value, const Origin& origin) {
  std::string table = "{ value = " + parameters::to_text(value) +
                      ", source = " + parameters::to_text(Value(origin.source));
  if (!origin.node.empty()) {
    table += ", node = " + parameters::to_text(Value(origin.node));
  }
  if (origin.year != 0) {
    table += ", year = " + std::to_string(origin.year);
  }
  if (origin.believed) {
    table += ", believed = [" + parameters::to_text(Value(origin.believed->lowest)) + ", " +
             parameters::to_text(Value(origin.believed->highest)) + "]";
  }
  return table + " }";
}

}  // namespace invar::configuration
