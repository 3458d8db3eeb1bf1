#include <invar/platform/report/figure_pages.h>
#include <invar/platform/report/report_file.h>

#include <nlohmann/json.hpp>

namespace invar::platform {
namespace {

Json types_of(const FigureNode& node) {
  Json types = Json::array();
  if (node.type == "digits") {
    types = {"integer", "string"};
  } else {
    types.push_back(node.type);
  }
  if (node.is_nullable) {
    types.push_back("null");
  }
  return types.size() == 1 ? types.front() : types;
}

Json schema_of(const FigureNode& node);

Json value_schema(const FigureNode& node) {
  Json schema = Json::object();
  if (node.type != "any") {
    schema["type"] = types_of(node);
  }
  return schema;
}

Json object_schema(const FigureNode& node) {
  Json schema;
  schema["type"] = node.is_nullable ? Json{"object", "null"} : Json("object");
  schema["properties"] = Json::object();
  schema["required"] = Json::array();
  schema["additionalProperties"] = false;
  for (const FigureNode& member : node.members) {
    if (member.figure.key == "*") {
      schema["additionalProperties"] = schema_of(member);
      continue;
    }
    schema["properties"][member.figure.key] = schema_of(member);
    if (!member.is_optional) {
      schema["required"].push_back(member.figure.key);
    }
  }
  return schema;
}

Json list_schema(const FigureNode& node) {
  FigureNode entry = node;
  entry.is_nullable = false;
  return {{"type", node.is_nullable ? Json{"array", "null"} : Json("array")},
          {"items", node.members.empty() ? value_schema(entry) : object_schema(entry)}};
}

Json schema_of(const FigureNode& node) {
  Json schema = Json::object();
  const auto annotate = [&](const char* key, const std::string& text) {
    if (!text.empty()) {
      schema[key] = text;
    }
  };
  annotate("title", node.figure.label);
  annotate("description",
           (node.condition.empty() ? "" : node.condition + ": ") + node.figure.definition);
  annotate("unit", node.figure.unit);
  annotate("definedBy", node.definition_key);
  if (node.is_former) {
    schema["deprecated"] = true;
  }
  schema.update(node.shape == FigureNode::Shape::value    ? value_schema(node)
                : node.shape == FigureNode::Shape::object ? object_schema(node)
                                                          : list_schema(node));
  return schema;
}

}  // namespace

std::string figure_schema(const std::vector<ReportKind>& kinds) {
  Json schema;
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = "Reports of invar";
  schema["type"] = "object";
  schema["required"] = {"schema"};
  schema["oneOf"] = Json::array();
  schema["$defs"] = Json::object();
  for (const ReportKind& kind : kinds) {
    schema["oneOf"].push_back({{"$ref", "#/$defs/" + kind.name}});
    Json one = schema_of(*kind.figures);
    one["properties"]["schema"]["const"] = kind.schema;
    schema["$defs"][kind.name] = one;
  }
  return schema.dump(2) + "\n";
}

}  // namespace invar::platform
