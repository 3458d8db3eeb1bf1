#include <invar/accelerator/accelerator_core.h>
#include <invar/registers/accelerator_registers.h>
#include <invar/sequencer/command_queue.h>
#include <invar/simulation/clock_cycles.h>

#include <algorithm>

namespace invar::accelerator {
namespace {

const AcceleratorParameters& checked(const AcceleratorParameters& parameters) {
  parameters.check();
  return parameters;
}

}  // namespace

AcceleratorCore::AcceleratorCore(const sc_core::sc_module_name& name,
                                 const AcceleratorParameters& parameters,
                                 const sequencer::DataPorts& ports, ledger::Ledger& ledger)
    : RingDevice(name, register_map(), checked(parameters).register_latency_s),
      parameters_(parameters),
      workers_(std::make_unique<simulation::WorkerPool>(parameters.worker_threads)),
      queue_(std::make_unique<sequencer::CommandQueue>(
          "queue", ports, ledger, parameters.sequencer_configuration(), workers_.get(),
          sequencer::CommandQueue::Listener{
              [this](std::uint32_t status) { note_completion(status); },
              [this](invar_ring_fault fault) { note_fault(fault); }})) {
  describe_registers();
}

// Before anything that jobs work on goes.
AcceleratorCore::~AcceleratorCore() {
  finish_numbers();
}

void AcceleratorCore::finish_numbers() {
  workers_->stop();
}

std::uint32_t AcceleratorCore::head() const {
  return queue_->head();
}
bool AcceleratorCore::halted() const {
  return queue_->halted();
}
bool AcceleratorCore::working() const {
  return queue_->busy();
}
void AcceleratorCore::drop_work() {
  queue_->reset();
}

simulation::RingRegisters AcceleratorCore::register_map() {
  using namespace simulation::register_access;
  static constexpr simulation::RegisterTable k_table{
      {INVAR_ACCELERATOR_REGISTERS(INVAR_REGISTER_ROW)}, reset_by_control<INVAR_REG_CONTROL>};
  return {k_table,
          INVAR_ACCELERATOR_WINDOW_BYTES,
          INVAR_REG_CONTROL,
          INVAR_REG_STATUS,
          INVAR_REG_IRQ_STATUS,
          INVAR_REG_IRQ_ENABLE,
          INVAR_REG_RING_TAIL,
          INVAR_REG_RING_HEAD};
}

void AcceleratorCore::describe_registers() {
  using simulation::RegisterQuery;
  const auto tiles = static_cast<std::uint32_t>(parameters_.tiles);
  const std::uint32_t capability = std::min(tiles, 255u) |
                                   static_cast<std::uint32_t>(parameters_.tile.rows) << 8 |
                                   static_cast<std::uint32_t>(parameters_.tile.slices) << 24;
  registers().on_read(INVAR_REG_CAPABILITY, [=](const RegisterQuery&) { return capability; });
  registers().on_read(INVAR_REG_TILES, [=](const RegisterQuery&) { return tiles; });
  registers().on_read(INVAR_REG_COMPLETED, [this](const RegisterQuery& read) {
    return read.reset_ahead ? 0u : queue_->completed();
  });
  registers().on_read(INVAR_REG_TICKS_LO, [this](const RegisterQuery& read) {
    const std::uint64_t now = ticks(read);
    if (!read.debug) {
      registers().set_after(read.delay, INVAR_REG_TICKS_HI, static_cast<std::uint32_t>(now >> 32));
    }
    return static_cast<std::uint32_t>(now);
  });
}

void AcceleratorCore::trace(trace::SignalSink& sink, const tile::TraceDetail& detail) {
  traced_irq_.attach(sink, std::string(name()) + ".irq", trace::SignalFormat::wire(1).feature());
  traced_irq_.set(false);
  queue_->trace(sink, detail);
}

void AcceleratorCore::trace(trace::ActivitySink& sink) {
  queue_->trace(sink);
}

std::uint64_t AcceleratorCore::ticks(const simulation::RegisterQuery& read) const {
  return simulation::whole_cycles(simulation::local_time(read.delay) - read.values.reset_time(),
                                  parameters_.sequencer.clock_period_s);
}

void AcceleratorCore::note_completion(std::uint32_t status) {
  // A fault stays to be read until the reset that ends it.
  if (status != INVAR_STATUS_OK && !queue_->halted()) {
    registers().set(INVAR_REG_LAST_ERROR, status);
  }
  raise(INVAR_IRQ_COMPLETION);
}

void AcceleratorCore::note_fault(invar_ring_fault fault) {
  registers().set(INVAR_REG_LAST_ERROR, fault);
  raise(INVAR_IRQ_FAULT);
}

void AcceleratorCore::ring_doorbell() {
  if (enabled()) {
    const simulation::RegisterValues& values = registers().values();
    queue_->ring_doorbell({values.pair(INVAR_REG_RING_BASE_LO),
                           values.pair(INVAR_REG_COMPLETION_BASE_LO), values[INVAR_REG_RING_SIZE]},
                          tail());
  }
}

}  // namespace invar::accelerator
