#include <invar/platform/soc/run_traces.h>

namespace invar::platform {

RunTraces::RunTraces(const RunConfiguration& configuration, Soc& soc)
    : configuration_(configuration),
      waveform_(configuration.vcd, soc),
      timeline_(configuration.timeline, soc) {
  if (!configuration.instruction_trace.file.empty() && soc.riscv_core() != nullptr) {
    instructions_ = std::make_unique<InstructionTrace>(configuration.instruction_trace);
    soc.riscv_core()->trace_instructions(*instructions_);
  }
  if (!configuration.function_profile.file.empty() && soc.native_core() != nullptr) {
    functions_ = std::make_unique<FunctionProfile>(configuration.function_profile);
    soc.native_core()->profile_functions(*functions_);
  }
}

std::vector<std::string> RunTraces::close() {
  std::vector<std::string> lines;
  const auto note = [&](const std::string& file, const std::string& left_out) {
    if (!left_out.empty()) {
      lines.push_back(file + ": " + left_out);
    }
  };
  note(configuration_.vcd.file, waveform_.close());
  note(configuration_.timeline.file, timeline_.close());
  if (instructions_) {
    note(configuration_.instruction_trace.file, instructions_->close());
  }
  if (functions_) {
    functions_->close();
  }
  return lines;
}

std::string RunTraces::failure() const {
  if (!waveform_.failure().empty()) {
    return waveform_.failure();
  }
  if (!timeline_.failure().empty()) {
    return timeline_.failure();
  }
  if (functions_) {
    return functions_->failure();
  }
  return instructions_ ? instructions_->failure() : std::string();
}

}  // namespace invar::platform
