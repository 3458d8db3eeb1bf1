#include <fmt/format.h>
#include <invar/platform/report/figure.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <stdexcept>
#include <utility>

namespace invar::platform {
namespace {

std::string joined(const std::string& path, const std::string& key) {
  return path.empty() ? key : path + "." + key;
}

std::string joined_text(const std::string& first, const char* between, const std::string& second) {
  return first.empty() || second.empty() || first == second ? (first.empty() ? second : first)
                                                            : first + between + second;
}

/// What a definition holds for, and the definition.
std::string with_condition(const FigureNode& node) {
  return joined_text(node.condition, ": ", node.figure.definition);
}

/// Kinds of runs declare a figure each, with their own definitions.
void merge_into(FigureNode& node, const FigureNode& other) {
  if (node.figure.unit != other.figure.unit || node.shape != other.shape ||
      node.type != other.type) {
    throw std::logic_error("figure " + node.figure.key + ": declared twice, as different things");
  }
  if (node.figure.definition == other.figure.definition) {
    node.condition = joined_text(node.condition, ", ", other.condition);
  } else {
    node.figure.definition = joined_text(with_condition(node), "; ", with_condition(other));
    node.condition.clear();
  }
  node.figure.label = joined_text(node.figure.label, "", other.figure.label);
  node.definition_key = joined_text(node.definition_key, "", other.definition_key);
  node.is_nullable = node.is_nullable || other.is_nullable;
  node.is_optional = node.is_optional || other.is_optional;
  node.members.insert(node.members.end(), other.members.begin(), other.members.end());
}

void add_places(const FigureNode& parent, const std::string& path, const std::string& group,
                std::vector<FigurePlace>& places) {
  for (const FigureNode& node : parent.members) {
    const std::string own = joined(path, node.figure.key);
    const bool is_value = node.shape == FigureNode::Shape::value;
    const std::string& label = node.figure.label;
    const bool in_group = is_value && !label.empty() && !group.empty();
    places.push_back({own, in_group ? group + ": " + label : label, &node});
    add_places(node, node.shape == FigureNode::Shape::list ? own + "[]" : own,
               !is_value && !label.empty() ? label : group, places);
  }
}

/// "history[3].epoch" as it is declared: "history[].epoch".
std::string without_indices(const std::string& path) {
  std::string declared;
  bool is_index = false;
  for (const char character : path) {
    is_index = is_index && std::isdigit(static_cast<unsigned char>(character)) != 0;
    if (!is_index) {
      declared += character;
    }
    is_index = is_index || character == '[';
  }
  return declared;
}

}  // namespace

FigureNode merged(FigureNode node) {
  std::vector<FigureNode> members;
  for (const FigureNode& member : node.members) {
    const auto known = std::find_if(members.begin(), members.end(), [&](const FigureNode& one) {
      return one.figure.key == member.figure.key;
    });
    if (known == members.end()) {
      members.push_back(member);
    } else {
      merge_into(*known, member);
    }
  }
  for (FigureNode& member : members) {
    member = merged(std::move(member));
  }
  node.members = std::move(members);
  return node;
}

std::vector<FigurePlace> figure_places(const FigureNode& report) {
  std::vector<FigurePlace> places;
  add_places(report, "", report.figure.label, places);
  return places;
}

const FigurePlace& run_figure(const std::string& path) {
  static const std::vector<FigurePlace> places = figure_places(run_report_figures());
  const std::string declared = without_indices(path);
  const auto found = std::find_if(places.begin(), places.end(),
                                  [&](const FigurePlace& place) { return place.path == declared; });
  if (found == places.end()) {
    throw std::logic_error("figure " + path + ": declared nowhere");
  }
  return *found;
}

std::string show_figure(const Figure& figure, double value) {
  if (figure.unit == "fraction") {
    return fmt::format("{:.2f} %", 100.0 * value);
  }
  if (figure.unit == "epochs") {
    return fmt::format("{:.2f}", value);
  }
  if (figure.unit == "s" || figure.unit == "J") {
    return with_prefix(value, figure.unit.c_str());
  }
  return figure.unit == "1/s" ? with_prefix(value, "/s") : fmt::format("{:.6g}", value);
}

std::string with_prefix(double value, const char* unit) {
  constexpr const char* k_prefixes[] = {"a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P"};
  constexpr int k_none = 6;
  int prefix = k_none;
  if (value != 0.0 && std::isfinite(value)) {
    const double thousands = std::floor(std::log10(std::abs(value)) / 3.0);
    prefix = k_none + static_cast<int>(std::max(-6.0, std::min(5.0, thousands)));
  }
  return fmt::format("{:.4g} {}{}", value * std::pow(1000.0, k_none - prefix), k_prefixes[prefix],
                     unit);
}

}  // namespace invar::platform
