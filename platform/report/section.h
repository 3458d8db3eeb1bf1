#ifndef INVAR_PLATFORM_REPORT_SECTION_H
#define INVAR_PLATFORM_REPORT_SECTION_H

#include <invar/ledger/attojoules.h>
#include <invar/platform/report/figure.h>
#include <invar/platform/report/report_file.h>

#include <cstdint>
#include <functional>
#include <nlohmann/json.hpp>
#include <optional>
#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

namespace invar::platform {

namespace detail {

/// How a C++ type stands in a report.
template <typename Value>
struct JsonForm {
  static_assert(std::is_arithmetic_v<Value>, "a report has no form for this type");
  static std::string type() {
    return std::is_same_v<Value, bool> ? "boolean"
           : std::is_integral_v<Value> ? "integer"
                                       : "number";
  }
  static constexpr bool k_is_list = false, k_is_nullable = false;
  static Json json(Value value) { return value; }
};
template <>
struct JsonForm<std::string> {
  static std::string type() { return "string"; }
  static constexpr bool k_is_list = false, k_is_nullable = false;
  static Json json(const std::string& value) { return value; }
};
template <>
struct JsonForm<const char*> : JsonForm<std::string> {};
template <>
struct JsonForm<Json> {
  static std::string type() { return "any"; }
  static constexpr bool k_is_list = false, k_is_nullable = false;
  static Json json(const Json& value) { return value; }
};
/// A number, or a string of digits where JSON's 64 bits end (18.4 J).
template <>
struct JsonForm<ledger::Attojoules> {
  static std::string type() { return "digits"; }
  static constexpr bool k_is_list = false, k_is_nullable = false;
  static Json json(ledger::Attojoules energy) {
    return energy.fits_64_bits() ? Json(static_cast<std::uint64_t>(energy)) : Json(energy.text());
  }
};
/// Nothing is null.
template <typename Value>
struct JsonForm<std::optional<Value>> {
  static std::string type() { return JsonForm<Value>::type(); }
  static constexpr bool k_is_list = JsonForm<Value>::k_is_list, k_is_nullable = true;
  static Json json(const std::optional<Value>& value) {
    return value ? JsonForm<Value>::json(*value) : Json(nullptr);
  }
};
template <typename Value>
struct JsonForm<std::vector<Value>> {
  static std::string type() { return JsonForm<Value>::type(); }
  static constexpr bool k_is_list = true, k_is_nullable = false;
  static Json json(const std::vector<Value>& values) {
    Json list = Json::array();
    for (const Value& value : values) {
      list.push_back(JsonForm<Value>::json(value));
    }
    return list;
  }
};

/// The part itself, wherever it is kept; nullptr: there is none.
template <typename Part>
const Part* address_of(const Part& part) {
  return &part;
}
template <typename Part>
const Part* address_of(const Part* part) {
  return part;
}
template <typename Part>
const Part* address_of(const std::optional<Part>& part) {
  return part ? &*part : nullptr;
}
template <typename Part>
constexpr bool k_may_lack = false;
template <typename Part>
constexpr bool k_may_lack<const Part*> = true;
template <typename Part>
constexpr bool k_may_lack<std::optional<Part>> = true;

}  // namespace detail

/// The source as its own part, for objects that only group figures.
struct Itself {
  template <typename Source>
  const Source& operator()(const Source& source) const {
    return source;
  }
};
constexpr Itself itself;

/// An object of a report: its members in their order, each a figure and how it follows from the
/// source. What is declared here is what is written, what `compare` and the summary may ask for,
/// and what the documentation and the JSON schema list.
///
/// The type of a figure is that of its value: std::optional is null where it is empty.
template <typename Source>
class Section {
 public:
  /// \param value Source -> a number, a text, a flag, std::optional or std::vector of one
  template <typename Value>
  Section& figure(Figure figure, Value value) {
    using Result = std::decay_t<std::invoke_result_t<Value, const Source&>>;
    using Form = detail::JsonForm<Result>;
    FigureNode node = value_node<Form>(figure);
    node.is_nullable = Form::k_is_nullable;
    nodes_.push_back(node);
    writers_.push_back([key = figure.key, value](const Source& source, Json& object) {
      object[key] = Form::json(value(source));
    });
    return *this;
  }

