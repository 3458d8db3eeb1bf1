#ifndef INVAR_TRACE_TIMELINE_WRITER_H
#define INVAR_TRACE_TIMELINE_WRITER_H

#include <invar/trace/activity_sink.h>
#include <invar/trace/growing_file.h>
#include <invar/trace/time_window.h>

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

namespace invar::trace {

/// What goes into a timeline and what does not.
struct TimelineOptions {
  std::string path;
  /// Spans that touch it are kept, whole.
  TimeWindow window;
  /// Groups with a counter `<group> busy` of their tracks that are in a span, in the window.
  std::vector<std::string> counted_groups;
  /// Recording ends when the file would grow beyond this.
  std::uint64_t byte_limit = std::uint64_t{64} << 20;
};

/// Writes spans in the Trace Event Format, which Perfetto (ui.perfetto.dev) and chrome://tracing
/// open: a JSON array of complete events with times in microseconds, to the picosecond; all starts
/// stand 0.2 ps late, so that no reader's cutting to nanoseconds has spans overlap. Groups of
/// tracks are processes, tracks are their threads; counters are counter events of a process, and in
/// a window begin with the value that they have there.
///
/// Spans are written as they come. A file that lost its end, because the program was killed, holds
/// whole events up to there and lacks the closing bracket, which the format allows. What window and
/// size left out is told by `omission` and as an event at the end of the file. Has no process of
/// its own: tracing changes nothing in a run.
class TimelineWriter : public ActivitySink {
 public:
  /// \throws std::runtime_error when the file cannot be written, std::invalid_argument for options
  /// out of range
  explicit TimelineWriter(const TimelineOptions& options);
  /// Closes.
  ~TimelineWriter() override;
  TimelineWriter(const TimelineWriter&) = delete;
  TimelineWriter& operator=(const TimelineWriter&) = delete;

  TrackId track(const std::string& name, const std::string& group) override;
  void span(TrackId track, const std::string& name, const sc_core::sc_time& start,
            const sc_core::sc_time& duration, SpanArguments arguments) override;
  CounterId counter(const std::string& name, const std::string& group) override;
  void value(CounterId counter, const sc_core::sc_time& at, double value) override;
  void at_end(std::function<void()> last_words) override;

  /// Takes the spans that are under way, up to now, and ends the file; more are ignored.
  void close();

  /// One line on what was left out and why; empty when nothing was. Complete after `close`.
  std::string omission() const;
  /// Whether the host refused to write the file.
  bool failed() const { return file_.has_failed(); }
  const std::string& path() const { return file_.path(); }

 private:
  struct Counter {
    std::string name;
    unsigned process;
    bool has_before = false;  ///< a value from before the window, not yet written
    std::uint64_t before_ps = 0;
    double before = 0.0;
  };
  /// Where the number of busy tracks changes.
  struct Edge {
    std::uint64_t time_ps;
    int step;
  };

  /// Of a group; a new one is told to the file.
  unsigned process_of(const std::string& group);
  void write_value(const Counter& counter, std::uint64_t time_ps, double value);
  void write_value_before_window(Counter& counter);
  void note_busy(unsigned process, std::uint64_t start_ps, std::uint64_t end_ps);
  void write_busy();
  void write_metadata(const char* what, unsigned process, TrackId thread, const std::string& value);
  /// Writes an event unless the file is full.
  bool write(const std::string& event);

  TimelineOptions options_;
  GrowingFile file_;
  std::uint64_t window_begin_ps_;
  std::uint64_t window_end_ps_;
  std::map<std::string, unsigned> processes_;
  std::vector<unsigned> process_of_track_;
  std::vector<Counter> counters_;
  std::map<unsigned, std::vector<Edge>> edges_;  ///< of the counted groups' processes
  std::vector<std::function<void()>> last_words_;
  std::string event_;  ///< kept for its memory

  bool first_ = true;
  bool full_ = false;
  bool closed_ = false;
  std::uint64_t cut_at_ps_ = ~std::uint64_t{0};
  std::uint64_t spans_beyond_limit_ = 0;
  std::uint64_t spans_before_window_ = 0;
  std::uint64_t spans_after_window_ = 0;
};

}  // namespace invar::trace

#endif
