#ifndef INVAR_SIMULATION_DMA_INTERFACE_H
#define INVAR_SIMULATION_DMA_INTERFACE_H

#include <invar/simulation/systemc_compatibility.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <tlm>

namespace invar::simulation {

/// Block transfers to and from memory, whatever the width of the socket behind them.
/// Called from an SC_THREAD; simulated time moves during the call.
class DmaInterface {
 public:
  virtual ~DmaInterface() = default;
  /// \return whether every burst was answered TLM_OK_RESPONSE.
  virtual bool read(std::uint64_t address, void* data, std::size_t bytes) = 0;
  /// An extension that goes along with every transaction, until another one of this ID is given;
  /// it stays the caller's. Who has no transactions needs none.
  virtual void tag(unsigned int /*id*/, tlm::tlm_extension_base* /*extension*/) {}
  virtual bool write(std::uint64_t address, const void* data, std::size_t bytes) = 0;
};

/// A transfer that has ended.
struct DmaTransfer {
  bool write = false;  ///< to memory
  sc_core::sc_time start;
  sc_core::sc_time duration;
  std::size_t bytes = 0;  ///< that arrived
};

/// Told of transfers; has no influence on them.
using DmaObserver = std::function<void(const DmaTransfer&)>;

}  // namespace invar::simulation

#endif
