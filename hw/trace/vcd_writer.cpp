#include <fnmatch.h>
#include <invar/trace/picoseconds.h>
#include <invar/trace/vcd_writer.h>

#include <algorithm>
#include <cmath>
#include <cstring>
#include <limits>
#include <stdexcept>
#include <utility>

namespace invar::trace {
namespace {

constexpr std::uint64_t k_never = std::numeric_limits<std::uint64_t>::max();
// About 32 MB. Beyond it the earliest changes are written whether later ones may precede or not.
constexpr std::size_t k_pending_limit = std::size_t{1} << 20;
// Room kept for the comment at the end.
constexpr std::uint64_t k_closing_bytes = 512;

const VcdOptions& checked(const VcdOptions& options) {
  if (!(options.window.begin_s >= 0.0 && options.window.end_s > options.window.begin_s)) {
    throw std::invalid_argument("vcd window: must begin at 0 or later and end after it begins");
  }
  if (options.byte_limit < 4096) {
    throw std::invalid_argument("vcd byte limit = " + std::to_string(options.byte_limit) +
                                ": must be 4096 or more");
  }
  if (!(options.reorder_window_s >= 0.0 && options.reorder_window_s <= 1.0)) {
    throw std::invalid_argument("vcd reorder window: must be from 0 to 1 s");
  }
  return options;
}

void append_reason(std::string& text, const std::string& reason) {
  text += text.empty() ? "left out " : "; ";
  text += reason;
}

}  // namespace

VcdWriter::VcdWriter(const VcdOptions& options)
    : options_(checked(options)),
      file_(options.path),
      window_begin_ps_(picoseconds(options.window.begin_s)),
      window_end_ps_(picoseconds(options.window.end_s)),
      reorder_window_ps_(picoseconds(options.reorder_window_s)) {}

VcdWriter::~VcdWriter() {
  close();
}

bool VcdWriter::is_in_scope(const std::string& name) const {
  if (options_.scopes.empty()) {
    return true;
  }
  return std::any_of(options_.scopes.begin(), options_.scopes.end(), [&](const std::string& glob) {
    return fnmatch(glob.c_str(), name.c_str(), 0) == 0 ||
           fnmatch((glob + ".*").c_str(), name.c_str(), 0) == 0;
  });
}

SignalId VcdWriter::declare(const std::string& name, const SignalFormat& format) {
  if (begun_ || closed_) {
    throw std::logic_error("trace signal '" + name + "' declared after recording has begun");
  }
  if (format.kind == SignalFormat::Kind::wire && (format.width < 1 || format.width > 64)) {
    throw std::invalid_argument("trace signal '" + name + "': width = " +
                                std::to_string(format.width) + ": must be from 1 to 64");
  }
  if (name.empty() || name.find_first_of(" \t\n$") != std::string::npos) {
    throw std::invalid_argument("trace signal '" + name + "': not a hierarchical name");
  }
  if (!names_.insert(name).second) {
    throw std::invalid_argument("trace signal '" + name + "' is declared twice");
  }
  VcdVariable variable;
  variable.name = name;
  variable.format = format;
  variable.code = vcd_code(variables_.size());
  variable.selected = is_in_scope(name);
  variables_.push_back(std::move(variable));
  return static_cast<SignalId>(variables_.size() - 1);
}

void VcdWriter::change(SignalId id, const sc_core::sc_time& at, std::uint64_t value) {
  push(id, at, value);
}

void VcdWriter::change(SignalId id, const sc_core::sc_time& at, double value) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof bits);
  push(id, at, bits);
}

std::uint64_t VcdWriter::add_sampler(const sc_core::sc_time& interval,
                                     std::function<void()> sampler) {
  const std::uint64_t interval_ps = picoseconds(interval);
  if (interval_ps == 0 || interval_ps > reorder_window_ps_) {
    throw std::invalid_argument("vcd sampler: interval " + interval.to_string() +
                                " is 0 or above the reorder window of " +
                                format_time(options_.reorder_window_s));
  }
  samplers_.push_back({++samplers_added_, interval_ps, interval_ps, std::move(sampler)});
  next_sample_ps_ = std::min(next_sample_ps_, interval_ps);
  return samplers_added_;
}

void VcdWriter::remove_sampler(std::uint64_t sampler) {
  for (Sampler& candidate : samplers_) {
    if (candidate.id == sampler && !closed_) {
      sampling_ = true;
      candidate.sample();
      sampling_ = false;
    }
  }
  samplers_.erase(std::remove_if(samplers_.begin(), samplers_.end(),
                                 [=](const Sampler& candidate) { return candidate.id == sampler; }),
                  samplers_.end());
}

bool VcdWriter::is_later(const Change& a, const Change& b) {
  return a.time_ps != b.time_ps ? a.time_ps > b.time_ps : a.sequence > b.sequence;
}

