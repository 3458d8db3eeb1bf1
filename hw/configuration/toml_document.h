#ifndef INVAR_CONFIGURATION_TOML_DOCUMENT_H
#define INVAR_CONFIGURATION_TOML_DOCUMENT_H

#include <invar/parameters/value.h>

#include <string>
#include <utility>
#include <vector>

namespace invar::configuration {

/// A value of a TOML file, with the line that it starts on.
struct TomlValue {
  /// other: dates and times, which nothing here asks for
  enum class Kind { value, array, table, other };

  Kind kind = Kind::table;
  std::size_t line = 1;
  parameters::Value value;                               ///< of Kind::value
  std::vector<TomlValue> array;                          ///< of Kind::array
  std::vector<std::pair<std::string, TomlValue>> table;  ///< of Kind::table, as the file has them

  bool is_array() const { return kind == Kind::array; }
  bool is_table() const { return kind == Kind::table; }
  /// Of a table. \return nullptr if there is no such key
  const TomlValue* find(const std::string& key) const;
  /// The value as a bool, std::int64_t, double or std::string. \return nullptr for another type
  template <typename T>
  const T* as() const {
    return kind == Kind::value ? std::get_if<T>(&value) : nullptr;
  }
};

/// The deepest nesting of arrays, tables and dotted keys: what reads them recurses.
constexpr int k_deepest_toml_nesting = 64;

/// Parses the text of a TOML file; an empty one is an empty table.
/// \param path for messages
/// \throws std::invalid_argument "FILE:LINE: what": syntax, or nested too deep
TomlValue parse_toml(const std::string& path, const std::string& text);

}  // namespace invar::configuration

#endif
