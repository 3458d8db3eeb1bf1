#ifndef INVAR_BUS_UART_H
#define INVAR_BUS_UART_H

#include <invar/bus/register_target.h>

#include <cstdint>
#include <functional>

namespace invar::bus {

/// Serial port that only sends: a byte written to DATA goes to `sink` when simulated time has
/// reached its initiator's own. It is always ready; the line rate is not modelled. Without a sink
/// bytes are counted and lost.
class Uart : public RegisterTarget {
 public:
  explicit Uart(const sc_core::sc_module_name& name, const PeripheralParameters& parameters = {});

  std::function<void(char)> sink;
  std::uint64_t bytes_sent() const { return bytes_sent_; }

 private:
  std::uint64_t bytes_sent_ = 0;
};

}  // namespace invar::bus

#endif
