#include <invar/accelerator/accelerator_core.h>
#include <invar/parameters/range_check.h>
#include <invar/simulation/register_access.h>

#include <algorithm>
#include <cmath>

namespace invar::accelerator {
namespace {

const AcceleratorParameters& checked(const AcceleratorParameters& parameters) {
  parameters.check();
  return parameters;
}

}  // namespace

void AcceleratorParameters::check() const {
  parameters::require_range("accelerator.tiles", tiles, 1, 4096);
  parameters::require_range("accelerator.worker_threads", worker_threads, 0, 1024);
  parameters::require_range("accelerator.register_latency_s", register_latency_s, 0.0, 1.0);
  parameters::require_range("accelerator.dma_burst_bytes", dma_burst_bytes, 64, 1 << 20);
  parameters::require_range("accelerator.dma_energy_per_byte_j", dma_energy_per_byte_j, 0.0, 1e-6);
  tile.check();
  programming.check();
  solver.check();
  sequencer.check();
  timing.check();
  if (programming.wire_compensation != programming::WireCompensation::none &&
      solver.residual == solver::ResidualPath::analog) {
    throw std::invalid_argument(
        "programming.wire_compensation = \"" +
        programming::to_string(programming.wire_compensation) +
        "\": cells that make up for the wires of INV are wrong for MVM; must be none with "
        "solver.residual = analog");
  }
}

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
                if (status != INVAR_STATUS_OK) {
                  last_error_ = status;
                }
                raise(INVAR_IRQ_COMPLETION);
              },
              [this] { raise(INVAR_IRQ_FAULT); }}) {
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
      [this](std::uint64_t offset, bool debug) { return read_register(offset, debug); },
      [this, &delay](std::uint64_t offset, std::uint32_t value) {
        write_register(offset, value, delay);
      });
  delay += sc_core::sc_time(parameters_.register_latency_s, sc_core::SC_SEC);
}

unsigned int AcceleratorCore::debug_access(tlm::tlm_generic_payload& payload) {
  return simulation::debug_registers(
      payload, INVAR_ACCELERATOR_WINDOW_BYTES,
      [this](std::uint64_t offset, bool debug) { return read_register(offset, debug); });
}

void AcceleratorCore::trace(trace::SignalSink& sink, const tile::TraceDetail& detail) {
  traced_irq_.attach(sink, std::string(name()) + ".irq", trace::SignalFormat::wire(1).feature());
  traced_irq_.set(false);
  queue_.trace(sink, detail);
}

std::uint64_t AcceleratorCore::ticks() const {
  return static_cast<std::uint64_t>((sc_core::sc_time_stamp() - reset_time_).to_seconds() /
                                    parameters_.sequencer.clock_period_s);
}

std::uint32_t AcceleratorCore::read_register(std::uint64_t offset, bool debug) {
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
      return enabled_ ? INVAR_CONTROL_ENABLE : 0u;
    case INVAR_REG_STATUS:
      return (queue_.busy() ? INVAR_STATUS_BUSY : 0u) |
             (queue_.halted() ? INVAR_STATUS_HALTED : 0u);
    case INVAR_REG_IRQ_STATUS:
      return irq_status_;
    case INVAR_REG_IRQ_ENABLE:
      return irq_enable_;
    case INVAR_REG_RING_BASE_LO:
      return static_cast<std::uint32_t>(ring_.base);
    case INVAR_REG_RING_BASE_HI:
      return static_cast<std::uint32_t>(ring_.base >> 32);
    case INVAR_REG_RING_SIZE:
      return ring_.size;
    case INVAR_REG_RING_TAIL:
      return tail_;
    case INVAR_REG_RING_HEAD:
      return queue_.head();
    case INVAR_REG_COMPLETION_BASE_LO:
      return static_cast<std::uint32_t>(ring_.completion_base);
    case INVAR_REG_COMPLETION_BASE_HI:
      return static_cast<std::uint32_t>(ring_.completion_base >> 32);
    case INVAR_REG_COMPLETED:
      return queue_.completed();
    case INVAR_REG_LAST_ERROR:
      return last_error_;
    case INVAR_REG_TICKS_LO: {
      const std::uint64_t now = ticks();
      if (!debug) {
        ticks_high_ = static_cast<std::uint32_t>(now >> 32);
      }
      return static_cast<std::uint32_t>(now);
    }
    case INVAR_REG_TICKS_HI:
      return ticks_high_;
    case INVAR_REG_TILES:
      return static_cast<std::uint32_t>(parameters_.tiles);
    default:
      return 0;
  }
}

void AcceleratorCore::write_register(std::uint64_t offset, std::uint32_t value,
                                     const sc_core::sc_time& delay) {
  if (rst.read()) {
    return;
  }
  switch (offset) {
    case INVAR_REG_CONTROL:
      write_control(value, delay);
      break;
    case INVAR_REG_IRQ_STATUS:
      irq_status_ &= ~value;
      update_irq(delay);
      break;
    case INVAR_REG_IRQ_ENABLE:
      irq_enable_ = value & (INVAR_IRQ_COMPLETION | INVAR_IRQ_FAULT);
      update_irq(delay);
      break;
    case INVAR_REG_RING_BASE_LO:
      ring_.base = simulation::with_low_word(ring_.base, value);
      break;
    case INVAR_REG_RING_BASE_HI:
      ring_.base = simulation::with_high_word(ring_.base, value);
      break;
    case INVAR_REG_RING_SIZE:
      ring_.size = value;
      break;
    case INVAR_REG_RING_TAIL:
      tail_ = value;
      if (enabled_) {
        queue_.ring_doorbell(ring_, tail_, delay);
      }
      break;
    case INVAR_REG_COMPLETION_BASE_LO:
      ring_.completion_base = simulation::with_low_word(ring_.completion_base, value);
      break;
    case INVAR_REG_COMPLETION_BASE_HI:
      ring_.completion_base = simulation::with_high_word(ring_.completion_base, value);
      break;
    default:
      // Read-only registers and holes in the map: no effect.
      break;
  }
}

void AcceleratorCore::write_control(std::uint32_t value, const sc_core::sc_time& delay) {
  if ((value & INVAR_CONTROL_RESET) != 0) {
    reset();
    return;
  }
  const bool enable = (value & INVAR_CONTROL_ENABLE) != 0;
  if (enable && !enabled_ && tail_ != queue_.head()) {
    queue_.ring_doorbell(ring_, tail_, delay);
  }
  enabled_ = enable;
}

void AcceleratorCore::raise(std::uint32_t bits) {
  irq_status_ |= bits;
  update_irq(sc_core::SC_ZERO_TIME);
}

void AcceleratorCore::update_irq(const sc_core::sc_time& delay) {
  irq_changed_.notify(delay);
}

void AcceleratorCore::drive_irq() {
  const bool level = (irq_status_ & irq_enable_) != 0;
  irq.write(level);
  traced_irq_.set(level);
}

void AcceleratorCore::watch_reset() {
  if (rst.read()) {
    reset();
  }
}

void AcceleratorCore::reset() {
  enabled_ = false;
  irq_status_ = irq_enable_ = 0;
  ring_ = sequencer::RingSetup{};
  tail_ = last_error_ = ticks_high_ = 0;
  reset_time_ = sc_core::sc_time_stamp();
  queue_.reset();
  update_irq(sc_core::SC_ZERO_TIME);
}

}  // namespace invar::accelerator
