#ifndef INVAR_BUS_TIMER_H
#define INVAR_BUS_TIMER_H

#include <invar/bus/register_target.h>
#include <invar/trace/signal_sink.h>

#include <cstdint>

namespace invar::bus {

/// Free-running nanoseconds of simulated time and one compare with a level interrupt.
///
/// An access sees the time its initiator has reached (now + annotated delay), so a core that runs
/// ahead reads its own time, and what it acknowledges is judged at that time too. Reading TIME_LO
/// does not latch TIME_HI: read high, low, high.
class Timer : public RegisterTarget {
 public:
  sc_core::sc_out<bool> irq;

  explicit Timer(const sc_core::sc_module_name& name, const PeripheralParameters& parameters = {});

  /// The interrupt output.
  void trace(trace::SignalSink& sink);

 private:
  void await_compare();
  void drive_irq();

  trace::TraceSignal<bool> irq_trace_;
  sc_core::sc_event changed_;  ///< a register
  sc_core::sc_event compare_;  ///< is reached
};

}  // namespace invar::bus

#endif
