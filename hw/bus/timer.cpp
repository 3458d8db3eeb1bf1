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
    : RegisterTarget(name, INVAR_TIMER_WINDOW_BYTES, parameters), irq("irq") {
  if (sc_core::sc_get_time_resolution() > sc_time(1e-9, sc_core::SC_SEC)) {
    SC_REPORT_ERROR("invar/bus/timer",
                    "counts nanoseconds: needs a time resolution of 1 ns or finer");
  }
  INVAR_HAS_PROCESS(Timer);
  SC_METHOD(drive_irq);
  sensitive << changed_ << compare_;
  dont_initialize();
}

bool Timer::Registers::reached(const sc_time& at) const {
  return armed && nanoseconds(at) >= armed_for_ns;
}

void Timer::Registers::write(const simulation::TimedWrite& write) {
  switch (write.offset) {
    case INVAR_TIMER_REG_COMPARE_LO:
      compare_low = write.value;
      break;
    case INVAR_TIMER_REG_COMPARE_HI:
      compare_high = write.value;
      armed = true;
      armed_for_ns = static_cast<std::uint64_t>(compare_high) << 32 | compare_low;
      break;
    case INVAR_TIMER_REG_CONTROL:
      interrupt_enable = (write.value & 1u) != 0;
      break;
    case INVAR_TIMER_REG_STATUS:
      armed = armed && !((write.value & 1u) != 0 && reached(write.at));
      break;
    default:
      break;
  }
}

std::uint32_t Timer::read_register(std::uint64_t offset, const sc_time& delay) {
  const sc_time at = simulation::local_time(delay);
  const Registers registers = preview(delay, registers_);
  switch (offset) {
    case INVAR_TIMER_REG_TIME_LO:
      return static_cast<std::uint32_t>(nanoseconds(at));
    case INVAR_TIMER_REG_TIME_HI:
      return static_cast<std::uint32_t>(nanoseconds(at) >> 32);
    case INVAR_TIMER_REG_COMPARE_LO:
      return registers.compare_low;
    case INVAR_TIMER_REG_COMPARE_HI:
      return registers.compare_high;
    case INVAR_TIMER_REG_CONTROL:
      return registers.interrupt_enable ? 1u : 0u;
    case INVAR_TIMER_REG_STATUS:
      return registers.reached(at) ? 1u : 0u;
    default:
      return 0;
  }
}

void Timer::take_effect(const simulation::TimedWrite& write) {
  registers_.write(write);
  await_compare();
  changed_.notify(sc_core::SC_ZERO_TIME);
}

void Timer::await_compare() {
  compare_.cancel();
  const sc_time nanosecond(1, sc_core::SC_NS);
  const sc_time now = sc_core::sc_time_stamp();
  // Beyond the end of simulated time nothing is reached.
  if (registers_.armed && !registers_.reached(now) &&
      registers_.armed_for_ns <= sc_core::sc_max_time().value() / nanosecond.value()) {
    compare_.notify(sc_time::from_value(registers_.armed_for_ns * nanosecond.value()) - now);
  }
}

void Timer::drive_irq() {
  const bool level = registers_.interrupt_enable && registers_.reached(sc_core::sc_time_stamp());
  irq.write(level);
  irq_trace_.set(level);
}

void Timer::trace(trace::SignalSink& sink) {
  irq_trace_.attach(sink, std::string(name()) + ".irq");
  irq_trace_.set(false);
}

}  // namespace invar::bus
