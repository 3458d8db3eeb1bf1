#include <invar/platform/circuit_command/circuit_report.h>
#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/report/figure_pages.h>
#include <invar/platform/report/report_file.h>

namespace invar::platform {
namespace {

std::vector<ReportKind> report_kinds() {
  return {
      {"run", k_report_schema, "Runs: `train`, `solve`, `workload`, `run`", &run_report_figures()},
      {"circuit", k_circuit_schema, "`circuit`", &circuit_report_figures()}};
}

/// `invar figures`.
class FiguresCommand : public Subcommand {
 public:
  Command command() const override { return {"figures", false}; }
  const char* help() const override {
    return "every figure of a report, with unit and definition, as a page or a JSON schema";
  }
  std::optional<Argument> argument() const override {
    return Argument{"form", "FORM", "page or schema [default page]", 0, 1, {"page", "schema"}};
  }
  Parameters parameters() const override { return Parameters::none; }

  int run(const CommandLine& line) const override {
    const bool wants_schema = !line.words.empty() && line.words.front() == "schema";
    write_standard_output(wants_schema ? figure_schema(report_kinds())
                                       : figure_page(report_kinds()));
    return k_exit_done;
  }
};

}  // namespace

const Subcommand& figures_command() {
  static const FiguresCommand command;
  return command;
}

}  // namespace invar::platform
