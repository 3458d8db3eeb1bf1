#include <invar/trace/activity_sink.h>

#include <cstring>
#include <utility>

namespace invar::trace {

void ActivityState::attach(ActivitySink& sink, const std::string& name, const std::string& group) {
  record_ = std::make_shared<Record>(sink, sink.track(name, group));
  sink.at_end([record = record_] {
    record->end();
    record->flush();
  });
}

void ActivityState::Record::begin(const char* name, SpanArguments arguments) {
  end();
  open_.name = name;
  open_.start = sc_core::sc_time_stamp();
  open_.arguments.assign(arguments.begin(), arguments.end());
}

void ActivityState::Record::note(SpanArguments arguments) {
  if (open_.name != nullptr) {
    open_.arguments.insert(open_.arguments.end(), arguments.begin(), arguments.end());
  }
}

void ActivityState::Record::end() {
  open_.end = sc_core::sc_time_stamp();
  const bool counts = open_.name != nullptr && open_.end > open_.start;
  if (counts) {
    const bool goes_on = held_.name != nullptr && held_.end == open_.start &&
                         std::strcmp(held_.name, open_.name) == 0 && held_.arguments.empty() &&
                         open_.arguments.empty();
    if (goes_on) {
      held_.end = open_.end;
    } else {
      flush();
      std::swap(held_, open_);
    }
  }
  open_.name = nullptr;
}

void ActivityState::Record::flush() {
  if (held_.name != nullptr) {
    sink_.span(track_, held_.name, held_.start, held_.end - held_.start, held_.arguments);
    held_.name = nullptr;
  }
}

}  // namespace invar::trace
