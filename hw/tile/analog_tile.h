#ifndef INVAR_TILE_ANALOG_TILE_H
#define INVAR_TILE_ANALOG_TILE_H

#include <invar/tile/tile_core.h>
#include <tlm_utils/simple_target_socket.h>

#include <memory>

namespace invar::tile {

/// One tile behind a TLM target socket: RRAM arrays of both signs and all slices on one op-amp row,
/// DACs, ADCs and the write-verify controller, for those who bring their own sequencing.
///
/// Registers and buffers: <invar/registers/tile_registers.h>. One command at a time; time, energy
/// and errors are those of the tiles inside the accelerator. The cells outlive a reset. Energy of
/// the accesses themselves is that of the integrator's bus. Base protocol, loosely timed; no DMI.
///
/// \code
/// invar::tile::AnalogTileParameters parameters;
/// parameters.tile.rows = 64;
/// invar::tile::AnalogTile<> tile("tile", parameters);
/// bus.initiator.bind(tile.socket);
/// tile.irq(irq_signal);
/// tile.rst(reset_signal);
/// \endcode
///
/// \tparam BUSWIDTH of the socket, in bits
template <unsigned int BUSWIDTH = 32>
class AnalogTile : public sc_core::sc_module {
  static_assert(BUSWIDTH >= 32 && BUSWIDTH % 32 == 0, "registers are 32 bits wide");

  // Before everything that charges it; empty when the integrator shares a ledger.
  std::unique_ptr<ledger::Ledger> own_ledger_;
  ledger::Ledger& ledger_;

 public:
  tlm_utils::simple_target_socket<AnalogTile, BUSWIDTH> socket;
  sc_core::sc_out<bool> irq;
  sc_core::sc_in<bool> rst;

  /// \param ledger shared with other modules; by default the tile keeps one of its own
  /// \throws std::invalid_argument for parameters out of range
  explicit AnalogTile(const sc_core::sc_module_name& name,
                      const AnalogTileParameters& parameters = {}, ledger::Ledger* ledger = nullptr)
      : sc_core::sc_module(name),
        own_ledger_(ledger == nullptr ? std::make_unique<ledger::Ledger>() : nullptr),
        ledger_(ledger == nullptr ? *own_ledger_ : *ledger),
        socket("socket"),
        irq("irq"),
        rst("rst"),
        core_("core", parameters, ledger_) {
    socket.register_b_transport(this, &AnalogTile::b_transport);
    socket.register_transport_dbg(this, &AnalogTile::transport_dbg);
    core_.irq(irq);
    core_.rst(rst);
  }

  /// Offers its signals to a trace (<invar/trace/vcd_writer.h>).
  /// \param rows whose converter codes are traced
  /// \param detail rows whose codes are traced; any settling_tile from 0 on traces this one's
  /// outputs
  void trace(trace::SignalSink& sink, const TraceDetail& detail = {}) { core_.trace(sink, detail); }
  /// Offers its track to a timeline (<invar/trace/timeline_writer.h>).
  void trace(trace::ActivitySink& sink) { core_.trace(sink); }

  const ledger::Ledger& ledger() const { return ledger_; }
  const TileModel& model() const { return core_.model(); }

 private:
  void b_transport(tlm::tlm_generic_payload& payload, sc_core::sc_time& delay) {
    core_.access(payload, delay, BUSWIDTH / 8);
  }
  unsigned int transport_dbg(tlm::tlm_generic_payload& payload) {
    return core_.debug_access(payload);
  }

  TileCore core_;
};

}  // namespace invar::tile

#endif
