#ifndef INVAR_DIGITAL_ENGINE_DIGITAL_ENGINE_H
#define INVAR_DIGITAL_ENGINE_DIGITAL_ENGINE_H

#include <invar/digital_engine/engine_core.h>
#include <invar/ledger/metered_dma.h>
#include <invar/simulation/dma_port.h>
#include <invar/simulation/operand_port.h>
#include <invar/trace/dma_activity.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>
#include <string>

namespace invar::digital_engine {

/// A MAC array with a scratchpad SRAM behind DMA: matrix products, Cholesky factors and solves, and
/// the element-wise rest of a training step, in FP32.
///
/// One target socket for the registers (<invar/registers/digital_engine_registers.h>), one
/// initiator socket for DMA, a level interrupt, a reset. Base protocol, loosely timed. No clock
/// port: time is counted in whole periods of `parameters.clock_period_s`.
///
/// \code
/// invar::digital_engine::DigitalEngine<> engine("engine");
/// cpu_bus.initiator.bind(engine.registers);      // offsets from 0
/// engine.dma.socket.bind(memory_bus.target);
/// engine.irq(irq_signal);
/// engine.rst(reset_signal);
/// \endcode
///
/// \tparam BUSWIDTH of both sockets, in bits
template <unsigned int BUSWIDTH = 32>
class DigitalEngine : public sc_core::sc_module {
 private:
  // Before everything that charges it; empty when the integrator shares a ledger.
  std::unique_ptr<ledger::Ledger> own_ledger_;
  ledger::Ledger& ledger_;

 public:
  tlm_utils::simple_target_socket<DigitalEngine, BUSWIDTH> registers;
  simulation::DmaPort<BUSWIDTH> dma;
  /// A second port of the scratchpad, for a device that shares its operands (InvAccelerator's
  /// `operands`): offsets from 0. May stay unbound. As wide as the engine's own; accesses of both
  /// do not wait for each other (assumption: a scratchpad of many banks).
  simulation::ScratchpadSocket<DigitalEngine> scratchpad;
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  /// \param ledger shared with other modules; by default the engine keeps one of its own
  /// \throws std::invalid_argument for parameters out of range
  explicit DigitalEngine(const sc_core::sc_module_name& name,
                         const EngineParameters& parameters = {}, ledger::Ledger* ledger = nullptr)
      : sc_core::sc_module(name),
        own_ledger_(ledger == nullptr ? std::make_unique<ledger::Ledger>() : nullptr),
        ledger_(ledger == nullptr ? *own_ledger_ : *ledger),
        registers("registers"),
        dma("dma", static_cast<std::size_t>(parameters.dma_burst_bytes)),
        scratchpad("scratchpad"),
        irq("irq"),
        rst("rst"),
        metered_dma_(dma, ledger_, std::string(this->name()) + ".dma",
                     parameters.dma_energy_per_byte_j),
        core_("core", parameters, metered_dma_, ledger_) {
    registers.register_b_transport(this, &DigitalEngine::b_transport);
    registers.register_transport_dbg(this, &DigitalEngine::transport_dbg);
    scratchpad.register_b_transport(this, &DigitalEngine::access_scratchpad);
    scratchpad.register_transport_dbg(this, &DigitalEngine::debug_scratchpad);
    core_.irq(irq);
    core_.rst(rst);
  }

  void trace(trace::SignalSink& sink) { core_.trace(sink); }
  /// Offers the tracks of its jobs and of its DMA to a timeline (<invar/trace/timeline_writer.h>).
  void trace(trace::ActivitySink& sink) {
    core_.trace(sink);
    dma.observe(trace::dma_activity(sink, dma.name()));
  }

  const ledger::Ledger& ledger() const { return ledger_; }
  EngineCore& core() { return core_; }
  const EngineCore& core() const { return core_; }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    core_.access(payload, delay);
  }
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
    return core_.debug_access(payload);
  }
  void access_scratchpad(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    core_.access_scratchpad(payload, delay);
  }
  unsigned int debug_scratchpad(tlm::tlm_generic_payload& payload) {
    return core_.debug_scratchpad(payload);
  }

  ledger::MeteredDma metered_dma_;
  EngineCore core_;
};

}  // namespace invar::digital_engine

#endif
