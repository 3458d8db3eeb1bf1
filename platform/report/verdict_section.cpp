#include <fmt/format.h>
#include <invar/platform/report/component_kind.h>
#include <invar/platform/report/sections.h>

#include <algorithm>
#include <cmath>

namespace invar::platform {
namespace {

/// Below such a share of time nothing is said to bind (choice).
constexpr double k_small_share = 0.05;

/// Where time and energy go, and what would change it.
struct Verdict {
  std::string about;  ///< "the run", "the amortised step"
  WorkloadStep step;
  TimeAndEnergy total;
  std::string largest_kind;  ///< of the energy of inversion; empty: not known
  double largest_kind_share = 0.0;
  std::uint64_t digital_fallbacks = 0;
  int inverse_interval = 0;  ///< steps; 0: there is none
  bool is_bound = false;

  double share_of(ledger::Phase phase) const {
    return total.seconds > 0.0 ? step.phases[phase].seconds / total.seconds : 0.0;
  }
  double inversion_share() const {
    return total.seconds > 0.0 ? total.inversion_s / total.seconds : 0.0;
  }
  double inversion_share_of_energy() const {
    return total.energy_j > 0.0 ? total.inversion_j / total.energy_j : 0.0;
  }
  bool inverts() const { return total.inversion_s > 0.0 || total.inversion_j > 0.0; }
  /// The phase of most time.
  ledger::Phase largest() const {
    const auto most =
        std::max_element(step.phases.begin(), step.phases.end(),
                         [](const auto& a, const auto& b) { return a.seconds < b.seconds; });
    return static_cast<ledger::Phase>(most - step.phases.begin());
  }
};

/// The kind of component that takes most of the energy of inversion.
void find_largest_kind(const ledger::Ledger& ledger, Verdict& verdict) {
  for (const KindTotal& kind : kinds_of(ledger)) {
    double energy_j = 0.0;
    for (const ledger::Phase phase : k_inversion_phases) {
      energy_j += kind.energy_aj.at(phase).joules();
    }
    const double share =
        verdict.total.inversion_j > 0.0 ? energy_j / verdict.total.inversion_j : 0.0;
    if (share > verdict.largest_kind_share) {
      verdict.largest_kind = kind.name;
      verdict.largest_kind_share = share;
    }
  }
}

std::optional<Verdict> verdict_of(const RunFacts& facts) {
  const bool is_workload = facts.result.workload.has_value();
  if (!facts.result.complete || (is_workload && !facts.result.workload->steps)) {
    return std::nullopt;
  }
  Verdict verdict;
  verdict.about = is_workload ? "amortised step" : "run";
  verdict.step = is_workload ? facts.result.workload->steps->amortised : step_of(facts.ledger);
  verdict.total = total_of(verdict.step);
  verdict.digital_fallbacks = facts.result.quality.counters.fallback_digital;
  verdict.is_bound = facts.configuration.run.inverter == Inverter::exact;
  if (is_workload) {
    verdict.inverse_interval = facts.configuration.workload.inverse_interval;
  } else {
    find_largest_kind(facts.ledger, verdict);
    verdict.inverse_interval =
        facts.result.training ? facts.configuration.train.inverse_interval : 0;
  }
  return verdict;
}

std::string spaced(std::string name) {
  std::replace(name.begin(), name.end(), '_', ' ');
  return name;
}

std::string percent(double share) {
  return fmt::format("{:.1f} %", 100.0 * share);
}

/// Steps between inversions at which programming would take so small a share, as it is otherwise.
double interval_for(const Verdict& verdict, double programming) {
  const double beside = programming / (1.0 - programming);
  return std::ceil(verdict.inverse_interval * beside * (1.0 - k_small_share) / k_small_share);
}

std::string what_binds(const Verdict& verdict) {
  const double programming = verdict.share_of(INVAR_PHASE_PROGRAMMING);
  const double solving = verdict.share_of(INVAR_PHASE_INVERSION);
  const ledger::Phase largest = verdict.largest();
  if (largest == INVAR_PHASE_PROGRAMMING) {
    std::string text =
        fmt::format("programming that is waited for binds, {} of the time", percent(programming));
    if (verdict.inverse_interval > 0 && programming < 1.0) {
      text += fmt::format(
          ": written in the background (--refresh-delay) it would cost time only where steps are "
          "shorter, and from --inverse-interval {:.0f} on it would take less than {}",
          interval_for(verdict, programming), percent(k_small_share));
    }
    return text;
  }
  if (largest == INVAR_PHASE_INVERSION) {
    return fmt::format("solving binds, {} of the time", percent(solving));
  }
  const double rest_s = verdict.total.seconds - verdict.total.inversion_s;
  const double rest_j = verdict.total.energy_j - verdict.total.inversion_j;
  std::string text =
      fmt::format("what binds is {}, {} of the time", spaced(ledger::phase_key(largest)),
                  percent(verdict.share_of(largest)));
  if (rest_s > 0.0 && rest_j > 0.0) {
    text += fmt::format(
        ": an inverter free of cost would make the {} {:.3g} times faster, with {:.3g} times less "
        "energy",
        verdict.about, verdict.total.seconds / rest_s, verdict.total.energy_j / rest_j);
  }
  return text;
}

std::string text_of(const Verdict& verdict) {
  const ledger::Phase largest = verdict.largest();
  if (!verdict.inverts()) {
    return fmt::format("Nothing is inverted; {} takes {} of the time.",
                       spaced(ledger::phase_key(largest)), percent(verdict.share_of(largest)));
  }
  std::string text = fmt::format(
      "Inversion and programming take {} of the time and {} of the energy of the {}; {}.",
      percent(verdict.inversion_share()), percent(verdict.inversion_share_of_energy()),
      verdict.about, what_binds(verdict));
  if (!verdict.largest_kind.empty()) {
    text += fmt::format(" Of the energy of inversion {} goes to {}.",
                        percent(verdict.largest_kind_share), spaced(verdict.largest_kind));
  }
  if (verdict.digital_fallbacks > 0) {
    text +=
        fmt::format(" {} inversions fell back to the digital engine.", verdict.digital_fallbacks);
  }
  if (verdict.is_bound) {
    text += " The inverter is a bound, free of time and energy, no machine.";
  }
  return text;
}

const Section<Verdict>& figures_of_verdict() {
  static const auto section =
      Section<Verdict>()
          .figure({"text", "", "", "in words: what takes time and energy, and what binds"}, text_of)
          .figure({"largest_phase", "", "", "the phase that takes most of the time"},
                  [](const Verdict& v) { return std::string(ledger::phase_key(v.largest())); })
          .figure({"largest_phase_share", "fraction", "", "of the time"},
                  [](const Verdict& v) { return v.share_of(v.largest()); })
          .figure({"inversion_share_of_time", "fraction", "",
                   "of the phases programming, inversion and background"},
                  [](const Verdict& v) { return v.inversion_share(); })
          .figure({"inversion_share_of_energy", "fraction", "", "of the same"},
                  [](const Verdict& v) { return v.inversion_share_of_energy(); })
          .figure_if_any({"largest_kind", "", "",
                          "of components, the one that takes most of the energy of inversion"},
                         [](const Verdict& v) {
                           return v.largest_kind.empty() ? std::nullopt
                                                         : std::optional(v.largest_kind);
                         });
  return section;
}

}  // namespace

const Section<RunFacts>& verdict_section() {
  static const auto section =
      Section<RunFacts>().object_or_null({"verdict"}, figures_of_verdict(), verdict_of);
  return section;
}

}  // namespace invar::platform
