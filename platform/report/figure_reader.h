#ifndef INVAR_PLATFORM_REPORT_FIGURE_READER_H
#define INVAR_PLATFORM_REPORT_FIGURE_READER_H

#include <invar/platform/report/report_file.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace invar::platform {

/// Looks into a run's report. Reports may lack figures, those of other commands and older ones
/// do, but a path that no report has is a mistake of whoever asks.
///
/// Paths are as in docs/report.md, with indices: "history[3].epoch". All functions throw
/// std::logic_error for a path that is declared nowhere.
class FigureReader {
 public:
  /// \param report outlives the reader
  explicit FigureReader(const Json& report) : FigureReader(report, "") {}

  bool has(const std::string& path) const { return find(path) != nullptr; }
  /// Nothing where it is missing or null.
  std::optional<double> number(const std::string& path) const;
  /// 0 where it is missing or null.
  std::uint64_t count(const std::string& path) const;
  std::string text(const std::string& path, const std::string& otherwise = {}) const;
  bool flag(const std::string& path, bool otherwise) const;
  std::vector<double> numbers(const std::string& path) const;

  /// An object in the report; an empty one where it is missing or null.
  FigureReader object(const std::string& path) const;
  /// The objects of a list; none where it is missing.
  std::vector<FigureReader> entries(const std::string& path) const;

 private:
  FigureReader(const Json& part, std::string prefix) : part_(&part), prefix_(std::move(prefix)) {}

  std::string full(const std::string& path) const {
    return prefix_.empty() ? path : prefix_ + "." + path;
  }
  /// \return nullptr where it is missing or null
  const Json* find(const std::string& path) const;

  const Json* part_;
  std::string prefix_;  ///< where `part_` is declared
};

}  // namespace invar::platform

#endif
