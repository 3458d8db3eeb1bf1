#include <invar/platform/host_core/host_core_parameters.h>

#include <sstream>
#include <stdexcept>
#include <string>

namespace invar::platform {
namespace {

template <typename T>
void require_range(const std::string& name, T value, T low, T high) {
  if (!(value >= low && value <= high)) {
    std::ostringstream message;
    message << name << " = " << value << ": must be from " << low << " to " << high;
    throw std::invalid_argument(message.str());
  }
}

}  // namespace

void HostCoreParameters::check() const {
  require_range("host_core.frequency_hz", frequency_hz, 1e6, 1e10);
  for (unsigned count : cycles) {
    require_range("host_core.cycles", count, 1u, 10000u);
  }
  for (double energy : energy_j) {
    require_range("host_core.energy_j", energy, 0.0, 1e-6);
  }
  require_range<std::size_t>("host_core.stack_bytes", stack_bytes, 65536, 67108864);
}

}  // namespace invar::platform