void VcdWriter::push(SignalId id, const sc_core::sc_time& at, std::uint64_t value) {
  if (closed_) {
    return;
  }
  const std::uint64_t now_ps = picoseconds(sc_core::sc_time_stamp());
  if (now_ps >= next_sample_ps_ && !sampling_) {
    run_samplers(now_ps, false);
  }
  const VcdVariable& variable = variables_.at(id);
  if (!variable.selected) {
    return;
  }
  std::uint64_t time_ps = picoseconds(at);
  if (time_ps < drained_to_ps_) {
    time_ps = drained_to_ps_;
    ++changes_too_late_;
  }
  pending_.push_back({time_ps, sequence_++, id, value});
  std::push_heap(pending_.begin(), pending_.end(), &is_later);
  if (now_ps >= next_drain_ps_ && !sampling_) {
    drain(now_ps >= reorder_window_ps_ ? now_ps - reorder_window_ps_ : 0);
    next_drain_ps_ = now_ps + std::max<std::uint64_t>(reorder_window_ps_, 1);
  }
  while (pending_.size() > k_pending_limit) {
    drain(pending_.front().time_ps + 1);
  }
}

void VcdWriter::run_samplers(std::uint64_t now_ps, bool all) {
  sampling_ = true;  // samplers tell their own changes
  next_sample_ps_ = k_never;
  for (Sampler& sampler : samplers_) {
    if (all || now_ps >= sampler.due_ps) {
      sampler.sample();
      sampler.due_ps = now_ps + sampler.interval_ps;
    }
    next_sample_ps_ = std::min(next_sample_ps_, sampler.due_ps);
  }
  sampling_ = false;
}

/// Writes all changes before `up_to_ps`: nothing earlier may come any more.
void VcdWriter::drain(std::uint64_t up_to_ps) {
  while (!pending_.empty() && pending_.front().time_ps < up_to_ps) {
    const std::uint64_t time_ps = pending_.front().time_ps;
    // The values before the window, and those at its very beginning, are where it starts from.
    if (!begun_ && time_ps > window_begin_ps_) {
      begin_file();
    }
    batch_.clear();
    while (!pending_.empty() && pending_.front().time_ps == time_ps) {
      std::pop_heap(pending_.begin(), pending_.end(), &is_later);
      VcdVariable& variable = variables_[pending_.back().id];
      variable.value = pending_.back().value;
      variable.known = true;
      batch_.push_back(pending_.back().id);
      pending_.pop_back();
    }
    write_batch(time_ps);
  }
  drained_to_ps_ = std::max(drained_to_ps_, up_to_ps);
}

void VcdWriter::write_batch(std::uint64_t time_ps) {
  bool time_written = false;
  for (const SignalId id : batch_) {
    VcdVariable& variable = variables_[id];
    if (!begun_) {
      changes_before_window_ += time_ps < window_begin_ps_ ? 1 : 0;
    } else if (time_ps > window_end_ps_) {
      ++changes_after_window_;
    } else if (variable.written_known && variable.value == variable.written) {
      continue;
    } else if (changes_beyond_limit_ > 0 ||
               file_.bytes() + 128 + k_closing_bytes > options_.byte_limit) {
      cut_at_ps_ = changes_beyond_limit_ == 0 ? time_ps : cut_at_ps_;
      ++changes_beyond_limit_;
    } else {
      if (!time_written) {
        file_.write_time(time_ps);
        last_time_ps_ = time_ps;
        time_written = true;
      }
      variable.changed = variable.changed || variable.written_known;
      file_.write_value(variable);
    }
  }
}

void VcdWriter::begin_file() {
  begun_ = true;
  first_time_ps_ = window_begin_ps_;
  last_time_ps_ = window_begin_ps_;
  file_.write_header(variables_);
  file_.write_initial_values(window_begin_ps_, variables_);
}

void VcdWriter::close() {
  if (closed_) {
    return;
  }
  const std::uint64_t now_ps = picoseconds(sc_core::sc_time_stamp());
  run_samplers(now_ps, true);
  drain(now_ps + 1);
  if (!begun_) {
    begin_file();
  }
  closed_ = true;
  const std::uint64_t end_ps =
      changes_beyond_limit_ > 0 ? cut_at_ps_ : std::min(now_ps, window_end_ps_);
  if (end_ps > last_time_ps_) {
    file_.write_time(end_ps);  // viewers show up to here
    last_time_ps_ = end_ps;
  }
  const std::string left_out = omission();
  if (!left_out.empty()) {
    file_.write_comment(left_out);
  }
  file_.close();
  pending_.clear();
}

std::string VcdWriter::omission() const {
  std::string text;
  if (changes_beyond_limit_ > 0) {
    append_reason(text, std::to_string(changes_beyond_limit_) + " changes from " +
                            format_time(static_cast<double>(cut_at_ps_) * 1e-12) +
                            " on (file limit " + std::to_string(options_.byte_limit) + " bytes)");
  }
  if (changes_before_window_ + changes_after_window_ > 0) {
    append_reason(text, std::to_string(changes_before_window_) + " changes before and " +
                            std::to_string(changes_after_window_) + " after the time window");
  }
  const auto in_scope = std::count_if(variables_.begin(), variables_.end(),
                                      [](const VcdVariable& v) { return v.selected; });
  const auto outside = static_cast<std::ptrdiff_t>(variables_.size()) - in_scope;
  if (outside > 0) {
    append_reason(text, std::to_string(outside) + " of " + std::to_string(variables_.size()) +
                            " signals outside the scope");
  }
  if (file_.has_failed()) {
    append_reason(text, "everything after the host refused to write '" + file_.path() + "'");
  }
  if (changes_too_late_ > 0) {
    text += (text.empty() ? "" : "; ") + std::to_string(changes_too_late_) +
            " changes came too late and are shown later than they happened";
  }
  return text;
}

}  // namespace invar::trace