  /// The same for what is left out where `value` gives an empty std::optional.
  template <typename Value>
  Section& figure_if_any(Figure figure, Value value) {
    using Result = typename std::decay_t<std::invoke_result_t<Value, const Source&>>::value_type;
    using Form = detail::JsonForm<Result>;
    FigureNode node = value_node<Form>(figure);
    node.is_optional = true;
    nodes_.push_back(node);
    writers_.push_back([key = figure.key, value](const Source& source, Json& object) {
      if (const auto some = value(source)) {
        object[key] = Form::json(*some);
      }
    });
    return *this;
  }

  /// A member with the definition of others, for whoever reads the report alone.
  Section& define(const std::string& key, const std::vector<std::string>& figures,
                  const std::string& definition) {
    for (const std::string& name : figures) {
      FigureNode& node = node_of(name);
      node.figure.definition = definition;
      node.definition_key = key;
    }
    return figure({key, "", "", "of " + list_of(figures)},
                  [definition](const Source&) { return definition; });
  }

  /// What the object as a whole stands for.
  Section& define_whole(const std::string& definition) {
    definition_ = definition;
    return figure({"definition", "", "", "of the figures here"},
                  [definition](const Source&) { return definition; });
  }

  /// An object in the object, left out where `part` gives none.
  /// \param part Source -> Part, const Part*, or std::optional<Part>
  template <typename Part, typename Get>
  Section& object(Figure figure, const Section<Part>& section, Get part) {
    return add_object(figure, section, part, false);
  }

  /// The same, null where `part` gives none.
  template <typename Part, typename Get>
  Section& object_or_null(Figure figure, const Section<Part>& section, Get part) {
    return add_object(figure, section, part, true);
  }

  /// A list of objects, or left out where `parts` gives an empty std::optional.
  /// \param parts Source -> std::vector<Part>, or std::optional of it
  template <typename Part, typename Get>
  Section& list(Figure figure, const Section<Part>& section, Get parts) {
    using Result = std::decay_t<std::invoke_result_t<Get, const Source&>>;
    FigureNode node = node_with(figure, FigureNode::Shape::list, section);
    node.is_optional = detail::k_may_lack<Result>;
    nodes_.push_back(node);
    writers_.push_back([key = figure.key, section, parts](const Source& source, Json& object) {
      const auto& result = parts(source);
      const auto* entries = detail::address_of(result);
      if (entries == nullptr) {
        return;
      }
      Json list = Json::array();
      for (const Part& part : *entries) {
        list.push_back(section.write(part));
      }
      object[key] = list;
    });
    return *this;
  }

  /// Members whose keys follow from the source.
  /// \param entry what is declared of each, with key "*"
  /// \param parts Source -> std::vector<std::pair<std::string, Value>>
  template <typename Get>
  Section& others(Figure entry, Get parts) {
    using Entry = typename std::decay_t<std::invoke_result_t<Get, const Source&>>::value_type;
    using Form = detail::JsonForm<typename Entry::second_type>;
    FigureNode node = value_node<Form>(entry);
    node.is_optional = true;
    nodes_.push_back(node);
    writers_.push_back([parts](const Source& source, Json& object) {
      for (const auto& [key, value] : parts(source)) {
        object[key] = Form::json(value);
      }
    });
    return *this;
  }
  template <typename Part, typename Get>
  Section& others(Figure entry, const Section<Part>& section, Get parts) {
    FigureNode node = node_with(entry, FigureNode::Shape::object, section);
    node.is_optional = true;
    nodes_.push_back(node);
    writers_.push_back([section, parts](const Source& source, Json& object) {
      for (const auto& [key, part] : parts(source)) {
        object[key] = section.write(part);
      }
    });
    return *this;
  }

