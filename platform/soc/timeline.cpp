#include <invar/platform/soc/timeline.h>

#include <cstdint>

namespace invar::platform {

Timeline::Timeline(const TimelineParameters& parameters, Soc& soc) {
  if (parameters.file.empty()) {
    return;
  }
  trace::TimelineOptions options;
  options.path = parameters.file;
  options.window.begin_s = parameters.window_start_s;
  if (parameters.window_end_s > 0.0) {
    options.window.end_s = parameters.window_end_s;
  }
  options.byte_limit = static_cast<std::uint64_t>(parameters.maximum_bytes);
  writer_ = std::make_unique<trace::TimelineWriter>(options);
  phases_ = std::make_unique<trace::PhaseActivity>(*writer_, soc.ledger(), soc.name());
  soc.trace(*writer_);
}

std::string Timeline::close() {
  if (!writer_) {
    return {};
  }
  writer_->close();
  if (writer_->failed()) {
    failure_ = "the timeline could not be written to " + writer_->path();
    return {};
  }
  return writer_->omission();
}

}  // namespace invar::platform
