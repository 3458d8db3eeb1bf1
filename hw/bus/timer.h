#ifndef INVAR_BUS_TIMER_H
#define INVAR_BUS_TIMER_H

#include <invar/bus/register_target.h>
#include <invar/simulation/delayed_actions.h>
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
  std::uint32_t read_register(std::uint64_t offset, bool debug,
                              const sc_core::sc_time& delay) override;
  bool write_register(std::uint64_t offset, std::uint32_t value,
                      const sc_core::sc_time& delay) override;
  void arm(const sc_core::sc_time& delay);
  void drive_irq(const sc_core::sc_time& delay);
  void write_irq(bool level);
  bool reached(const sc_core::sc_time& delay) const;

  simulation::DelayedActions actions_;
  trace::TraceSignal<bool> irq_trace_;
  std::uint32_t compare_low_ = 0;
  std::uint32_t compare_high_ = 0;
  bool interrupt_enable_ = false;
  bool armed_ = false;
  std::uint64_t armed_for_ns_ = 0;
  std::uint64_t arming_ = 0;  // tells a compare from one that has been replaced or cleared
};

}  // namespace invar::bus

#endif
