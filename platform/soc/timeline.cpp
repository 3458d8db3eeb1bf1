#include <invar/platform/soc/timeline.h>

#include <cstdint>

namespace invar::platform {
namespace {

constexpr double k_bin_of_power_s = 0.5e-6;

}  // namespace

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
  options.counted_groups = {"tiles"};
  writer_ = std::make_unique<trace::TimelineWriter>(options);
  phases_ = std::make_unique<trace::PhaseActivity>(*writer_, soc.ledger(), soc.name());
  soc.trace(*writer_);
  power_ = std::make_unique<trace::PowerCounter>(
      *writer_, soc.ledger(), soc.name(), sc_core::sc_time(k_bin_of_power_s, sc_core::SC_SEC));
}

std::string Timeline::close() {
  if (!writer_) {
    return {};
  }
  power_.reset();
  writer_->close();
  if (writer_->failed()) {
    failure_ = "the timeline could not be written to " + writer_->path();
    return {};
  }
  return writer_->omission();
}

}  // namespace invar::platform
