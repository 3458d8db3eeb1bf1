#ifndef INVAR_PLATFORM_HOST_CORE_INSTRUCTION_TRACE_H
#define INVAR_PLATFORM_HOST_CORE_INSTRUCTION_TRACE_H

#include <invar/parameters/description_fwd.h>
#include <invar/platform/host_core/elf_image.h>
#include <invar/simulation/systemc_compatibility.h>

#include <cstdint>
#include <cstdio>
#include <memory>
#include <string>

namespace invar::platform {

/// What of a run's instructions is written down.
struct InstructionTraceParameters {
  std::string file;    ///< empty = no trace
  std::string window;  ///< "10us:20us"; empty = from the start
  double window_start_s = 0.0;
  double window_end_s = 0.0;  ///< 0 = to the end
  double maximum_instructions = 1e6;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<InstructionTraceParameters>& description();
};

/// Writes a line for each executed instruction: the core's own time in ns (of its basic block), pc,
/// function, the instruction's bits.
class InstructionTrace {
 public:
  /// \throws std::runtime_error when the file cannot be written
  explicit InstructionTrace(const InstructionTraceParameters& parameters);

  void instruction(const sc_core::sc_time& at, std::uint64_t pc, std::uint32_t bits,
                   const ElfImage& image);
  /// \return what the trace left out, for people; empty if nothing
  std::string close();
  /// Why the file is not complete; empty if it is.
  const std::string& failure() const { return failure_; }

 private:
  struct Close {
    void operator()(std::FILE* file) const { std::fclose(file); }
  };

  InstructionTraceParameters parameters_;
  std::unique_ptr<std::FILE, Close> file_;
  sc_core::sc_time start_, end_;
  std::uint64_t written_ = 0, left_out_ = 0;
  std::string failure_;
};

}  // namespace invar::platform

#endif
