#ifndef INVAR_PLATFORM_REPORT_FIGURE_PAGES_H
#define INVAR_PLATFORM_REPORT_FIGURE_PAGES_H

#include <invar/platform/report/figure.h>

#include <string>
#include <vector>

namespace invar::platform {

/// Reports of one kind.
struct ReportKind {
  std::string name;    ///< "run"
  std::string schema;  ///< value of "schema"
  std::string title;   ///< heading of the page
  const FigureNode* figures;
};

/// docs/report.md: every figure with unit and definition, as Markdown.
std::string figure_page(const std::vector<ReportKind>& kinds);

/// docs/report.schema.json: a JSON schema (2020-12) of reports, where "title" is the label of a
/// figure, "unit" its unit, and "definedBy" the member of a report that holds its definition.
std::string figure_schema(const std::vector<ReportKind>& kinds);

}  // namespace invar::platform

#endif
