#include <invar/device/rram_parameters.h>
#include <invar/parameters/range_check.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace invar::device {

using parameters::require_range;
namespace {

/// IBM aihwkit's NeuRRAM fits: sigma in microsiemens over x = G / G_max at G_max = 40 uS.
constexpr double k_neurram_maximum_us = 40.0;
constexpr double k_neurram_1s[] = {0.348, 16.03, -43.853, 45.393, -16.815};
constexpr double k_neurram_1day[] = {0.701, 22.086, -50.773, 47.095, -16.458};

double polynomial(const double (&coefficients)[5], double x) {
  double sum = 0.0;
  for (int i = 4; i >= 0; --i) {
    sum = sum * x + coefficients[i];
  }
  return sum;
}

}  // namespace

int RramParameters::bits_per_cell() const {
  return static_cast<int>(std::floor(std::log2(static_cast<double>(levels)) + 1e-9));
}

double RramParameters::programming_sigma_s(double conductance_s) const {
  const double x = conductance_s / maximum_conductance_s;
  // The NeuRRAM fits are scaled to this cell's range, so that the relative error is kept.
  const double scale = maximum_conductance_s * 1e6 / k_neurram_maximum_us;
  double sigma_us = 0.0;
  switch (programming_error) {
    case ProgrammingErrorModel::none:
      return 0.0;
    case ProgrammingErrorModel::neurram_1s:
      sigma_us = scale * polynomial(k_neurram_1s, x);
      break;
    case ProgrammingErrorModel::neurram_1day:
      sigma_us = scale * polynomial(k_neurram_1day, x);
      break;
    case ProgrammingErrorModel::cmo_hfox:
      sigma_us = 0.0112 + 0.0113 * conductance_s * 1e6;
      break;
  }
  return programming_error_scale * std::max(sigma_us, 0.0) * 1e-6;
}

void RramParameters::check() const {
  require_range("device.minimum_conductance_s", minimum_conductance_s, 0.0, 1e-2);
  require_range("device.maximum_conductance_s", maximum_conductance_s, 1e-9, 1e-1);
  if (!(maximum_conductance_s > minimum_conductance_s)) {
    throw std::invalid_argument(
        "device.maximum_conductance_s: must be above device.minimum_conductance_s");
  }
  require_range("device.levels", levels, 2, 256);
  require_range("device.programming_error_scale", programming_error_scale, 0.0, 100.0);
  require_range("device.read_noise", read_noise, 0.0, 0.5);
  require_range("device.stuck_fraction", stuck_fraction, 0.0, 1.0);
  require_range("device.endurance_writes", endurance_writes, 1.0, 1e18);
  require_range("device.set_voltage_v", set_voltage_v, 0.0, 10.0);
  require_range("device.reset_voltage_v", reset_voltage_v, 0.0, 10.0);
  require_range("device.set_width_s", set_width_s, 1e-12, 1.0);
  require_range("device.reset_width_s", reset_width_s, 1e-12, 1.0);
  require_range("device.mean_pulses", mean_pulses, 1.0, 1000.0);
  require_range("device.maximum_pulses", maximum_pulses, 1, 10000);
  require_range("device.verify_voltage_v", verify_voltage_v, 0.0, 10.0);
  require_range("device.verify_width_s", verify_width_s, 1e-12, 1.0);
  require_range("device.measurement_reads", measurement_reads, 1, 1000000);
}

ProgrammingErrorModel programming_error_from_string(const std::string& name) {
  for (const ProgrammingErrorModel model :
       {ProgrammingErrorModel::none, ProgrammingErrorModel::neurram_1s,
        ProgrammingErrorModel::neurram_1day, ProgrammingErrorModel::cmo_hfox}) {
    if (to_string(model) == name) {
      return model;
    }
  }
  throw std::invalid_argument("device.programming_error = \"" + name +
                              "\": must be none, neurram_1s, neurram_1day or cmo_hfox");
}

std::string to_string(ProgrammingErrorModel model) {
  switch (model) {
    case ProgrammingErrorModel::none:
      return "none";
    case ProgrammingErrorModel::neurram_1s:
      return "neurram_1s";
    case ProgrammingErrorModel::neurram_1day:
      return "neurram_1day";
    case ProgrammingErrorModel::cmo_hfox:
      return "cmo_hfox";
  }
  return "unknown";
}

}  // namespace invar::device
