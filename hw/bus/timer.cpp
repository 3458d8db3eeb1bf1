#include <invar/bus/timer.h>
#include <invar/registers/peripheral_registers.h>

#include <string>

namespace invar::bus {
namespace {

using sc_core::sc_time;

std::uint64_t nanoseconds(const sc_time& time) {
  const sc_time nanosecond(1, sc_core::SC_NS);
  return time.value() / nanosecond.value();
}

}  // namespace

Timer::Timer(const sc_core::sc_module_name& name, const PeripheralParameters& parameters)
    : RegisterTarget(name, INVAR_TIMER_WINDOW_BYTES, parameters), irq("irq"), actions_("actions") {
  if (sc_core::sc_get_time_resolution() > sc_time(1e-9, sc_core::SC_SEC)) {
    SC_REPORT_ERROR("invar/bus/timer",
                    "counts nanoseconds: needs a time resolution of 1 ns or finer");
  }
}

bool Timer::reached(const sc_time& delay) const {
  return armed_ && nanoseconds(sc_core::sc_time_stamp() + delay) >= armed_for_ns_;
}

std::uint32_t Timer::read_register(std::uint64_t offset, bool, const sc_time& delay) {
  const std::uint64_t time_ns = nanoseconds(sc_core::sc_time_stamp() + delay);
  switch (offset) {
    case INVAR_TIMER_REG_TIME_LO:
      return static_cast<std::uint32_t>(time_ns);
    case INVAR_TIMER_REG_TIME_HI:
      return static_cast<std::uint32_t>(time_ns >> 32);
    case INVAR_TIMER_REG_COMPARE_LO:
      return compare_low_;
    case INVAR_TIMER_REG_COMPARE_HI:
      return compare_high_;
    case INVAR_TIMER_REG_CONTROL:
      return interrupt_enable_ ? 1u : 0u;
    case INVAR_TIMER_REG_STATUS:
      return reached(delay) ? 1u : 0u;
    default:
      return 0;
  }
}

bool Timer::write_register(std::uint64_t offset, std::uint32_t value, const sc_time& delay) {
  switch (offset) {
    case INVAR_TIMER_REG_COMPARE_LO:
      compare_low_ = value;
      break;
    case INVAR_TIMER_REG_COMPARE_HI:
      compare_high_ = value;
      arm(delay);
      break;
    case INVAR_TIMER_REG_CONTROL:
      interrupt_enable_ = (value & 1u) != 0;
      drive_irq(delay);
      break;
    case INVAR_TIMER_REG_STATUS:
      if ((value & 1u) != 0 && reached(delay)) {
        armed_ = false;
        ++arming_;
        drive_irq(delay);
      }
      break;
    default:
      break;
  }
  return true;
}

void Timer::arm(const sc_time& delay) {
  armed_ = true;
  armed_for_ns_ = static_cast<std::uint64_t>(compare_high_) << 32 | compare_low_;
  ++arming_;
  drive_irq(delay);
  if (reached(delay)) {
    return;
  }
  const sc_time nanosecond(1, sc_core::SC_NS);
  if (armed_for_ns_ > sc_core::sc_max_time().value() / nanosecond.value()) {
    return;  // beyond the end of simulated time
  }
  const sc_time at = sc_time::from_value(armed_for_ns_ * nanosecond.value());
  actions_.after(at - sc_core::sc_time_stamp(), [this, arming = arming_] {
    if (arming == arming_) {
      write_irq(interrupt_enable_);
    }
  });
}

void Timer::drive_irq(const sc_time& delay) {
  const bool level = interrupt_enable_ && reached(delay);
  actions_.after(delay, [this, level] { write_irq(level); });
}

void Timer::write_irq(bool level) {
  irq.write(level);
  irq_trace_.set(level);
}

void Timer::trace(trace::SignalSink& sink) {
  irq_trace_.attach(sink, std::string(name()) + ".irq");
  irq_trace_.set(false);
}

}  // namespace invar::bus
