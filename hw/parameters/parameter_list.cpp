#include <invar/parameters/alternatives.h>
#include <invar/parameters/nearest_name.h>
#include <invar/parameters/parameter_list.h>

#include <algorithm>
#include <stdexcept>
#include <utility>

namespace invar::parameters {

const Parameter* ParameterList::find(std::string_view key) const {
  const auto found = std::find_if(parameters_.begin(), parameters_.end(),
                                  [key](const Parameter& one) { return one.key == key; });
  return found == parameters_.end() ? nullptr : &*found;
}

const Parameter& ParameterList::at(std::string_view key) const {
  const Parameter* const found = find(key);
  if (found == nullptr) {
    throw std::invalid_argument(unknown(key));
  }
  return *found;
}

std::string ParameterList::unknown(std::string_view key) const {
  std::vector<std::string> keys;
  for (const Parameter& parameter : parameters_) {
    keys.push_back(parameter.key);
  }
  const std::string name(key);
  const std::string nearest = nearest_name(name, keys);
  const std::string hint = nearest.empty() ? listed_by_ : "did you mean " + nearest + "?";
  return "unknown parameter " + name + (hint.empty() ? "" : "; " + hint);
}

std::vector<std::string> ParameterList::groups() const {
  std::vector<std::string> names;
  for (const Parameter& parameter : parameters_) {
    const std::string group = parameter.group();
    if (std::find(names.begin(), names.end(), group) == names.end()) {
      names.push_back(group);
    }
  }
  return names;
}

void ParameterList::add(Parameter parameter) {
  if (find(parameter.key) != nullptr || parameter.key.find('.') == std::string::npos) {
    throw std::logic_error("parameter " + parameter.key + ": declared twice or without a group");
  }
  parameters_.push_back(std::move(parameter));
}

void ParameterList::add(std::string_view key, Parameter::Kind kind, std::string_view unit,
                        std::string_view description, std::string_view source,
                        std::shared_ptr<const Field> field) {
  Parameter parameter;
  parameter.key = key;
  parameter.kind = kind;
  parameter.unit = unit;
  parameter.description = description;
  parameter.origin.source = source;
  parameter.field = std::move(field);
  parameter.allowed = kind == Parameter::Kind::flag ? "true or false" : "a text";
  add(std::move(parameter));
}

Parameter& ParameterList::at_own(std::string_view key) {
  return parameters_[static_cast<std::size_t>(&at(key) - parameters_.data())];
}

void ParameterList::set_range(Range range) {
  last().range = range;
  last().allowed = to_text(range);
}

void ParameterList::set_choices(std::vector<std::string> names) {
  last().allowed = alternatives(names);
  last().choices = std::move(names);
}

void ParameterList::check_all(const void* structure) const {
  for (const Parameter& parameter : parameters_) {
    parameter.checked(parameter.field->get(structure));
  }
}

}  // namespace invar::parameters
