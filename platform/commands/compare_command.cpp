#include <invar/platform/commands/commands.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/report/comparison.h>

namespace invar::platform {
namespace {

/// `invar compare`.
class CompareCommand : public Subcommand {
 public:
  Command command() const override { return {"compare", false}; }
  const char* help() const override {
    return "ratios between reports of one workload, relative to the first";
  }
  std::optional<Argument> argument() const override {
    return Argument{"reports", "FILE...", "report.json files, two or more", 2, 64};
  }
  Parameters parameters() const override { return Parameters::none; }

  int run(const CommandLine& line) const override {
    write_standard_output(compare_reports(line.words));
    return k_exit_done;
  }
};

}  // namespace

const Subcommand& compare_command() {
  static const CompareCommand command;
  return command;
}

}  // namespace invar::platform
