// The ledger alone, as somebody else's module would charge it.
#include <invar/ledger/ledger.h>

int sc_main(int, char**) {
  invar::ledger::Ledger ledger;
  const auto component = ledger.component("stranger");
  const auto event = ledger.event(component, "access");
  ledger.charge(component, event, INVAR_PHASE_HOST, 2, invar::ledger::to_attojoules(3e-12));
  return ledger.total_energy_aj() == 3'000'000 ? 0 : 1;
}
