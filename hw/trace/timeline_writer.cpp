#include <invar/trace/picoseconds.h>
#include <invar/trace/timeline_writer.h>

#include <algorithm>
#include <array>
#include <cinttypes>
#include <cmath>
#include <cstdio>
#include <stdexcept>
#include <string_view>

namespace invar::trace {
namespace {

/// The seventh decimal of all starts, 0.2 ps. Some readers cut start and duration to whole
/// nanoseconds, each by itself, from binary fractions: 260.306 us becomes 260305 ns, and a span
/// that ends there would overlap the next one. A little above, none is cut to less than it is; to
/// the nearest picosecond, and from one to the next, starts are exact.
constexpr char k_lead = '2';
// Room kept for the end of the file.
constexpr std::uint64_t k_timeline_closing_bytes = 512;

void append_text(std::string& json, std::string_view text) {
  json += '"';
  for (const char character : text) {
    if (character == '"' || character == '\\') {
      json += '\\';
      json += character;
    } else if (static_cast<unsigned char>(character) < 0x20) {
      std::array<char, 8> code{};
      std::snprintf(code.data(), code.size(), "\\u%04x", static_cast<unsigned>(character));
      json += code.data();
    } else {
      json += character;
    }
  }
  json += '"';
}

void append_microseconds(std::string& json, std::uint64_t time_ps) {
  std::array<char, 32> digits{};
  std::snprintf(digits.data(), digits.size(), "%" PRIu64 ".%06u", time_ps / 1000000,
                static_cast<unsigned>(time_ps % 1000000));
  json += digits.data();
}

/// `"ph":...` up to what all events have; the event is left open.
void append_event(std::string& json, char kind, unsigned process, TrackId thread,
                  std::uint64_t start_ps, std::uint64_t duration_ps, std::string_view name) {
  json += R"({"ph":")";
  json += kind;
  json += R"(","pid":)" + std::to_string(process) + R"(,"tid":)" + std::to_string(thread);
  json += R"(,"ts":)";
  append_microseconds(json, start_ps);
  if (kind == 'X') {
    json += k_lead;
  }
  json += R"(,"dur":)";
  append_microseconds(json, duration_ps);
  json += R"(,"name":)";
  append_text(json, name);
}

void append_argument(std::string& json, const SpanArgument& argument) {
  append_text(json, argument.name);
  json += ':';
  switch (argument.kind) {
    case SpanArgument::Kind::whole:
      json += std::to_string(argument.whole);
      break;
    case SpanArgument::Kind::real:
      if (std::isfinite(argument.real)) {
        std::array<char, 32> digits{};
        std::snprintf(digits.data(), digits.size(), "%.9g", argument.real);
        json += digits.data();
      } else {
        json += "null";  // JSON has no infinity
      }
      break;
    case SpanArgument::Kind::text:
      append_text(json, argument.text);
      break;
  }
}

std::string named(const std::string& text) {
  std::string value = R"("name":)";
  append_text(value, text);
  return value;
}

std::string sorted(std::uint32_t index) {
  return R"("sort_index":)" + std::to_string(index);
}

const TimelineOptions& checked(const TimelineOptions& options) {
  if (!(options.window.begin_s >= 0.0 && options.window.end_s > options.window.begin_s)) {
    throw std::invalid_argument(
        "timeline window: must begin at 0 or later and end after it begins");
  }
  if (options.byte_limit < 4096) {
    throw std::invalid_argument("timeline byte limit = " + std::to_string(options.byte_limit) +
                                ": must be 4096 or more");
  }
  return options;
}

}  // namespace

TimelineWriter::TimelineWriter(const TimelineOptions& options)
    : options_(checked(options)),
      file_(options.path),
      window_begin_ps_(picoseconds(options.window.begin_s)),
      window_end_ps_(picoseconds(options.window.end_s)) {
  file_.text() += "[\n";
}

TimelineWriter::~TimelineWriter() {
  close();
}

bool TimelineWriter::write(const std::string& event) {
  full_ =
      full_ || file_.bytes() + event.size() + 2 + k_timeline_closing_bytes > options_.byte_limit;
  if (full_) {
    return false;
  }
  file_.text() += first_ ? "" : ",\n";
  first_ = false;
  file_.text() += event;
  file_.flush_when_due();
  return true;
}

void TimelineWriter::write_metadata(const char* what, unsigned process, TrackId thread,
                                    const std::string& value) {
  event_.clear();
  append_event(event_, 'M', process, thread, 0, 0, what);
  event_ += R"(,"args":{)" + value + "}}";
  write(event_);
}

unsigned TimelineWriter::process_of(const std::string& group) {
  const auto [place, is_new] =
      processes_.emplace(group, static_cast<unsigned>(processes_.size() + 1));
  const unsigned process = place->second;
  if (is_new && !closed_) {
    write_metadata("process_name", process, 0, named(group));
    write_metadata("process_sort_index", process, 0, sorted(process));
  }
  const std::vector<std::string>& counted = options_.counted_groups;
  if (is_new && std::find(counted.begin(), counted.end(), group) != counted.end()) {
    edges_[process];
  }
  return process;
}

TrackId TimelineWriter::track(const std::string& name, const std::string& group) {
  const unsigned process = process_of(group);
  process_of_track_.push_back(process);
  const auto track = static_cast<TrackId>(process_of_track_.size());
  if (!closed_) {
    write_metadata("thread_name", process, track, named(name));
    write_metadata("thread_sort_index", process, track, sorted(track));
  }
  return track;
}

