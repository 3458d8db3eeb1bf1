#include <invar/configuration/toml_document.h>
#include <invar/configuration/toml_origin.h>
#include <invar/configuration/toml_parameters.h>
#include <invar/parameters/nearest_name.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <stdexcept>

namespace invar::configuration {
namespace {

using parameters::Origin;
using parameters::Origins;
using parameters::Parameter;
using parameters::ParameterList;

constexpr std::uintmax_t k_largest_bytes = std::uintmax_t{1} << 20;
/// Where comments begin, unless an assignment is longer.
constexpr std::size_t k_comment_column = 36;

bool is_among(const std::string& name, const std::vector<std::string>& names) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

class Reader {
 public:
  Reader(const std::string& path, const ParameterList& list, void* structure, Origins& origins)
      : path_(path), list_(list), structure_(structure), origins_(origins) {}

  void read_group(const std::string& group, const TomlValue& table) {
    for (const auto& [name, value] : table.table) {
      try {
        assign(group + "." + name, value);
      } catch (const std::invalid_argument& error) {
        throw std::invalid_argument(at(value) + error.what());
      }
    }
  }

  [[noreturn]] void refuse_table(const std::string& name, const TomlValue& value) const {
    const std::string nearest = parameters::nearest_name(name, list_.groups());
    const std::string kind = value.is_table() ? "table [" + name + "]" : "key " + name;
    throw std::invalid_argument(at(value) + "unknown " + kind +
                                (nearest.empty() ? "" : "; did you mean [" + nearest + "]?"));
  }

  std::string at(const TomlValue& value) const {
    return path_ + ":" + std::to_string(value.line) + ": ";
  }
  const std::set<std::string>& given() const { return given_; }

 private:
  void assign(const std::string& key, const TomlValue& value) {
    const Parameter& parameter = list_.at(key);
    const TomlValue* const own = value.is_table() ? value.find("value") : &value;
    if (own == nullptr || own->is_table() || own->is_array()) {
      throw std::invalid_argument(key + ": must be " + parameter.allowed);
    }
    if (own->kind != TomlValue::Kind::value) {
      throw std::invalid_argument("must be a number, a text, true or false");
    }
    origins_.erase(key);
    if (value.is_table()) {
      origins_[key] = read_origin(key, value);
    }
    parameter.field->set(structure_, parameter.checked(own->value));
    given_.insert(key);
  }

  const std::string& path_;
  const ParameterList& list_;
  void* structure_;
  Origins& origins_;
  std::set<std::string> given_;
};

std::string line_of(const Parameter& parameter, const parameters::Value& value, Listed listed,
                    const Origins& origins) {
  const auto origin = origins.find(parameter.key);
  std::string line = (listed == Listed::commented_out ? "# " : "") + parameter.name() + " = " +
                     (origin == origins.end() ? parameters::to_text(value)
                                              : value_with_origin(value, origin->second));
  line.resize(std::max(line.size(), k_comment_column), ' ');
  return line + " # " + (parameter.unit.empty() ? "" : parameter.unit + "; ") + parameter.allowed +
         "; " + parameter.description +
         (origin == origins.end() ? "; source: " + to_text(parameter.origin) : "") + "\n";
}

}  // namespace

std::set<std::string> read_parameters(const std::string& path, const std::string& text,
                                      const ParameterList& list, void* structure,
                                      const std::vector<std::string>& foreign, Origins* origins) {
  const TomlValue root = parse_toml(path, text);
  const std::vector<std::string> groups = list.groups();
  Origins unasked;
  Reader reader(path, list, structure, origins == nullptr ? unasked : *origins);
  for (const auto& [name, value] : root.table) {
    if (is_among(name, foreign)) {
      continue;
    }
    if (!is_among(name, groups)) {
      reader.refuse_table(name, value);
    }
    if (!value.is_table()) {
      throw std::invalid_argument(reader.at(value) + name + " must be a table: write [" + name +
                                  "]");
    }
    reader.read_group(name, value);
  }
  return reader.given();
}

std::string write_parameters(const ParameterList& list, const void* structure,
                             const Selection& selection, const Origins& origins) {
  std::string text;
  for (const std::string& group : list.groups()) {
    std::string lines;
    for (const Parameter& parameter : list.parameters()) {
      const Listed listed = parameter.group() != group ? Listed::no
                            : selection                ? selection(parameter)
                                                       : Listed::yes;
      lines += listed == Listed::no
                   ? ""
                   : line_of(parameter, parameter.field->get(structure), listed, origins);
    }
    if (!lines.empty()) {
      text += (text.empty() ? "[" : "\n[") + group + "]\n" + lines;
    }
  }
  return text;
}

std::string read_text_file(const std::string& path) {
  std::error_code error;
  const std::filesystem::file_status status = std::filesystem::status(path, error);
  if (!std::filesystem::exists(status)) {
    throw std::invalid_argument(path + ": no such file");
  }
  if (!std::filesystem::is_regular_file(status)) {
    throw std::invalid_argument(path + ": is not a regular file");
  }
  if (std::filesystem::file_size(path, error) > k_largest_bytes || error) {
    throw std::invalid_argument(path + ": longer than " + std::to_string(k_largest_bytes) +
                                " bytes, the most that is read of such a file");
  }
  std::ifstream file(path, std::ios::binary);
  std::string text(std::istreambuf_iterator<char>(file), {});
  if (!file) {
    throw std::invalid_argument(path + ": cannot be read");
  }
  return text;
}

}  // namespace invar::configuration
