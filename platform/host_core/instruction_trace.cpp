#include <fmt/format.h>
#include <invar/parameters/description.h>
#include <invar/platform/host_core/instruction_trace.h>

#include <cerrno>
#include <cstring>
#include <stdexcept>

namespace invar::platform {

const parameters::Description<InstructionTraceParameters>&
InstructionTraceParameters::description() {
  static const auto all =
      parameters::Description<InstructionTraceParameters>("instruction_trace")
          .text("file", &InstructionTraceParameters::file,
                "text file with a line for each instruction of the riscv core, empty = none",
                "choice")
          .with_flag("--instruction-trace", "FILE")
          .host_only()
          .text("window", &InstructionTraceParameters::window,
                "simulated time to write down, T0:T1 with ps, ns, us, ms or s, empty = all",
                "choice")
          .with_flag("--instruction-window", "T0:T1")
          .host_only()
          .real("maximum_instructions", &InstructionTraceParameters::maximum_instructions,
                {1, 1e12}, "instructions", "the trace ends after so many and says so", "choice")
          .host_only();
  return all;
}

InstructionTrace::InstructionTrace(const InstructionTraceParameters& parameters)
    : parameters_(parameters),
      file_(std::fopen(parameters.file.c_str(), "w")),
      start_(parameters.window_start_s, sc_core::SC_SEC),
      end_(parameters.window_end_s > 0.0
               ? sc_core::sc_time(parameters.window_end_s, sc_core::SC_SEC)
               : sc_core::sc_max_time()) {
  if (!file_) {
    throw std::runtime_error(parameters.file + ": " + std::strerror(errno));
  }
  std::fputs("# time_ns pc function instruction; the time is that of the end of its basic block\n",
             file_.get());
}

void InstructionTrace::instruction(const sc_core::sc_time& at, std::uint64_t pc, std::uint32_t bits,
                                   const ElfImage& image) {
  if (at < start_ || at > end_ || !file_) {
    return;
  }
  if (static_cast<double>(written_) >= parameters_.maximum_instructions) {
    ++left_out_;
    return;
  }
  ++written_;
  const std::string function = image.describe(pc);
  const bool compressed = (bits & 3u) != 3u;
  const std::string line = fmt::format("{:.3f} {:#x} {} {:0{}x}\n", at.to_seconds() * 1e9, pc,
                                       function.empty() ? "?" : function,
                                       compressed ? bits & 0xFFFFu : bits, compressed ? 4 : 8);
  if (std::fputs(line.c_str(), file_.get()) < 0 && failure_.empty()) {
    failure_ = parameters_.file + ": " + std::strerror(errno);
  }
}

std::string InstructionTrace::close() {
  if (file_ && std::fclose(file_.release()) != 0 && failure_.empty()) {
    failure_ = parameters_.file + ": " + std::strerror(errno);
  }
  return left_out_ == 0 ? std::string()
                        : fmt::format(
                              "left out {} instructions after the first {} "
                              "(instruction_trace.maximum_instructions; a window chooses others)",
                              left_out_, written_);
}

}  // namespace invar::platform