CounterId TimelineWriter::counter(const std::string& name, const std::string& group) {
  counters_.push_back({name, process_of(group)});
  return static_cast<CounterId>(counters_.size() - 1);
}

void TimelineWriter::value(CounterId counter, const sc_core::sc_time& at, double value) {
  if (closed_) {
    return;
  }
  Counter& told = counters_.at(counter);
  const std::uint64_t time_ps = picoseconds(at);
  if (time_ps < window_begin_ps_) {
    if (!told.has_before || time_ps >= told.before_ps) {
      told.has_before = true;
      told.before_ps = time_ps;
      told.before = value;
    }
  } else if (time_ps <= window_end_ps_) {
    write_value_before_window(told);
    write_value(told, time_ps, value);
  }
}

void TimelineWriter::write_value_before_window(Counter& counter) {
  if (counter.has_before) {
    write_value(counter, window_begin_ps_, counter.before);
    counter.has_before = false;
  }
}

void TimelineWriter::write_value(const Counter& counter, std::uint64_t time_ps, double value) {
  event_.clear();
  append_event(event_, 'C', counter.process, 0, time_ps, 0, counter.name);
  event_ += R"(,"args":{)";
  append_argument(event_, SpanArgument("value", value));
  event_ += "}}";
  if (full_ || !write(event_)) {
    ++spans_beyond_limit_;
    cut_at_ps_ = std::min(cut_at_ps_, time_ps);
  }
}

void TimelineWriter::note_busy(unsigned process, std::uint64_t start_ps, std::uint64_t end_ps) {
  const auto counted = edges_.find(process);
  if (counted != edges_.end() && end_ps > start_ps) {
    counted->second.push_back({start_ps, 1});
    counted->second.push_back({end_ps, -1});
  }
}

void TimelineWriter::write_busy() {
  for (const std::string& group : options_.counted_groups) {
    const auto process = processes_.find(group);
    const auto found = process == processes_.end() ? edges_.end() : edges_.find(process->second);
    if (found == edges_.end()) {
      continue;
    }
    std::vector<Edge>& edges = found->second;
    std::sort(edges.begin(), edges.end(), [](const Edge& a, const Edge& b) {
      return a.time_ps != b.time_ps ? a.time_ps < b.time_ps : a.step < b.step;
    });
    const CounterId busy = counter(group + " busy", group);
    int now = 0;
    for (std::size_t i = 0; i < edges.size(); ++i) {
      now += edges[i].step;
      if (i + 1 == edges.size() || edges[i + 1].time_ps != edges[i].time_ps) {
        write_value(counters_[busy], edges[i].time_ps, now);
      }
    }
  }
}

void TimelineWriter::span(TrackId track, const std::string& name, const sc_core::sc_time& start,
                          const sc_core::sc_time& duration, SpanArguments arguments) {
  if (closed_) {
    return;
  }
  const std::uint64_t start_ps = picoseconds(start);
  const std::uint64_t duration_ps = picoseconds(start + duration) - start_ps;
  if (start_ps + duration_ps < window_begin_ps_) {
    ++spans_before_window_;
    return;
  }
  if (start_ps > window_end_ps_) {
    ++spans_after_window_;
    return;
  }
  if (!full_) {
    event_.clear();
    append_event(event_, 'X', process_of_track_.at(track - 1), track, start_ps, duration_ps, name);
    if (!arguments.empty()) {
      event_ += R"(,"args":{)";
      const char* separator = "";
      for (const SpanArgument& argument : arguments) {
        event_ += separator;
        append_argument(event_, argument);
        separator = ",";
      }
      event_ += '}';
    }
    event_ += '}';
    if (write(event_)) {
      note_busy(process_of_track_[track - 1], start_ps, start_ps + duration_ps);
      return;
    }
  }
  ++spans_beyond_limit_;
  cut_at_ps_ = std::min(cut_at_ps_, start_ps);
}

void TimelineWriter::at_end(std::function<void()> last_words) {
  last_words_.push_back(std::move(last_words));
}

void TimelineWriter::close() {
  if (closed_) {
    return;
  }
  for (const std::function<void()>& say : last_words_) {
    say();
  }
  for (Counter& counter : counters_) {
    write_value_before_window(counter);
  }
  write_busy();
  closed_ = true;
  const std::string left_out = omission();
  if (!left_out.empty()) {
    event_.clear();
    append_event(event_, 'i', 1, 0, spans_beyond_limit_ > 0 ? cut_at_ps_ : window_begin_ps_, 0,
                 left_out);
    file_.text() += (first_ ? "" : ",\n") + event_ + R"(,"s":"g"})";
  }
  file_.text() += "\n]\n";
  file_.close();
}

std::string TimelineWriter::omission() const {
  std::string text;
  const auto append = [&text](const std::string& reason) {
    text += (text.empty() ? "left out " : "; ") + reason;
  };
  if (spans_beyond_limit_ > 0) {
    append(std::to_string(spans_beyond_limit_) + " spans from " +
           format_time(static_cast<double>(cut_at_ps_) * 1e-12) + " on (file limit " +
           std::to_string(options_.byte_limit) + " bytes)");
  }
  if (spans_before_window_ + spans_after_window_ > 0) {
    append(std::to_string(spans_before_window_) + " spans before and " +
           std::to_string(spans_after_window_) + " after the time window");
  }
  if (file_.has_failed()) {
    append("everything after the host refused to write '" + file_.path() + "'");
  }
  return text;
}

}  // namespace invar::trace
