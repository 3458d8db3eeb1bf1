#ifndef INVAR_PLATFORM_REPORT_FIGURE_H
#define INVAR_PLATFORM_REPORT_FIGURE_H

#include <string>
#include <vector>

namespace invar::platform {

/// What a report says under one key, declared once: the report, `compare`, the summary, the page
/// and the documentation read this.
struct Figure {
  std::string key;
  /// "s", "J", "1/s"; "fraction" is shown in percent; empty: a count, a ratio, or no number.
  std::string unit = {};
  /// Row of a table; empty: in none. "{target}" stands for the member of that name beside it.
  /// Of an object: what its figures' labels begin with.
  std::string label = {};
  std::string definition = {};
};

/// A figure with its place in the tree of a report.
struct FigureNode {
  enum class Shape { value, object, list };

  Figure figure;  ///< key "*": every other member of the object, whatever its key
  Shape shape = Shape::value;
  /// JSON type of a value, or of a list's entries that are values; "any"; "digits": an integer, or
  /// a text of digits where 64 bits are too few.
  std::string type = {};
  bool is_nullable = false;
  bool is_optional = false;           ///< left out where there is nothing to say
  bool is_former = false;             ///< of reports with the first schema alone
  std::string definition_key = {};    ///< member beside it that holds the definition; empty: none
  std::string condition = {};         ///< what reports have it, for people; empty: all
  std::vector<FigureNode> members{};  ///< of an object, or of a list's entries that are objects
};

/// A figure as a table shows it.
struct FigurePlace {
  std::string path;   ///< "inversion_only.energy_j", "phases[].seconds", "by_phase.*.busy_s"
  std::string label;  ///< with that of the object around it: "inversion only: energy"
  const FigureNode* node;
};

/// The tree with one node for each key where kinds of runs declare one each.
/// \throws std::logic_error if these are not the same thing
FigureNode merged(FigureNode node);

/// All places of a merged tree, in its order. The tree outlives them.
std::vector<FigurePlace> figure_places(const FigureNode& report);

/// The tree of a run's report.
const FigureNode& run_report_figures();

/// The figure of a run's report at a path; indices as in "history[3].epoch" may stand in it.
/// \throws std::logic_error if none is declared there: whoever asks is wrong, not the report
const FigurePlace& run_figure(const std::string& path);

/// A value for people: "48.8 ms", "81.2 %".
std::string show_figure(const Figure& figure, double value);

/// "48.8 ms": four digits and an SI prefix.
std::string with_prefix(double value, const char* unit);

}  // namespace invar::platform

#endif
