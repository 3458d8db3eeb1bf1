#ifndef INVAR_BUS_MEMORY_H
#define INVAR_BUS_MEMORY_H

#include <invar/ledger/ledger.h>
#include <invar/parameters/description_fwd.h>
#include <invar/simulation/systemc_compatibility.h>
#include <tlm_utils/simple_target_socket.h>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <tlm>

namespace invar::bus {

/// Everything about a memory. Plain data; checked when the module is built.
struct MemoryParameters {
  std::uint64_t size_bytes = std::uint64_t{64} << 20;
  double clock_period_s = 1e-9;
  /// From a request to its first byte: about a closed-page DRAM read.
  int latency_cycles = 40;
  /// Transfer rate: one 32-byte beat a cycle, as the bus.
  int bytes_per_cycle = 32;
  /// An HBM2 device. On-chip eDRAM instead: 17.2 pJ for 256 bits (PUMA constants), 0.5375e-12 a
  /// byte.
  double energy_per_byte_j = 31.2e-12;
  /// Standby and refresh, all the time.
  double static_power_w = 0.05;

  /// Ranges, units, texts and sources of all parameters.
  static const parameters::Description<MemoryParameters>& description();
  /// \throws std::invalid_argument naming the parameter and its range.
  void check() const;
};

/// RAM behind a target socket, loosely timed: latency + bytes / rate for each access.
///
/// Contents start as zeros and take host memory only where they are touched. Byte enables,
/// streaming width, debug access and DMI are supported; a transaction that leaves the memory gets
/// TLM_ADDRESS_ERROR_RESPONSE and changes nothing.
///
/// Ledger: component name(), events "read_byte" and "write_byte". Accesses by pointer are not
/// seen: who uses them accounts for them.
class Memory : public sc_core::sc_module {
 public:
  tlm_utils::simple_target_socket<Memory> socket;

  /// \param ledger charged for each access; may be null
  /// \throws std::invalid_argument for parameters out of range, std::bad_alloc when the host has
  /// no address space left
  explicit Memory(const sc_core::sc_module_name& name, const MemoryParameters& parameters = {},
                  ledger::Ledger* ledger = nullptr);

  /// The contents, page-aligned, valid as long as the module.
  unsigned char* data() { return bytes_.get(); }
  const unsigned char* data() const { return bytes_.get(); }
  std::uint64_t size() const { return parameters_.size_bytes; }
  const MemoryParameters& parameters() const { return parameters_; }

 private:
  struct Unmap {
    std::size_t size = 0;
    void operator()(unsigned char* bytes) const;
  };
  using Bytes = std::unique_ptr<unsigned char, Unmap>;

  static Bytes allocate(const MemoryParameters& parameters);
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay);
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload);
  bool get_direct_mem_ptr(tlm::tlm_generic_payload& payload, tlm::tlm_dmi& dmi);
  tlm::tlm_response_status access(tlm::tlm_generic_payload& payload);
  sc_core::sc_time access_time(std::uint64_t bytes) const;
  void charge(const tlm::tlm_generic_payload& payload);

  MemoryParameters parameters_;
  Bytes bytes_;
  sc_core::sc_time period_;
  ledger::Ledger* ledger_;
  ledger::Ledger::ComponentId component_ = 0;
  ledger::Ledger::EventId read_event_ = 0;
  ledger::Ledger::EventId write_event_ = 0;
};

}  // namespace invar::bus

#endif
