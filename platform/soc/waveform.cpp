#include <invar/platform/soc/waveform.h>
#include <invar/trace/gtkwave_save_file.h>

#include <cstdint>

namespace invar::platform {
namespace {

constexpr double k_power_interval_s = 0.5e-6;
constexpr double k_reorder_window_s = 1e-6;

}  // namespace

Waveform::Waveform(const VcdParameters& parameters, Soc& soc) {
  if (parameters.file.empty()) {
    return;
  }
  trace::VcdOptions options;
  options.path = parameters.file;
  if (!parameters.scope.empty()) {
    options.scopes = {parameters.scope};
  }
  options.window.begin_s = parameters.window_start_s;
  if (parameters.window_end_s > 0.0) {
    options.window.end_s = parameters.window_end_s;
  }
  options.byte_limit = static_cast<std::uint64_t>(parameters.maximum_bytes);
  options.reorder_window_s = k_reorder_window_s;
  writer_ = std::make_unique<trace::VcdWriter>(options);
  tile::TraceDetail detail(parameters.rows);
  detail.settling_tile = parameters.settling_tile;
  detail.settling_samples = parameters.settling_samples;
  soc.trace(*writer_, detail);
  power_ = std::make_unique<trace::PowerTrace>(
      *writer_, soc.ledger(), soc.name(), sc_core::sc_time(k_power_interval_s, sc_core::SC_SEC));
}

std::string Waveform::close() {
  if (!writer_) {
    return {};
  }
  power_.reset();
  writer_->close();
  if (writer_->failed()) {
    failure_ = "the waveform could not be written to " + writer_->path();
    return {};
  }
  trace::write_gtkwave_save_file(writer_->path() + ".gtkw", *writer_);
  return writer_->omission();
}

}  // namespace invar::platform
