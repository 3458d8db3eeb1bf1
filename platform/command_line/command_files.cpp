#include <invar/platform/command_line/command_files.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/dataset/input_error.h>

#include <filesystem>
#include <map>

namespace invar::platform {

std::vector<CommandFile> command_files(const std::string& config,
                                       const RunConfiguration& configuration) {
  std::vector<CommandFile> files = {{"--config", config, false}};
  if (configuration.command == Command::solve) {
    const SolveParameters& solve = configuration.solve;
    files.insert(files.end(), {{"--matrix", solve.matrix, false},
                               {"--rhs", solve.rhs, false},
                               {"--out", solve.out, true}});
  }
  if (configuration.command == Command::workload) {
    files.push_back({"FILE", configuration.workload.network, false});
  }
  if (configuration.command == Command::circuit) {
    const CircuitParameters& circuit = configuration.circuit;
    files.insert(files.end(), {{"--conductance", circuit.conductance, false},
                               {"--conductance-negative", circuit.conductance_negative, false},
                               {"--input", circuit.input, false},
                               {"--gains", circuit.gains, false},
                               {"--offset", circuit.offset, false},
                               {"--inverter-offset", circuit.inverter_offset, false},
                               {"--gain-bandwidths", circuit.gain_bandwidths, false},
                               {"--out", circuit.out, true},
                               {"--transient", circuit.transient, true}});
  }
  files.push_back({"--report", configuration.run.report, true});
  if (configuration.command != Command::circuit && !configuration.vcd.file.empty()) {
    const std::string& vcd = configuration.vcd.file;
    files.insert(files.end(),
                 {{"--vcd", vcd, true}, {"the save file of --vcd", vcd + ".gtkw", true}});
  }
  if (configuration.command != Command::circuit) {
    files.insert(files.end(), {{"--timeline", configuration.timeline.file, true},
                               {"--instruction-trace", configuration.instruction_trace.file, true},
                               {"--firmware", configuration.run.firmware, false}});
  }
  return files;
}

void require_distinct(const std::vector<CommandFile>& files) {
  namespace fs = std::filesystem;
  std::map<fs::path, std::string> taken;
  for (const CommandFile& file : files) {
    std::error_code ignored;
    if (file.path.empty() || (file.written && fs::exists(file.path, ignored) &&
                              !fs::is_regular_file(file.path, ignored))) {
      continue;  // a device takes any number of outputs
    }
    const fs::path path = fs::weakly_canonical(fs::absolute(file.path, ignored), ignored);
    const auto [place, is_new] = taken.emplace(path, file.flag);
    if (!is_new && file.written) {
      throw InputError(file.flag + " " + file.path + ": is the file of " + place->second +
                       " too; must be one of its own");
    }
  }
}

void require_outputs(const std::vector<CommandFile>& files) {
  for (const CommandFile& file : files) {
    if (file.written && file.flag.front() == '-') {
      require_writable(file.flag, file.path);
    }
  }
}

}  // namespace invar::platform
