#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/report/configuration_section.h>

#include <algorithm>
#include <utility>
#include <variant>

namespace invar::platform {
namespace {

Json to_json(const ParameterValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

/// A parameter, and what there is to say of its value.
struct ParameterNote {
  const Parameter* parameter;
  bool given;
  parameters::Origin origin;
};

std::vector<std::pair<std::string, ParameterNote>> notes_of(const RunConfiguration& configuration) {
  std::vector<std::pair<std::string, ParameterNote>> notes;
  for (const Parameter* parameter : parameter_table().parameters_for(configuration.command)) {
    notes.emplace_back(parameter->key,
                       ParameterNote{parameter, configuration.is_given(parameter->key),
                                     origin_of(configuration, *parameter)});
  }
  return notes;
}

std::optional<std::vector<double>> believed(const ParameterNote& note) {
  const auto& range = note.origin.believed;
  return range ? std::optional(std::vector{range->lowest, range->highest}) : std::nullopt;
}

const Section<ParameterNote>& note_section() {
  static const auto section =
      Section<ParameterNote>()
          .figure({"unit", "", "", "of the value; empty: none"},
                  [](const ParameterNote& note) { return note.parameter->unit; })
          .figure({"description", "", "", "what it is"},
                  [](const ParameterNote& note) { return note.parameter->description; })
          .figure({"source", "", "", "of the value: a paper, data, an assumption, or the user"},
                  [](const ParameterNote& note) { return note.origin.source; })
          .figure({"confidence", "", "",
                   "measured or derived here, published, secondary, assumption, or a choice"},
                  [](const ParameterNote& note) { return confidence(note.origin); })
          .figure_if_any({"node", "", "", "technology that the value is of"},
                         [](const ParameterNote& note) {
                           return note.origin.node.empty() ? std::optional<std::string>()
                                                           : note.origin.node;
                         })
          .figure_if_any({"year", "", "", "of the source"},
                         [](const ParameterNote& note) {
                           return note.origin.year == 0 ? std::optional<int>() : note.origin.year;
                         })
          .figure_if_any({"believed", "", "", "where the true value may lie, lowest and highest"},
                         believed)
          .figure({"given", "", "", "whether a flag, a file or a preset set it"},
                  [](const ParameterNote& note) { return note.given; });
  return section;
}

std::vector<std::pair<std::string, Json>> members_of(const Json& object) {
  std::vector<std::pair<std::string, Json>> members;
  for (const auto& member : object.items()) {
    members.emplace_back(member.key(), member.value());
  }
  return members;
}

/// The value that tells what was asked for, if the command has one of that name.
std::optional<Json> task_value(const RunConfiguration& configuration, const std::string& name) {
  for (const Parameter& parameter : parameter_table().parameters()) {
    if (parameter.defines_task && parameter.name() == name &&
        parameter.is_for(configuration.command) && parameter.defines_task(configuration)) {
      return to_json(parameter.get(configuration));
    }
  }
  return std::nullopt;
}

}  // namespace

Json configuration_values(const RunConfiguration& configuration, bool affects_results) {
  Json section = Json::object();
  for (const Parameter* parameter :
       parameter_table().parameters_for(configuration.command, affects_results)) {
    section[parameter->group()][parameter->name()] = to_json(parameter->get(configuration));
  }
  return section;
}

const Section<Json>& values_section() {
  static const auto group =
      Section<Json>().others({"*", "", "", "value of \"group.name\""}, members_of);
  static const auto section = Section<Json>().others({"*", "", "", "a group"}, group, members_of);
  return section;
}

const Section<RunConfiguration>& configuration_section() {
  static const auto section =
      Section<RunConfiguration>()
          .object({"configuration", "", "",
                   "every parameter in force, by group and name; `invar params` tells their "
                   "meaning, unit, range and source"},
                  values_section(),
                  [](const RunConfiguration& c) { return configuration_values(c, true); })
          .object({"parameters", "", "", "the same parameters by \"group.name\""},
                  Section<RunConfiguration>().others({"*"}, note_section(), notes_of), itself);
  return section;
}

const Section<RunConfiguration>& task_section() {
  static const auto section = [] {
    Section<RunConfiguration> task;
    task.figure({"command", "", "", "of `invar`"},
                [](const RunConfiguration& c) { return c.command.name; });
    std::vector<std::string> names;
    for (const Parameter& parameter : parameter_table().parameters()) {
      const std::string name = parameter.name();
      if (parameter.defines_task && std::find(names.begin(), names.end(), name) == names.end()) {
        names.push_back(name);
        task.figure_if_any({name, parameter.unit, "", "the parameter of that name"},
                           [name](const RunConfiguration& c) { return task_value(c, name); });
      }
    }
    return task;
  }();
  return section;
}

std::string configuration_hash(const RunConfiguration& configuration,
                               const std::vector<std::string>& contents) {
  ContentHash hash;
  hash.add(std::string(INVAR_VERSION))
      .add(configuration_values(configuration, true)
               .dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  for (const std::string& content : contents) {
    hash.add(content);
  }
  return hash.text();
}

}  // namespace invar::platform
