#include <invar/configuration/parameter_page.h>

#include <initializer_list>

namespace invar::configuration {
namespace {

using parameters::Parameter;

std::string row_of(std::initializer_list<std::string> cells) {
  std::string row = "|";
  for (const std::string& cell : cells) {
    row += ' ';
    for (const char character : cell) {
      row += character == '|' ? std::string("\\|") : std::string(1, character);
    }
    row += " |";
  }
  return row + "\n";
}

/// What a value is before anybody sets it.
std::string default_of(const Parameter& parameter, const void* structure) {
  return "`" + parameters::to_text(parameter.field->get(structure)) + "`" +
         (parameter.has_dependent_default ? " or what follows from others" : "");
}

}  // namespace

std::string parameter_tables(const parameters::ParameterList& list, const void* structure) {
  std::string page;
  for (const std::string& group : list.groups()) {
    page += "\n## " + group + "\n\n" +
            row_of({"parameter", "default", "unit", "allowed", "what it is", "source"}) +
            "|---|---|---|---|---|---|\n";
    for (const Parameter& parameter : list.parameters()) {
      if (parameter.group() == group) {
        page += row_of({"`" + parameter.key + "`", default_of(parameter, structure), parameter.unit,
                        parameter.allowed, parameter.description, to_text(parameter.origin)});
      }
    }
  }
  return page;
}

}  // namespace invar::configuration
