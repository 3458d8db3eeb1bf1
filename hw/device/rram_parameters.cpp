#include <invar/device/rram_parameters.h>
#include <invar/parameters/description.h>

#include <algorithm>
#include <cmath>
#include <stdexcept>

namespace invar::device {

namespace {

constexpr const char* k_zuo = "TaOx 1T1R, Zuo et al., Nature Electronics 8, 1222 (secondary)";

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

double RramParameters::nearest_target_s(double value) const {
  const double target_s =
      targets == CellTargets::continuous
          ? rest_conductance_s() + value * span_s()
          : rest_conductance_s() + std::nearbyint(value * (levels - 1)) * level_step_s();
  const double rest_s = rest_conductance_s();
  if (target_s <= rest_s || target_s >= minimum_conductance_s) {
    return target_s;
  }
  return target_s - rest_s < minimum_conductance_s - target_s ? rest_s : minimum_conductance_s;
}

double RramParameters::tolerance_s() const {
  return targets == CellTargets::continuous ? acceptance_window * span_s() : 0.5 * level_step_s();
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
  const double sigma_s = programming_error_scale * std::max(sigma_us, 0.0) * 1e-6;
  // The fits do not reach down to the deep high-resistance state: at most as much as it conducts.
  return conductance_s <= deep_off_conductance_s ? std::min(sigma_s, conductance_s) : sigma_s;
}

const parameters::Description<RramParameters>& RramParameters::description() {
  static const auto all =
      parameters::Description<RramParameters>("device")
          .real("minimum_conductance_s", &RramParameters::minimum_conductance_s, {0, 1e-2}, "S",
                "lowest level of a cell", k_zuo)
          .of("40 nm", 2025)
          .believed(2e-07, 2e-06)
          .real("maximum_conductance_s", &RramParameters::maximum_conductance_s, {1e-9, 1e-1}, "S",
                "highest level of a cell", k_zuo)
          .of("40 nm", 2025)
          .believed(2e-05, 5e-05)
          .integer("levels", &RramParameters::levels, {2, 256}, "levels",
                   "levels of a cell; their bits lie between slices, those of continuous targets "
                   "too",
                   k_zuo)
          .of("40 nm", 2025)
          .believed(8, 16)
          .choice("targets", &RramParameters::targets,
                  {{"levels", CellTargets::levels}, {"continuous", CellTargets::continuous}},
                  "conductances that cells are programmed to: levels, or any in the range",
                  "choice")
          .real("acceptance_window", &RramParameters::acceptance_window, {0, 0.5}, "",
                "distance from its target, relative to the span, within which a cell passes verify "
                "and gets no pulse; 0 = only one last written to that target; above 0 for "
                "continuous targets, at most half a level otherwise",
                "choice; the CMO/HfOx fit in IBM aihwkit is for 0.02")
          .real(
              "deep_off_conductance_s", &RramParameters::deep_off_conductance_s, {0, 1e-2}, "S",
              "cells that stand for 0 rest at this, below minimum_conductance_s; 0 = they rest at "
              "minimum_conductance_s",
              "choice; assumption for a value: a tenth of the lowest level")
          .choice("programming_error", &RramParameters::programming_error,
                  {{"none", ProgrammingErrorModel::none},
                   {"neurram_1s", ProgrammingErrorModel::neurram_1s},
                   {"neurram_1day", ProgrammingErrorModel::neurram_1day},
                   {"cmo_hfox", ProgrammingErrorModel::cmo_hfox}},
                  "error after write-verify over the target conductance",
                  "IBM aihwkit fits; cmo_hfox: order of coefficients assumed")
          .real("programming_error_scale", &RramParameters::programming_error_scale, {0, 100}, "",
                "multiplies the error, 1 = as fitted", "choice")
          .real("read_noise", &RramParameters::read_noise, {0, 0.5}, "",
                "standard deviation of a read, relative", "IBM aihwkit, about 1 %")
          .of(2023)
          .believed(0.005, 0.02)
          .real("stuck_fraction", &RramParameters::stuck_fraction, {0, 1}, "",
                "cells stuck at either end of the range", "survey 0.1-5 %; 0 is an assumption")
          .believed(0, 0.05)
          .real("endurance_writes", &RramParameters::endurance_writes, {1, 1e18}, "writes",
                "writes after which a cell is worn out", "survey: 1e6 to 1e8")
          .believed(1e+06, 1e+08)
          .real("set_voltage_v", &RramParameters::set_voltage_v, {0, 10}, "V", "set pulse",
                "NeuRRAM: CiMLoop, wan_nature_2022")
          .of("130 nm", 2022)
          .believed(1.2, 2)
          .real("reset_voltage_v", &RramParameters::reset_voltage_v, {0, 10}, "V", "reset pulse",
                "assumption: as set")
          .of("130 nm", 2022)
          .believed(1.2, 2)
          .real("set_width_s", &RramParameters::set_width_s, {1e-12, 1}, "s", "set pulse",
                "assumption (survey: 10-100 ns)")
          .believed(1e-08, 1e-06)
          .real("reset_width_s", &RramParameters::reset_width_s, {1e-12, 1}, "s", "reset pulse",
                "assumption (survey: 10-100 ns)")
          .believed(1e-08, 1e-06)
          .real("mean_pulses", &RramParameters::mean_pulses, {1, 1000}, "pulses",
                "pulses that a cell takes on average", "assumption (survey: 3-4 for 3 bit)")
          .believed(3, 8.52)
          .integer("maximum_pulses", &RramParameters::maximum_pulses, {1, 10000}, "pulses",
                   "pulses after which a cell has failed", "assumption")
          .believed(16, 64)
          .integer("failed_cell_pulses", &RramParameters::failed_cell_pulses, {0, 10000}, "pulses",
                   "a cell that has failed before, and does not move, is given up after so many; 0 "
                   "= after maximum_pulses",
                   "choice")
          .real("verify_voltage_v", &RramParameters::verify_voltage_v, {0, 10}, "V", "verify read",
                "NeuRRAM: CiMLoop, wan_nature_2022")
          .of("130 nm", 2022)
          .believed(0.2, 0.5)
          .real("verify_width_s", &RramParameters::verify_width_s, {1e-12, 1}, "s", "verify read",
                "assumption")
          .believed(1e-09, 1e-07)
          .integer("measurement_reads", &RramParameters::measurement_reads, {1, 1000000}, "reads",
                   "reads averaged when a finished cell is measured for the next slice",
                   "assumption")
          .believed(1, 16);
  return all;
}

void RramParameters::check() const {
  description().check(*this);
  if (!(maximum_conductance_s > minimum_conductance_s)) {
    throw std::invalid_argument(
        "device.maximum_conductance_s: must be above device.minimum_conductance_s");
  }
  if (deep_off_conductance_s > 0.0 && deep_off_conductance_s >= minimum_conductance_s) {
    throw std::invalid_argument(
        "device.deep_off_conductance_s: must be 0 or below device.minimum_conductance_s");
  }
  if (targets == CellTargets::continuous && acceptance_window == 0.0) {
    throw std::invalid_argument(
        "device.acceptance_window = 0: must be above 0 and at most 0.5 where device.targets is "
        "continuous");
  }
  if (targets == CellTargets::levels && acceptance_window * (levels - 1) > 0.5) {
    throw std::invalid_argument(
        "device.acceptance_window: must be from 0 to half a level, 0.5 / (device.levels - 1)");
  }
}

}  // namespace invar::device
