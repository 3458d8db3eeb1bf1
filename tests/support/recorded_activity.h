#ifndef INVAR_TESTS_SUPPORT_RECORDED_ACTIVITY_H
#define INVAR_TESTS_SUPPORT_RECORDED_ACTIVITY_H

#include <invar/trace/activity_sink.h>

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace invar::test {

/// Keeps what modules tell of their activities.
class RecordedActivity : public trace::ActivitySink {
 public:
  struct Span {
    std::string name;
    sc_core::sc_time start, end;
    std::map<std::string, double> arguments;  ///< numbers only
  };
  struct Track {
    std::string name, group;
    std::vector<Span> spans;
  };
  struct Counter {
    std::string name;
    std::vector<std::pair<sc_core::sc_time, double>> values;
  };
  std::vector<Track> tracks;
  std::vector<Counter> counters;

  trace::TrackId track(const std::string& name, const std::string& group) override {
    tracks.push_back({name, group, {}});
    return static_cast<trace::TrackId>(tracks.size() - 1);
  }
  void span(trace::TrackId track, const std::string& name, const sc_core::sc_time& start,
            const sc_core::sc_time& duration, trace::SpanArguments arguments) override {
    Span span{name, start, start + duration, {}};
    for (const trace::SpanArgument& argument : arguments) {
      if (argument.kind == trace::SpanArgument::Kind::whole) {
        span.arguments[argument.name] = static_cast<double>(argument.whole);
      } else if (argument.kind == trace::SpanArgument::Kind::real) {
        span.arguments[argument.name] = argument.real;
      }
    }
    tracks.at(track).spans.push_back(span);
  }
  trace::CounterId counter(const std::string& name, const std::string&) override {
    counters.push_back({name, {}});
    return static_cast<trace::CounterId>(counters.size() - 1);
  }
  void value(trace::CounterId counter, const sc_core::sc_time& at, double value) override {
    counters.at(counter).values.emplace_back(at, value);
  }
  void at_end(std::function<void()> last_words) override { last_words_.push_back(last_words); }

  void finish() {
    for (const auto& say : last_words_) {
      say();
    }
  }
  const std::vector<Span>& spans_of(const std::string& name) const {
    for (const Track& track : tracks) {
      if (track.name == name) {
        return track.spans;
      }
    }
    static const std::vector<Span> k_none;
    return k_none;
  }

 private:
  std::vector<std::function<void()>> last_words_;
};

}  // namespace invar::test

#endif
