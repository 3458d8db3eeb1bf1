#include <invar/bus/interrupt_controller.h>
#include <invar/parameters/range_check.h>
#include <invar/registers/peripheral_registers.h>

#include <string>

namespace invar::bus {

using parameters::require_range;
namespace {

using namespace simulation::register_access;
constexpr simulation::RegisterTable k_interrupt_table{INVAR_INTC_REGISTERS(INVAR_REGISTER_ROW)};

std::size_t checked(std::size_t inputs) {
  require_range("interrupt controller: inputs", inputs, std::size_t{1}, std::size_t{32});
  return inputs;
}

}  // namespace

InterruptController::InterruptController(const sc_core::sc_module_name& name, std::size_t inputs,
                                         const PeripheralParameters& parameters)
    : RegisterTarget(name, k_interrupt_table, INVAR_INTC_WINDOW_BYTES, parameters),
      input("input", checked(inputs)),
      irq("irq") {
  using simulation::RegisterQuery;
  registers().on_read(INVAR_INTC_REG_PENDING, [this](const RegisterQuery&) { return pending(); });
  registers().on_read(INVAR_INTC_REG_CLAIM, [this](const RegisterQuery& read) {
    return claim(read.values[INVAR_INTC_REG_ENABLE]);
  });
  registers().on_write(INVAR_INTC_REG_ENABLE, [this](const simulation::RegisterWritten&) {
    enable_changed_.notify(sc_core::SC_ZERO_TIME);
  });
  INVAR_HAS_PROCESS(InterruptController);
  SC_METHOD(drive_irq);
  sensitive << enable_changed_;
  for (sc_core::sc_in<bool>& line : input) {
    sensitive << line;
  }
}

std::uint32_t InterruptController::pending() const {
  std::uint32_t lines = 0;
  for (std::size_t i = 0; i < input.size(); ++i) {
    lines |= static_cast<std::uint32_t>(input[i].read() ? 1 : 0) << i;
  }
  return lines;
}

std::uint32_t InterruptController::claim(std::uint32_t enabled) const {
  const std::uint32_t lines = pending() & enabled;
  for (std::uint32_t i = 0; i < 32; ++i) {
    if ((lines >> i & 1u) != 0) {
      return i + 1;
    }
  }
  return 0;
}

void InterruptController::drive_irq() {
  const bool level = (pending() & registers()[INVAR_INTC_REG_ENABLE]) != 0;
  irq.write(level);
  irq_trace_.set(level);
}

void InterruptController::trace(trace::SignalSink& sink) {
  irq_trace_.attach(sink, std::string(name()) + ".irq", trace::SignalFormat::wire(1).feature());
  irq_trace_.set(false);
}

}  // namespace invar::bus
