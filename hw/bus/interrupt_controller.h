#ifndef INVAR_BUS_INTERRUPT_CONTROLLER_H
#define INVAR_BUS_INTERRUPT_CONTROLLER_H

#include <invar/bus/register_target.h>
#include <invar/trace/signal_sink.h>

#include <cstddef>
#include <cstdint>

namespace invar::bus {

/// Collects up to 32 level interrupts into one: `irq` is high while an enabled input is.
///
/// Nothing is stored: an input is acknowledged at its source. PENDING and CLAIM show the inputs at
/// simulated time, CLAIM with the mask of the initiator's own; an initiator that runs ahead
/// synchronises before it reads them.
class InterruptController : public RegisterTarget {
 public:
  sc_core::sc_vector<sc_core::sc_in<bool>> input;
  sc_core::sc_out<bool> irq;

  /// \param inputs 1 to 32
  InterruptController(const sc_core::sc_module_name& name, std::size_t inputs,
                      const PeripheralParameters& parameters = {});

  /// The interrupt output.
  void trace(trace::SignalSink& sink);

 private:
  std::uint32_t pending() const;
  std::uint32_t claim(std::uint32_t enabled) const;
  void drive_irq();

  trace::TraceSignal<bool> irq_trace_;
  sc_core::sc_event enable_changed_;
};

}  // namespace invar::bus

#endif
