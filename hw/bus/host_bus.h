#ifndef INVAR_BUS_HOST_BUS_H
#define INVAR_BUS_HOST_BUS_H

#include <invar/bus/address_map.h>
#include <invar/bus/bus_channel.h>
#include <invar/ledger/ledger.h>
#include <invar/parameters/description_fwd.h>
#include <invar/simulation/systemc_compatibility.h>
#include <invar/trace/signal_sink.h>
#include <tlm_utils/simple_initiator_socket.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tlm>
#include <vector>

namespace invar::bus {

enum class BusTopology {
  shared,   ///< one burst at a time on the whole bus
  crossbar  ///< one burst at a time for each target
};

/// Everything about a bus. Plain data; checked when the module is built.
struct HostBusParameters {
  double clock_period_s = 1e-9;
  /// Data path: bytes carried in a cycle.
  int width_bytes = 32;
  /// Decode, arbitration and the way there and back, for each burst. Pipelined: it
  /// does not occupy the bus.
  int latency_cycles = 4;
  BusTopology topology = BusTopology::shared;
  Arbitration arbitration = Arbitration::round_robin;
  double energy_per_bit_j = 16e-15;
  /// Whether initiators may get direct pointers into memories behind the bus.
  bool allow_dmi = true;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<HostBusParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// Memory-mapped bus, loosely timed: any number of initiators, one target socket a range.
///
/// A burst waits for its channel, occupies it for one cycle every `width_bytes`, and ends when both
/// its data have passed and the target has answered; a target's own latency does not hold the
/// channel (split transactions). Targets see offsets from 0; addresses are restored on the way
/// back. An address in no range, or a burst that leaves its range, gets
/// TLM_ADDRESS_ERROR_RESPONSE. DMI and debug accesses are forwarded with the same translation, and
/// so are invalidations. Bytes moved by DMI pass the bus unseen: who uses it accounts for them.
///
/// \code
/// HostBus bus("bus", 2, {{"ram", 0x8000'0000, 1 << 30}, {"uart", 0x1000'0000, 0x100}});
/// core.socket.bind(bus.target[0]);
/// dma.socket.bind(bus.target[1]);
/// bus.initiator[0].bind(ram.socket);  // in the order of the ranges
/// bus.initiator[1].bind(uart.socket);
/// \endcode
///
/// Ledger: component name(), event "byte" in the phase of the transaction's PhaseExtension or of
/// the moment; busy for the cycles occupied.
class HostBus : public sc_core::sc_module {
 public:
  using TargetSocket = tlm_utils::simple_target_socket_tagged<HostBus>;
  using InitiatorSocket = tlm_utils::simple_initiator_socket_tagged<HostBus>;

  sc_core::sc_vector<TargetSocket> target;        ///< one for each initiator on the bus
  sc_core::sc_vector<InitiatorSocket> initiator;  ///< one for each range of the map

  /// Errors in the map are reported as SC_ERROR "invar/bus/address_map".
  /// \param ledger charged for each burst; may be null
  /// \throws std::invalid_argument for parameters out of range
  HostBus(const sc_core::sc_module_name& name, std::size_t initiators,
          std::vector<AddressRange> ranges, const HostBusParameters& parameters = {},
          ledger::Ledger* ledger = nullptr);

  /// For each port: busy, address and write of its bursts, at the times its initiator was told.
  /// \param initiators names of who sits at the ports, by default those of the sockets
  void trace(trace::SignalSink& sink, const std::vector<std::string>& initiators = {});

  /// Told of every write that has passed, with its address on the bus; has no influence on it.
  std::function<void(std::uint64_t address, const unsigned char* data, std::size_t bytes)> on_write;

  const HostBusParameters& parameters() const { return parameters_; }
  const AddressMap& map() const { return map_; }
  /// Bytes of successful reads and writes, by port and by range.
  std::uint64_t bytes_from(std::size_t port) const { return bytes_from_.at(port); }
  std::uint64_t bytes_to(std::size_t range) const { return bytes_to_.at(range); }
  /// Time that bursts of a port have waited for others.
  const sc_core::sc_time& waited(std::size_t port) const { return waited_.at(port); }

 private:
  struct PortTrace {
    trace::TraceSignal<bool> busy;
    trace::TraceSignal<std::uint64_t> address;
    trace::TraceSignal<bool> write;
  };

  void b_transport(int port, tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int transport_dbg(int port, tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(int port, tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  void invalidate_direct_mem_ptr(int range, sc_dt::uint64 start, sc_dt::uint64 end);
  void account(std::size_t port, std::size_t range, const tlm::tlm_generic_payload& payload,
               const ledger::ChargeSpan& span);

  HostBusParameters parameters_;
  AddressMap map_;
  sc_core::sc_time period_;
  sc_core::sc_time latency_;
  std::vector<BusChannel> channels_;
  std::vector<std::uint64_t> bytes_from_;
  std::vector<std::uint64_t> bytes_to_;
  std::vector<sc_core::sc_time> waited_;
  std::vector<PortTrace> traces_;
  std::uint64_t charged_bytes_ = 0;  ///< of the last burst, and its energy: most are alike
  ledger::Attojoules charged_aj_ = 0;
  ledger::Ledger* ledger_;
  ledger::Ledger::ComponentId component_ = 0;
  ledger::Ledger::EventId byte_event_ = 0;
};

}  // namespace invar::bus

#endif
