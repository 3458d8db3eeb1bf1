#include <invar/simulation/duration.h>

#include <sstream>

namespace invar::simulation {

sc_core::sc_time end_of_time() {
  return sc_core::sc_time::from_value(sc_dt::uint64{1} << 63);
}

bool fits_simulated_time(double duration_s) {
  const sc_core::sc_time now = sc_core::sc_time_stamp();
  return now <= end_of_time() && duration_s < (end_of_time() - now).to_seconds();
}

void report_too_long(const std::string& what, double duration_s) {
  std::ostringstream text;
  text << what << " takes " << duration_s << " s from " << sc_core::sc_time_stamp().to_seconds()
       << " s on; simulated time ends at " << end_of_time().to_seconds() << " s";
  SC_REPORT_ERROR("invar/time", text.str().c_str());
}

}  // namespace invar::simulation
