// Figures of reports, calculated again with pencil and paper: from the parameters in force and the
// counts of events. Cells without error, one pulse each, no current when off; one slice, matrices
// that are multiples of the unit matrix: every output of the loop settles alike.
#include <algorithm>
#include <boost/test/unit_test.hpp>
#include <cmath>
#include <cstdint>
#include <fstream>

#include "system/command_fixture.h"

using invar::tests::CommandFixture;
using nlohmann::json;

namespace {

constexpr double k_pi = 3.14159265358979323846;
const auto k_within = boost::test_tools::tolerance(0.01);

struct HandCalculation : CommandFixture {
  /// Solves 2 I x = 1. \param more arguments
  json solve(int n, const std::string& more) {
    write_matrix("a.mtx", 2.0 * Eigen::MatrixXd::Identity(n, n));
    write_matrix("b.mtx", Eigen::MatrixXd::Ones(n, 1));
    BOOST_REQUIRE(
        invar("solve --matrix a.mtx --rhs b.mtx --out x.mtx --report r.json --quiet "
              "--fidelity ideal --set device.minimum_conductance_s=0 --set "
              "device.mean_pulses=1 --set solve.slices=1 --set solver.krylov_directions=0 " +
              more)
            .status == 0);
    return report("r.json");
  }
};

double parameter(const json& report, const std::string& group, const std::string& name) {
  return report["configuration"][group][name].get<double>();
}

const json& component(const json& report, const std::string& name) {
  for (const json& entry : report["components"]) {
    const std::string full = entry["name"];
    if (full.size() >= name.size() &&
        full.compare(full.size() - name.size(), name.size(), name) == 0) {
      return entry;
    }
  }
  BOOST_FAIL("no component " + name);
  return report;
}

double energy_j(const json& report, const std::string& name, const std::string& phase) {
  return 1e-18 * component(report, name)["by_phase"][phase]["energy_aj"].get<double>();
}

double busy_s(const json& report, const std::string& name, const std::string& phase) {
  return component(report, name)["by_phase"][phase]["busy_s"].get<double>();
}

std::uint64_t count(const json& report, const std::string& name, const std::string& event) {
  for (const json& entry : component(report, name)["events"]) {
    if (entry["name"] == event) {
      return entry["count"];
    }
  }
  BOOST_FAIL("no event " + event);
  return 0;
}

std::uint64_t phase_sum(const json& report, const char* key, const json& names) {
  std::uint64_t sum = 0;
  for (const json& phase : report["phases"]) {
    if (names.empty() || std::find(names.begin(), names.end(), phase["name"]) != names.end()) {
      sum += phase[key].get<std::uint64_t>();
    }
  }
  return sum;
}

/// Every total once more, from what it is made of: to the attojoule and the picosecond.
void require_totals(const json& report) {
  std::uint64_t total = 0;
  for (const json& entry : report["components"]) {
    std::uint64_t events = 0;
    std::uint64_t phases = 0;
    for (const json& event : entry["events"]) {
      events += event["energy_aj"].get<std::uint64_t>();
    }
    for (const json& phase : entry["by_phase"]) {
      phases += phase["energy_aj"].get<std::uint64_t>();
    }
    BOOST_TEST(events == entry["energy_aj"].get<std::uint64_t>(), entry["name"]);
    BOOST_TEST(phases == entry["energy_aj"].get<std::uint64_t>(), entry["name"]);
    total += events;
  }
  BOOST_TEST(total == report["total_energy_aj"].get<std::uint64_t>());
  BOOST_TEST(phase_sum(report, "energy_aj", json::array()) == total);
  BOOST_TEST(phase_sum(report, "time_ps", json::array()) ==
             report["simulated_time_ps"].get<std::uint64_t>());
  const json& window = report["inversion_only"];
  if (!window.contains("time_ps")) {
    return;  // of a workload: of its amortised step
  }
  BOOST_TEST(phase_sum(report, "time_ps", window["phases"]) ==
             window["time_ps"].get<std::uint64_t>());
  BOOST_TEST(phase_sum(report, "energy_aj", window["phases"]) ==
             window["energy_aj"].get<std::uint64_t>());
  double operations = 0.0;
  for (const json& size : window["sizes"]) {
    const double n = size["n"];
    operations += size["matrices"].get<double>() * n * n * n / 3.0 +
                  size["right_hand_sides"].get<double>() * 2.0 * n * n;
  }
  BOOST_TEST(window["digital_operations"].get<double>() == operations);
}

/// Of one row: the loop's conductance over all that hangs on the op-amp's input. The input
/// conductance and the one cell that is on are alike.
double analog_time_s(const json& report) {
  const double rate = 2.0 * k_pi * parameter(report, "amplifier", "gain_bandwidth_hz") * 0.5;
  return (parameter(report, "adc", "bits") + 1.0) * std::log(2.0) / rate +
         parameter(report, "adc", "sample_time_s");
}

double conversion_time_s(const json& report, int n) {
  return std::min<double>(n, parameter(report, "adc", "columns_per_adc")) *
         parameter(report, "adc", "conversion_time_s");
}

}  // namespace

