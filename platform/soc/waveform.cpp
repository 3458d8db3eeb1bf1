#include <invar/platform/configuration/file_place.h>
#include <invar/platform/configuration/output_file.h>
#include <invar/platform/soc/waveform.h>
#include <invar/trace/gtkwave_save_file.h>

#include <cstdint>
#include <stdexcept>

namespace invar::platform {
namespace {

constexpr double k_power_interval_s = 0.5e-6;
constexpr double k_reorder_window_s = 1e-6;
/// Host time between updates of the save file, for those who look while the run goes on.
constexpr std::chrono::seconds k_view_interval{2};

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
  save_view();
  writer_->add_sampler(sc_core::sc_time(k_power_interval_s, sc_core::SC_SEC),
                       [this] { save_view_when_due(); });
}

std::string Waveform::close() {
  if (!writer_) {
    return {};
  }
  power_.reset();
  writer_->close();
  if (writer_->failed()) {
    failure_ = "the waveform could not be written to " + writer_->path();
  }
  try {
    save_view();
  } catch (const std::runtime_error& error) {
    failure_ += (failure_.empty() ? "" : "; ") + std::string(error.what());
  }
  return failure_.empty() ? writer_->omission() : std::string();
}

void Waveform::save_view() {
  if (!is_special_file(writer_->path())) {
    for (const trace::TextFile& file :
         trace::gtkwave_save_files(writer_->path() + ".gtkw", *writer_)) {
      write_file_atomically(file.path, file.text);
    }
  }
  saved_ = Clock::now();
}

void Waveform::save_view_when_due() {
  if (Clock::now() - saved_ < k_view_interval || writer_->failed()) {
    return;
  }
  try {
    save_view();
  } catch (const std::runtime_error&) {
    saved_ = Clock::now();  // the last one tells
  }
}

}  // namespace invar::platform
