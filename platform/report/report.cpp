#include <invar/platform/report/configuration_section.h>
#include <invar/platform/report/host_section.h>
#include <invar/platform/report/report.h>
#include <invar/platform/report/sections.h>

#include <utility>

namespace invar::platform {
namespace {

const ledger::Ledger& ledger_of(const RunFacts& facts) {
  return facts.ledger;
}
const RunConfiguration& configuration_of(const RunFacts& facts) {
  return facts.configuration;
}

Section<RunFacts> workload_section() {
  Section<RunFacts> section;
  return section.members("", task_section(), configuration_of)
      .figure_if_any({"network", "", "", "train: hash of the network's file"},
                     [](const RunFacts& facts) -> std::optional<std::string> {
                       const bool trains = facts.configuration.command == Command::train;
                       const std::string& hash = facts.result.data.network_hash;
                       return trains && !hash.empty() ? std::optional(hash) : std::nullopt;
                     })
      .object({"measured", "", "", "what `workload` found"}, workload_measured_section(),
              [](const RunFacts& facts) { return facts.result.workload ? &facts : nullptr; });
}

const Section<RunData>& network_section() {
  static const auto section = Section<RunData>()
                                  .figure({"name", "", "", "as its file has it, or the file's"},
                                          [](const RunData& data) { return data.network_name; })
                                  .figure({"hash", "", "", "of the file's contents"},
                                          [](const RunData& data) { return data.network_hash; });
  return section;
}

const Section<RunData>& data_section() {
  static const auto section =
      Section<RunData>()
          .figure({"name", "", "", "of a known data set, or what the run worked on"},
                  [](const RunData& data) { return data.name; })
          .figure({"hash", "", "", "of the contents"},
                  [](const RunData& data) { return data.hash; })
          .others({"*", "", "", "a size, by what it counts"},
                  [](const RunData& data) { return data.sizes; })
          .object({"network", "", "", "that was read from a file"}, network_section(),
                  [](const RunData& data) { return data.network_hash.empty() ? nullptr : &data; });
  return section;
}

Section<RunFacts> run_host_section() {
  Section<RunFacts> section;
  return section
      .members("", host_section(),
               [](const RunFacts& facts) {
                 return HostFacts{facts.configuration, facts.result.host_wall_s};
               })
      .figure({"cpu_s", "s", "", "processor time that the run took on the host"},
              [](const RunFacts& facts) { return facts.result.host_cpu_s; })
      .figure({"threads", "", "", "of the host"},
              [](const RunFacts& facts) { return facts.result.host_threads; })
      .figure_if_any(
          {"sampling_wall_s", "s", "", "of this, for samples"}, [](const RunFacts& facts) {
            return facts.result.workload ? std::optional(facts.result.workload->sampling_host_s)
                                         : std::nullopt;
          });
}

Section<RunFacts> heading() {
  Section<RunFacts> section;
  return section
      .figure({"schema", "", "", "a changed meaning gets a new one, a new figure does not"},
              [](const RunFacts&) { return k_report_schema; })
      .figure({"version", "", "", "of invar"}, [](const RunFacts&) { return INVAR_VERSION; })
      .figure({"complete", "", "", "whether the run came to its end and nothing was lost"},
              [](const RunFacts& facts) { return facts.result.complete; })
      .figure({"reason", "", "", "why it is not complete; empty if it is"},
              [](const RunFacts& facts) { return facts.result.reason; })
      .figure({"system", "", "", "optimiser, inverter and core: what is compared"},
              [](const RunFacts& facts) { return facts.result.system; })
      .figure({"seed", "", "", "run.seed"},
              [](const RunFacts& facts) { return facts.configuration.run.seed; })
      .object(
          {"workload", "", "", "what two runs must share to be compared, besides data and seed"},
          workload_section(), itself)
      .object({"data", "", "", "what the run worked on"}, data_section(),
              [](const RunFacts& facts) -> const RunData& { return facts.result.data; })
      .figure({"configuration_hash", "", "",
               "of the version, the configuration, and the contents of the files that were read"},
              [](const RunFacts& facts) {
                return configuration_hash(facts.configuration,
                                          {facts.result.data.hash, facts.result.data.network_hash,
                                           facts.result.firmware_hash});
              })
      .figure_if_any({"firmware_hash", "", "", "of the image that the riscv core ran"},
                     [](const RunFacts& facts) {
                       const std::string& hash = facts.result.firmware_hash;
                       return hash.empty() ? std::nullopt : std::optional(hash);
                     });
}

const Section<RunFacts>& run_report() {
  static const auto section =
      Section<RunFacts>()
          .members("", heading(), itself)
          .members("", ledger_section(), ledger_of)
          .figure_if_any(
              {"asked_power_w", "W", "", "mean_power_w of the report that run.equal_power named"},
              [](const RunFacts& facts) { return facts.configuration.asked_power_w; })
          .members("", verdict_section(), itself)
          .members("", figures_section(), itself)
          .object({"verification", "", "verification"}, verification_section(), ledger_of)
          .object(
              {"solution", "", "", "what the solves were worth"}, solution_section(),
              [](const RunFacts& facts) -> const SolutionQuality& { return facts.result.quality; })
          .members("", wear_section(), itself)
          .members("", area_section(), itself)
          .members("train", training_section(),
                   [](const RunFacts& facts) { return facts.result.training; })
          .members("", configuration_section(), configuration_of)
          .object({"host", "", "", "what differs between two runs of one configuration"},
                  run_host_section(), itself);
  return section;
}

}  // namespace

const FigureNode& run_report_figures() {
  static const FigureNode node = merged(run_report().describe({""}));
  return node;
}

Report::Report(const RunConfiguration& configuration, const ledger::Ledger& ledger,
               const RunResult& result) {
  require_agreement(ledger);
  json_ = std::make_shared<const Json>(run_report().write(RunFacts{configuration, ledger, result}));
}

std::string Report::summary() const {
  return summarise(*json_);
}

}  // namespace invar::platform
