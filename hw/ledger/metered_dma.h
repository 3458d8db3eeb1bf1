#ifndef INVAR_LEDGER_METERED_DMA_H
#define INVAR_LEDGER_METERED_DMA_H

#include <invar/ledger/ledger.h>
#include <invar/ledger/phase_extension.h>
#include <invar/simulation/dma_interface.h>

#include <string>

namespace invar::ledger {

/// Charges the bytes that a DMA port moves, in the phase last set, and tells who carries them which
/// phase that is (PhaseExtension).
class MeteredDma : public simulation::DmaInterface {
 public:
  /// \param name of the component; its event is "byte"
  MeteredDma(simulation::DmaInterface& dma, Ledger& ledger, const std::string& name,
             double energy_per_byte_j)
      : dma_(dma),
        ledger_(ledger),
        component_(ledger.component(name)),
        event_(ledger.event(component_, "byte")),
        energy_per_byte_j_(energy_per_byte_j),
        phase_(INVAR_PHASE_DATA_MOVEMENT) {
    dma_.tag(PhaseExtension::ID, &phase_);
  }
  MeteredDma(const MeteredDma&) = delete;
  MeteredDma& operator=(const MeteredDma&) = delete;

  void set_phase(Phase phase) { phase_.phase = phase; }

  bool read(std::uint64_t address, void* data, std::size_t bytes) override {
    charge(bytes);
    return dma_.read(address, data, bytes);
  }
  bool write(std::uint64_t address, const void* data, std::size_t bytes) override {
    charge(bytes);
    return dma_.write(address, data, bytes);
  }

 private:
  void charge(std::size_t bytes) {
    ledger_.charge(component_, event_, phase_.phase, bytes,
                   to_attojoules(static_cast<double>(bytes) * energy_per_byte_j_));
  }

  simulation::DmaInterface& dma_;
  Ledger& ledger_;
  Ledger::ComponentId component_;
  Ledger::EventId event_;
  double energy_per_byte_j_;
  PhaseExtension phase_;
};

}  // namespace invar::ledger

#endif
