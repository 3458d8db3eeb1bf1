#include <fmt/format.h>
#include <invar/platform/command_line/command_line.h>
#include <invar/platform/report/report.h>
#include <invar/platform/soc/conclude.h>
#include <invar/sw/apps/boot_block.h>

#include <cstdio>

namespace invar::platform {
namespace {

const char* describe_exit(int code) {
  switch (code) {
    case INVAR_EXIT_OK:
      return "";
    case INVAR_EXIT_BAD_BOOT_BLOCK:
      return "the firmware refused its parameters";
    case INVAR_EXIT_OUT_OF_MEMORY:
      return "the network does not fit the digital engine's scratchpad (engine.scratchpad_bytes): "
             "fewer "
             "channels, a smaller batch, or a larger scratchpad";
    case INVAR_EXIT_DEVICE_ERROR:
      return "a device failed";
    case INVAR_EXIT_SOLVE_FAILED:
      return "the system could not be solved";
    case INVAR_EXIT_DIVERGED:
      return "training diverged: the loss is not finite";
    case INVAR_EXIT_STOPPED:
      return "stopped early";
    default:
      return "the firmware failed";
  }
}

}  // namespace

int conclude(const RunConfiguration& configuration, Soc& soc, Ending ending, const HostClock& clock,
             Waveform& waveform, Timeline& timeline, RunResult& result,
             const std::string& failure) {
  switch (ending) {
    case Ending::finished:
      result.reason = describe_exit(soc.exit_code());
      break;
    case Ending::interrupted:
      result.reason = "interrupted by the user";
      break;
    case Ending::timed_out:
      result.reason = fmt::format("stopped by --timeout {:g}", configuration.run.timeout_s);
      break;
    case Ending::deadlocked:
      result.reason = "the machine has nothing left to do but the firmware has not ended";
      break;
  }
  if (result.reason.empty()) {
    result.reason = failure;
  }
  const std::string omission = waveform.close();
  const std::string timeline_omission = timeline.close();
  if (result.reason.empty()) {
    result.reason = waveform.failure().empty() ? timeline.failure() : waveform.failure();
  }
  result.complete = result.reason.empty();
  result.host_wall_s = clock.wall_s();
  result.host_cpu_s = clock.cpu_s();
  const Json report = make_report(configuration, soc.ledger(), result);
  if (!configuration.run.report.empty()) {
    write_report(configuration.run.report, report);
  }
  if (!configuration.run.quiet) {
    std::fputs(summarise(report).c_str(), stdout);
  }
  const auto tell = [](const std::string& file, const std::string& left_out) {
    if (!left_out.empty()) {
      std::fprintf(stderr, "%s: %s\n", file.c_str(), left_out.c_str());
    }
  };
  tell(configuration.vcd.file, omission);
  tell(configuration.timeline.file, timeline_omission);
  if (!soc.console().empty() && (!configuration.run.quiet || !result.complete)) {
    std::fputs(soc.console().c_str(), stderr);
  }
  if (result.complete) {
    return k_exit_done;
  }
  std::fprintf(stderr, "invar: %s\n", result.reason.c_str());
  return k_exit_failed;
}

}  // namespace invar::platform
