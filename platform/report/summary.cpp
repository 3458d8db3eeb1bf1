#include <fmt/format.h>
#include <invar/platform/report/figure.h>
#include <invar/platform/report/figure_reader.h>
#include <invar/platform/report/optimizer_deviation.h>
#include <invar/platform/report/report.h>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace invar::platform {
namespace {

/// Relative error of an unknown that is told.
constexpr double k_bad_component = 0.01;

double percent(double part, double whole) {
  return whole > 0.0 ? 100.0 * part / whole : 0.0;
}

/// A figure with its unit; 0 where it is missing.
std::string quantity(const FigureReader& part, const char* path, const char* unit) {
  return with_prefix(part.number(path).value_or(0.0), unit);
}

/// "6.2 (5.9 to 6.5)": of the matrices of a sample.
std::string mean_and_range(const FigureReader& sample) {
  const std::vector<double> each = sample.numbers("iterations_of_each");
  const std::string mean = fmt::format("{:.1f}", sample.number("iterations_mean").value_or(0.0));
  if (each.size() < 2) {
    return mean;
  }
  const auto [least, most] = std::minmax_element(each.begin(), each.end());
  return fmt::format("{} ({:.1f} to {:.1f})", mean, *least, *most);
}

/// How time and energy split into phases that took time or, where `with_energy`, energy.
std::string summarise_phases(const FigureReader& part, const char* time, const char* energy,
                             bool with_energy) {
  std::string text;
  for (const FigureReader& phase : part.entries("phases")) {
    const double seconds = phase.number("seconds").value_or(0.0);
    const double joules = phase.number("energy_j").value_or(0.0);
    if (seconds != 0.0 || (with_energy && joules != 0.0)) {
      text += fmt::format("  {:<15} {:5.1f} % of time, {:5.1f} % of energy\n", phase.text("name"),
                          percent(seconds, part.number(time).value_or(0.0)),
                          percent(joules, part.number(energy).value_or(0.0)));
    }
  }
  return text;
}

std::string summarise_spread(const FigureReader& step) {
  if (!step.has("spread")) {
    return "";
  }
  const FigureReader fastest = step.object("spread.fastest");
  const FigureReader slowest = step.object("spread.slowest");
  return fmt::format("  {:<15} {} to {}, {} to {}, by which samples each size behaves like\n",
                     "spread", quantity(fastest, "time_s", "s"), quantity(slowest, "time_s", "s"),
                     quantity(fastest, "energy_j", "J"), quantity(slowest, "energy_j", "J"));
}

std::string summarise_step(const FigureReader& step, const char* label) {
  return fmt::format("step {:<12} {}, {}\n", label, quantity(step, "time_s", "s"),
                     quantity(step, "energy_j", "J"));
}

std::string summarise_samples(const FigureReader& measured) {
  std::string text;
  for (const FigureReader& sample : measured.entries("samples")) {
    text += fmt::format(
        "sampled n = {:<5} {} of {} right-hand sides solved, {} iterations, {} slices\n",
        sample.count("n"), sample.count("solved"), sample.count("right_hand_sides"),
        mean_and_range(sample), sample.count("slices"));
  }
  const std::vector<double> extrapolated = measured.numbers("extrapolated_sizes");
  if (!extrapolated.empty()) {
    text += fmt::format("extrapolated      {} sizes, up to {:.0f}\n", extrapolated.size(),
                        extrapolated.back());
  }
  return text;
}

std::string summarise_workload(const FigureReader& measured) {
  if (!measured.has("amortised")) {
    return summarise_samples(measured);
  }
  const FigureReader amortised = measured.object("amortised");
  return summarise_step(measured.object("step_with_refresh"), "with inversion") +
         summarise_step(measured.object("step"), "without") +
         summarise_step(amortised, "amortised") + summarise_spread(amortised) +
         summarise_phases(amortised, "time_s", "energy_j", false) + summarise_samples(measured);
}

/// \param service of the solves; only refined ones have a tolerance
std::string summarise_solution(const FigureReader& solution, const std::string& service) {
  std::string text;
  auto out = std::back_inserter(text);
  if (solution.count("right_hand_sides") != 0) {
    const std::optional<double> residual = solution.number("residual_max");
    fmt::format_to(out, "solved            {} right-hand sides{}\n",
                   solution.count("right_hand_sides"),
                   residual ? fmt::format(", largest residual {:.3g}", *residual) : "");
  }
  const FigureReader worst = solution.object("worst_component");
  const double error = worst.number("relative_error").value_or(0.0);
  if (error > k_bad_component) {
    fmt::format_to(out, "not exact         unknown {} of right-hand side {} is off by {:.2g}{}\n",
                   worst.count("unknown"), worst.count("right_hand_side"), error,
                   service == "refined"
                       ? ": a smaller --tolerance helps, as far as the condition allows"
                       : ": --service refined solves to a tolerance");
  }
  const FigureReader fallbacks = solution.object("fallbacks");
  const std::uint64_t slices = fallbacks.count("more_slices");
  const std::uint64_t damping = fallbacks.count("more_damping");
  const std::uint64_t digital = fallbacks.count("digital");
  if (slices != 0 || damping != 0 || digital != 0) {
    fmt::format_to(out, "fall-backs        {} to more slices, {} to more damping, {} to digital\n",
                   slices, damping, digital);
  }
  return text;
}

}  // namespace

std::string optimizer_deviation(const Json& report) {
  const FigureReader training = FigureReader(report).object("training");
  if (!training.has("raised_damping") || training.flag("optimizer_as_configured", true)) {
    return "";
  }
  const FigureReader raised = training.object("raised_damping");
  const auto of = [&](const std::string& what) {
    return fmt::format("{} of {} {}", raised.count(what), raised.count(what + "_in_all"), what);
  };
  return fmt::format(
      "not as configured: fall-backs raised the damping of {} in {}, {}, up to {:g} times",
      of("factors"), of("refreshes"), of("steps"), raised.number("largest_multiple").value_or(1.0));
}

std::string summarise(const Json& json) {
  const FigureReader report(json);
  std::string text;
  auto out = std::back_inserter(text);
  fmt::format_to(out, "system            {}\n", report.text("system"));
  if (!report.flag("complete", false)) {
    fmt::format_to(out, "not complete      {}\n", report.text("reason"));
  }
  fmt::format_to(out, "simulated time    {}\ntotal energy      {}\n",
                 quantity(report, "simulated_time_s", "s"),
                 quantity(report, "total_energy_j", "J"));
  text += summarise_phases(report, "simulated_time_s", "total_energy_j", true);
  if (const std::string verdict = report.text("verdict.text"); !verdict.empty()) {
    fmt::format_to(out, "verdict           {}\n", verdict);
  }
  if (report.has("workload.measured")) {
    text += summarise_workload(report.object("workload.measured"));
  }
  if (const auto accuracy = report.number("training.final_test_accuracy")) {
    fmt::format_to(out, "test accuracy     {:.2f} %\n", 100.0 * *accuracy);
  }
  if (const std::string deviation = optimizer_deviation(json); !deviation.empty()) {
    fmt::format_to(out, "optimiser         {}\n", deviation);
  }
  const Json::json_pointer service("/configuration/solve/service");
  return text + summarise_solution(
                    report.object("solution"),
                    json.contains(service) ? json.at(service).get<std::string>() : "refined");
}

}  // namespace invar::platform