BOOST_FIXTURE_TEST_SUITE(hand_calculation, HandCalculation)

BOOST_AUTO_TEST_CASE(one_inv_shot_takes_what_its_parts_take) {
  const int n = 4;
  const json report = solve(n, "--tolerance 1");
  BOOST_TEST(report["solution"]["iterations_mean"] == 1.0);
  BOOST_TEST(report["solution"]["retries"] == 0);
  const double analog_s = analog_time_s(report);
  const double convert_s = conversion_time_s(report, n);
  BOOST_TEST(busy_s(report, "tile_0.array", "inversion") ==
                 parameter(report, "dac", "conversion_time_s") + analog_s + convert_s,
             k_within);
  BOOST_TEST(
      energy_j(report, "tile_0.dac", "inversion") ==
          n * parameter(report, "dac", "bits") * parameter(report, "dac", "energy_per_bit_j"),
      k_within);
  BOOST_TEST(
      energy_j(report, "tile_0.adc", "inversion") == n * parameter(report, "adc", "energy_j"),
      k_within);
  BOOST_TEST(energy_j(report, "tile_0.sample_hold", "inversion") ==
                 n * parameter(report, "adc", "sample_hold_power_w") * convert_s,
             k_within);
  // An op-amp and an inverter a row.
  const double amplifier_w = parameter(report, "amplifier", "gain_bandwidth_hz") *
                             parameter(report, "amplifier", "load_f") /
                             parameter(report, "amplifier", "figure_of_merit_hz_f_per_w");
  BOOST_TEST(energy_j(report, "tile_0.amplifiers", "inversion") == 2 * n * amplifier_w * analog_s,
             k_within);
  // Full scale at every input and, with the unit matrix, at every output.
  const double volts = parameter(report, "dac", "full_scale_v");
  const double siemens = parameter(report, "device", "maximum_conductance_s");
  BOOST_TEST(
      energy_j(report, "tile_0.array", "inversion") == 2 * n * siemens * volts * volts * analog_s,
      k_within);
  require_totals(report);
}

BOOST_AUTO_TEST_CASE(one_programming_takes_a_pulse_and_a_read_a_cell) {
  const int n = 4;
  const json report = solve(n, "--tolerance 1");
  const std::string controller = "tile_0.write_verify";
  const int cells = 2 * n * n;
  BOOST_TEST(count(report, controller, "cell_pulse") == cells);
  BOOST_TEST(count(report, controller, "cell_verify") == cells);
  BOOST_TEST(count(report, controller, "row_pulse") == n);
  const double pulse_s = parameter(report, "device", "set_width_s");
  const double read_s = parameter(report, "device", "verify_width_s");
  // Row by row; the reads of both signs share the converters.
  BOOST_TEST(busy_s(report, controller, "programming") ==
                 n * (pulse_s + read_s + 2.0 * conversion_time_s(report, n)),
             k_within);
  // Only the diagonal conducts: on its way, half of what it ends at.
  const double siemens = 0.5 * parameter(report, "device", "maximum_conductance_s");
  const double pulse_v = parameter(report, "device", "set_voltage_v");
  const double read_v = parameter(report, "device", "verify_voltage_v");
  BOOST_TEST(energy_j(report, controller, "programming") ==
                 n * siemens * (pulse_v * pulse_v * pulse_s + read_v * read_v * read_s) +
                     cells * parameter(report, "adc", "energy_j") +
                     2 * n * parameter(report, "programming", "row_driver_energy_j"),
             k_within);
}

