#include <invar/platform/report/figure_pages.h>

#include <algorithm>

namespace invar::platform {
namespace {

constexpr const char* k_introduction =
    "# Reports\n\n"
    "What stands in a report (`--report FILE`): printed by `invar figures` from the declarations\n"
    "that reports are written by; `scripts/make_reference_pages.py` writes this page and the JSON "
    "schema\n"
    "beside it, `report.schema.json`. Seconds are simulated ones but for those under `host`.\n\n"
    "Keys may be added under one `schema`; a changed meaning gets a new one. `invar-report-1` is\n"
    "still read by `invar compare` and `scripts/report_html.py`, and never compared with another.\n"
    "`[]` stands for each entry of a list, `*` for each key that follows from the run.\n";

/// What a value is where it has no unit.
std::string kind_of(const FigureNode& node) {
  if (!node.figure.unit.empty()) {
    return node.figure.unit;
  }
  return node.type == "string"    ? "text"
         : node.type == "boolean" ? "true or false"
         : node.type == "any"     ? "value"
                                  : "";
}

std::string meaning_of(const FigureNode& node) {
  std::string text = node.condition.empty() ? "" : "(" + node.condition + ") ";
  for (const char character : node.figure.definition) {
    text += character == '|' ? std::string("\\|") : std::string(1, character);
  }
  return text + (node.is_nullable ? " (or null)" : "");
}

void add_row(std::string& text, const std::string& path, const FigureNode& node) {
  text += "| `" + path + "` | " + kind_of(node) + " | " + meaning_of(node) + " |\n";
}

void add_rows(std::string& text, const FigureNode& parent, const std::string& path) {
  for (const FigureNode& node : parent.members) {
    const std::string own = (path.empty() ? "" : path + ".") + node.figure.key +
                            (node.shape == FigureNode::Shape::list ? "[]" : "");
    // What defines others stands in their own rows.
    const bool defines = std::any_of(
        parent.members.begin(), parent.members.end(),
        [&](const FigureNode& other) { return other.definition_key == node.figure.key; });
    if (!defines && node.figure.key != "definition") {
      add_row(text, own, node);
    }
    add_rows(text, node, own);
  }
}

constexpr const char* k_head = "\n| figure | unit | meaning |\n|---|---|---|\n";

/// Objects and lists of a report, each under its own heading.
void add_groups(std::string& text, const FigureNode& report) {
  for (const FigureNode& node : report.members) {
    if (node.members.empty()) {
      continue;
    }
    text += "\n### `" + node.figure.key + "`\n\n" + meaning_of(node) + "\n" + k_head;
    add_rows(text, node, node.figure.key + (node.shape == FigureNode::Shape::list ? "[]" : ""));
  }
}

/// Values that stand alone.
FigureNode values_of(FigureNode report) {
  report.members.erase(std::remove_if(report.members.begin(), report.members.end(),
                                      [](const FigureNode& node) { return !node.members.empty(); }),
                       report.members.end());
  return report;
}

}  // namespace

std::string figure_page(const std::vector<ReportKind>& kinds) {
  std::string text = k_introduction;
  for (const ReportKind& kind : kinds) {
    text += "\n## " + kind.title + "\n\n`schema` is \"" + kind.schema + "\".\n";
    text += k_head;
    add_rows(text, values_of(*kind.figures), "");
    add_groups(text, *kind.figures);
  }
  return text;
}

}  // namespace invar::platform
