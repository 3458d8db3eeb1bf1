#ifndef INVAR_LEDGER_PHASE_EXTENSION_H
#define INVAR_LEDGER_PHASE_EXTENSION_H

#include <invar/ledger/ledger.h>

#include <tlm>

namespace invar::ledger {

/// Tells who carries a transaction what it is done for. Ignorable: an interconnect that charges a
/// ledger looks for it and falls back to the phase of the moment.
///
/// \code
/// PhaseExtension extension(INVAR_PHASE_DATA_MOVEMENT);  // lives as long as the payload
/// payload.set_extension(&extension);
/// socket->b_transport(payload, delay);
/// payload.clear_extension(&extension);
/// \endcode
class PhaseExtension : public tlm::tlm_extension<PhaseExtension> {
 public:
  PhaseExtension() = default;
  explicit PhaseExtension(Phase initial) : phase(initial) {}

  tlm::tlm_extension_base* clone() const override { return new PhaseExtension(phase); }
  void copy_from(const tlm::tlm_extension_base& other) override {
    phase = static_cast<const PhaseExtension&>(other).phase;
  }

  Phase phase = INVAR_PHASE_HOST;
};

/// The phase a transaction carries, or that of the moment when it carries none.
inline Phase phase_of(const tlm::tlm_generic_payload& payload, const Ledger& ledger) {
  const PhaseExtension* extension = payload.get_extension<PhaseExtension>();
  return extension != nullptr ? extension->phase : ledger.current_phase();
}

}  // namespace invar::ledger

#endif
