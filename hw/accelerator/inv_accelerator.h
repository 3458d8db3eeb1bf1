#ifndef INVAR_ACCELERATOR_INV_ACCELERATOR_H
#define INVAR_ACCELERATOR_INV_ACCELERATOR_H

#include <invar/accelerator/accelerator_core.h>
#include <invar/ledger/metered_dma.h>
#include <invar/simulation/dma_port.h>
#include <invar/simulation/operand_port.h>
#include <invar/tile/trace_detail.h>
#include <invar/trace/dma_activity.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>

namespace invar::accelerator {

/// The INV accelerator: what an integrator puts into a platform.
///
/// One target socket for the registers (<invar/registers/accelerator_registers.h>), one initiator
/// socket for DMA, a level interrupt, a reset. A second initiator socket, which may stay unbound,
/// reaches operands in a scratchpad (DigitalEngine's): addresses in `parameters.operand_window`.
/// Base protocol, loosely timed. No clock port: time is counted in whole periods of
/// `parameters.sequencer.clock_period_s`.
///
/// \code
/// invar::accelerator::AcceleratorParameters parameters;
/// parameters.tile.rows = 64;
/// invar::accelerator::InvAccelerator<> accelerator("accelerator", parameters);
/// cpu_bus.initiator.bind(accelerator.registers);      // offsets from 0
/// accelerator.dma.socket.bind(memory_bus.target);
/// accelerator.irq(irq_signal);
/// accelerator.rst(reset_signal);
/// \endcode
///
/// \tparam BUSWIDTH of the first two sockets, in bits
template <unsigned int BUSWIDTH = 32>
class InvAccelerator : public sc_core::sc_module {
 private:
  // Before everything that charges it; empty when the integrator shares a ledger.
  std::unique_ptr<ledger::Ledger> own_ledger_;
  ledger::Ledger& ledger_;

 public:
  tlm_utils::simple_target_socket<InvAccelerator, BUSWIDTH> registers;
  simulation::DmaPort<BUSWIDTH> dma;
  simulation::OperandPort operands;
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  /// \param ledger shared with other modules; by default the accelerator keeps one of its own
  /// \throws std::invalid_argument for parameters out of range
  explicit InvAccelerator(const sc_core::sc_module_name& name,
                          const AcceleratorParameters& parameters = {},
                          ledger::Ledger* ledger = nullptr)
      : sc_core::sc_module(name),
        own_ledger_(ledger == nullptr ? std::make_unique<ledger::Ledger>() : nullptr),
        ledger_(ledger == nullptr ? *own_ledger_ : *ledger),
        registers("registers"),
        dma("dma", static_cast<std::size_t>(parameters.dma_burst_bytes)),
        operands("operands", static_cast<std::size_t>(parameters.dma_burst_bytes)),
        irq("irq"),
        rst("rst"),
        metered_dma_(dma, ledger_, std::string(this->name()) + ".dma",
                     parameters.dma_energy_per_byte_j),
        metered_operands_(operands, ledger_, std::string(this->name()) + ".operands",
                          parameters.operand_energy_per_byte_j),
        core_("core", parameters, {metered_dma_, metered_operands_}, ledger_) {
    registers.register_b_transport(this, &InvAccelerator::b_transport);
    registers.register_transport_dbg(this, &InvAccelerator::transport_dbg);
    core_.irq(irq);
    core_.rst(rst);
  }

  /// Offers its signals to a trace (<invar/trace/vcd_writer.h>).
  /// \param detail rows of each tile whose converter codes are traced, and which tile settles
  void trace(trace::SignalSink& sink, const tile::TraceDetail& detail = {}) {
    core_.trace(sink, detail);
  }
  /// Offers the tracks of its tiles and of its DMA to a timeline (<invar/trace/timeline_writer.h>).
  void trace(trace::ActivitySink& sink) {
    core_.trace(sink);
    dma.observe(trace::dma_activity(sink, dma.name()));
    operands.observe(trace::dma_activity(sink, operands.name()));
  }

  const ledger::Ledger& ledger() const { return ledger_; }
  AcceleratorCore& core() { return core_; }
  const AcceleratorCore& core() const { return core_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    core_.access(payload, delay);
  }
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
    return core_.debug_access(payload);
  }

  ledger::MeteredDma metered_dma_;
  ledger::MeteredDma metered_operands_;
  AcceleratorCore core_;
};

/// The usual one is compiled with the library.
extern template class InvAccelerator<32>;

}  // namespace invar::accelerator

#endif
