#include <fmt/format.h>
#include <invar/platform/report/report.h>

#include <iterator>

namespace invar::platform {
namespace {

double percent(double part, double whole) {
  return whole > 0.0 ? 100.0 * part / whole : 0.0;
}

}  // namespace

std::string summarise(const Json& report) {
  const double time_s = report["simulated_time_s"];
  const double energy_j = report["total_energy_j"];
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "system            {}\n", report["system"].get<std::string>());
  if (!report["complete"].get<bool>()) {
    fmt::format_to(out, "not complete      {}\n", report["reason"].get<std::string>());
  }
  fmt::format_to(out, "simulated time    {:.6g} s\ntotal energy      {:.6g} J\n", time_s, energy_j);
  for (const Json& phase : report["phases"]) {
    fmt::format_to(out, "  {:<15} {:5.1f} % of time, {:5.1f} % of energy\n",
                   phase["name"].get<std::string>(), percent(phase["seconds"], time_s),
                   percent(phase["energy_j"], energy_j));
  }
  if (report.contains("training") && report["training"]["final_test_accuracy"].is_number()) {
    fmt::format_to(out, "test accuracy     {:.2f} %\n",
                   100.0 * report["training"]["final_test_accuracy"].get<double>());
  }
  const Json& solution = report["solution"];
  if (solution["right_hand_sides"] != 0) {
    fmt::format_to(out, "solved            {} right-hand sides, largest residual {:.3g}\n",
                   solution["right_hand_sides"].get<std::uint64_t>(),
                   solution["residual_max"].get<double>());
  }
  return text;
}

}  // namespace invar::platform
