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

// State beside the registers: what COMPARE was when its high half was written.
constexpr std::uint64_t k_armed = 0x40;
constexpr std::uint64_t k_armed_for_ns = 0x44;  // low and high half

bool is_reached(const simulation::RegisterValues& values, const sc_time& at) {
  return values[k_armed] != 0 && nanoseconds(at) >= values.pair(k_armed_for_ns);
}

/// The compare is armed by its high half and disarmed by the acknowledge of what it has reached.
void arm_or_acknowledge(simulation::RegisterValues& values, const simulation::TimedWrite& write) {
  if (write.offset == INVAR_TIMER_REG_COMPARE_HI) {
    values.set(k_armed, 1);
    values.set(k_armed_for_ns, values[INVAR_TIMER_REG_COMPARE_LO]);
    values.set(k_armed_for_ns + 4, values[INVAR_TIMER_REG_COMPARE_HI]);
  } else if (write.offset == INVAR_TIMER_REG_STATUS && (write.value & 1u) != 0 &&
             is_reached(values, write.at)) {
    values.set(k_armed, 0);
  }
}

using namespace simulation::register_access;
constexpr simulation::RegisterTable k_timer_table{{INVAR_TIMER_REGISTERS(INVAR_REGISTER_ROW)},
                                                  arm_or_acknowledge};

}  // namespace

Timer::Timer(const sc_core::sc_module_name& name, const PeripheralParameters& parameters)
    : RegisterTarget(name, k_timer_table, INVAR_TIMER_WINDOW_BYTES, parameters), irq("irq") {
  if (sc_core::sc_get_time_resolution() > sc_time(1e-9, sc_core::SC_SEC)) {
    SC_REPORT_ERROR("invar/bus/timer",
                    "counts nanoseconds: needs a time resolution of 1 ns or finer");
  }
  using simulation::RegisterQuery;
  registers().on_read(INVAR_TIMER_REG_TIME_LO, [](const RegisterQuery& read) {
    return static_cast<std::uint32_t>(nanoseconds(simulation::local_time(read.delay)));
  });
  registers().on_read(INVAR_TIMER_REG_TIME_HI, [](const RegisterQuery& read) {
    return static_cast<std::uint32_t>(nanoseconds(simulation::local_time(read.delay)) >> 32);
  });
  registers().on_read(INVAR_TIMER_REG_STATUS, [](const RegisterQuery& read) {
    return is_reached(read.values, simulation::local_time(read.delay)) ? 1u : 0u;
  });
  for (const std::uint64_t offset : {INVAR_TIMER_REG_COMPARE_LO, INVAR_TIMER_REG_COMPARE_HI,
                                     INVAR_TIMER_REG_CONTROL, INVAR_TIMER_REG_STATUS}) {
    registers().on_write(offset, [this](const simulation::RegisterWritten&) {
      await_compare();
      changed_.notify(sc_core::SC_ZERO_TIME);
    });
  }
  INVAR_HAS_PROCESS(Timer);
  SC_METHOD(drive_irq);
  sensitive << changed_ << compare_;
  dont_initialize();
}

void Timer::await_compare() {
  compare_.cancel();
  const sc_time nanosecond(1, sc_core::SC_NS);
  const sc_time now = sc_core::sc_time_stamp();
  const simulation::RegisterValues& values = registers().values();
  const std::uint64_t compare_ns = values.pair(k_armed_for_ns);
  // Beyond the end of simulated time nothing is reached.
  if (values[k_armed] != 0 && !is_reached(values, now) &&
      compare_ns <= sc_core::sc_max_time().value() / nanosecond.value()) {
    compare_.notify(sc_time::from_value(compare_ns * nanosecond.value()) - now);
  }
}

void Timer::drive_irq() {
  const bool level = registers()[INVAR_TIMER_REG_CONTROL] != 0 &&
                     is_reached(registers().values(), sc_core::sc_time_stamp());
  irq.write(level);
  irq_trace_.set(level);
}

void Timer::trace(trace::SignalSink& sink) {
  irq_trace_.attach(sink, std::string(name()) + ".irq");
  irq_trace_.set(false);
}

}  // namespace invar::bus
