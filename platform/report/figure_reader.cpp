#include <invar/platform/report/figure.h>
#include <invar/platform/report/figure_reader.h>

#include <algorithm>
#include <cstddef>
#include <nlohmann/json.hpp>

namespace invar::platform {
namespace {

/// "a.b[3].c" as a JSON pointer.
Json::json_pointer pointer_to(std::string path) {
  path.erase(std::remove(path.begin(), path.end(), ']'), path.end());
  std::replace_if(
      path.begin(), path.end(), [](char c) { return c == '.' || c == '['; }, '/');
  return Json::json_pointer("/" + path);
}

const Json& nothing() {
  static const Json object = Json::object();
  return object;
}

}  // namespace

const Json* FigureReader::find(const std::string& path) const {
  run_figure(full(path));
  const Json::json_pointer at = pointer_to(path);
  return part_->contains(at) && !part_->at(at).is_null() ? &part_->at(at) : nullptr;
}

std::optional<double> FigureReader::number(const std::string& path) const {
  const Json* value = find(path);
  return value != nullptr && value->is_number() ? std::optional(value->get<double>())
                                                : std::nullopt;
}

std::uint64_t FigureReader::count(const std::string& path) const {
  const Json* value = find(path);
  return value != nullptr && value->is_number() ? value->get<std::uint64_t>() : 0;
}

std::string FigureReader::text(const std::string& path, const std::string& otherwise) const {
  const Json* value = find(path);
  return value != nullptr && value->is_string() ? value->get<std::string>() : otherwise;
}

bool FigureReader::flag(const std::string& path, bool otherwise) const {
  const Json* value = find(path);
  return value != nullptr && value->is_boolean() ? value->get<bool>() : otherwise;
}

std::vector<double> FigureReader::numbers(const std::string& path) const {
  std::vector<double> numbers;
  if (const Json* list = find(path); list != nullptr && list->is_array()) {
    for (const Json& value : *list) {
      numbers.push_back(value.is_number() ? value.get<double>() : 0.0);
    }
  }
  return numbers;
}

FigureReader FigureReader::object(const std::string& path) const {
  const Json* part = find(path);
  return {part != nullptr && part->is_object() ? *part : nothing(), full(path)};
}

std::vector<FigureReader> FigureReader::entries(const std::string& path) const {
  std::vector<FigureReader> entries;
  if (const Json* list = find(path); list != nullptr && list->is_array()) {
    for (const Json& entry : *list) {
      entries.push_back(FigureReader(entry, full(path) + "[]"));
    }
  }
  return entries;
}

}  // namespace invar::platform
