#include <invar/circuit/amplifier_row.h>

#include <cmath>
#include <stdexcept>

namespace invar::circuit {

void AmplifierRow::check(Eigen::Index rows) const {
  if (gain.size() != rows || offset_v.size() != rows) {
    throw std::invalid_argument("circuit: offsets and gains must have one value a row");
  }
  // Not by the smallest: a comparison with NaN is lost in it.
  if (!(gain.array() > 0.0).all()) {
    throw std::invalid_argument("circuit: gain must be above 0");
  }
  if (!offset_v.allFinite()) {
    throw std::invalid_argument("circuit: offsets must be finite");
  }
  if (relative_bandwidth.size() != 0 &&
      (relative_bandwidth.size() != rows || !(relative_bandwidth.array() > 0.0).all() ||
       !relative_bandwidth.allFinite())) {
    throw std::invalid_argument("circuit: relative bandwidths must be one a row, each above 0");
  }
  if (inverter_offset_v.size() != 0 &&
      (inverter_offset_v.size() != rows || !inverter_offset_v.allFinite())) {
    throw std::invalid_argument("circuit: inverter offsets must be one a row, each finite");
  }
}

}  // namespace invar::circuit
