#include <invar/platform/configuration/parameter_table.h>
#include <invar/platform/dataset/content_hash.h>
#include <invar/platform/report/configuration_section.h>

#include <variant>

namespace invar::platform {
namespace {

Json to_json(const ParameterValue& value) {
  return std::visit([](const auto& held) { return Json(held); }, value);
}

}  // namespace

Json configuration_section(const RunConfiguration& configuration, bool affects_results) {
  Json section = Json::object();
  for (const Parameter& parameter : parameter_table().parameters()) {
    if (parameter.is_for(configuration.command) && parameter.affects_results == affects_results) {
      section[parameter.group()][parameter.name()] = to_json(parameter.get(configuration));
    }
  }
  return section;
}

Json parameter_notes(const RunConfiguration& configuration) {
  Json notes = Json::object();
  for (const Parameter& parameter : parameter_table().parameters()) {
    if (parameter.is_for(configuration.command) && parameter.affects_results) {
      notes[parameter.key] = {{"unit", parameter.unit},
                              {"description", parameter.description},
                              {"source", parameter.source},
                              {"given", configuration.is_given(parameter.key)}};
    }
  }
  return notes;
}

std::string configuration_hash(const Json& in_force, const std::vector<std::string>& contents) {
  ContentHash hash;
  hash.add(std::string(INVAR_VERSION))
      .add(in_force.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace));
  for (const std::string& content : contents) {
    hash.add(content);
  }
  return hash.text();
}

}  // namespace invar::platform
