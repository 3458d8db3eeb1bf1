#ifndef INVAR_TRACE_ACTIVITY_SINK_H
#define INVAR_TRACE_ACTIVITY_SINK_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <string>
#include <type_traits>
#include <vector>

namespace invar::trace {

using TrackId = std::uint32_t;
using CounterId = std::uint32_t;

/// A value told with a span: a name and a number or a text. Keeps pointers: names and texts are
/// literals, or outlive the track.
struct SpanArgument {
  enum class Kind { whole, real, text };

  const char* name;
  Kind kind;
  union {
    std::uint64_t whole;
    double real;
    const char* text;
  };

  template <typename T, std::enable_if_t<std::is_arithmetic_v<T>, int> = 0>
  SpanArgument(const char* argument, T value)
      : name(argument), kind(std::is_unsigned_v<T> ? Kind::whole : Kind::real), whole(0) {
    if constexpr (std::is_unsigned_v<T>) {
      whole = value;
    } else {
      real = static_cast<double>(value);
    }
  }
  SpanArgument(const char* argument, const char* value)
      : name(argument), kind(Kind::text), text(value) {}
};

/// A view of such values, for the length of a call.
class SpanArguments {
 public:
  SpanArguments() = default;
  SpanArguments(std::initializer_list<SpanArgument> values) {
    first_ = values.begin();
    count_ = values.size();
  }
  SpanArguments(const std::vector<SpanArgument>& values)  // NOLINT: a vector is a list of values
      : first_(values.data()), count_(values.size()) {}

  const SpanArgument* begin() const { return first_; }
  const SpanArgument* end() const { return first_ + count_; }
  bool empty() const { return count_ == 0; }

 private:
  const SpanArgument* first_ = nullptr;
  std::size_t count_ = 0;
};

/// Takes what parts of a machine do when: spans of time on tracks, one track a part. Modules offer
/// their tracks by a method `void trace(trace::ActivitySink& sink)`, before the simulation starts.
class ActivitySink {
 public:
  virtual ~ActivitySink() = default;
  /// \param name hierarchical, dots between the levels \param group what a viewer shows together
  virtual TrackId track(const std::string& name, const std::string& group) = 0;
  /// Spans come in any order; those of one track do not overlap.
  virtual void span(TrackId track, const std::string& name, const sc_core::sc_time& start,
                    const sc_core::sc_time& duration, SpanArguments arguments) = 0;
  /// A number that changes with time, beside the tracks of a group.
  virtual CounterId counter(const std::string& name, const std::string& group) = 0;
  /// From `at` on, in any order.
  virtual void value(CounterId counter, const sc_core::sc_time& at, double value) = 0;
  /// Calls `last_words` when recording ends, for spans that are still under way.
  virtual void at_end(std::function<void()> last_words) = 0;
};

/// A counter of a module. Costs a test of a pointer as long as nobody traces.
class ActivityCounter {
 public:
  void attach(ActivitySink& sink, const std::string& name, const std::string& group) {
    id_ = sink.counter(name, group);
    sink_ = &sink;
  }
  void set(double value) const { set(value, sc_core::sc_time_stamp()); }
  void set(double value, const sc_core::sc_time& at) const {
    if (sink_ != nullptr) {
      sink_->value(id_, at, value);
    }
  }

 private:
  ActivitySink* sink_ = nullptr;
  CounterId id_ = 0;
};

/// The track of a module that knows both ends of a span when it tells of it. Costs a test of a
/// pointer as long as nobody traces.
class ActivityTrack {
 public:
  void attach(ActivitySink& sink, const std::string& name, const std::string& group) {
    id_ = sink.track(name, group);
    sink_ = &sink;
  }
  bool is_attached() const { return sink_ != nullptr; }

  void span(const std::string& name, const sc_core::sc_time& start,
            const sc_core::sc_time& duration, SpanArguments arguments = {}) const {
    if (sink_ != nullptr) {
      sink_->span(id_, name, start, duration, arguments);
    }
  }

 private:
  ActivitySink* sink_ = nullptr;
  TrackId id_ = 0;
};

/// The track of a module that is in one state after another, from now on until the next one; a
/// state may be none. A state without arguments that follows itself goes on as one span; one that
/// no time passes in leaves nothing. Costs a test of a pointer as long as nobody traces.
///
/// \code
/// trace::ActivityState activity_;
/// void Unit::trace(trace::ActivitySink& sink) { activity_.attach(sink, name(), "units"); }
/// void Unit::start() { activity_.begin("solve", {{"n", size}, {"columns", columns}}); }
/// void Unit::stop() { activity_.end(); }
/// \endcode
class ActivityState {
 public:
  void attach(ActivitySink& sink, const std::string& name, const std::string& group);
  bool is_attached() const { return record_ != nullptr; }

  /// \param name a literal, like the names of arguments
  void begin(const char* name, SpanArguments arguments = {}) const {
    if (record_ != nullptr) {
      record_->begin(name, arguments);
    }
  }
  /// Adds to what is told of the state that is under way, for what is known only later.
  void note(SpanArguments arguments) const {
    if (record_ != nullptr) {
      record_->note(arguments);
    }
  }
  void end() const {
    if (record_ != nullptr) {
      record_->end();
    }
  }

 private:
  class Record {
   public:
    Record(ActivitySink& sink, TrackId track) : sink_(sink), track_(track) {}
    void begin(const char* name, SpanArguments arguments);
    void note(SpanArguments arguments);
    void end();
    void flush();

   private:
    struct State {
      const char* name = nullptr;  ///< null: none
      sc_core::sc_time start, end;
      std::vector<SpanArgument> arguments;
    };

    ActivitySink& sink_;
    TrackId track_;
    State open_;
    State held_;  ///< has ended, but may go on
  };
  // Shared with the sink's last words, so that modules may go before the sink does.
  std::shared_ptr<Record> record_;
};

}  // namespace invar::trace

#endif