BOOST_AUTO_TEST_CASE(one_refinement_step_takes_a_residual_and_the_check_another) {
  const int n = 4;
  const json report = solve(n, "--tolerance 1");
  const double operation_j = parameter(report, "sequencer", "mac_energy_j");
  const double byte_j = parameter(report, "sequencer", "buffer_energy_per_byte_j");
  // Scaling to and from the DAC (4 n), A dx, x + dx, weights of rows, r - A dx, |r|^2; and for the
  // units of b and x (7 n) two weighted residuals, the weighted solution, four norms.
  BOOST_TEST(energy_j(report, "tile_0.mac_lanes", "inversion") == (n * n + 15 * n) * operation_j,
             k_within);
  BOOST_TEST(energy_j(report, "tile_0.matrix_buffer", "inversion") == 8 * n * n * byte_j, k_within);
  // b - A x, weights of rows, its norm, and the units once more.
  const double check = n * n + 10 * n;
  BOOST_TEST(energy_j(report, "tile_0.mac_lanes", "verification") == check * operation_j, k_within);
  BOOST_TEST(report["verification"]["time_s"].get<double>() ==
                 check / parameter(report, "sequencer", "mac_lanes") *
                     parameter(report, "sequencer", "clock_period_s"),
             k_within);
}

BOOST_AUTO_TEST_CASE(one_dma_move_takes_its_bytes) {
  const int n = 16;
  const json report = solve(n, "--tolerance 1");
  const double byte_j = parameter(report, "accelerator", "dma_energy_per_byte_j");
  BOOST_TEST(energy_j(report, "accelerator.dma", "programming") == 8 * n * n * byte_j, k_within);
  BOOST_TEST(energy_j(report, "accelerator.dma", "inversion") == 2 * 8 * n * byte_j, k_within);
  // PROGRAM, SOLVE and RELEASE, their descriptors and their completion records.
  BOOST_TEST(count(report, "accelerator.dma", "byte") == 8 * n * n + 2 * 8 * n + 3 * 2 * 128);
  BOOST_TEST(busy_s(report, ".ram", "programming") ==
                 (parameter(report, "memory", "latency_cycles") +
                  8.0 * n * n / parameter(report, "memory", "bytes_per_cycle")) *
                     parameter(report, "memory", "clock_period_s"),
             k_within);
}

BOOST_AUTO_TEST_CASE(one_cholesky_and_one_solve_take_their_cycles_and_operations) {
  const int n = 16;
  const json report = solve(n, "--inverter digital");
  BOOST_TEST(report["inversion_only"]["matrices"] == 1);
  BOOST_TEST(report["inversion_only"]["right_hand_sides"] == 1);
  const double clock_s = parameter(report, "engine", "clock_period_s");
  const double divide = parameter(report, "engine", "divide_latency_cycles");
  const double multiply = parameter(report, "engine", "multiply_latency_cycles");
  const double job = parameter(report, "engine", "job_cycles");
  // One block of the array's size: a division and a multiplication a column; then a multiplication
  // and an update a row, forwards and backwards.
  const double cycles = n * (divide + multiply) + job + 2 * (n * multiply + n) + job;
  BOOST_TEST(busy_s(report, "engine.core.mac_array", "inversion") == cycles * clock_s, k_within);
  BOOST_TEST(energy_j(report, "engine.core.mac_array", "inversion") ==
                 (n * n * n / 6 + n * n) * parameter(report, "engine", "mac_energy_j"),
             k_within);
  // The host's check of the solution is no part of it.
  BOOST_TEST(energy_j(report, "soc.core", "verification") > 0.0);
  require_totals(report);
}

BOOST_AUTO_TEST_CASE(one_gemm_takes_its_cycles_and_operations) {
  std::ofstream(directory.path("net.toml")) << "[[layer]]\nkind = \"dense\"\nin = 64\nout = 32\n"
                                               "bias = false\nfactors = false\n";
  BOOST_REQUIRE(invar("workload net.toml --batch 16 --inverter digital --report r.json --quiet "
                      "--set engine.mac_rows=16 --set engine.mac_columns=16")
                    .status == 0);
  const json report = this->report("r.json");
  const double steps = 3.0;
  // Two tiles of the 16 x 16 array, filled and emptied once.
  const double cycles = 2 * 64 + 16 + 16 + parameter(report, "engine", "job_cycles");
  BOOST_TEST(parameter(report, "engine", "mac_rows") == 16.0);
  BOOST_TEST(busy_s(report, "engine.core.mac_array", "forward") ==
                 steps * cycles * parameter(report, "engine", "clock_period_s"),
             k_within);
  BOOST_TEST(energy_j(report, "engine.core.mac_array", "forward") ==
                 steps * 16 * 32 * 64 * parameter(report, "engine", "mac_energy_j"),
             k_within);
  require_totals(report);
}

BOOST_AUTO_TEST_SUITE_END()
