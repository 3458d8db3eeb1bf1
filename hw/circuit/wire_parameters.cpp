#include <invar/circuit/wire_parameters.h>
#include <invar/parameters/description.h>

namespace invar::circuit {

const parameters::Description<WireParameters>& WireParameters::description() {
  static const auto all = parameters::Description<WireParameters>("wires")
                              .real("row_ohm", &WireParameters::row_ohm, {0, 1e6}, "ohm",
                                    "circuit fidelity: row wire between neighbouring cells",
                                    "about 1.73 in Zuo et al. 2025, secondary source")
                              .of("40 nm", 2025)
                              .believed(0.5, 5)
                              .real("column_ohm", &WireParameters::column_ohm, {0, 1e6}, "ohm",
                                    "circuit fidelity: column wire between neighbouring cells",
                                    "about 1.73 in Zuo et al. 2025, secondary source")
                              .of("40 nm", 2025)
                              .believed(0.5, 5);
  return all;
}

void WireParameters::check() const {
  description().check(*this);
}

}  // namespace invar::circuit
