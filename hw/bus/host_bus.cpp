#include <invar/bus/host_bus.h>
#include <invar/ledger/phase_extension.h>
#include <invar/parameters/range_check.h>

#include <algorithm>
#include <string>
#include <utility>

namespace invar::bus {

using parameters::require_range;
namespace {

using sc_core::sc_time;

std::size_t checked_initiators(const HostBusParameters& parameters, std::size_t initiators) {
  parameters.check();
  require_range("bus: number of initiators", initiators, std::size_t{1}, std::size_t{64});
  return initiators;
}

/// The addresses a transaction touches: a narrower streaming width stays on the same few.
std::uint64_t footprint(const tlm::tlm_generic_payload& payload) {
  const std::uint64_t length = payload.get_data_length();
  const std::uint64_t width = payload.get_streaming_width();
  return width == 0 ? length : std::min(width, length);
}

}  // namespace

HostBus::HostBus(const sc_core::sc_module_name& name, std::size_t initiators,
                 std::vector<AddressRange> ranges, const HostBusParameters& parameters,
                 ledger::Ledger* ledger)
    : sc_core::sc_module(name),
      target("target", checked_initiators(parameters, initiators)),
      initiator("initiator", ranges.size()),
      parameters_(parameters),
      map_(std::move(ranges)),
      period_(parameters.clock_period_s, sc_core::SC_SEC),
      latency_(period_ * parameters.latency_cycles),
      channels_(parameters.topology == BusTopology::shared ? 1 : map_.size(),
                BusChannel(parameters.arbitration, initiators)),
      bytes_from_(initiators),
      bytes_to_(map_.size()),
      waited_(initiators),
      traces_(initiators),
      ledger_(ledger) {
  for (std::size_t port = 0; port < target.size(); ++port) {
    const int tag = static_cast<int>(port);
    target[port].register_b_transport(this, &HostBus::b_transport, tag);
    target[port].register_transport_dbg(this, &HostBus::transport_dbg, tag);
    target[port].register_get_direct_mem_ptr(this, &HostBus::get_direct_mem_ptr, tag);
  }
  for (std::size_t range = 0; range < initiator.size(); ++range) {
    initiator[range].register_invalidate_direct_mem_ptr(this, &HostBus::invalidate_direct_mem_ptr,
                                                        static_cast<int>(range));
  }
  if (ledger_ != nullptr) {
    component_ = ledger_->component(this->name());
    byte_event_ = ledger_->event(component_, "byte");
  }
}

void HostBus::trace(trace::SignalSink& sink, const std::vector<std::string>& initiators) {
  unsigned address_bits = 1;
  for (std::size_t range = 0; range < map_.size(); ++range) {
    const std::uint64_t last = map_[range].base + (map_[range].size - 1);
    while (address_bits < 64 && (last >> address_bits) != 0) {
      ++address_bits;
    }
  }
  for (std::size_t port = 0; port < target.size(); ++port) {
    const std::string scope = port < initiators.size()
                                  ? std::string(name()) + "." + initiators[port]
                                  : target[port].name();
    traces_[port].busy.attach(sink, scope + ".busy", trace::SignalFormat::wire(1).feature());
    traces_[port].address.attach(sink, scope + ".address",
                                 trace::SignalFormat::wire(address_bits).feature());
    traces_[port].write.attach(sink, scope + ".write");
    traces_[port].busy.set(false);
    traces_[port].write.set(false);
    traces_[port].address.set(0);
  }
}

void HostBus::b_transport(int port, tlm::tlm_generic_payload& payload, sc_time& delay) {
  const std::uint64_t address = payload.get_address();
  const std::optional<std::size_t> range = map_.find(address, footprint(payload));
  if (!range) {
    payload.set_dmi_allowed(false);
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    delay += latency_;
    return;
  }
  const std::size_t from = static_cast<std::size_t>(port);
  const std::uint64_t width = static_cast<std::uint64_t>(parameters_.width_bytes);
  const std::uint64_t beats =
      std::max<std::uint64_t>(1, (payload.get_data_length() + width - 1) / width);
  const sc_time occupied = period_ * static_cast<double>(beats);
  const sc_time now = sc_core::sc_time_stamp();
  const sc_time arrival = now + delay;
  BusChannel& channel = channels_[channels_.size() == 1 ? 0 : *range];
  const sc_time start = channel.reserve(from, now, arrival, occupied);
  waited_[from] += start - arrival;
  if (traces_[from].busy.is_attached()) {
    traces_[from].busy.set(true, start);
    traces_[from].address.set(address, start);
    traces_[from].write.set(payload.is_write(), start);
    traces_[from].busy.set(false, start + occupied);
  }

  payload.set_address(address - map_[*range].base);
  delay = start + latency_ - now;
  initiator[*range]->b_transport(payload, delay);
  payload.set_address(address);
  if (!parameters_.allow_dmi) {
    payload.set_dmi_allowed(false);
  }
  // A target may have waited, so compare absolute times. Data stream through: the burst takes the
  // longer of the two, not the sum.
  const sc_time returned = sc_core::sc_time_stamp();
  delay = std::max(returned + delay, start + latency_ + occupied) - returned;
  account(from, *range, payload, {start, occupied});
  if (on_write && payload.is_write() && payload.is_response_ok()) {
    on_write(address, payload.get_data_ptr(), payload.get_data_length());
  }
}

void HostBus::account(std::size_t port, std::size_t range, const tlm::tlm_generic_payload& payload,
                      const ledger::ChargeSpan& span) {
  if (!payload.is_response_ok() || payload.get_command() == tlm::TLM_IGNORE_COMMAND) {
    return;
  }
  const std::uint64_t bytes = payload.get_data_length();
  bytes_from_[port] += bytes;
  bytes_to_[range] += bytes;
  if (ledger_ != nullptr) {
    const ledger::Phase phase = ledger::phase_of(payload, *ledger_);
    if (bytes != charged_bytes_) {
      charged_bytes_ = bytes;
      charged_aj_ =
          ledger::to_attojoules(static_cast<double>(8 * bytes) * parameters_.energy_per_bit_j);
    }
    ledger_->charge(component_, byte_event_, phase, bytes, charged_aj_, span);
    ledger_->add_busy(component_, phase, span.duration);
  }
}

unsigned int HostBus::transport_dbg(int, tlm::tlm_generic_payload& payload) {
  const std::uint64_t address = payload.get_address();
  const std::optional<std::size_t> range = map_.find(address, footprint(payload));
  if (!range) {
    payload.set_response_status(tlm::TLM_ADDRESS_ERROR_RESPONSE);
    return 0;
  }
  payload.set_address(address - map_[*range].base);
  const unsigned int bytes = initiator[*range]->transport_dbg(payload);
  payload.set_address(address);
  return bytes;
}

bool HostBus::get_direct_mem_ptr(int, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi) {
  const std::uint64_t address = payload.get_address();
  const std::optional<std::size_t> range = map_.find(address, 1);
  if (!range) {
    // Nothing is there, and that may be remembered for this one address.
    dmi.init();
    dmi.set_start_address(address);
    dmi.set_end_address(address);
    return false;
  }
  const AddressRange& window = map_[*range];
  bool granted = false;
  if (parameters_.allow_dmi) {
    payload.set_address(address - window.base);
    granted = initiator[*range]->get_direct_mem_ptr(payload, dmi);
    payload.set_address(address);
  } else {
    dmi.init();
  }
  const std::uint64_t last = window.size - 1;
  dmi.set_start_address(window.base + std::min<std::uint64_t>(dmi.get_start_address(), last));
  dmi.set_end_address(window.base + std::min<std::uint64_t>(dmi.get_end_address(), last));
  dmi.set_read_latency(dmi.get_read_latency() + latency_ + period_);
  dmi.set_write_latency(dmi.get_write_latency() + latency_ + period_);
  return granted;
}

void HostBus::invalidate_direct_mem_ptr(int range, sc_dt::uint64 start, sc_dt::uint64 end) {
  const AddressRange& window = map_[static_cast<std::size_t>(range)];
  if (start >= window.size) {
    return;
  }
  const std::uint64_t last = std::min<std::uint64_t>(end, window.size - 1);
  for (TargetSocket& socket : target) {
    socket->invalidate_direct_mem_ptr(window.base + start, window.base + last);
  }
}

}  // namespace invar::bus
