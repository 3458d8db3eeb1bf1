#include <fmt/format.h>
#include <invar/platform/command_line/host_limits.h>
#include <invar/platform/command_line/interrupt.h>
#include <invar/platform/configuration/standard_output.h>
#include <invar/platform/report/report.h>
#include <invar/platform/soc/conclude.h>
#include <invar/sw/boot/boot_block.h>

#include <cstdio>
#include <optional>

namespace invar::platform {
namespace {

std::string describe_exit(int code) {
  switch (code) {
    case INVAR_EXIT_OK:
      return "";
    case INVAR_EXIT_BAD_BOOT_BLOCK:
      return "the firmware refused its parameters";
    case INVAR_EXIT_OUT_OF_MEMORY:
      return "the network does not fit the digital engine's scratchpad (engine.scratchpad_bytes), "
             "not even one image at a time: narrower layers or a larger scratchpad";
    case INVAR_EXIT_DEVICE_ERROR:
      return "a device failed";
    case INVAR_EXIT_SOLVE_FAILED:
      return "the system could not be solved";
    case INVAR_EXIT_DIVERGED:
      return "training diverged: the loss is not finite";
    case INVAR_EXIT_STOPPED:
      return "stopped early";
    case INVAR_EXIT_FAULT:
      return "firmware fault";
    default:
      return fmt::format("the firmware ended with code {}", code);
  }
}

/// Where the firmware was when it was cut off.
std::string whereabouts(Soc& soc) {
  const std::string position = soc.core() != nullptr ? soc.core()->position() : std::string();
  return soc.has_ended() || position.empty() ? std::string() : "; the firmware was in " + position;
}

std::string describe(Ending ending, const CommandLine& line, Soc& soc) {
  const RunParameters& run = line.configuration.run;
  switch (ending) {
    case Ending::interrupted:
      return interrupt_reason() + whereabouts(soc);
    case Ending::timed_out:
      return fmt::format("stopped by --timeout {:g}", run.timeout_s) + whereabouts(soc);
    case Ending::simulated_timeout:
      return fmt::format("stopped by --simulated-timeout {:g}", run.simulated_timeout_s) +
             whereabouts(soc);
    case Ending::console_lost:
      return "";  // told by whoever writes it
    case Ending::deadlocked:
      return "the machine has nothing left to do but the firmware has not ended" + whereabouts(soc);
    default:
      break;
  }
  if (soc.core() != nullptr && soc.core()->fault()) {
    return "firmware fault: " + soc.core()->fault()->text();
  }
  const std::optional<std::string> own = line.subcommand->describe_exit(soc.exit_code());
  return own ? *own : describe_exit(soc.exit_code());
}

void note_host(const CommandLine& line, const HostClock& clock, RunResult& result) {
  result.host_wall_s = clock.wall_s();
  result.host_cpu_s = clock.cpu_s();
  result.system = line.subcommand->system(line.configuration);
}

}  // namespace

int conclude(const CommandLine& line, Soc& soc, Ending ending, const HostClock& clock,
             RunTraces& traces, RunResult& result, const std::string& failure) {
  const RunConfiguration& configuration = line.configuration;
  result.reason = describe(ending, line, soc);
  if (result.reason.empty()) {
    result.reason = failure;
  }
  const std::vector<std::string> omissions = traces.close();
  if (const std::string lost = traces.failure(); !lost.empty()) {
    result.reason += (result.reason.empty() ? "" : "; ") + lost;
  }
  result.complete = result.reason.empty();
  note_host(line, clock, result);
  const Report report(configuration, soc.ledger(), result);
  lift_file_size_limit();
  if (!configuration.run.report.empty()) {
    report.write(configuration.run.report);
  }
  std::string unseen;
  if (!configuration.run.quiet && !line.is_standard_output_taken()) {
    unseen = try_standard_output(report.summary());
  }
  for (const std::string& omission : omissions) {
    std::fprintf(stderr, "%s\n", omission.c_str());
  }
  // A program's console has been shown as it was written.
  if (!soc.on_console && !soc.console().empty() && (!configuration.run.quiet || !result.complete)) {
    std::fputs(soc.console().c_str(), stderr);
  }
  for (const std::string& failed : {result.reason, unseen}) {
    if (!failed.empty()) {
      std::fprintf(stderr, "invar: %s\n", failed.c_str());
    }
  }
  return result.complete && unseen.empty() ? k_exit_done : k_exit_failed;
}

void write_partial_report(const CommandLine& line, const Soc& soc, const HostClock& clock,
                          RunResult& result, const std::string& path) {
  result.complete = false;
  note_host(line, clock, result);
  Report(line.configuration, soc.ledger(), result).write(path);
}

int conclude_early(const CommandLine& line, const std::string& reason) {
  const RunConfiguration& configuration = line.configuration;
  std::fprintf(stderr, "invar: %s\n", reason.c_str());
  if (!configuration.run.report.empty()) {
    RunResult result;
    result.reason = reason;
    result.system = line.subcommand->system(configuration);
    Report(configuration, ledger::Ledger(), result).write(configuration.run.report);
  }
  return k_exit_failed;
}

}  // namespace invar::platform
