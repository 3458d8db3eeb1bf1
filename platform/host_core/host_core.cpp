#include <fmt/format.h>
#include <invar/platform/host_core/host_core.h>
#include <invar/simulation/duration.h>
#include <invar/state/archive.h>

#include <algorithm>
#include <string>

namespace invar::platform {
namespace {

constexpr std::array<const char*, INVAR_OPERATION_COUNT> k_operation_names{
    "integer", "memory", "multiply", "divide", "float", "float_divide"};

}  // namespace

std::string FirmwareFault::text() const {
  std::string line = cause;
  if (!function.empty()) {
    line += " in " + function;
  }
  line += fmt::format(" (pc {:#x})", pc);
  if (address) {
    line += fmt::format(", address {:#x}", *address);
  }
  if (!caller.empty()) {
    line += ", called from " + caller;
  }
  return line;
}

HostCore::HostCore(const sc_core::sc_module_name& name, ledger::Ledger& ledger,
                   const HostCoreParameters& parameters)
    : sc_core::sc_module(name),
      socket("socket"),
      irq("irq"),
      parameters_(parameters),
      ledger_(ledger),
      finished_event_("finished_event") {
  parameters_.check();
  period_ = sc_core::sc_time(1.0 / parameters_.frequency_hz, sc_core::SC_SEC);
  component_ = ledger_.component(this->name());
  for (std::size_t i = 0; i < INVAR_OPERATION_COUNT; ++i) {
    energy_aj_[i] = ledger::to_attojoules(parameters_.energy_j[i]);
    operation_events_[i] = ledger_.event(component_, k_operation_names[i]);
  }
  register_event_ = ledger_.event(component_, "register_access");
  ledger_.set_static_power(this->name(), parameters_.static_power_w);
  socket.register_invalidate_direct_mem_ptr(this, &HostCore::invalidate_direct_mem_ptr);
}

void HostCore::begin() {
  reset_quantum();
  show_running(true);
}

void HostCore::trace(trace::SignalSink& sink) {
  running_trace_.attach(sink, std::string(name()) + ".running",
                        trace::SignalFormat::wire(1).feature());
  running_trace_.set(false);
}

void HostCore::show_running(bool running) {
  activity_.begin(running ? "running" : "asleep");
  running_trace_.set(running);
}

void HostCore::finish(int exit_code) {
  exit_code_ = exit_code;
  synchronise();
  activity_.end();
  running_trace_.set(false);
  finished_ = true;
  finished_event_.notify(sc_core::SC_ZERO_TIME);
  if (finished_callback_) {
    finished_callback_(exit_code_);
  }
}

void HostCore::reset_quantum() {
  local_ = sc_core::SC_ZERO_TIME;
  quantum_end_ =
      sc_core::sc_time_stamp() + tlm::tlm_global_quantum::instance().compute_local_quantum();
}

void HostCore::synchronise() {
  if (local_ != sc_core::SC_ZERO_TIME) {
    if (!simulation::fits_simulated_time(local_.to_seconds())) {
      simulation::report_too_long(std::string(name()) + ": the firmware's work",
                                  local_.to_seconds());
    }
    wait(local_);
    reset_quantum();
  }
  book();
}

void HostCore::book() {
  // After time has moved: the phase register may have been written on the way, at a time still to
  // come.
  const ledger::Phase phase = ledger_.host_phase();
  const ledger::ChargeSpan now{local_time(), sc_core::SC_ZERO_TIME};
  for (std::size_t i = 0; i < INVAR_OPERATION_COUNT; ++i) {
    if (const std::uint64_t count = std::exchange(unbooked_[i], 0); count != 0) {
      ledger_.charge(component_, operation_events_[i], phase, count, count * energy_aj_[i], now);
      ledger_.add_busy(component_, phase, operation_time(i, count));
    }
  }
}

sc_core::sc_time HostCore::operation_time(std::size_t operation, std::uint64_t count) const {
  return sc_core::sc_time::from_value(period_.value() * parameters_.cycles[operation] * count);
}

sc_core::sc_time HostCore::lookahead() const {
  const sc_core::sc_time local = local_time();
  const sc_core::sc_time fixed = std::min(quantum_end_, horizon_);
  if (fixed <= local) {
    return sc_core::SC_ZERO_TIME;
  }
  const sc_core::sc_time event = sc_core::sc_time_to_pending_activity();
  return event > local_ ? std::min(fixed - local, event - local_) : sc_core::SC_ZERO_TIME;
}

void HostCore::spend(std::size_t operation, std::uint64_t count) {
  unbooked_[operation] += count;
  local_ += operation_time(operation, count);
}

int HostCore::transport(tlm::tlm_command command, std::uint64_t address, void* data,
                        unsigned bytes) {
  if (parameters_.synchronise_registers) {
    synchronise();
  }
  ledger_.charge(component_, register_event_, ledger_.host_phase(), 1, 0);
  ++register_accesses_;
  payload_.set_command(command);
  payload_.set_address(address);
  payload_.set_data_ptr(static_cast<unsigned char*>(data));
  payload_.set_data_length(bytes);
  payload_.set_streaming_width(bytes);
  payload_.set_byte_enable_ptr(nullptr);
  payload_.set_byte_enable_length(0);
  payload_.set_dmi_allowed(false);
  payload_.set_response_status(tlm::TLM_INCOMPLETE_RESPONSE);
  const sc_core::sc_time start = local_time();
  const ledger::Phase phase = ledger_.host_phase();
  sc_core::sc_time delay = local_;
  socket->b_transport(payload_, delay);
  local_ = delay;
  // The target may have waited as well: both kinds of time stall the core.
  ledger_.add_busy(component_, phase, local_time() - start);
  if (local_time() >= quantum_end_) {
    synchronise();
  }
  if (payload_.get_response_status() != tlm::TLM_OK_RESPONSE) {
    ++bus_errors_;
    return 1;
  }
  return 0;
}

void HostCore::wait_for_line() {
  if (!irq.read()) {
    sleep(irq.posedge_event());
  }
}

void HostCore::sleep(const sc_core::sc_event& event) {
  show_running(false);
  wait(event);
  reset_quantum();
  show_running(true);
}

const HostCore::DirectRegion* HostCore::direct_region(std::uint64_t address) {
  const auto contains = [&](const DirectRegion& region) {
    return region.first <= address && address <= region.last;
  };
  auto region = std::find_if(regions_.begin(), regions_.end(), contains);
  if (region == regions_.end()) {
    payload_.set_command(tlm::TLM_WRITE_COMMAND);
    payload_.set_address(address);
    tlm::tlm_dmi dmi;
    if (!socket->get_direct_mem_ptr(payload_, dmi) || !dmi.is_read_write_allowed()) {
      return nullptr;
    }
    regions_.push_back({dmi.get_start_address(), dmi.get_end_address(), dmi.get_dmi_ptr()});
    region = regions_.end() - 1;
    if (!contains(*region)) {
      return nullptr;
    }
  }
  return &*region;
}

void HostCore::invalidate_direct_mem_ptr(sc_dt::uint64 first, sc_dt::uint64 last) {
  regions_.erase(std::remove_if(regions_.begin(), regions_.end(),
                                [&](const DirectRegion& region) {
                                  return region.first <= last && first <= region.last;
                                }),
                 regions_.end());
  memory_invalidated(first, last);
}

void HostCore::exchange(state::Archive& archive) {
  archive.part("host core");
  archive.value(register_accesses_);
  archive.value(bus_errors_);
  archive.value(interrupts_taken_);
}

}  // namespace invar::platform
