#ifndef INVAR_TRACE_VCD_WRITER_H
#define INVAR_TRACE_VCD_WRITER_H

#include <invar/trace/signal_sink.h>
#include <invar/trace/time_window.h>
#include <invar/trace/vcd_file.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <unordered_set>
#include <vector>

namespace invar::trace {

/// What goes into a VCD and what does not.
struct VcdOptions {
  std::string path;
  /// Signals whose name, or a scope of it, matches one of these globs; all when empty.
  std::vector<std::string> scopes;
  TimeWindow window;
  /// Recording ends when the file would grow beyond this.
  std::uint64_t byte_limit = std::uint64_t{64} << 20;
  /// Changes may come up to this much later than they happened (and any time ahead).
  double reorder_window_s = 1e-6;
};

/// Writes value changes as a Value Change Dump, in picoseconds, times in order.
///
/// Changes wait in a queue until simulated time is past them by the reorder window, are sorted by
/// time and, for one time, by the order of their coming; a signal that returns to its value within
/// one time leaves nothing. What window, size and scope left out is told by `omission` and in a
/// comment at the end of the file. Has no process of its own: tracing changes nothing in a run.
/// Lives longer than the modules that trace to it run.
class VcdWriter : public SignalSink {
 public:
  /// \throws std::runtime_error when the file cannot be written, std::invalid_argument for options
  /// out of range
  explicit VcdWriter(const VcdOptions& options);
  /// Closes.
  ~VcdWriter() override;
  VcdWriter(const VcdWriter&) = delete;
  VcdWriter& operator=(const VcdWriter&) = delete;

  SignalId declare(const std::string& name, const SignalFormat& format) override;
  void change(SignalId id, const sc_core::sc_time& at, std::uint64_t value) override;
  void change(SignalId id, const sc_core::sc_time& at, double value) override;

  /// Calls `sampler` at the first change `interval` or more after its last call, and on closing:
  /// for what is measured, not told. \param interval above 0, at most the reorder window
  /// \return what `remove_sampler` takes
  std::uint64_t add_sampler(const sc_core::sc_time& interval, std::function<void()> sampler);
  /// Calls it a last time first.
  void remove_sampler(std::uint64_t sampler);

  /// Writes what has happened up to now and ends the file; more changes are ignored.
  void close();

  /// One line on what was left out and why; empty when nothing was. Complete after `close`.
  std::string omission() const;
  /// Whether the host refused to write the file.
  bool failed() const { return file_.has_failed(); }

  const std::vector<VcdVariable>& variables() const { return variables_; }
  const std::string& path() const { return file_.path(); }
  /// First and last time in the file, 0 before anything is written.
  std::uint64_t first_time_ps() const { return first_time_ps_; }
  std::uint64_t last_time_ps() const { return last_time_ps_; }

 private:
  struct Change {
    std::uint64_t time_ps;
    std::uint64_t sequence;
    SignalId id;
    std::uint64_t value;
  };
  struct Sampler {
    std::uint64_t id;
    std::uint64_t interval_ps;
    std::uint64_t due_ps;
    std::function<void()> sample;
  };

  static bool is_later(const Change& a, const Change& b);
  bool is_in_scope(const std::string& name) const;
  void push(SignalId id, const sc_core::sc_time& at, std::uint64_t value);
  void run_samplers(std::uint64_t now_ps, bool all);
  void drain(std::uint64_t up_to_ps);
  void write_batch(std::uint64_t time_ps);
  void begin_file();

  VcdOptions options_;
  VcdFile file_;
  std::uint64_t window_begin_ps_;
  std::uint64_t window_end_ps_;
  std::uint64_t reorder_window_ps_;

  std::vector<VcdVariable> variables_;
  std::unordered_set<std::string> names_;
  std::vector<Change> pending_;  // a heap, the earliest on top
  std::vector<SignalId> batch_;
  std::uint64_t sequence_ = 0;
  std::uint64_t next_drain_ps_ = 0;
  std::vector<Sampler> samplers_;
  std::uint64_t samplers_added_ = 0;
  std::uint64_t next_sample_ps_ = ~std::uint64_t{0};
  bool sampling_ = false;

  bool begun_ = false;
  bool closed_ = false;
  std::uint64_t first_time_ps_ = 0;
  std::uint64_t last_time_ps_ = 0;
  std::uint64_t drained_to_ps_ = 0;
  std::uint64_t cut_at_ps_ = 0;
  std::uint64_t changes_beyond_limit_ = 0;
  std::uint64_t changes_before_window_ = 0;
  std::uint64_t changes_after_window_ = 0;
  std::uint64_t changes_too_late_ = 0;
};

}  // namespace invar::trace

#endif
