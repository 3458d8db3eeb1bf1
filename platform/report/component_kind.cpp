#include <invar/platform/report/component_kind.h>

#include <algorithm>
#include <string_view>

namespace invar::platform {
namespace {

struct Rule {
  std::string_view ending;  ///< of the name, after a point or as a whole
  const char* kind;
};

/// The first that fits holds.
constexpr Rule k_rules[] = {
    {"tiles.static_power", "accelerator_leakage"},
    {"matrix_buffer.static_power", "accelerator_leakage"},
    {"power_switch", "accelerator_leakage"},
    {"engine.core.static_power", "engine_leakage"},
    {"ram.static_power", "ram"},
    {"core.static_power", "host_core"},
    {"array", "cells"},
    {"amplifiers", "amplifiers"},
    {"dac", "dac"},
    {"adc", "adc"},
    {"sample_hold", "adc"},
    {"write_verify", "write_verify"},
    {"mac_lanes", "mac_lanes"},
    {"matrix_buffer", "matrix_memory"},
    {"mac_array", "engine_mac_array"},
    {"vector_unit", "engine_vector_unit"},
    {"scratchpad", "scratchpad"},
    {"dma", "data_movement"},
    {"operands", "data_movement"},
    {"bus", "data_movement"},
    {"ram", "ram"},
    {"core", "host_core"},
};

constexpr const char* k_other = "other";

bool ends_with(std::string_view name, std::string_view ending) {
  return name.size() >= ending.size() && name.substr(name.size() - ending.size()) == ending &&
         (name.size() == ending.size() || name[name.size() - ending.size() - 1] == '.');
}

/// Kinds of components in the order of reports.
std::vector<std::string> kinds_of_rules() {
  std::vector<std::string> kinds{"cells",         "amplifiers",         "dac",
                                 "adc",           "write_verify",       "mac_lanes",
                                 "matrix_memory", "accelerator_leakage"};
  for (const Rule& rule : k_rules) {
    if (std::find(kinds.begin(), kinds.end(), rule.kind) == kinds.end()) {
      kinds.emplace_back(rule.kind);
    }
  }
  kinds.emplace_back(k_other);
  return kinds;
}

}  // namespace

std::string kind_of_component(const std::string& name) {
  const auto rule = std::find_if(std::begin(k_rules), std::end(k_rules),
                                 [&](const Rule& one) { return ends_with(name, one.ending); });
  return rule == std::end(k_rules) ? k_other : rule->kind;
}

std::vector<KindTotal> kinds_of(const ledger::Ledger& ledger) {
  std::vector<KindTotal> kinds;
  for (const std::string& name : kinds_of_rules()) {
    kinds.push_back({name});
  }
  for (const ledger::ComponentTotal& component : ledger.components()) {
    const std::string name = kind_of_component(component.name);
    KindTotal& kind = *std::find_if(kinds.begin(), kinds.end(),
                                    [&](const KindTotal& one) { return one.name == name; });
    for (std::size_t at = 0; at < kind.energy_aj.size(); ++at) {
      kind.energy_aj[at] += component.energy_aj[at];
    }
  }
  kinds.erase(std::remove_if(kinds.begin(), kinds.end(),
                             [](const KindTotal& kind) {
                               return std::all_of(
                                   kind.energy_aj.begin(), kind.energy_aj.end(),
                                   [](const ledger::Attojoules& energy) { return energy == 0; });
                             }),
              kinds.end());
  return kinds;
}

}  // namespace invar::platform
