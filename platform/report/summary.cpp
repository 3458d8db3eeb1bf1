#include <fmt/format.h>
#include <invar/platform/report/report.h>
#include <invar/platform/report/sections.h>

#include <algorithm>
#include <cmath>
#include <iterator>
#include <string_view>
#include <utility>
#include <vector>

namespace invar::platform {
namespace {

/// Relative error of an unknown that is told.
constexpr double k_bad_component = 0.01;

double percent(double part, double whole) {
  return whole > 0.0 ? 100.0 * part / whole : 0.0;
}

/// "6.2 (5.9 to 6.5)": of the matrices of a sample.
std::string mean_and_range(const Json& sample) {
  const auto each = sample["iterations_of_each"].get<std::vector<double>>();
  const std::string mean = fmt::format("{:.1f}", sample["iterations_mean"].get<double>());
  if (each.size() < 2) {
    return mean;
  }
  const auto [least, most] = std::minmax_element(each.begin(), each.end());
  return fmt::format("{} ({:.1f} to {:.1f})", mean, *least, *most);
}

std::string summarise_workload(const Json& measured) {
  std::string text;
  auto out = std::back_inserter(text);
  for (const auto& [key, label] :
       {std::pair{"step_with_refresh", "with inversion"}, std::pair{"step", "without"},
        std::pair{"amortised", "amortised"}}) {
    const Json& step = measured[key];
    fmt::format_to(out, "step {:<12} {}, {}\n", label,
                   with_prefix(step["time_s"].get<double>(), "s"),
                   with_prefix(step["energy_j"].get<double>(), "J"));
    if (step.contains("spread") && step["spread"].is_object()) {
      const Json& fastest = step["spread"]["fastest"];
      const Json& slowest = step["spread"]["slowest"];
      fmt::format_to(out, "  {:<15} {} to {}, {} to {}, by which samples each size behaves like\n",
                     "spread", with_prefix(fastest["time_s"], "s"),
                     with_prefix(slowest["time_s"], "s"), with_prefix(fastest["energy_j"], "J"),
                     with_prefix(slowest["energy_j"], "J"));
    }
    for (const Json& phase : step["phases"]) {
      if (std::string_view(key) == "amortised" && phase["seconds"] != 0.0) {
        fmt::format_to(out, "  {:<15} {:5.1f} % of time, {:5.1f} % of energy\n",
                       phase["name"].get<std::string>(),
                       percent(phase["seconds"].get<double>(), step["time_s"].get<double>()),
                       percent(phase["energy_j"].get<double>(), step["energy_j"].get<double>()));
      }
    }
  }
  for (const Json& sample : measured["samples"]) {
    fmt::format_to(out,
                   "sampled n = {:<5} {} of {} right-hand sides solved, {} iterations, {} slices\n",
                   sample["n"].get<int>(), sample["solved"].get<std::uint64_t>(),
                   sample["right_hand_sides"].get<std::uint64_t>(), mean_and_range(sample),
                   sample["slices"].get<int>());
  }
  if (!measured["extrapolated_sizes"].empty()) {
    fmt::format_to(out, "extrapolated      {} sizes, up to {}\n",
                   measured["extrapolated_sizes"].size(),
                   measured["extrapolated_sizes"].back().get<std::uint32_t>());
  }
  return text;
}

}  // namespace

std::string with_prefix(double value, const char* unit) {
  constexpr const char* k_prefixes[] = {"a", "f", "p", "n", "u", "m", "", "k", "M", "G", "T", "P"};
  constexpr int k_none = 6;
  int prefix = k_none;
  if (value != 0.0 && std::isfinite(value)) {
    const double thousands = std::floor(std::log10(std::abs(value)) / 3.0);
    prefix = k_none + static_cast<int>(std::max(-6.0, std::min(5.0, thousands)));
  }
  return fmt::format("{:.4g} {}{}", value * std::pow(1000.0, k_none - prefix), k_prefixes[prefix],
                     unit);
}

std::string optimizer_deviation(const Json& report) {
  const Json training = report.value("training", Json::object());
  if (!training.contains("raised_damping") || training.value("optimizer_as_configured", true)) {
    return "";
  }
  const Json& raised = training["raised_damping"];
  const auto of = [&](const std::string& what) {
    return fmt::format("{} of {} {}", raised[what].get<std::uint64_t>(),
                       raised[what + "_in_all"].get<std::uint64_t>(), what);
  };
  return fmt::format(
      "not as configured: fall-backs raised the damping of {} in {}, {}, up to {:g} times",
      of("factors"), of("refreshes"), of("steps"), raised["largest_multiple"].get<double>());
}

std::string summarise(const Json& report) {
  const double time_s = report["simulated_time_s"];
  const double energy_j = report["total_energy_j"];
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "system            {}\n", report["system"].get<std::string>());
  if (!report["complete"].get<bool>()) {
    fmt::format_to(out, "not complete      {}\n", report["reason"].get<std::string>());
  }
  fmt::format_to(out, "simulated time    {}\ntotal energy      {}\n", with_prefix(time_s, "s"),
                 with_prefix(energy_j, "J"));
  for (const Json& phase : report["phases"]) {
    if (phase["seconds"] == 0.0 && phase["energy_j"] == 0.0) {
      continue;
    }
    fmt::format_to(out, "  {:<15} {:5.1f} % of time, {:5.1f} % of energy\n",
                   phase["name"].get<std::string>(), percent(phase["seconds"], time_s),
                   percent(phase["energy_j"], energy_j));
  }
  if (report["workload"].contains("measured")) {
    text += summarise_workload(report["workload"]["measured"]);
  }
  if (report.contains("training") && report["training"]["final_test_accuracy"].is_number()) {
    fmt::format_to(out, "test accuracy     {:.2f} %\n",
                   100.0 * report["training"]["final_test_accuracy"].get<double>());
  }
  if (const std::string deviation = optimizer_deviation(report); !deviation.empty()) {
    fmt::format_to(out, "optimiser         {}\n", deviation);
  }
  const Json& solution = report["solution"];
  if (solution["right_hand_sides"] != 0) {
    const Json& residual = solution["residual_max"];
    fmt::format_to(out, "solved            {} right-hand sides{}\n",
                   solution["right_hand_sides"].get<std::uint64_t>(),
                   residual.is_number()
                       ? fmt::format(", largest residual {:.3g}", residual.get<double>())
                       : "");
  }
  if (solution.contains("worst_component") &&
      solution["worst_component"]["relative_error"].get<double>() > k_bad_component) {
    const Json& worst = solution["worst_component"];
    fmt::format_to(out, "not exact         unknown {} of right-hand side {} is off by {:.2g}{}\n",
                   worst["unknown"].get<int>(), worst["right_hand_side"].get<int>(),
                   worst["relative_error"].get<double>(),
                   ": a smaller --tolerance helps, as far as the condition allows");
  }
  const Json& fallbacks = solution["fallbacks"];
  if (fallbacks["more_slices"] != 0 || fallbacks["more_damping"] != 0 ||
      fallbacks["digital"] != 0) {
    fmt::format_to(out, "fall-backs        {} to more slices, {} to more damping, {} to digital\n",
                   fallbacks["more_slices"].get<std::uint64_t>(),
                   fallbacks["more_damping"].get<std::uint64_t>(),
                   fallbacks["digital"].get<std::uint64_t>());
  }
  return text;
}

}  // namespace invar::platform
