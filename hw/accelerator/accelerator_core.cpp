#include <invar/accelerator/accelerator_core.h>
#include <invar/simulation/clock_cycles.h>
#include <invar/simulation/register_access.h>

#include <algorithm>

namespace invar::accelerator {
namespace {

const AcceleratorParameters& checked(const AcceleratorParameters& parameters) {
  parameters.check();
  return parameters;
}

}  // namespace

AcceleratorCore::AcceleratorCore(const sc_core::sc_module_name& name,
                                 const AcceleratorParameters& parameters, ledger::MeteredDma& dma,
                                 ledger::Ledger& ledger)
    : sc_core::sc_module(name),
      irq("irq"),
      rst("rst"),
      parameters_(checked(parameters)),
      workers_(parameters.worker_threads),
      queue_("queue", dma, ledger, parameters.sequencer_configuration(), &workers_,
             {[this](std::uint32_t status) {
                // A fault stays to be read until the reset that ends it.
                if (status != INVAR_STATUS_OK && !queue_.halted()) {
                  registers_.last_error = status;
                }
                raise(INVAR_IRQ_COMPLETION);
              },
              [this](invar_ring_fault fault) {
                registers_.last_error = fault;
                raise(INVAR_IRQ_FAULT);
              }}),
      writes_("writes", [this](const simulation::TimedWrite& write) { take_effect(write); }),
      register_latency_(parameters.register_latency_s, sc_core::SC_SEC) {
  INVAR_HAS_PROCESS(AcceleratorCore);
  SC_METHOD(drive_irq);
  sensitive << irq_changed_;
  SC_METHOD(watch_reset);
  sensitive << rst;
  dont_initialize();
}

void AcceleratorCore::access(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
  simulation::access_registers(
      payload, INVAR_ACCELERATOR_WINDOW_BYTES,
      [&](std::uint64_t offset, bool) {
        if (offset == INVAR_REG_TICKS_LO) {
          const std::uint64_t now = ticks(registers_after(delay), delay);
          writes_.post(delay, RegisterFile::k_latch_ticks, static_cast<std::uint32_t>(now >> 32));
        }
        return read_register(offset, delay);
      },
      [&](std::uint64_t offset, std::uint32_t value) { writes_.post(delay, offset, value); });
  delay += register_latency_;
}

unsigned int AcceleratorCore::debug_access(tlm::tlm_generic_payload& payload) {
  return simulation::debug_registers(
      payload, INVAR_ACCELERATOR_WINDOW_BYTES,
      [this](std::uint64_t offset, bool) { return read_register(offset, sc_core::SC_ZERO_TIME); });
}

void AcceleratorCore::trace(trace::SignalSink& sink, const tile::TraceDetail& detail) {
  traced_irq_.attach(sink, std::string(name()) + ".irq", trace::SignalFormat::wire(1).feature());
  traced_irq_.set(false);
  queue_.trace(sink, detail);
}

RegisterFile AcceleratorCore::registers_after(const sc_core::sc_time& delay) const {
  // In reset nothing that is on its way is known to arrive.
  return rst.read() ? registers_ : writes_.preview(delay, registers_);
}

std::uint64_t AcceleratorCore::ticks(const RegisterFile& registers,
                                     const sc_core::sc_time& delay) const {
  return simulation::whole_cycles(simulation::local_time(delay) - registers.reset_time,
                                  parameters_.sequencer.clock_period_s);
}

std::uint32_t AcceleratorCore::status(const RegisterFile& registers) const {
  const bool reset = registers.resets != registers_.resets;
  const std::uint32_t head = reset ? 0 : queue_.head();
  const bool halted = !reset && queue_.halted();
  const bool rung = registers.enabled && registers.tail != head && !halted;
  const bool busy = rung || (!reset && queue_.busy());
  return (busy ? INVAR_STATUS_BUSY : 0u) | (halted ? INVAR_STATUS_HALTED : 0u);
}

std::uint32_t AcceleratorCore::read_register(std::uint64_t offset,
                                             const sc_core::sc_time& delay) const {
  const RegisterFile registers = registers_after(delay);
  const bool reset = registers.resets != registers_.resets;
  switch (offset) {
    case INVAR_REG_ID:
      return 0x52564E49u;
    case INVAR_REG_VERSION:
      return 0x00010000u;
    case INVAR_REG_CAPABILITY:
      return static_cast<std::uint32_t>(std::min(parameters_.tiles, 255)) |
             static_cast<std::uint32_t>(parameters_.tile.rows) << 8 |
             static_cast<std::uint32_t>(parameters_.tile.slices) << 24;
    case INVAR_REG_CONTROL:
      return registers.enabled ? INVAR_CONTROL_ENABLE : 0u;
    case INVAR_REG_STATUS:
      return status(registers);
    case INVAR_REG_IRQ_STATUS:
      return registers.irq_status;
    case INVAR_REG_IRQ_ENABLE:
      return registers.irq_enable;
    case INVAR_REG_RING_BASE_LO:
      return static_cast<std::uint32_t>(registers.ring.base);
    case INVAR_REG_RING_BASE_HI:
      return static_cast<std::uint32_t>(registers.ring.base >> 32);
    case INVAR_REG_RING_SIZE:
      return registers.ring.size;
    case INVAR_REG_RING_TAIL:
      return registers.tail;
    case INVAR_REG_RING_HEAD:
      return reset ? 0u : queue_.head();
    case INVAR_REG_COMPLETION_BASE_LO:
      return static_cast<std::uint32_t>(registers.ring.completion_base);
    case INVAR_REG_COMPLETION_BASE_HI:
      return static_cast<std::uint32_t>(registers.ring.completion_base >> 32);
    case INVAR_REG_COMPLETED:
      return reset ? 0u : queue_.completed();
    case INVAR_REG_LAST_ERROR:
      return registers.last_error;
    case INVAR_REG_TICKS_LO:
      return static_cast<std::uint32_t>(ticks(registers, delay));
    case INVAR_REG_TICKS_HI:
      return registers.ticks_high;
    case INVAR_REG_TILES:
      return static_cast<std::uint32_t>(parameters_.tiles);
    default:
      return 0;
  }
}

void AcceleratorCore::take_effect(const simulation::TimedWrite& write) {
  if (rst.read()) {
    return;
  }
  const bool was_enabled = registers_.enabled;
  registers_.write(write);
  switch (write.offset) {
    case INVAR_REG_CONTROL:
      if ((write.value & INVAR_CONTROL_RESET) != 0) {
        queue_.reset();
        update_irq();
      } else if (registers_.enabled && !was_enabled && registers_.tail != queue_.head()) {
        ring_doorbell();
      }
      break;
    case INVAR_REG_RING_TAIL:
      if (registers_.enabled) {
        ring_doorbell();
      }
      break;
    case INVAR_REG_IRQ_STATUS:
    case INVAR_REG_IRQ_ENABLE:
      update_irq();
      break;
    default:
      break;
  }
}

void AcceleratorCore::ring_doorbell() {
  queue_.ring_doorbell(registers_.ring, registers_.tail);
}

void AcceleratorCore::raise(std::uint32_t bits) {
  registers_.irq_status |= bits;
  update_irq();
}

void AcceleratorCore::update_irq() {
  irq_changed_.notify(sc_core::SC_ZERO_TIME);
}

void AcceleratorCore::drive_irq() {
  const bool level = (registers_.irq_status & registers_.irq_enable) != 0;
  irq.write(level);
  traced_irq_.set(level);
}

void AcceleratorCore::watch_reset() {
  if (!rst.read()) {
    return;
  }
  writes_.drop();
  registers_.reset(sc_core::sc_time_stamp());
  queue_.reset();
  update_irq();
}

}  // namespace invar::accelerator