  /// All members of another section, where `part` gives one.
  /// \param condition which reports have them, for people; empty: all
  template <typename Part, typename Get>
  Section& members(const std::string& condition, const Section<Part>& section, Get part) {
    using Result = std::decay_t<std::invoke_result_t<Get, const Source&>>;
    for (FigureNode node : section.nodes_) {
      node.is_optional = node.is_optional || detail::k_may_lack<Result>;
      node.condition = node.condition.empty() ? condition : node.condition;
      nodes_.push_back(node);
    }
    if (!section.definition_.empty()) {
      definition_ += (definition_.empty() ? "" : "; ") +
                     (condition.empty() ? "" : condition + ": ") + section.definition_;
    }
    writers_.push_back([section, part](const Source& source, Json& object) {
      const auto& result = part(source);
      if (const Part* at = detail::address_of(result)) {
        section.write(*at, object);
      }
    });
    return *this;
  }

  /// A figure that reports of the first schema have.
  Section& former_figure(Figure figure) {
    FigureNode node = value_node<detail::JsonForm<double>>(figure);
    node.is_optional = node.is_former = true;
    node.condition = "schema 1";
    nodes_.push_back(node);
    return *this;
  }

  Json write(const Source& source) const {
    Json object = Json::object();
    write(source, object);
    return object;
  }
  /// Adds the members to an object.
  void write(const Source& source, Json& object) const {
    for (const auto& writer : writers_) {
      writer(source, object);
    }
  }

  /// The tree of what is declared.
  FigureNode describe(Figure figure) const {
    return node_with(std::move(figure), FigureNode::Shape::object, *this);
  }

 private:
  template <typename Other>
  friend class Section;

  template <typename Form>
  static FigureNode value_node(const Figure& figure) {
    FigureNode node;
    node.figure = figure;
    node.shape = Form::k_is_list ? FigureNode::Shape::list : FigureNode::Shape::value;
    node.type = Form::type();
    return node;
  }

  template <typename Part>
  static FigureNode node_with(Figure figure, FigureNode::Shape shape,
                              const Section<Part>& section) {
    FigureNode node;
    node.figure = std::move(figure);
    if (node.figure.definition.empty()) {
      node.figure.definition = section.definition_;
    }
    node.shape = shape;
    node.members = section.nodes_;
    return node;
  }

  template <typename Part, typename Get>
  Section& add_object(const Figure& figure, const Section<Part>& section, Get part, bool or_null) {
    using Result = std::decay_t<std::invoke_result_t<Get, const Source&>>;
    FigureNode node = node_with(figure, FigureNode::Shape::object, section);
    node.is_nullable = or_null;
    node.is_optional = detail::k_may_lack<Result> && !or_null;
    nodes_.push_back(node);
    writers_.push_back(
        [key = figure.key, section, part, or_null](const Source& source, Json& object) {
          const auto& result = part(source);
          if (const Part* at = detail::address_of(result)) {
            object[key] = section.write(*at);
          } else if (or_null) {
            object[key] = nullptr;
          }
        });
    return *this;
  }

  FigureNode& node_of(const std::string& key) {
    for (FigureNode& node : nodes_) {
      if (node.figure.key == key) {
        return node;
      }
    }
    throw std::logic_error("figure " + key + ": defined but not declared");
  }

  static std::string list_of(const std::vector<std::string>& names) {
    std::string text;
    for (const std::string& name : names) {
      text += (text.empty() ? "" : ", ") + name;
    }
    return text;
  }

  std::string definition_;
  std::vector<FigureNode> nodes_;
  std::vector<std::function<void(const Source&, Json&)>> writers_;
};

}  // namespace invar::platform

#endif
