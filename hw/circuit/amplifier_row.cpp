#include <invar/circuit/amplifier_row.h>

#include <cmath>
#include <stdexcept>

namespace invar::circuit {

void AmplifierRow::check(Eigen::Index rows) const {
  if (gain.size() != rows || offset_v.size() != rows) {
    throw std::invalid_argument("circuit: offsets and gains must have one value a row");
  }
  if (!(gain.minCoeff() > 0.0)) {
    throw std::invalid_argument("circuit: gain must be above 0");
  }
  if (!offset_v.allFinite()) {
    throw std::invalid_argument("circuit: offsets must be finite");
  }
  if (relative_bandwidth.size() != 0 &&
      (relative_bandwidth.size() != rows || !(relative_bandwidth.minCoeff() > 0.0) ||
       !relative_bandwidth.allFinite())) {
    throw std::invalid_argument("circuit: relative bandwidths must be one a row, each above 0");
  }
  if (inverter_offset_v.size() != 0 &&
      (inverter_offset_v.size() != rows || !inverter_offset_v.allFinite())) {
    throw std::invalid_argument("circuit: inverter offsets must be one a row, each finite");
  }
}

}  // namespace invar::circuit
