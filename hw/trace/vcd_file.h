#ifndef INVAR_TRACE_VCD_FILE_H
#define INVAR_TRACE_VCD_FILE_H

#include <invar/trace/growing_file.h>
#include <invar/trace/signal_sink.h>

#include <cstdint>
#include <string>
#include <vector>

namespace invar::trace {

/// A signal as the file knows it. Values are raw bits: those of a double for a real.
struct VcdVariable {
  std::string name;  ///< hierarchical
  SignalFormat format;
  std::string code;         ///< the short identifier in the file
  bool selected = false;    ///< in the file at all
  bool known = false;       ///< has had a value
  std::uint64_t value = 0;  ///< as in force
  bool written_known = false;
  std::uint64_t written = 0;  ///< as the file says
  bool changed = false;       ///< in the file, after its initial value
};

/// The text of a Value Change Dump (IEEE 1364), in picoseconds.
class VcdFile {
 public:
  /// \throws std::runtime_error when `path` cannot be written
  explicit VcdFile(const std::string& path) : file_(path) {}

  void write_header(const std::vector<VcdVariable>& variables);
  /// The values of all selected variables at a time.
  void write_initial_values(std::uint64_t time_ps, std::vector<VcdVariable>& variables);
  void write_time(std::uint64_t time_ps);
  void write_value(VcdVariable& variable);
  void write_comment(const std::string& text);
  void flush() { file_.flush(); }
  void close() { file_.close(); }

  std::uint64_t bytes() const { return file_.bytes(); }
  /// Whether the host refused to take data, e.g. for want of space.
  bool has_failed() const { return file_.has_failed(); }
  const std::string& path() const { return file_.path(); }

 private:
  GrowingFile file_;
};

/// The identifier of the n-th variable: printable characters, as short as possible.
std::string vcd_code(std::uint64_t index);

}  // namespace invar::trace

#endif
